"""Blocks: no direct messages and no mentions between two, and nobody can tell by a mention."""

from uuid import uuid4

import msgspec
import pytest

from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Block, Membership, Mention, Message
from chat.services import access, blocks, members, messages, people, reading, rooms
from chat.services.blocks import BLOCKS_MAX
from tests.factories import make_member, make_message, make_room
from tests.services.telling import listening

BOTH_WAYS = pytest.mark.parametrize("who", ["ada", "bob"])


def is_in(member, room):
    return Membership.objects.active().filter(user=member.user, room=room).exists()


@pytest.fixture
def part(ada, bob):
    """Let one of them block the other."""

    def by(who):
        one, other = (ada, bob) if who == "ada" else (bob, ada)
        blocks.block(one.user, other.id)
        return one, other

    return by


@BOTH_WAYS
def test_neither_has_their_conversation_while_one_blocks_the_other(direct, ada, bob, part, who):
    make_message(direct, ada, "before")
    one, other = part(who)
    for member in (ada, bob):
        assert direct.pk not in {row.id for row in reading.rooms_of(member.user)}
        for verb in (
            lambda member=member: access.access_room(member.user, direct.pk),
            lambda member=member: reading.history(member.user, direct.pk),
            lambda member=member: messages.post(member.user, direct.pk, uuid4(), "hello?"),
        ):
            with pytest.raises(NotFound):
                verb()
    assert set(reading.sync(one.user, {direct.pk: 0})) == {direct.pk}
    assert isinstance(reading.sync(other.user, {direct.pk: 0})[direct.pk], NotFound)


@BOTH_WAYS
def test_the_conversation_is_there_again_after_unblocking(direct, ada, bob, part, who):
    make_message(direct, ada, "before")
    members.mark_read(bob.user, direct.pk, 1)
    one, other = part(who)
    blocks.unblock(one.user, other.id)
    for member in (ada, bob):
        [row] = reading.rooms_of(member.user, direct.pk)
        assert (row.last_seq, row.unread) == (1, 0)
    make_message(direct, bob, "after")
    assert reading.rooms_of(ada.user, direct.pk)[0].unread == 1


def test_as_long_as_one_of_two_blocks_remains_they_stay_apart(direct, ada, bob):
    blocks.block(ada.user, bob.id)
    blocks.block(bob.user, ada.id)
    blocks.unblock(ada.user, bob.id)
    assert not is_in(ada, direct)
    blocks.unblock(bob.user, ada.id)
    assert is_in(ada, direct)
    assert is_in(bob, direct)


@BOTH_WAYS
def test_neither_begins_a_conversation_with_the_other(ada, bob, stranger, part, who):
    part(who)
    refusals = set()
    for actor, others in (
        (ada, [bob]),
        (bob, [ada]),
        (stranger, [ada, bob]),
        (ada, [bob, stranger]),
    ):
        with pytest.raises(Forbidden) as refused:
            rooms.direct(actor.user, [other.id for other in others])
        refusals.add(str(refused.value))
    assert len(refusals) == 1  # it does not say who blocked whom


def test_a_group_loses_the_one_who_blocked_and_gets_them_back(ada, bob, stranger):
    group = make_room("direct", [ada, bob, stranger])
    blocks.block(ada.user, bob.id)
    assert not is_in(ada, group)
    assert is_in(bob, group)
    assert is_in(stranger, group)
    assert rooms.direct(stranger.user, [ada.id, bob.id]) == group
    with pytest.raises(Forbidden):
        rooms.direct(ada.user, [stranger.id, bob.id])
    blocks.unblock(ada.user, bob.id)
    assert is_in(ada, group)


def test_a_group_takes_nobody_back_who_is_apart_from_another_of_it(ada, bob, stranger):
    group = make_room("direct", [ada, bob, stranger])
    blocks.block(ada.user, bob.id)
    blocks.block(ada.user, stranger.id)
    blocks.unblock(ada.user, bob.id)
    assert not is_in(ada, group)
    blocks.unblock(ada.user, stranger.id)
    assert is_in(ada, group)


def test_blocking_leaves_other_rooms_alone(room, private, ada, bob):
    blocks.block(ada.user, bob.id)
    for common in (room, private):
        assert is_in(ada, common)
        assert is_in(bob, common)


# --- mentions ---------------------------------------------------------------------------------


def rows_for(member, room):
    """Return the last message of a room as live, synced and historical rows show it to a member."""
    message = Message.objects.filter(room=room).order_by("-seq").first()
    synced = reading.changes_in(room_now(room), message.version - 1).event.seen_by(member.id)
    return [
        msgspec.to_builtins(reading.history(member.user, room.pk).messages[-1]),
        *(msgspec.json.decode(fragment.json) for fragment in synced.messages),
    ]


def room_now(room):
    room.refresh_from_db()
    return room


