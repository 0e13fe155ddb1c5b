"""What tests of the HTTP API share."""

import pytest


@pytest.fixture(autouse=True)
def fresh_counts(settings):
    """No test starts with another's writes counted against it."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "api"}
    }
    from django.core.cache import cache

    cache.clear()
