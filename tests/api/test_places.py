"""GET rooms/{id}/seq and messages/{id}: where something was said, and what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Message, Room
from tests.api.calling import UNUSED_ID, Caller, assert_refused
from tests.factories import make_member, make_message, make_room

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def room(ada):
    """A room in which something was said on each of ten days, at noon."""
    room = make_room("private", owner=ada)
    for day in range(10):
        message = make_message(room, ada, f"day {day}")
        Message.objects.filter(pk=message.pk).update(created_at=BEGAN + timedelta(days=day))
    return room


def seq_at(member, room: Room, moment: datetime):
    answer = Caller(member).get(f"rooms/{room.pk}/seq", at=moment.isoformat())
    assert answer.status == 200, answer
    return answer.json["seq"]


@pytest.mark.parametrize(
    ("days", "seq"), [(-100, 1), (0, 1), (0.5, 2), (4, 5), (8.99, 10), (9, 10), (9.01, None)]
)
def test_the_first_message_at_or_after_a_time_is_found(ada, room, days, seq):
    assert seq_at(ada, room, BEGAN + timedelta(days=days)) == seq


def test_in_an_empty_room_nothing_is_found(ada):
    assert seq_at(ada, make_room(owner=ada), BEGAN) is None


def test_a_reply_in_a_thread_alone_is_passed_over(ada, room):
    root = Message.objects.get(room=room, seq=10)
    for seq, in_room in ((11, False), (12, False), (13, True), (14, False)):
        reply = make_message(room, ada, f"reply {seq}", thread=root.pk, in_room=in_room)
        at = BEGAN + timedelta(days=seq - 1)
        Message.objects.filter(pk=reply.pk).update(created_at=at)
    assert [seq_at(ada, room, BEGAN + timedelta(days=days)) for days in (9, 9.5, 12.5)] == [
        10,
        13,
        None,
    ]


def test_a_long_history_costs_a_few_look_ups(ada, room):
    with CaptureQueriesContext(connection) as queries:
        seq_at(ada, room, BEGAN + timedelta(days=3))
    assert len([each for each in queries if "chat_message" in each["sql"]]) <= 5


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "1700000000", "2026-03-01", "2026-03-01T12:00"]
)
def test_a_time_that_is_none_is_invalid(ada, room, moment):
    assert_refused(Caller(ada).get(f"rooms/{room.pk}/seq", at=moment), 400, "invalid")


def test_a_room_of_others_answers_as_none(room):
    stranger = Caller(make_member())
    for room_id in (room.pk, UNUSED_ID):
        answer = stranger.get(f"rooms/{room_id}/seq", at=BEGAN.isoformat())
        assert_refused(answer, 404, "not_found")


def test_a_message_is_read_by_its_id_by_those_who_may(ada, room):
    message = make_message(room, ada, "here")
    answer = Caller(ada).get(f"messages/{message.pk}")
    assert (answer.json["seq"], answer.json["body"]) == (11, "here")
    assert_refused(Caller(make_member()).get(f"messages/{message.pk}"), 404, "not_found")
    assert_refused(Caller(ada).get(f"messages/{UNUSED_ID}"), 404, "not_found")
