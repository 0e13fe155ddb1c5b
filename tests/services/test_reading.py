"""What members read: their rooms and what is unread there, history, people, the directory."""

import pytest
from django.utils import timezone

from accounts.models import User
from chat.errors import Invalid, NotFound
from chat.models import Membership
from chat.services import access, members, messages, preferences, reading, rooms
from chat.services.reading import HISTORY_MAX, UNREAD_MAX
from tests.factories import make_history, make_member, make_message, make_room, new_name

NOBODY = 2**62


def row_of(member, room):
    """Return what ``member`` is told of ``room``."""
    [row] = reading.rooms_of(member.user, room.pk)
    return row


def seqs(page):
    return [message.seq for message in page.messages]


# --- one's rooms ------------------------------------------------------------------------------


def test_one_is_told_of_ones_own_rooms_by_name(ada, bob):
    zoo, ark = make_room(members=[ada], name="Zoo"), make_room(members=[ada], name="Ark")
    make_room(members=[bob], name="Beach")
    left = make_room(members=[ada], name="Left")
    members.leave(ada.user, left.pk)
    assert [row.id for row in reading.rooms_of(ada.user)] == [ark.pk, zoo.pk]


def test_a_room_says_where_it_stands_and_where_one_stands_in_it(room, moderator, ada):
    make_history(room, [ada], 7)
    members.mark_read(moderator.user, room.pk, 3)
    preferences.set_notify(moderator.user, room.pk, "mentions")
    row = row_of(moderator, room)
    room.refresh_from_db()
    assert (row.version, row.last_seq, row.read_seq) == (room.version, 7, 3)
    assert (row.unread, row.mentions, row.notify, row.role) == (4, 0, "mentions", "moderator")


def test_a_direct_room_is_called_by_the_others(ada, bob, stranger):
    room = make_room("direct", [ada, bob, stranger])
    row = row_of(ada, room)
    assert [person.id for person in row.with_] == [bob.id, stranger.id]
    assert row.name == f"{bob.name}, {stranger.name}"


def test_the_messages_of_others_are_unread_and_ones_own_are_not(room, ada, bob):
    make_history(room, [ada, bob], 6)
    assert row_of(ada, room).unread == row_of(bob, room).unread == 3


def test_what_was_deleted_is_not_unread(room, ada, bob):
    message = make_message(room, bob, f"@{ada.username}")
    make_message(room, bob)
    assert (row_of(ada, room).unread, row_of(ada, room).mentions) == (2, 1)
    messages.remove(bob.user, message.pk)
    assert (row_of(ada, room).unread, row_of(ada, room).mentions) == (1, 0)


def test_posting_leaves_nothing_unread(room, ada, bob):
    make_history(room, [bob], 3)
    make_message(room, ada)
    assert row_of(ada, room).unread == 0


def test_reading_leaves_unread_what_comes_after(room, ada, bob):
    make_history(room, [bob], 5, mentioning=ada)
    members.mark_read(ada.user, room.pk, 3)
    assert (row_of(ada, room).unread, row_of(ada, room).mentions) == (2, 2)


def test_mentions_count_those_of_oneself_alone(room, ada, bob):
    make_message(room, bob, f"@{ada.username} @{ada.username} and hello")
    make_message(room, bob, "hello")
    make_message(room, bob, f"`@{ada.username}`")
    assert row_of(ada, room).mentions == 1
    assert row_of(ada, room).unread == 3


def test_an_edit_that_mentions_counts_where_the_message_is_unread(room, ada, bob):
    message = make_message(room, bob)
    messages.edit(bob.user, message.pk, f"@{ada.username}")
    assert row_of(ada, room).mentions == 1
    members.mark_read(ada.user, room.pk, message.seq)
    messages.edit(bob.user, message.pk, f"@{ada.username}!")
    assert row_of(ada, room).mentions == 0


@pytest.mark.parametrize(
    ("count", "told"), [(99, 99), (UNREAD_MAX, UNREAD_MAX), (101, UNREAD_MAX), (250, UNREAD_MAX)]
)
def test_unread_is_counted_up_to_a_hundred(room, ada, bob, count, told):
    make_history(room, [bob], count, mentioning=ada)
    assert (row_of(ada, room).unread, row_of(ada, room).mentions) == (told, told)


def test_the_hundred_are_those_of_others(room, ada, bob):
    make_history(room, [ada], 150)
    make_history(room, [bob], 20)
    assert row_of(ada, room).unread == 20


def test_the_rooms_of_many_cost_two_queries(ada, bob, stranger, django_assert_num_queries):
    for _ in range(3):
        make_room("direct", [ada, make_member()])
        make_history(make_room(members=[ada, bob, stranger]), [ada, bob], 4)
    with django_assert_num_queries(2):
        found = reading.rooms_of_many([ada.id, bob.id, stranger.id])
    assert {user: len(rooms) for user, rooms in found.items()} == {
        ada.id: 6,
        bob.id: 3,
        stranger.id: 3,
    }


def test_who_is_in_no_room_is_told_of_none(stranger):
    assert reading.rooms_of_many([stranger.id, NOBODY]) == {stranger.id: [], NOBODY: []}


# --- history ----------------------------------------------------------------------------------


