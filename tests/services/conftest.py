"""The people of these tests: an owner, a moderator and a member of a room, and a stranger to it."""

import pytest

from chat.models import Role
from chat.services import members
from tests.factories import make_member, make_moderator, make_room


@pytest.fixture
def owner(db):
    return make_member()


@pytest.fixture
def moderator(db):
    return make_member()


@pytest.fixture
def ada(db):
    return make_member()


@pytest.fixture
def bob(db):
    return make_member()


@pytest.fixture
def stranger(db):
    return make_member()


@pytest.fixture
def site_moderator(db):
    """One who looks after all rooms, and sits in none of these."""
    return make_moderator()


@pytest.fixture
def room(owner, moderator, ada, bob):
    return furnished("public", owner, moderator, ada, bob)


@pytest.fixture
def private(owner, moderator, ada, bob):
    return furnished("private", owner, moderator, ada, bob)


@pytest.fixture
def direct(ada, bob):
    return make_room("direct", [ada, bob])


def furnished(kind, owner, moderator, *others):
    room = make_room(kind, [moderator, *others], owner=owner)
    members.set_role(owner.user, room.pk, moderator.id, Role.MODERATOR)
    room.refresh_from_db()
    return room