@BOTH_WAYS
def test_a_mention_of_one_who_is_apart_looks_as_ever_to_all_but_them(
    room, ada, bob, moderator, part, who
):
    before = make_message(room, bob, f"@{ada.username} hello")
    part(who)
    with listening() as heard:
        after = make_message(room, bob, f"@{ada.username} hello")
    assert after.html == before.html
    [live] = heard.changes_in(room.pk)
    for onlooker in (bob, moderator):
        [fragment] = live.seen_by(onlooker.id).messages
        assert msgspec.json.decode(fragment.json)["mentions"] == [ada.id]
        assert [row["mentions"] for row in rows_for(onlooker, room)] == [[ada.id]] * 2
    [fragment] = live.seen_by(ada.id).messages
    assert msgspec.json.decode(fragment.json)["mentions"] == []
    assert [row["mentions"] for row in rows_for(ada, room)] == [[], []]


@BOTH_WAYS
def test_a_mention_of_one_who_is_apart_counts_for_nothing(room, ada, bob, part, who):
    part(who)
    make_message(room, bob, f"@{ada.username} hello")
    assert reading.rooms_of(ada.user, room.pk)[0].mentions == 0
    assert reading.rooms_of(ada.user, room.pk)[0].unread == 1


def test_a_mention_that_is_edited_in_is_as_silent(room, ada, bob, part):
    part("ada")
    message = make_message(room, bob, "hello")
    with listening() as heard:
        messages.edit(bob.user, message.pk, f"@{ada.username} hello")
    assert Mention.objects.get(message=message).silent
    [live] = heard.changes_in(room.pk)
    [fragment] = live.seen_by(ada.id).messages
    assert msgspec.json.decode(fragment.json)["mentions"] == []


def test_mentions_from_before_are_hidden_too_and_come_back(room, ada, bob):
    make_message(room, bob, f"@{ada.username} hello")
    blocks.block(ada.user, bob.id)
    assert reading.rooms_of(ada.user, room.pk)[0].mentions == 0
    blocks.unblock(ada.user, bob.id)
    assert reading.rooms_of(ada.user, room.pk)[0].mentions == 1


@BOTH_WAYS
def test_a_call_by_one_who_is_apart_is_none_for_the_other_alone(
    room, owner, ada, bob, moderator, part, who
):
    members.set_role(owner.user, room.pk, bob.id, "moderator")
    part(who)
    with listening() as heard:
        make_message(room, bob, "@room lunch")
    [live] = heard.changes_in(room.pk)
    [fragment] = live.seen_by(ada.id).messages
    assert "call" not in msgspec.json.decode(fragment.json)
    assert ["call" in row for row in rows_for(ada, room)] == [False, False]
    for onlooker in (bob, moderator):
        [fragment] = live.seen_by(onlooker.id).messages
        assert msgspec.json.decode(fragment.json)["call"] == "room"
        assert [row["call"] for row in rows_for(onlooker, room)] == ["room", "room"]
    message = Message.objects.filter(room=room).latest("seq")
    with listening() as heard:
        messages.react(moderator.user, message.pk, "👍", True)
    [live] = heard.changes_in(room.pk)
    [fragment] = live.seen_by(ada.id).messages
    assert "call" not in msgspec.json.decode(fragment.json)


def test_others_are_mentioned_as_before(room, ada, bob, moderator, part):
    part("ada")
    make_message(room, bob, f"@{ada.username} @{moderator.username}")
    assert reading.rooms_of(moderator.user, room.pk)[0].mentions == 1


# --- blocking itself --------------------------------------------------------------------------


def test_one_blocks_nobody_twice_nor_oneself_nor_who_is_not_there(ada, bob):
    blocks.block(ada.user, bob.id)
    blocks.block(ada.user, bob.id)
    assert [row.id for row in blocks.blocked_by(ada.user)] == [bob.id]
    assert blocks.blocked_by(bob.user) == []
    with pytest.raises(Invalid):
        blocks.block(ada.user, ada.id)
    with pytest.raises(NotFound):
        blocks.block(ada.user, 2**62)


def test_unblocking_where_there_is_no_block_changes_nothing(direct, ada, bob):
    with listening() as heard:
        blocks.unblock(ada.user, bob.id)
    assert heard.events == []
    with pytest.raises(NotFound):
        blocks.unblock(ada.user, 2**62)


def test_one_blocks_no_more_than_the_limit(ada, bob, stranger, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCKS_MAX", 1)
    blocks.block(ada.user, bob.id)
    with pytest.raises(Invalid, match="at most 1 "):
        blocks.block(ada.user, stranger.id)
    assert Block.objects.filter(blocker=ada.user).count() == 1
    assert BLOCKS_MAX == 1000


def test_nobody_is_invited_by_one_they_are_apart_from(private, owner, stranger):
    blocks.block(stranger.user, owner.id)
    with pytest.raises(Forbidden):
        members.invite(owner.user, private.pk, stranger.id)
    assert not is_in(stranger, private)


def test_a_profile_says_whom_one_blocks_and_not_by_whom_one_is_blocked(ada, bob):
    blocks.block(ada.user, bob.id)
    assert people.profile(ada.user, bob.id).blocked
    assert not people.profile(bob.user, ada.id).blocked


def test_a_new_member_is_nobodys_business(ada):
    blocks.block(ada.user, make_member().id)
    assert len(blocks.blocked_by(ada.user)) == 1
