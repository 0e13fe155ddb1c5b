"""Moderators at the admin, and what everybody's screens are told."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from chat import broadcast
from tests.factories import make_member, make_moderator, make_room


@pytest.fixture(autouse=True)
def no_earlier_tries():
    """Forget how often others were turned away at the admin: the limits count across tests."""
    cache.clear()


class Browser(Client):
    """A signed-in member's browser, in the admin."""

    def __init__(self, member):
        super().__init__()
        self.cookies[settings.SESSION_COOKIE_NAME] = member.cookie

    def page(self, path, **query):
        """Return a page of the admin, which must be there."""
        response = self.get(f"/admin/{path}", query_params=query)
        assert response.status_code == 200, (path, response)
        return response

    def rows(self, path, **query):
        """Return the primary keys of the rows that a list shows."""
        return [row.pk for row in self.page(path, **query).context["cl"].result_list]

    def act(self, path, action, *rows, **fields):
        """Do ``action`` to ``rows`` of a list; return what the moderator is told."""
        fields |= {"action": action, "_selected_action": [row.pk for row in rows]}
        return told(self.post(f"/admin/{path}", fields, follow=True))

    def change(self, path, **fields):
        """Submit the form of one row as the page gave it, but for ``fields``."""
        form = self.page(path).context["adminform"].form
        values = {name: form[name].value() for name in form.fields}
        values |= fields
        data = {}
        for name, value in values.items():
            if hasattr(value, "isoformat"):
                data |= {f"{name}_0": f"{value:%Y-%m-%d}", f"{name}_1": f"{value:%H:%M:%S}"}
            elif value is not None and value is not False:
                data[name] = value
        data |= {"edits-TOTAL_FORMS": 0, "edits-INITIAL_FORMS": 0}
        return told(self.post(f"/admin/{path}", data, follow=True))


def told(response):
    """Return what a page says on top, and what is wrong with its form."""
    assert response.status_code == 200, response
    errors = response.context.get("errors") if response.context else None
    return " ".join([*map(str, response.context["messages"]), *map(str, errors or [])])


@pytest.fixture
def moderator(db):
    """A moderator by the group that the migration made, and no superuser."""
    member = make_member(is_staff=True)
    member.user.groups.add(Group.objects.get(name="Moderators"))
    return member


@pytest.fixture
def ada(db):
    return make_member(display_name="Ada")


@pytest.fixture
def bob(db):
    return make_member(display_name="Bob")


@pytest.fixture
def room(ada):
    """A public room of Ada's, with nobody else in it."""
    return make_room(owner=ada)


@pytest.fixture
def browser(moderator):
    return Browser(moderator)


@pytest.fixture
def superuser(db):
    return Browser(make_moderator())


@pytest.fixture
def announced(django_capture_on_commit_callbacks, monkeypatch):
    """Return what all screens would hear of what happens in a `with announced() as events`."""
    from contextlib import contextmanager

    @contextmanager
    def listen():
        events = []
        monkeypatch.setattr(broadcast, "announce_now", events.extend)
        with django_capture_on_commit_callbacks(execute=True):
            yield events

    return listen


def text_of(response):
    """Return the words of a page."""
    return re.sub(r"<[^>]*>", " ", response.content.decode())
