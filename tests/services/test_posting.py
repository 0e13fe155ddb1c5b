"""Posting, one and many at a time: order, idempotency, mentions, slow mode."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from chat.errors import Forbidden, Invalid, NotFound, NotInRoom, SlowMode, TooLarge
from chat.models import Membership, Mention, Message
from chat.models.message import BODY_MAX
from chat.services import members, messages, rooms, screening
from chat.services.posting import Ack, Post, post_many
from tests.factories import make_message, make_room
from tests.services.telling import (
    fragment_rows,
    listening,
    stored_message,
    takes_versions,
    version_of,
)

NOBODY = 2**62


def post(author, room, body="hi", client_id=None, **fields):
    return Post(author.id, room.pk, client_id or uuid4(), body, **fields)


def kinds(outcomes):
    return [type(outcome) for outcome in outcomes]


def bodies_in(room):
    return list(Message.objects.filter(room=room).order_by("seq").values_list("body", flat=True))


# --- one message ------------------------------------------------------------------------------


def test_a_message_takes_the_next_place_and_the_next_version(room, ada, bob):
    for seq, author in enumerate((ada, bob, ada), start=1):
        with takes_versions(room.pk):
            ack = messages.post(author.user, room.pk, uuid4(), "hi")
        assert (ack.room, ack.version, ack.seq) == (room.pk, version_of(room.pk), seq)
        assert stored_message(ack.id)["author"] == author.id


def test_a_message_is_told_as_the_row_that_is_stored(room, ada, bob):
    earlier = make_message(room, bob)
    body = f"hi **@{bob.username}**"
    with listening() as heard:
        ack = messages.post(ada.user, room.pk, uuid4(), body, reply_to=earlier.pk)
    [changed] = heard.changes_in(room.pk)
    assert fragment_rows(changed.messages) == [stored_message(ack.id)]
    assert [(posted.user, posted.seq) for posted in changed.posted] == [(ada.id, ack.seq)]


def test_a_body_is_trimmed(room, ada):
    ack = messages.post(ada.user, room.pk, uuid4(), " \n hi \t")
    assert stored_message(ack.id)["body"] == "hi"


def test_the_longest_body_is_counted_in_characters_after_trimming(room, ada):
    ack = messages.post(ada.user, room.pk, uuid4(), f"  {'😀' * BODY_MAX}  ")
    assert len(stored_message(ack.id)["body"]) == BODY_MAX


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("", Invalid),
        (" \n\t", Invalid),
        ("a\0b", Invalid),
        ("\udfff", Invalid),
        ("x" * (BODY_MAX + 1), TooLarge),
    ],
)
def test_a_body_that_cannot_be_is_refused(room, ada, body, refusal):
    with takes_versions(room.pk, 0), pytest.raises(refusal, match="^body:"):
        messages.post(ada.user, room.pk, uuid4(), body)


def test_a_file_that_is_not_there_is_not_found(room, ada):
    with takes_versions(room.pk, 0), pytest.raises(NotFound, match="^attachments:"):
        messages.post(ada.user, room.pk, uuid4(), "", attachments=[1])


def test_replies_and_threads_stay_in_their_room(room, private, ada):
    elsewhere = make_message(private, ada)
    here = make_message(room, ada)
    for target in (elsewhere.pk, NOBODY):
        for fields in ({"reply_to": target}, {"thread": target}):
            with takes_versions(room.pk, 0), pytest.raises(NotFound):
                messages.post(ada.user, room.pk, uuid4(), "hi", **fields)
    ack = messages.post(ada.user, room.pk, uuid4(), "hi", reply_to=here.pk)
    assert stored_message(ack.id)["reply_to"] == here.pk


def test_who_is_not_in_a_public_room_may_not_post_there(room, stranger):
    with takes_versions(room.pk, 0), pytest.raises(Forbidden):
        messages.post(stranger.user, room.pk, uuid4(), "hi")


def test_a_hidden_room_cannot_be_told_from_one_that_never_was(private, direct, stranger):
    refusals = set()
    for room_id in (private.pk, direct.pk, NOBODY):
        with pytest.raises(NotFound) as refused:
            messages.post(stranger.user, room_id, uuid4(), "hi")
        refusals.add(str(refused.value))
    assert len(refusals) == 1


# --- sent again -------------------------------------------------------------------------------


def test_a_message_sent_again_is_acked_as_it_was_and_stored_once(room, ada, bob):
    client_id = uuid4()
    first = messages.post(ada.user, room.pk, client_id, "hi")
    make_message(room, bob)
    with takes_versions(room.pk, 0):
        assert messages.post(ada.user, room.pk, client_id, "another body") == first
    assert stored_message(first.id)["body"] == "hi"


@pytest.mark.parametrize("body", ["", "x" * (BODY_MAX + 1)])
def test_another_body_in_a_retry_is_ignored_also_one_that_cannot_be(room, ada, body):
    client_id = uuid4()
    first = messages.post(ada.user, room.pk, client_id, "hi")
    assert messages.post(ada.user, room.pk, client_id, body) == first


def test_the_ack_of_a_retry_repeats_the_first_after_an_edit_and_a_deletion(room, ada):
    client_id = uuid4()
    first = messages.post(ada.user, room.pk, client_id, "hi")
    messages.edit(ada.user, first.id, "hello")
    assert messages.post(ada.user, room.pk, client_id, "hi") == first
    messages.remove(ada.user, first.id)
    with takes_versions(room.pk, 0):
        assert messages.post(ada.user, room.pk, client_id, "hi") == first
    assert stored_message(first.id)["deleted"]


def test_a_retry_is_acked_in_a_room_that_was_closed_meanwhile(room, owner, ada):
    client_id = uuid4()
    first = messages.post(ada.user, room.pk, client_id, "hi")
    rooms.lock(owner.user, room.pk, True)
    members.mute(owner.user, room.pk, ada.id, timezone.now() + timedelta(hours=1))
    assert messages.post(ada.user, room.pk, client_id, "hi") == first


def test_a_retry_does_not_wait_for_slow_mode(room, owner, ada):
    rooms.update(owner.user, room.pk, slow_mode=60)
    client_id = uuid4()
    first = messages.post(ada.user, room.pk, client_id, "hi")
    assert messages.post(ada.user, room.pk, client_id, "hi") == first


def test_a_retry_after_leaving_is_the_refusal_of_a_stranger(private, owner, ada):
    client_id = uuid4()
    messages.post(ada.user, private.pk, client_id, "hi")
    members.remove(owner.user, private.pk, ada.id)
    with pytest.raises(NotFound):
        messages.post(ada.user, private.pk, client_id, "hi")


def test_one_client_id_in_two_rooms_is_two_messages(room, private, ada):
    client_id = uuid4()
    one = messages.post(ada.user, room.pk, client_id, "hi")
    two = messages.post(ada.user, private.pk, client_id, "hi")
    assert one.id != two.id


# --- many at a time ---------------------------------------------------------------------------


def test_each_post_of_a_batch_has_a_version_and_a_place_of_its_own(room, ada, bob):
    with takes_versions(room.pk, 4) as heard:
        acks = post_many([post(who, room, who.name) for who in (ada, bob, bob, ada)])
    assert [ack.seq for ack in acks] == [1, 2, 3, 4]
    assert [ack.version - acks[0].version for ack in acks] == [0, 1, 2, 3]
    assert bodies_in(room) == [ada.name, bob.name, bob.name, ada.name]
    [changed] = heard.changes_in(room.pk)
    assert fragment_rows(changed.messages) == [stored_message(ack.id) for ack in acks]


def test_a_batch_over_several_rooms_keeps_each_rooms_order(room, private, ada, bob):
    wanted = [post(ada, room, "1"), post(bob, private, "2"), post(bob, room, "3")]
    before = version_of(private.pk)
    with takes_versions(room.pk, 2) as heard:
        acks = post_many(wanted)
    [elsewhere] = heard.changes_in(private.pk)
    assert (elsewhere.from_, elsewhere.to) == (before, before + 1) == (before, acks[1].version)
    assert [(ack.room, ack.seq) for ack in acks] == [(room.pk, 1), (private.pk, 1), (room.pk, 2)]
    assert (bodies_in(room), bodies_in(private)) == (["1", "3"], ["2"])


def test_twice_in_one_batch_is_once_in_the_room(room, ada, bob):
    client_id = uuid4()
    with takes_versions(room.pk, 2) as heard:
        first, others, again = post_many(
            [
                post(ada, room, f"hi @{bob.username}", client_id),
                post(bob, room, "hi", client_id),
                post(ada, room, "another body", client_id),
            ]
        )
    assert again == first != others
    assert bodies_in(room) == [f"hi @{bob.username}", "hi"]
    [changed] = heard.changes_in(room.pk)
    assert fragment_rows(changed.messages) == [
        stored_message(first.id),
        stored_message(others.id),
    ]
    assert stored_message(first.id)["mentions"] == [bob.id]


def test_a_refused_post_does_not_touch_its_neighbours(room, private, ada, bob, stranger):
    with takes_versions(room.pk, 2):
        outcomes = post_many(
            [
                post(ada, room, "one"),
                post(ada, room, " "),
                post(stranger, room),
                post(stranger, private),
                post(bob, room, reply_to=NOBODY),
                post(bob, room, "x" * (BODY_MAX + 1)),
                post(bob, room, "two"),
            ]
        )
    assert kinds(outcomes) == [Ack, Invalid, NotInRoom, NotFound, NotFound, TooLarge, Ack]
    assert (outcomes[0].seq, outcomes[-1].seq) == (1, 2)


def test_a_refusal_leaves_the_client_id_free(room, ada):
    client_id = uuid4()
    refused, stored = post_many(
        [post(ada, room, client_id=client_id, thread=NOBODY), post(ada, room, client_id=client_id)]
    )
    assert kinds([refused, stored]) == [NotFound, Ack]
    assert stored.seq == 1


def test_a_batch_of_refusals_changes_nothing(room, stranger):
    with takes_versions(room.pk, 0):
        assert kinds(post_many([post(stranger, room)] * 2)) == [NotInRoom, NotInRoom]
    assert post_many([]) == []


# --- mentions ---------------------------------------------------------------------------------


def test_members_of_the_room_are_mentioned_each_once(room, ada, bob, owner, stranger):
    body = f"@{bob.username} @{owner.username.upper()}! (@{bob.username}) @{stranger.username}"
    message = make_message(room, ada, body)
    assert stored_message(message.pk)["mentions"] == sorted([bob.id, owner.id])
    found = Mention.objects.filter(message=message).values_list("user", "room", "seq")
    assert set(found) == {(bob.id, room.pk, message.seq), (owner.id, room.pk, message.seq)}


def test_who_left_is_not_mentioned(room, ada, bob):
    members.leave(bob.user, room.pk)
    message = make_message(room, ada, f"@{bob.username}")
    assert stored_message(message.pk)["mentions"] == []


def test_in_a_batch_each_room_mentions_its_own(room, ada, bob, stranger):
    other = make_room(members=[ada, stranger])
    body = f"@{bob.username} @{stranger.username}"
    here, there = post_many([post(ada, room, body), post(ada, other, body)])
    assert stored_message(here.id)["mentions"] == [bob.id]
    assert stored_message(there.id)["mentions"] == [stranger.id]


# --- slow mode --------------------------------------------------------------------------------


def test_slow_mode_asks_for_a_pause_and_says_how_long(room, owner, ada, bob):
    rooms.update(owner.user, room.pk, slow_mode=30)
    with time_machine.travel("2026-11-21T20:00:00Z", tick=False) as clock:
        make_message(room, ada)
        clock.shift(10)
        with takes_versions(room.pk, 0), pytest.raises(SlowMode) as refused:
            make_message(room, ada)
        assert refused.value.retry_after == 20
        make_message(room, bob)
        clock.shift(refused.value.retry_after)
        make_message(room, ada)


def test_whoever_waits_as_long_as_told_is_not_told_to_wait_again(room, owner, ada):
    rooms.update(owner.user, room.pk, slow_mode=5)
    with time_machine.travel("2026-11-21T20:00:00Z", tick=False) as clock:
        make_message(room, ada)
        clock.shift(0.36)
        with pytest.raises(SlowMode) as refused:
            make_message(room, ada)
        clock.shift(refused.value.as_dict()["retry_after"])
        make_message(room, ada)


def test_slow_mode_holds_within_a_batch(room, owner, ada, bob):
    rooms.update(owner.user, room.pk, slow_mode=30)
    outcomes = post_many([post(ada, room), post(ada, room), post(bob, room)])
    assert kinds(outcomes) == [Ack, SlowMode, Ack]


def test_who_looks_after_a_room_is_not_slowed(room, owner, moderator):
    rooms.update(owner.user, room.pk, slow_mode=30)
    for member in (owner, moderator) * 2:
        make_message(room, member)


def test_leaving_is_no_way_around_slow_mode(room, owner, ada):
    rooms.update(owner.user, room.pk, slow_mode=30)
    make_message(room, ada)
    members.leave(ada.user, room.pk)
    members.join(ada.user, room.pk)
    with pytest.raises(SlowMode):
        make_message(room, ada)


def test_a_post_stamped_by_a_fast_clock_holds_nobody_up(room, owner, ada):
    rooms.update(owner.user, room.pk, slow_mode=30)
    make_message(room, ada)
    ahead = timezone.now() + timedelta(days=1)
    Membership.objects.filter(room=room, user=ada.user).update(posted_at=ahead)
    make_message(room, ada)


# --- what it costs ----------------------------------------------------------------------------


def test_a_hundred_posts_cost_hardly_more_queries_than_one(
    room, private, ada, bob, django_assert_max_num_queries
):
    def flood(count):
        body = f"hi @{bob.username}"
        return [
            post(who, where, body)
            for _ in range(count // 4)
            for who in (ada, bob)
            for where in (room, private)
        ]

    screening.refresh()  # which a process does once in a while
    # A savepoint and its release, the rooms under lock, mentionable members, seats, what is there
    # already; then messages (SQLite takes them in two parts), mentions, seats, the rooms' versions.
    with django_assert_max_num_queries(11):
        outcomes = post_many(flood(100))
    assert kinds(outcomes) == [Ack] * 100


def test_one_message_costs_few_queries(room, ada, django_assert_max_num_queries):
    screening.refresh()
    with django_assert_max_num_queries(8):
        post_many([post(ada, room)])
