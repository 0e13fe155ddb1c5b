"""What tests of the HTTP API share."""

import pytest

from tests.factories import make_member, make_room


@pytest.fixture(autouse=True)
def fresh_counts(settings):
    """No test starts with another's writes counted against it."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "api"}
    }
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def ada(db):
    return make_member(display_name="Ada")


@pytest.fixture
def bob(db):
    return make_member(display_name="Bob")


@pytest.fixture
def room(ada, bob):
    """A public room of Ada's that Bob is in."""
    return make_room(members=[bob], owner=ada)
