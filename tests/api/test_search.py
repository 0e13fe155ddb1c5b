"""GET search: messages by what they say."""

import pytest

from chat import limits
from chat.services import indexing
from tests.api.calling import UNUSED_ID, Caller, assert_refused
from tests.factories import make_member, make_message, make_room

pytestmark = pytest.mark.django_db


def test_a_member_finds_messages_page_by_page(ada, bob, room):
    for number in range(5):
        make_message(room, bob, f"Straße {number}")
    indexing.advance()
    asked = Caller(ada).get("search", q="strasse", limit=3)
    assert asked.status == 200
    assert [message["seq"] for message in asked.json["messages"]] == [5, 4, 3]
    assert asked.json["messages"][0]["excerpt"] == [
        {"text": "Straße", "found": True}, {"text": " 4", "found": False},
    ]  # fmt: skip
    assert [person["name"] for person in asked.json["people"]] == ["Bob"]
    rest = Caller(ada).get("search", q="strasse", limit=3, before=asked.json["older"])
    assert [message["seq"] for message in rest.json["messages"]] == [2, 1]
    assert (rest.json["older"], rest.json["complete"]) == (None, True)


def test_a_room_of_others_answers_as_none(ada):
    hidden = make_room("private", owner=make_member())
    for room_id in (hidden.pk, UNUSED_ID, -1):
        assert_refused(Caller(ada).get("search", q="anything", room=room_id), 404, "not_found")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"q": "ab"}, 400, "invalid"),
        ({"q": "a\0b"}, 400, "invalid"),
        ({"q": "tea", "limit": 0}, 400, "invalid"),
        ({"q": "x" * 201}, 413, "too_large"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(ada, query, status, code):
    assert_refused(Caller(ada).get("search", **query), status, code)


def test_searches_are_counted_for_each_member(ada, bob, settings):
    settings.RATE_LIMITS = True
    assert limits.MESSAGE_SEARCHES.most * 60 / limits.MESSAGE_SEARCHES.window >= 20
    for _ in range(limits.MESSAGE_SEARCHES.most):
        assert Caller(ada).get("search", q="tea").status == 200
    refused = Caller(ada).get("search", q="tea")
    assert_refused(refused, 429, "rate_limited")
    assert refused.json["retry_after"] > 0
    assert Caller(bob).get("search", q="tea").status == 200
