"""Threads: what the first message tells, who is in one, what is unread, and what cannot be."""

from uuid import uuid4

import pytest

from chat.broadcast import ThreadSeatChanged
from chat.errors import Forbidden, Invalid, NotFound
from chat.services import members, messages, reading, threads
from chat.services.posting import Post, post_many
from tests.factories import make_message, make_room
from tests.services.telling import fragment_rows, listening, stored_message, takes_versions

NOBODY = 2**62


@pytest.fixture
def root(room, ada):
    return make_message(room, ada, "lunch?")


def reply(root, author, body="yes", **fields):
    return make_message(root.room, author, body, thread=root.pk, **fields)


def standing(member, root):
    return threads.page(member.user, root.pk).standing


def unread_threads(member):
    return {own.root.id: own.standing.unread for own in threads.threads_of(member.user)}


# --- the first message tells ------------------------------------------------------------------


def test_the_first_message_tells_how_many_are_in_its_thread(root, ada, bob):
    assert "replies" not in stored_message(root.pk)
    for author in (bob, ada):
        with takes_versions(root.room_id):
            last = reply(root, author)
    row = stored_message(root.pk)
    assert (row["replies"]["count"], row["replies"]["last_seq"]) == (2, last.seq)
    assert row["replies"]["last_at"] == stored_message(last.pk)["created_at"]
    assert row["version"] == stored_message(last.pk)["version"]


def test_a_reply_and_its_first_message_are_told_together(root, bob):
    with listening() as heard:
        answer = reply(root, bob)
    [changed] = heard.changes_in(root.room_id)
    told = {row["id"]: row for row in fragment_rows(changed.messages)}
    assert told == {pk: stored_message(pk) for pk in (answer.pk, root.pk)}


def test_replies_posted_together_are_all_counted(room, private, root, ada, bob):
    elsewhere = make_message(private, ada)
    outcomes = post_many(
        [
            Post(bob.id, room.pk, uuid4(), "one", thread=root.pk),
            Post(ada.id, private.pk, uuid4(), "two", thread=elsewhere.pk),
            Post(ada.id, room.pk, uuid4(), "aside"),
            Post(ada.id, room.pk, uuid4(), "three", thread=root.pk),
        ]
    )
    row = stored_message(root.pk)
    assert (row["replies"]["count"], row["version"]) == (2, outcomes[3].version)
    assert row["replies"]["last_seq"] == outcomes[3].seq
    assert stored_message(elsewhere.pk)["replies"]["count"] == 1


def test_a_reply_sent_again_is_counted_once(root, bob):
    client_id = uuid4()
    for _ in range(2):
        reply(root, bob, client_id=client_id)
    assert stored_message(root.pk)["replies"]["count"] == 1


def test_a_deleted_reply_is_no_longer_counted_and_another_is_the_newest(root, ada, bob):
    first, second = reply(root, bob), reply(root, ada)
    with takes_versions(root.room_id) as heard:
        messages.remove(ada.user, second.pk)
    [changed] = heard.changes_in(root.room_id)
    assert {row["id"] for row in fragment_rows(changed.messages)} == {root.pk, second.pk}
    row = stored_message(root.pk)
    assert (row["replies"]["count"], row["replies"]["last_seq"]) == (1, first.seq)
    messages.remove(bob.user, first.pk)
    assert "replies" not in stored_message(root.pk)


def test_a_reply_may_be_shown_in_the_room_too(root, bob):
    assert stored_message(reply(root, bob, in_room=True).pk)["in_room"]
    assert "in_room" not in stored_message(reply(root, bob).pk)
    aside = make_message(root.room, bob, in_room=True)  # in no thread: shown there anyhow
    assert "in_room" not in stored_message(aside.pk)


def test_a_thread_has_one_level(root, ada, bob):
    answer = reply(root, bob)
    deeper = make_message(root.room, ada, "and", thread=answer.pk)
    assert stored_message(deeper.pk)["thread"] == root.pk
    assert stored_message(root.pk)["replies"]["count"] == 2
    assert threads.page(bob.user, answer.pk).root.id == root.pk


# --- what cannot be ---------------------------------------------------------------------------


def test_no_thread_begins_or_goes_on_where_the_first_message_was_deleted(room, root, ada, bob):
    answer = reply(root, bob)
    messages.remove(ada.user, root.pk)
    for target in (root.pk, answer.pk):
        with takes_versions(room.pk, 0), pytest.raises(NotFound, match="was deleted"):
            messages.post(bob.user, room.pk, uuid4(), "too late", thread=target)
    found = threads.page(bob.user, root.pk)  # what was said stays
    assert (found.root.deleted, [row.id for row in found.messages]) == (True, [answer.pk])


def test_a_reply_that_was_stored_is_acked_again_after_the_first_message_went(root, ada, bob):
    client_id = uuid4()
    post = (bob.user, root.room_id, client_id, "in time")
    ack = messages.post(*post, thread=root.pk)
    messages.remove(ada.user, root.pk)
    assert messages.post(*post, thread=root.pk) == ack


