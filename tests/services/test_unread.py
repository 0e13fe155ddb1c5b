"""What one marks unread beside the read position, all read at once, and the counts that follow."""

import random
from uuid import UUID, uuid4

import pytest

from chat import broadcast
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Membership, Message
from chat.services import members, messages, presence, reading, unread
from tests.factories import make_history, make_message, make_room
from tests.services.telling import listening

pytestmark = pytest.mark.django_db
SEEDS = 25


@pytest.fixture
def talk(room, ada, bob):
    """The room, with ten messages of ada's that bob has read."""
    make_history(room, [ada], 10)
    members.mark_read(bob.user, room.pk, 10)
    return room


def standing(member, room):
    """Return what ``member`` is told of: position, mark, and how many are unread."""
    [row] = reading.rooms_of(member.user, room.pk)
    return row.read_seq, row.unread_from, row.unread


def test_from_the_mark_on_all_is_unread_and_the_position_stays(talk, bob):
    assert unread.mark_unread(bob.user, talk.pk, 7).unread == 4
    assert standing(bob, talk) == (10, 7, 4)


def test_another_mark_takes_the_place_of_the_first(talk, bob):
    unread.mark_unread(bob.user, talk.pk, 7)
    unread.mark_unread(bob.user, talk.pk, 3)
    assert standing(bob, talk) == (10, 3, 8)


def test_mentions_past_the_mark_count_again(talk, ada, bob):
    make_message(talk, ada, f"@{bob.user.username} look")
    members.mark_read(bob.user, talk.pk, 11)
    assert unread.mark_unread(bob.user, talk.pk, 11).mentions == 1


def test_calls_past_the_mark_count_again_and_are_named(talk, owner, bob):
    process = presence.Process(UUID(int=1), "host", 1)
    presence.beat(process)
    presence.store(process, {uuid4(): (bob.id, True)})
    for body in ("@here", "@here", "@here"):
        make_message(talk, owner, body)
    members.mark_read(bob.user, talk.pk, 13)
    assert reading.rooms_of(bob.user, talk.pk)[0].here is None
    with listening() as heard:
        row = unread.mark_unread(bob.user, talk.pk, 12)
    assert (row.mentions, row.here) == (2, [12, 13])
    [told] = heard.of(broadcast.Read)
    assert told.here == [12, 13]


def test_reading_on_moves_the_mark_and_at_the_end_it_goes(talk, bob):
    unread.mark_unread(bob.user, talk.pk, 4)
    members.mark_read(bob.user, talk.pk, 3)
    assert standing(bob, talk) == (10, 4, 7)
    members.mark_read(bob.user, talk.pk, 8)
    assert standing(bob, talk) == (10, 9, 2)
    members.mark_read(bob.user, talk.pk, 10)
    assert standing(bob, talk) == (10, None, 0)


def test_writing_reads_all(talk, bob):
    unread.mark_unread(bob.user, talk.pk, 4)
    make_message(talk, bob, "there")
    assert standing(bob, talk) == (11, None, 0)


def test_joining_again_begins_without_a_mark(talk, bob):
    unread.mark_unread(bob.user, talk.pk, 4)
    members.leave(bob.user, talk.pk)
    members.join(bob.user, talk.pk)
    assert standing(bob, talk) == (10, None, 0)


def test_what_was_not_read_yet_needs_no_mark(talk, ada, bob):
    make_message(talk, ada)
    unread.mark_unread(bob.user, talk.pk, 11)
    assert standing(bob, talk) == (10, None, 1)


@pytest.mark.parametrize("seq", [0, -1, 11])
def test_a_message_that_is_none_cannot_be_marked(talk, bob, seq):
    with pytest.raises(Invalid, match="seq: there is no such message"):
        unread.mark_unread(bob.user, talk.pk, seq)


@pytest.mark.parametrize("seq", [1, 10])
def test_the_first_and_the_last_message_can(talk, bob, seq):
    assert unread.mark_unread(bob.user, talk.pk, seq).unread_from == seq


def test_only_members_mark(talk, stranger):
    private = make_room("private")
    with pytest.raises(Forbidden):
        unread.mark_unread(stranger.user, talk.pk, 1)
    for room_id in (private.pk, 2**62):
        with pytest.raises(NotFound):
            unread.mark_unread(stranger.user, room_id, 1)


def test_the_members_devices_are_told_of_the_mark_with_its_counts(talk, bob):
    with listening() as heard:
        unread.mark_unread(bob.user, talk.pk, 7)
    [event] = heard.of(broadcast.Read)
    assert (event.user, event.seq, event.unread_from, event.unread) == (bob.id, 10, 7, 4)


def test_the_socket_that_reads_the_marked_hears_how_the_mark_goes(talk, bob):
    unread.mark_unread(bob.user, talk.pk, 7)
    with listening() as heard:
        members.mark_read(bob.user, talk.pk, 8, connection="mine")
    [event] = heard.of(broadcast.Read)
    assert (event.unread_from, event.connection) == (9, "")


def test_all_rooms_are_read_at_once_and_nobody_elses(talk, ada, bob):
    other = make_room(members=[ada, bob])
    make_history(other, [ada], 3)
    unread.mark_unread(bob.user, talk.pk, 2)
    with listening() as heard:
        unread.read_all(bob.user)
    assert standing(bob, talk) == (10, None, 0)
    assert standing(bob, other) == (3, None, 0)
    assert {event.room for event in heard.of(broadcast.Read)} == {talk.pk, other.pk}
    assert Membership.objects.get(room=other, user=ada.user).read_seq == 0
    with listening() as heard:
        unread.read_all(bob.user)
    assert heard.events == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_the_count_is_that_of_the_messages_past_position_and_mark(
    room, ada, bob, seed
):
    """The position never goes back, and the mark is within what was read."""
    chance = random.Random(seed)
    make_history(room, [ada], 3)
    before = 0
    for _ in range(25):
        last = Message.objects.filter(room=room).count()
        match chance.randrange(6):
            case 0 | 1:
                make_message(room, chance.choice([ada, ada, bob]))
            case 2:
                members.mark_read(bob.user, room.pk, chance.randint(0, last + 2))
            case 3:
                unread.mark_unread(bob.user, room.pk, chance.randint(1, last))
            case 4:
                doomed = Message.objects.get(room=room, seq=chance.randint(1, last))
                messages.remove(doomed.author, doomed.pk)
            case 5 if chance.random() < 0.2:
                unread.read_all(bob.user)
        position, mark, count = standing(bob, room)
        assert position >= before
        assert mark is None or 1 <= mark <= position
        past = position if mark is None else mark - 1
        left = Message.objects.filter(room=room, seq__gt=past, deleted_at=None)
        assert count == left.exclude(author=bob.user).count()
        before = position
