"""Memberships: join, leave, invite, remove, roles, mutes, and how far each has read."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import User
from chat.broadcast import Read, SeatChanged
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Membership, Role, Room
from chat.services import bans, members, messages, preferences, rooms
from chat.services.changing import changing, store_seat
from tests.factories import make_history, make_member, make_message, make_room
from tests.services.telling import (
    fragment_rows,
    listening,
    stored_members,
    takes_versions,
    version_of,
)

NOBODY = 2**62


def seat_of(member, room):
    return Membership.objects.get(user=member.user, room=room)


def is_in(member, room):
    return Membership.objects.active().filter(user=member.user, room=room).exists()


# --- join and leave ---------------------------------------------------------------------------


def test_anyone_joins_a_public_room(room, stranger):
    with takes_versions(room.pk):
        members.join(stranger.user, room.pk)
    assert seat_of(stranger, room).role == Role.MEMBER
    assert seat_of(stranger, room).version == version_of(room.pk)


def test_joining_again_changes_nothing(room, ada):
    with takes_versions(room.pk, 0):
        members.join(ada.user, room.pk)


def test_joining_tells_the_room_and_the_member(room, stranger):
    with listening() as heard:
        members.join(stranger.user, room.pk)
    [changed] = heard.changes_in(room.pk)
    assert fragment_rows(changed.members) == [stored_members(room.pk)[stranger.id]]
    assert heard.of(SeatChanged) == [SeatChanged(room.pk, stranger.id)]


def test_nobody_joins_a_hidden_room(private, direct, stranger):
    refusals = set()
    for room_id in (private.pk, direct.pk, NOBODY):
        with pytest.raises(NotFound) as refused:
            members.join(stranger.user, room_id)
        refusals.add(str(refused.value))
    assert len(refusals) == 1


def test_nobody_joins_an_archived_room(room, owner, stranger):
    rooms.archive(owner.user, room.pk, True)
    with pytest.raises(Forbidden):
        members.join(stranger.user, room.pk)
    assert not is_in(stranger, room)


def test_what_was_said_before_one_joined_counts_as_read(room, ada, stranger):
    make_history(room, [ada], 3)
    members.join(stranger.user, room.pk)
    assert seat_of(stranger, room).read_seq == 3


def test_who_left_keeps_a_row_that_says_so(room, ada):
    with takes_versions(room.pk):
        members.leave(ada.user, room.pk)
    assert not is_in(ada, room)
    assert stored_members(room.pk)[ada.id]["role"] is None
    assert stored_members(room.pk)[ada.id]["version"] == version_of(room.pk)


def test_the_last_owner_stays_while_others_are_there(room, owner, moderator):
    with pytest.raises(Forbidden, match="needs an owner"):
        members.leave(owner.user, room.pk)
    members.set_role(owner.user, room.pk, moderator.id, Role.OWNER)
    members.leave(owner.user, room.pk)
    assert not is_in(owner, room)


@pytest.mark.parametrize("kind", ["public", "private"])
def test_with_the_last_one_the_room_is_archived(kind, owner):
    room = make_room(kind, owner=owner)
    with takes_versions(room.pk, 2) as heard:
        members.leave(owner.user, room.pk)
    room.refresh_from_db()
    assert room.archived_at is not None
    assert heard.changes_in(room.pk)[0].info is not None


def test_who_comes_first_into_an_empty_room_owns_it(owner, site_moderator, ada, bob):
    room = make_room("public", owner=owner)
    members.leave(owner.user, room.pk)
    rooms.archive(site_moderator.user, room.pk, False)
    members.join(ada.user, room.pk)
    members.join(bob.user, room.pk)
    assert (seat_of(ada, room).role, seat_of(bob, room).role) == (Role.OWNER, Role.MEMBER)


def test_who_comes_back_is_a_plain_member_who_has_read_all(room, owner, moderator, ada):
    members.leave(moderator.user, room.pk)
    make_history(room, [ada], 2)
    members.join(moderator.user, room.pk)
    assert seat_of(moderator, room).role == Role.MEMBER
    assert seat_of(moderator, room).read_seq == 2
    assert Membership.objects.filter(room=room, user=moderator.user).count() == 1


def test_leaving_is_no_way_out_of_a_mute(room, owner, ada):
    members.mute(owner.user, room.pk, ada.id, timezone.now() + timedelta(hours=1))
    members.leave(ada.user, room.pk)
    members.join(ada.user, room.pk)
    with pytest.raises(Forbidden):
        make_message(room, ada)


def test_one_cannot_leave_where_one_is_not(room, private, stranger):
    with pytest.raises(Forbidden):
        members.leave(stranger.user, room.pk)
    with pytest.raises(NotFound):
        members.leave(stranger.user, private.pk)


def test_the_last_owner_stays_while_others_do(room, owner, ada):
    with pytest.raises(Forbidden):
        members.leave(owner.user, room.pk)
    members.set_role(owner.user, room.pk, ada.id, Role.OWNER)
    members.leave(owner.user, room.pk)
    assert not is_in(owner, room)


def test_an_owner_alone_may_leave(owner):
    room = make_room(owner=owner)
    members.leave(owner.user, room.pk)
    assert not is_in(owner, room)


def test_a_new_member_is_seated_in_the_rooms_of_welcome_once(settings, stranger):
    room = make_room()
    settings.WELCOME_ROOMS = [room.slug, "no-such-room"]
    members.welcome(stranger.user)
    assert is_in(stranger, room)
    members.leave(stranger.user, room.pk)
    members.welcome(stranger.user)
    assert not is_in(stranger, room)


# --- invite and remove ------------------------------------------------------------------------


def test_owners_and_moderators_invite(private, owner, moderator, stranger):
    with takes_versions(private.pk):
        members.invite(moderator.user, private.pk, stranger.id)
    assert is_in(stranger, private)
    with takes_versions(private.pk, 0):
        members.invite(owner.user, private.pk, stranger.id)


def test_a_plain_member_does_not_invite(private, ada, stranger):
    with pytest.raises(Forbidden):
        members.invite(ada.user, private.pk, stranger.id)
    assert not is_in(stranger, private)


def test_nobody_is_invited_into_a_closed_room(private, owner, stranger):
    rooms.lock(owner.user, private.pk, True)
    with pytest.raises(Forbidden):
        members.invite(owner.user, private.pk, stranger.id)


def test_only_who_uses_the_site_is_invited(private, owner, site_moderator, stranger):
    bans.ban(site_moderator.user, stranger.id)
    inactive = make_member()
    User.objects.filter(pk=inactive.id).update(is_active=False)
    for missing in (stranger.id, inactive.id, NOBODY):
        with pytest.raises(NotFound):
            members.invite(owner.user, private.pk, missing)


def test_a_moderator_removes_a_plain_member(private, moderator, ada):
    with takes_versions(private.pk):
        members.remove(moderator.user, private.pk, ada.id)
    assert not is_in(ada, private)


def test_a_moderator_removes_no_owner_and_no_moderator(room, owner, moderator, ada):
    members.set_role(owner.user, room.pk, ada.id, Role.MODERATOR)
    for other in (owner, ada):
        with pytest.raises(Forbidden):
            members.remove(moderator.user, room.pk, other.id)


def test_an_owner_removes_a_moderator(room, owner, moderator):
    members.remove(owner.user, room.pk, moderator.id)
    assert not is_in(moderator, room)


def test_a_plain_member_removes_nobody(room, ada, bob):
    with pytest.raises(Forbidden):
        members.remove(ada.user, room.pk, bob.id)
    assert is_in(bob, room)


def test_who_is_not_there_cannot_be_removed(room, owner, stranger):
    with pytest.raises(NotFound):
        members.remove(owner.user, room.pk, stranger.id)


def test_a_moderator_of_the_site_removes_anywhere(private, site_moderator, ada):
    members.remove(site_moderator.user, private.pk, ada.id)
    assert not is_in(ada, private)


# --- roles ------------------------------------------------------------------------------------


def test_an_owner_gives_and_takes_roles(room, owner, ada):
    with takes_versions(room.pk):
        members.set_role(owner.user, room.pk, ada.id, Role.MODERATOR)
    assert stored_members(room.pk)[ada.id]["role"] == "moderator"
    with takes_versions(room.pk, 0):
        members.set_role(owner.user, room.pk, ada.id, Role.MODERATOR)


@pytest.mark.parametrize("actor", ["moderator", "ada"])
def test_others_give_no_roles(room, actor, bob, request):
    with pytest.raises(Forbidden):
        members.set_role(request.getfixturevalue(actor).user, room.pk, bob.id, Role.OWNER)


def test_a_role_that_is_none_is_invalid(room, owner, ada):
    with pytest.raises(Invalid, match="^role:"):
        members.set_role(owner.user, room.pk, ada.id, "king")


def test_the_last_owner_does_not_step_down(room, owner):
    with pytest.raises(Forbidden):
        members.set_role(owner.user, room.pk, owner.id, Role.MEMBER)


# --- mutes ------------------------------------------------------------------------------------


def test_who_is_muted_reads_and_does_not_write(room, moderator, ada):
    said = make_message(room, ada)
    with takes_versions(room.pk):
        members.mute(moderator.user, room.pk, ada.id, timezone.now() + timedelta(minutes=5))
    for attempt in (
        lambda: make_message(room, ada),
        lambda: messages.edit(ada.user, said.pk, "otherwise"),
        lambda: messages.react(ada.user, said.pk, "👍", True),
    ):
        with takes_versions(room.pk, 0), pytest.raises(Forbidden):
            attempt()
    members.mark_read(ada.user, room.pk, 1)


def test_a_mute_ends_by_itself_and_by_a_moderator(room, moderator, ada, bob):
    until = timezone.now() + timedelta(hours=1)
    members.mute(moderator.user, room.pk, ada.id, until)
    Membership.objects.filter(room=room, user=ada.user).update(muted_until=timezone.now())
    make_message(room, ada)
    members.mute(moderator.user, room.pk, bob.id, timezone.now() + timedelta(hours=1))
    members.mute(moderator.user, room.pk, bob.id, None)
    make_message(room, bob)


def test_moderators_do_not_mute_owners_and_members_mute_nobody(room, owner, moderator, ada, bob):
    until = timezone.now() + timedelta(hours=1)
    for actor, target in ((moderator, owner), (ada, bob)):
        with pytest.raises(Forbidden):
            members.mute(actor.user, room.pk, target.id, until)


# --- for oneself ------------------------------------------------------------------------------


def test_what_one_wants_to_be_told_of_is_ones_own_affair(room, ada):
    with takes_versions(room.pk, 0):
        preferences.set_notify(ada.user, room.pk, "mentions")
    assert seat_of(ada, room).notify == "mentions"
    with pytest.raises(Invalid, match="^notify:"):
        preferences.set_notify(ada.user, room.pk, "sometimes")


def test_reading_moves_on_and_tells_the_members_other_sockets(room, ada, bob):
    make_history(room, [bob], 5)
    with takes_versions(room.pk, 0) as heard:
        assert members.mark_read(ada.user, room.pk, 3, "c0ffee") == (version_of(room.pk), 3)
    assert heard.events == [Read(room.pk, ada.id, 3, "c0ffee")]


def test_reading_never_moves_back(room, ada, bob):
    make_history(room, [bob], 5)
    members.mark_read(ada.user, room.pk, 4)
    with listening() as heard:
        for seq in (2, 0, -7, 4):
            assert members.mark_read(ada.user, room.pk, seq)[1] == 4
    assert seat_of(ada, room).read_seq == 4
    assert heard.events == []


def test_one_cannot_have_read_what_was_not_said(room, ada, bob):
    make_history(room, [bob], 5)
    assert members.mark_read(ada.user, room.pk, 2**62)[1] == 5
    assert seat_of(ada, room).read_seq == 5


def test_posting_reads_up_to_ones_own_message(room, ada, bob):
    make_history(room, [bob], 5)
    make_message(room, ada)
    assert seat_of(ada, room).read_seq == 6


def test_what_one_read_while_ones_seat_changed_stays_read(room, ada, bob):
    make_history(room, [bob], 5)
    with changing(room.pk) as change:
        seat = change.seat_of(ada.user)
        members.mark_read(ada.user, room.pk, 5)
        preferences.set_notify(ada.user, room.pk, "nothing")
        seat.role = Role.MODERATOR
        store_seat(change, seat)
    seat.refresh_from_db()
    assert (seat.read_seq, seat.notify, seat.role) == (5, "nothing", Role.MODERATOR)


@pytest.mark.parametrize(
    "verb",
    [
        lambda user, room: members.mark_read(user, room, 1),
        lambda user, room: preferences.set_notify(user, room, "all"),
        lambda user, room: members.check_is_member(user, room),
        lambda user, room: members.leave(user, room),
        lambda user, room: members.invite(user, room, user.pk),
        lambda user, room: members.remove(user, room, user.pk),
        lambda user, room: members.set_role(user, room, user.pk, "owner"),
        lambda user, room: members.mute(user, room, user.pk, None),
    ],
)
def test_only_a_public_room_is_known_to_who_is_not_in_it(room, private, direct, stranger, verb):
    with pytest.raises(Forbidden):
        verb(stranger.user, room.pk)
    refusals = set()
    for room_id in (private.pk, direct.pk, NOBODY):
        with pytest.raises(NotFound) as refused:
            verb(stranger.user, room_id)
        refusals.add(str(refused.value))
    assert len(refusals) == 1


def test_a_new_name_is_a_change_in_each_of_ones_rooms_and_no_other(room, private, direct, ada):
    left = make_room(members=[ada])
    members.leave(ada.user, left.pk)
    before = dict(Room.objects.values_list("pk", "version"))
    User.objects.filter(pk=ada.id).update(display_name="Ada L.")
    with listening() as heard:
        members.profile_changed(ada.user)
    after = dict(Room.objects.values_list("pk", "version"))
    moved = {pk for pk in after if after[pk] != before[pk]}
    assert moved == {room.pk, private.pk, direct.pk}
    for pk in moved:
        [changed] = heard.changes_in(pk)
        assert (changed.from_, changed.to) == (before[pk], before[pk] + 1)
        [row] = fragment_rows(changed.members)
        assert row == stored_members(pk)[ada.id]
        assert row["name"] == "Ada L."


def test_a_room_that_was_left_without_an_owner_gets_one(room, owner, moderator, ada):
    emptied = make_room(owner=owner)
    seats = Membership.objects.filter(room__in=(room, emptied), user=owner.user)
    seats.update(left_at=timezone.now(), role=Role.MEMBER)
    before = version_of(room.pk)
    import_module("chat.migrations.0013_owners").give_owners(apps, None)
    assert seat_of(moderator, room).role == Role.OWNER
    assert seat_of(ada, room).role == Role.MEMBER
    assert version_of(room.pk) == seat_of(moderator, room).version == before + 1
    assert not Membership.objects.active().filter(room=emptied).exists()