def test_a_thread_of_a_hidden_message_is_hidden(private, ada, stranger):
    message = make_message(private, ada)
    refusals = set()
    for target in (message.pk, NOBODY):
        for attempt in (
            lambda: threads.page(stranger.user, target),  # noqa: B023 - called at once
            lambda: threads.follow(stranger.user, target, True),  # noqa: B023
            lambda: threads.mark_read(stranger.user, target, 1),  # noqa: B023
        ):
            with pytest.raises(NotFound) as refused:
                attempt()
            refusals.add(str(refused.value))
    assert len(refusals) == 1


def test_who_is_not_in_a_public_room_reads_its_threads_and_no_more(root, bob, stranger):
    answer = reply(root, bob)
    assert [row.id for row in threads.page(stranger.user, root.pk).messages] == [answer.pk]
    with pytest.raises(Forbidden):
        threads.follow(stranger.user, root.pk, True)


# --- who is in it, and what is unread ---------------------------------------------------------


def test_who_began_wrote_or_was_called_is_in_the_thread(root, ada, bob, owner, moderator):
    reply(root, bob, f"@{owner.username}?")
    assert standing(bob, root).unread == 0
    assert standing(ada, root).unread == 1
    assert standing(owner, root).unread == 1
    assert standing(moderator, root) is None


def test_unread_counts_what_others_said_past_the_position(root, ada, bob):
    first = reply(root, bob)
    gone = reply(root, bob)
    make_message(root.room, bob, "aside")
    reply(root, bob)
    messages.remove(bob.user, gone.pk)
    assert unread_threads(ada) == {root.pk: 2}
    threads.mark_read(ada.user, root.pk, first.seq)
    assert unread_threads(ada) == {root.pk: 1}
    threads.mark_read(ada.user, root.pk, 1)  # never back
    assert unread_threads(ada) == {root.pk: 1}
    threads.mark_read(ada.user, root.pk, NOBODY)
    assert unread_threads(ada) == {root.pk: 0}
    reply(root, bob)
    assert unread_threads(ada) == {root.pk: 1}
    reply(root, ada)  # who writes has read
    assert unread_threads(ada) == {root.pk: 0}


def test_reading_in_a_thread_is_told_to_its_member_once(root, ada, bob):
    last = reply(root, bob)
    with listening() as heard:
        threads.mark_read(ada.user, root.pk, last.seq)
        threads.mark_read(ada.user, root.pk, last.seq)
    assert heard.of(ThreadSeatChanged) == [
        ThreadSeatChanged(root.room_id, ada.id, root.pk, last.seq, True)
    ]


def test_reading_a_thread_one_is_not_in_changes_nothing(root, bob, moderator):
    reply(root, bob)
    threads.mark_read(moderator.user, root.pk, NOBODY)
    assert standing(moderator, root) is None


def test_one_follows_a_thread_and_turns_away_from_it(root, ada, bob, moderator):
    reply(root, bob)
    threads.follow(moderator.user, root.pk, True)
    assert unread_threads(moderator) == {root.pk: 0}
    reply(root, bob)
    assert unread_threads(moderator) == {root.pk: 1}
    threads.follow(moderator.user, root.pk, False)
    reply(root, bob, f"@{moderator.username}")  # a mention brings nobody back
    assert unread_threads(moderator) == {}
    reply(root, moderator)  # writing does
    assert unread_threads(moderator) == {root.pk: 0}


def test_threads_of_rooms_one_left_are_no_longer_ones_own(root, ada, bob):
    reply(root, bob)
    members.leave(ada.user, root.room_id)
    assert unread_threads(ada) == {}


def test_threads_with_something_new_come_first(room, ada, bob, django_assert_num_queries):
    roots = [make_message(room, ada) for _ in range(3)]
    for each in roots:
        last = reply(each, bob)
    threads.mark_read(ada.user, roots[2].pk, last.seq)
    with django_assert_num_queries(5):
        own = threads.threads_of(ada.user)
    assert [thread.root.id for thread in own] == [roots[1].pk, roots[0].pk, roots[2].pk]
    assert own[0].version == reading.versions_of([room.pk])[room.pk]


def test_a_long_thread_is_read_page_by_page(root, ada, bob):
    replies = [reply(root, bob).pk for _ in range(5)]
    newest = threads.page(ada.user, root.pk, limit=3)
    assert ([row.id for row in newest.messages], newest.more) == (replies[2:], True)
    rest = threads.page(ada.user, root.pk, before=newest.messages[0].seq, limit=3)
    assert ([row.id for row in rest.messages], rest.more) == (replies[:2], False)
    assert threads.page(ada.user, root.pk, before=-1).messages == []
    with pytest.raises(Invalid):
        threads.page(ada.user, root.pk, limit=0)


def test_a_direct_conversation_has_threads_too(direct, ada, bob):
    root = make_message(direct, ada)
    reply(root, bob)
    assert unread_threads(ada) == {root.pk: 1}


def test_a_thread_of_ones_own_is_not_unread(ada):
    room = make_room("private", owner=ada)
    root = make_message(room, ada)
    reply(root, ada)
    assert unread_threads(ada) == {root.pk: 0}
