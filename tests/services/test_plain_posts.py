"""The short way of plain posts on Postgres: it ends where the careful way does, or leaves them."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from chat.models import Membership, Message, batch
from chat.services import members, messages, rooms, screening, unread
from chat.services.plain_posts import PlainPosts
from chat.services.posting import Post, post_many
from tests.factories import make_message
from tests.services.telling import fragment_rows, stored_message, version_of

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite all posts go the careful way"
)

NOBODY = 2**62
CHANGES = [
    partial(rooms.lock, on=True),
    partial(rooms.archive, on=True),
    partial(rooms.update, slow_mode=30),
    partial(rooms.update, writers="stewards"),
]


def post(author, room, body="hi", client_id=None, **fields):
    return Post(author.id, room.pk, client_id or uuid4(), body, **fields)


@pytest.fixture(autouse=True)
def filters_known(db):
    """As in a server process, which reads the live filters every few seconds."""
    screening.refresh()


def take_short_way(*posts):
    """Return what became of them."""
    plain = PlainPosts(posts)
    if plain.takes_time:
        plain.render()
    if statements := plain.statements():
        plain.take([batch.run(statement) for statement in statements][-1])
    return plain


def assert_left(plain, *numbers):
    """Only these of the posts were left, and nothing of them is stored."""
    left = [n for n, outcome in enumerate(plain.outcomes) if outcome is None]
    assert left == list(numbers)


def test_what_is_stored_and_told_is_one_row_with_the_next_place_and_version(room, ada, bob):
    earlier = make_message(room, bob)
    before = version_of(room.pk)
    plain = take_short_way(
        post(ada, room, " one "), post(bob, room, "**two**"), post(ada, room, reply_to=earlier.pk)
    )
    [changed] = plain.events
    assert fragment_rows(changed.messages) == [stored_message(ack.id) for ack in plain.outcomes]
    assert [row["body"] for row in fragment_rows(changed.messages)] == ["one", "**two**", "hi"]
    assert [(ack.seq, ack.version) for ack in plain.outcomes] == [
        (earlier.seq + step, before + step) for step in (1, 2, 3)
    ]
    assert (changed.from_, changed.to, version_of(room.pk)) == (before, before + 3, before + 3)
    assert [(one.user, one.seq) for one in changed.posted] == [
        (ada.id, 2), (bob.id, 3), (ada.id, 4),
    ]  # fmt: skip


def test_it_goes_on_where_the_careful_way_ended_and_the_other_way_round(room, private, ada):
    seqs = []
    for way in (take_short_way, lambda *posts: post_many(posts)) * 2:
        outcomes = way(post(ada, room), post(ada, private), post(ada, room))
        outcomes = getattr(outcomes, "outcomes", outcomes)
        seqs += [ack.seq for ack in outcomes if ack.room == room.pk]
    assert seqs == list(range(1, 9))


def test_the_poster_has_read_as_far_as_they_wrote(room, ada, bob):
    make_message(room, ada)
    unread.mark_unread(ada.user, room.pk, 1)
    [ack] = take_short_way(post(ada, room)).outcomes
    seat = Membership.objects.get(room=room, user=ada.user)
    assert (seat.read_seq, seat.unread_from) == (ack.seq, None)
    assert seat.posted_at == Message.objects.get(pk=ack.id).created_at
    assert Membership.objects.get(room=room, user=bob.user).read_seq == 0


def test_a_batch_over_several_rooms_keeps_each_rooms_order(room, private, ada, bob):
    plain = take_short_way(
        *(post(author, place, str(n)) for n in range(6) for author in (ada, bob)
          for place in (private, room))
    )  # fmt: skip
    for place in (room, private):
        bodies = Message.objects.filter(room=place).order_by("seq").values_list("body", flat=True)
        assert list(bodies) == [str(n) for n in range(6) for _ in (ada, bob)]
    assert_left(plain)


def test_who_may_not_write_there_is_left_and_their_neighbours_are_not(
    room, private, owner, ada, bob, stranger
):
    Membership.objects.filter(room=room, user=bob.user).update(
        muted_until=timezone.now() + timedelta(hours=1)
    )
    members.leave(ada.user, private.pk)
    nowhere = Post(ada.id, NOBODY, uuid4(), "hi")
    plain = take_short_way(
        post(bob, room), post(ada, private), post(stranger, room), nowhere, post(ada, room)
    )
    assert_left(plain, 0, 1, 2, 3)


@pytest.mark.parametrize("change", CHANGES, ids=["locked", "archived", "in slow mode", "read-only"])
def test_a_room_with_rules_of_its_own_is_left(room, owner, ada, change):
    change(owner.user, room.pk)
    assert_left(take_short_way(post(ada, room)), 0)


def test_what_is_there_already_is_left(room, ada, bob):
    retried, twice = uuid4(), uuid4()
    messages.post(ada.user, room.pk, retried, "hi")
    plain = take_short_way(
        post(ada, room, client_id=retried),
        post(bob, room, client_id=retried),
        post(ada, room, client_id=twice),
        post(ada, room, client_id=twice),
    )
    assert_left(plain, 0, 3)


def test_an_answer_to_what_is_not_in_the_room_is_left(room, private, ada):
    elsewhere = make_message(private, ada)
    plain = take_short_way(
        post(ada, room, reply_to=elsewhere.pk), post(ada, room, reply_to=NOBODY), post(ada, room)
    )
    assert_left(plain, 0, 1)


@pytest.mark.parametrize("body", ["", "a\0b", "x" * 4001])
def test_a_body_that_cannot_be_is_left(room, ada, body):
    assert_left(take_short_way(post(ada, room, body), post(ada, room)), 0)


@pytest.mark.parametrize("fields", [{"body": "@room"}, {"thread": 0}, {"attachments": [1]}])
def test_a_room_with_anything_else_keeps_its_order_the_careful_way(room, private, ada, fields):
    plain = take_short_way(
        post(ada, room), post(ada, room, **fields), post(ada, private), post(ada, room)
    )
    assert_left(plain, 0, 1, 3)


def test_the_database_takes_no_message_from_one_who_never_had_a_seat(room, stranger):
    place = {"room": room, "seq": 1000, "version": 1000, "posted_version": 1000}
    Message.objects.create(**place, author=stranger.user, client_id=uuid4())
    with pytest.raises(IntegrityError, match="message_of_a_seat"):
        connection.check_constraints()
