"""Who owns a room once its only owner was banned or deactivated."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.broadcast import Told
from chat.errors import Forbidden
from chat.models import AuditEntry, Membership, Role
from chat.services import bans, members, rooms
from tests.factories import make_member, make_room
from tests.services.telling import listening, takes_versions

pytestmark = pytest.mark.django_db

OWNER, MODERATOR, MEMBER = Role.OWNER, Role.MODERATOR, Role.MEMBER


def role_of(member, room):
    return Membership.objects.active().get(user=member.user, room=room).role


def deactivate(member):
    member.user.is_active = False
    member.user.save()


@pytest.mark.parametrize("how", ["banned", "deactivated"])
def test_the_moderator_becomes_an_owner_at_once_and_is_told(
    room, owner, moderator, ada, site_moderator, how
):
    with listening() as heard:
        if how == "banned":
            bans.ban(site_moderator.user, owner.id, "Spam")
        else:
            deactivate(owner)
    assert [role_of(each, room) for each in (owner, moderator, ada)] == [OWNER, OWNER, MEMBER]
    [told] = [told for told in heard.of(Told) if told.about == "role"]
    assert (told.user, told.room) == (moderator.id, room.pk)
    assert told.texts["en"].startswith(f"You are an owner of {room} now: ")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor_id, entry.user_id, entry.after) == (None, moderator.id, {"role": "owner"})


def test_without_moderators_it_is_the_member_who_is_there_longest(site_moderator):
    owner, first, second = make_member(), make_member(), make_member()
    room = make_room("private", [first, second], owner=owner)
    bans.ban(site_moderator.user, owner.id)
    assert [role_of(each, room) for each in (first, second)] == [OWNER, MEMBER]


def test_nobody_who_cannot_come_is_chosen(site_moderator):
    owner, banned, gone, left, last = (make_member() for _ in range(5))
    room = make_room(members=[banned, gone, left, last], owner=owner)
    bans.ban(site_moderator.user, banned.id)
    deactivate(gone)
    members.leave(left.user, room.pk)
    deactivate(owner)
    assert [role_of(each, room) for each in (banned, gone, last)] == [MEMBER, MEMBER, OWNER]


def test_a_guest_owns_no_room_however_long_they_have_been_there(site_moderator):
    owner, guest, member = make_member(), make_member(is_guest=True), make_member()
    room = make_room("private", [guest, member], owner=owner)
    bans.ban(site_moderator.user, owner.id)
    assert [role_of(each, room) for each in (guest, member)] == [MEMBER, OWNER]
    deactivate(member)
    assert role_of(guest, room) == MEMBER


def test_a_room_with_another_owner_keeps_to_that_one(room, owner, moderator, ada, site_moderator):
    members.set_role(owner.user, room.pk, ada.id, OWNER)
    with takes_versions(room.pk, 0):
        bans.ban(site_moderator.user, owner.id)
    assert role_of(moderator, room) == MODERATOR


def test_who_is_banned_for_a_time_stays_the_owner_until_it_is_for_good(
    room, owner, moderator, site_moderator
):
    bans.ban(site_moderator.user, owner.id, until=timezone.now() + timedelta(hours=1))
    assert role_of(moderator, room) == MODERATOR
    rooms.update(site_moderator.user, room.pk, topic="Looked after meanwhile")
    bans.ban(site_moderator.user, owner.id)
    assert role_of(moderator, room) == OWNER


def test_who_is_let_back_is_one_of_two_owners(room, owner, moderator, site_moderator):
    bans.ban(site_moderator.user, owner.id)
    bans.unban(site_moderator.user, owner.id)
    owner.user.refresh_from_db()
    members.set_role(owner.user, room.pk, moderator.id, MODERATOR)
    assert [role_of(each, room) for each in (owner, moderator)] == [OWNER, MODERATOR]


def test_where_nobody_else_is_the_room_waits_for_the_sites_moderators(site_moderator, ada):
    room = make_room(owner=ada)
    with takes_versions(room.pk, 0):
        bans.ban(site_moderator.user, ada.id)
    rooms.update(site_moderator.user, room.pk, topic="Empty")


def test_an_owner_who_cannot_come_does_not_let_the_last_other_one_go(
    room, owner, moderator, site_moderator
):
    bans.ban(site_moderator.user, owner.id)
    with pytest.raises(Forbidden, match="A room needs an owner"):
        members.leave(moderator.user, room.pk)


def test_conversations_have_no_owner_to_follow(direct, ada, bob, site_moderator):
    with takes_versions(direct.pk, 0):
        bans.ban(site_moderator.user, ada.id)
    assert role_of(bob, direct) == MEMBER
