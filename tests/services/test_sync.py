"""What changed since a version: pages, cuts, resets, refusals."""

import json

from accounts.models import User
from chat.errors import NotFound, NotInRoom
from chat.live import frames
from chat.models import Membership, Message, Room
from chat.services import members, messages, reading, rooms
from chat.services.reading import BEHIND_MAX, CHANGES_MAX, PAGE_BYTES, RESET_MESSAGES
from tests.factories import make_history, make_member, make_message, make_room
from tests.services.telling import (
    fragment_rows,
    stored_info,
    stored_members,
    stored_message,
    stored_messages,
    version_of,
)


def sync(member, room, since):
    """Return the one answer about ``room``."""
    [answer] = reading.sync(member.user, {room.pk: since}).values()
    return answer


def pages(member, room, since):
    """Return the pages that lead from ``since`` to the present."""
    found = [sync(member, room, since)]
    while found[-1].more:
        found.append(sync(member, room, found[-1].event.to))
    return found


def test_nothing_new_is_an_empty_change_from_here_to_here(room, ada):
    version = version_of(room.pk)
    answer = sync(ada, room, version)
    assert (answer.event.from_, answer.event.to) == (version, version)
    assert (answer.event.messages, answer.event.members, answer.event.info) == ([], [], None)
    assert (answer.more, answer.reset) == (False, False)


def test_what_changed_comes_as_the_rows_stand_now(room, owner, ada, bob):
    first = make_message(room, ada)
    since = version_of(room.pk)
    second = make_message(room, bob)
    messages.edit(ada.user, first.pk, "otherwise")
    messages.remove(bob.user, second.pk)
    members.leave(bob.user, room.pk)
    rooms.update(owner.user, room.pk, topic="news")
    answer = sync(ada, room, since)
    assert (answer.event.from_, answer.event.to) == (since, version_of(room.pk))
    assert fragment_rows(answer.event.messages) == [
        stored_message(first.pk),
        stored_message(second.pk),
    ]
    assert fragment_rows(answer.event.members) == [stored_members(room.pk)[bob.id]]
    assert json.loads(answer.event.info) == stored_info(room.pk)


def test_several_rooms_are_answered_and_a_refusal_spoils_nothing(
    room, private, direct, ada, owner, stranger
):
    public = make_room()
    never = 2**62
    asked = {room.pk: 0, public.pk: 0, private.pk: 0, direct.pk: 0, never: 0}
    answers = reading.sync(owner.user, asked)
    assert {room_id: type(answer) for room_id, answer in answers.items()} == {
        room.pk: reading.Changes,
        public.pk: NotInRoom,
        private.pk: reading.Changes,
        direct.pk: NotFound,
        never: NotFound,
    }
    assert str(answers[direct.pk]) == str(answers[never])


def test_who_left_is_answered_as_a_stranger(private, ada):
    members.leave(ada.user, private.pk)
    assert isinstance(sync(ada, private, 0), NotFound)


# --- pages ------------------------------------------------------------------------------------


def test_a_page_has_at_most_so_many_rows_and_says_where_to_go_on(room, ada):
    since = version_of(room.pk)
    make_history(room, [ada], 2 * CHANGES_MAX + 50)
    found = pages(ada, room, since)
    assert [len(page.event.messages) for page in found] == [CHANGES_MAX, CHANGES_MAX, 50]
    assert_covers(found, since, version_of(room.pk))


def test_exactly_one_page_is_not_more(room, ada):
    since = version_of(room.pk)
    make_history(room, [ada], CHANGES_MAX)
    [page] = pages(ada, room, since)
    assert len(page.event.messages) == CHANGES_MAX


def test_messages_and_members_are_cut_at_one_version(room, ada):
    since = version_of(room.pk)
    newcomers = []
    for _ in range(3):
        make_history(room, [ada], 140)
        newcomers.append(make_member())
        members.join(newcomers[-1].user, room.pk)
    found = pages(ada, room, since)
    assert_covers(found, since, version_of(room.pk))
    assert len(found) == 2
    joined = [row.id for page in found for row in page.event.members]
    assert joined == [member.id for member in newcomers]


def test_a_page_is_cut_by_bytes_and_fits_a_frame(room, ada):
    since = version_of(room.pk)
    make_history(room, [ada], 120, "😀" * 4000)
    found = pages(ada, room, since)
    assert len(found) == 8
    assert_covers(found, since, version_of(room.pk))
    for page in found:
        assert sum(len(row.json) for row in page.event.messages) <= PAGE_BYTES


def test_rows_of_one_version_are_never_parted(room, ada):
    make_history(room, [ada], CHANGES_MAX + 5)
    since = version_of(room.pk) - CHANGES_MAX - 5
    # Two rows of one command, just where a page of rows would end.
    edge = since + CHANGES_MAX
    Message.objects.filter(room=room, version=edge + 1).update(version=edge)
    found = pages(ada, room, since)
    versions = [{row.version for row in page.event.messages} for page in found]
    assert not versions[0] & versions[1]
    assert sum(len(page.event.messages) for page in found) == CHANGES_MAX + 5