def test_history_without_an_anchor_is_the_newest_ascending(room, ada):
    make_history(room, [ada], 60)
    assert seqs(reading.history(ada.user, room.pk)) == list(range(11, 61))


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ({"before": 5, "limit": 2}, [3, 4]),
        ({"before": 1}, []),
        ({"before": 0}, []),
        ({"before": -(2**63)}, []),
        ({"before": 10**30, "limit": 2}, [9, 10]),
        ({"after": 5, "limit": 2}, [6, 7]),
        ({"after": 10}, []),
        ({"after": -5, "limit": 2}, [1, 2]),
        ({"after": 10**30}, []),
        ({"around": 5, "limit": 4}, [3, 4, 5, 6, 7]),
        ({"around": 5, "limit": 1}, [5]),
        ({"around": 1, "limit": 4}, [1, 2, 3]),
        ({"around": 10, "limit": 4}, [8, 9, 10]),
        ({"around": 99, "limit": 4}, [8, 9, 10]),
    ],
)
def test_a_page_of_history_is_cut_at_its_anchor(room, ada, anchor, expected):
    make_history(room, [ada], 10)
    assert seqs(reading.history(ada.user, room.pk, **anchor)) == expected


def test_a_page_of_history_has_at_most_two_hundred(room, ada):
    make_history(room, [ada], HISTORY_MAX + 10)
    for anchor in ({}, {"before": 1000}, {"after": 0}):
        page = reading.history(ada.user, room.pk, limit=5000, **anchor)
        assert len(page.messages) == HISTORY_MAX


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"before": 5, "after": 3}, "before, after, around"),
        ({"before": 0, "around": 0}, "before, after, around"),
    ],
)
def test_history_asked_for_wrongly_is_invalid(room, ada, asked, named):
    with pytest.raises(Invalid, match=f"^{named}:"):
        reading.history(ada.user, room.pk, **asked)


def test_a_public_room_is_read_without_joining_and_a_hidden_one_is_not_there(
    room, private, direct, ada, stranger
):
    make_message(room, ada)
    assert seqs(reading.history(stranger.user, room.pk)) == [1]
    for hidden in (private.pk, direct.pk, NOBODY):
        with pytest.raises(NotFound):
            reading.history(stranger.user, hidden)


def test_history_costs_as_many_queries_however_long_it_is(
    room, ada, bob, django_assert_num_queries
):
    for number in range(10):
        message = make_message(room, ada, f"@{bob.username} {number}")
        messages.react(bob.user, message.pk, "👍", True)
    for limit in (1, 10):
        # The room, its messages, their mentions, their reactions.
        with django_assert_num_queries(4):
            reading.history(ada.user, room.pk, limit=limit)


# --- people and rooms -------------------------------------------------------------------------


def test_the_members_of_a_room_are_all_who_are_or_were_in_it(room, owner, moderator, ada, bob):
    members.leave(bob.user, room.pk)
    rows, version = reading.members_of(ada.user, room.pk)
    assert {row.user: row.role for row in rows} == {
        owner.id: "owner",
        moderator.id: "moderator",
        ada.id: "member",
        bob.id: None,
    }
    room.refresh_from_db()
    assert version == room.version
    assert reading.member_ids(room.pk) == {owner.id, moderator.id, ada.id}


def test_people_are_found_by_name_and_handle_but_not_oneself_and_not_the_banned(ada, bob):
    word = new_name("needle")
    User.objects.filter(pk__in=[ada.id, bob.id]).update(display_name=f"The {word.upper()}")
    by_handle = make_member(username=f"{word}.x")
    banned = make_member(username=f"{word}.y")
    User.objects.filter(pk=banned.id).update(banned_at=timezone.now())
    make_member(username=f"{word}.z", is_active=False)
    found = {person.id for person in reading.people(ada.user, f" @{word} ")}
    assert found == {bob.id, by_handle.id}


def test_the_directory_lists_public_rooms_in_use(ada, bob, owner):
    word = new_name("needle")
    inside = make_room(members=[ada], owner=owner, name="Inside", topic=f"about {word}")
    outside = make_room(members=[bob], owner=owner, name=f"Out {word}"[:60])
    make_room("private", members=[ada], owner=owner, topic=word)
    old = make_room(owner=owner, topic=word)
    rooms.archive(owner.user, old.pk, True)
    members.leave(bob.user, outside.pk)
    found = reading.directory(ada.user, word.upper())
    assert [(row["id"], row["joined"], row["members"]) for row in found] == [
        (inside.pk, True, 2),
        (outside.pk, False, 1),
    ]


# --- the one door -----------------------------------------------------------------------------


def test_a_room_is_reached_through_a_member_who_may_see_it(room, private, direct, ada, stranger):
    for place in (room, private, direct):
        assert access.access_room(ada.user, place.pk) == place
        assert access.access_room_by_slug(ada.user, place.slug) == place
    assert access.access_room(stranger.user, room.pk) == room
    for hidden in (private, direct):
        with pytest.raises(NotFound):
            access.access_room(stranger.user, hidden.pk)
        with pytest.raises(NotFound):
            access.access_room_by_slug(stranger.user, hidden.slug)


def test_a_message_is_reached_through_a_member_who_may_see_its_room(room, private, ada, stranger):
    public, hidden = make_message(room, ada), make_message(private, ada)
    assert access.access_message(stranger.user, public.pk) == public
    assert access.access_message(ada.user, hidden.pk) == hidden
    with pytest.raises(NotFound):
        access.access_message(stranger.user, hidden.pk)


def test_who_left_a_private_room_has_never_heard_of_it(private, ada):
    members.leave(ada.user, private.pk)
    with pytest.raises(NotFound):
        access.access_room(ada.user, private.pk)
    assert not Membership.objects.active().filter(room=private, user=ada.user).exists()