def assert_covers(found, start, end):
    """The pages lead from ``start`` to ``end``: each version once, each frame of legal size."""
    assert (found[0].event.from_, found[-1].event.to) == (start, end)
    for earlier, later in zip(found, found[1:], strict=False):
        assert earlier.more
        assert earlier.event.to == later.event.from_
    for page in found:
        rows = [*page.event.messages, *page.event.members]
        assert all(page.event.from_ < row.version <= page.event.to for row in rows)
        text = frames.changes(page.event, more=page.more, ref="ref")
        assert len(text) <= frames.SERVER_FRAME_MAX


# --- resets -----------------------------------------------------------------------------------


def test_a_thousand_behind_is_made_up_and_more_begins_anew(room, ada):
    make_history(room, [ada], BEHIND_MAX + 100)
    version = version_of(room.pk)
    assert not sync(ada, room, version - BEHIND_MAX).reset
    assert sync(ada, room, version - BEHIND_MAX - 1).reset


def test_a_version_that_the_room_has_not_reached_begins_anew(room, ada):
    version = version_of(room.pk)
    for ahead in (version + 1, 2**62):
        answer = sync(ada, room, ahead)
        assert answer.reset
        assert answer.event.to == version


def test_a_reset_is_the_newest_page_with_all_members_and_the_room(room, ada, bob):
    make_history(room, [ada], 3 * RESET_MESSAGES)
    members.leave(bob.user, room.pk)
    answer = sync(ada, room, 2**62)
    assert (answer.event.from_, answer.event.to) == (0, version_of(room.pk))
    assert (answer.reset, answer.more) == (True, False)
    newest = sorted(stored_messages(room.pk).values(), key=lambda row: row["seq"])
    assert fragment_rows(answer.event.messages) == newest[-RESET_MESSAGES:]
    told = {row["user"]: row for row in fragment_rows(answer.event.members)}
    assert told == {
        user: row for user, row in stored_members(room.pk).items() if row["role"] is not None
    }
    assert json.loads(answer.event.info) == stored_info(room.pk)


def test_a_reset_of_a_crowd_leaves_its_members_to_http(room, ada):
    User.objects.bulk_create(
        User(username=f"crowd-{room.pk}-{number}") for number in range(CHANGES_MAX)
    )
    crowd = User.objects.filter(username__startswith=f"crowd-{room.pk}-")
    Membership.objects.bulk_create(Membership(room=room, user=user) for user in crowd)
    assert sync(ada, room, 2**62).event.members == []


def test_a_reset_of_long_messages_fits_a_frame_and_keeps_the_newest(room, ada):
    make_history(room, [ada], 60, "😀" * 4000)
    answer = sync(ada, room, 2**62)
    assert len(frames.changes(answer.event, reset=True, ref="ref")) <= frames.SERVER_FRAME_MAX
    told = [row["seq"] for row in fragment_rows(answer.event.messages)]
    assert told == list(range(61 - len(told), 61))
    assert len(told) > 5


def test_a_hub_is_never_told_to_begin_anew(room, ada):
    make_history(room, [ada], BEHIND_MAX + 100)
    found = Room.objects.get(pk=room.pk)
    answer = reading.changes_in(found, 0, may_reset=False)
    assert not answer.reset
    assert answer.more


# --- rows newer than the room that was read -----------------------------------------------------


def test_what_changed_after_the_room_was_read_is_left_to_what_follows(room, ada):
    since = version_of(room.pk)
    message = make_message(room, ada)
    as_read = Room.objects.get(pk=room.pk)
    messages.edit(ada.user, message.pk, "otherwise")
    answer = reading.changes_in(as_read, since)
    assert answer.event.to == as_read.version
    assert answer.event.messages == [], "its row is newer than the frame would say"
    again = sync(ada, room, answer.event.to)
    assert fragment_rows(again.event.messages) == [stored_message(message.pk)]


# --- what it costs ------------------------------------------------------------------------------


def test_a_room_synced_costs_as_many_queries_however_much_changed(
    room, ada, bob, django_assert_num_queries
):
    since = version_of(room.pk)
    for rows in (1, 20):
        for _ in range(rows):
            message = make_message(room, ada, f"@{bob.username}")
            messages.react(bob.user, message.pk, "👍", True)
        # Rooms, seats; messages, their mentions and reactions, members.
        with django_assert_num_queries(6):
            sync(ada, room, since)


def test_rooms_in_which_nothing_changed_cost_nothing(ada, django_assert_num_queries):
    versions = {}
    for _ in range(5):
        room = make_room(members=[ada])
        versions[room.pk] = version_of(room.pk)
    with django_assert_num_queries(2):
        reading.sync(ada.user, versions)
