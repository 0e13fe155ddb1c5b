"""What one writes, over HTTP: mentions, drafts, scheduled messages, polls."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.api.calling import Caller, assert_refused
from tests.factories import make_member, make_message, make_room

pytestmark = pytest.mark.django_db


def in_an_hour():
    return (timezone.now() + timedelta(hours=1)).isoformat()


# --- mentions ---------------------------------------------------------------------------------


def test_the_inbox_is_read_page_by_page(room, ada, bob):
    for number in range(3):
        make_message(room, ada, f"{number} @{bob.username}")
    caller = Caller(bob)
    first = caller.get("mentions", limit=2).json
    assert [message["body"][0] for message in first["messages"]] == ["2", "1"]
    assert [person["name"] for person in first["people"]] == ["Ada"]
    assert first["more"]
    rest = caller.get("mentions", before=first["messages"][-1]["id"]).json
    assert [message["body"][0] for message in rest["messages"]] == ["0"]
    assert not rest["more"]


def test_who_may_call_everybody_is_changed_and_told(room, ada, bob):
    assert Caller(ada).patch(f"rooms/{room.pk}", callers="members").json["callers"] == "members"
    [row] = Caller(bob).get("rooms").json["rooms"]
    assert row["callers"] == "members"
    sent = Caller(bob).post(f"rooms/{room.pk}/messages", client_id=str(uuid4()), body="@room")
    assert sent.status == 200
    Caller(ada).patch(f"rooms/{room.pk}", callers="stewards")
    refused = Caller(bob).post(f"rooms/{room.pk}/messages", client_id=str(uuid4()), body="@room")
    assert_refused(refused, 403, "forbidden")


def test_who_is_named_and_not_there_is_told(room, ada):
    cy = make_member(display_name="Cy")
    found = Caller(ada).get(f"rooms/{room.pk}/absent", handle=[cy.username, "nobody-here"]).json
    assert [user["name"] for user in found["users"]] == ["Cy"]
    assert found["may_invite"]


def test_rooms_are_found_by_address_as_far_as_one_may_know_of_them(room, ada, bob):
    hidden = make_room("private", owner=ada)
    slugs = [room.slug, hidden.slug, "nowhere-at-all"]
    for member, known in ((ada, {room.slug, hidden.slug}), (bob, {room.slug})):
        found = Caller(member).get("rooms/named", slug=slugs).json["rooms"]
        assert {row["slug"] for row in found} == known


# --- drafts -----------------------------------------------------------------------------------


def test_a_draft_is_kept_and_the_newer_one_answers(room, ada):
    caller, path = Caller(ada), f"rooms/{room.pk}/draft"
    assert caller.put(path, body="now").json["body"] == "now"
    assert caller.put(path, body="before", age=5000).json["body"] == "now"
    assert [draft["body"] for draft in caller.get("drafts").json["drafts"]] == ["now"]
    assert_refused(caller.put(path, body="x" * 10_001), 413, "too_large")


# --- scheduled --------------------------------------------------------------------------------


def test_a_message_is_scheduled_changed_and_cancelled(room, ada, bob):
    caller = Caller(ada)
    made = caller.post(f"rooms/{room.pk}/scheduled", body="later", due_at=in_an_hour()).json
    assert (made["state"], made["room"]) == ("waiting", room.pk)
    path = f"scheduled/{made['id']}"
    assert caller.patch(path, body="later on").json["body"] == "later on"
    assert caller.get("scheduled").json["scheduled"][0]["body"] == "later on"
    assert_refused(caller.patch(path), 400, "invalid")
    assert_refused(Caller(bob).delete(path), 404, "not_found")
    assert caller.delete(path).json["state"] == "gone"
    assert caller.get("scheduled").json["scheduled"] == []
    assert_refused(caller.delete(path), 404, "not_found")


def test_a_time_that_is_none_or_has_passed_is_refused(room, ada):
    caller, path = Caller(ada), f"rooms/{room.pk}/scheduled"
    for due_at in ("tomorrow", 5, "2020-01-01T00:00:00Z", "2026-01-01T00:00:00"):
        refused = caller.post(path, body="hi", due_at=due_at)
        assert_refused(refused, 400, "invalid")
        assert refused.json["detail"].startswith("due_at")


# --- polls ------------------------------------------------------------------------------------


def test_a_poll_is_asked_voted_on_and_closed(room, ada, bob):
    asked = {"client_id": str(uuid4()), "question": "Lunch?", "options": ["Pizza", "Salad"]}
    poll = Caller(ada).post(f"rooms/{room.pk}/polls", **asked).json["id"]
    path = f"messages/{poll}/vote"
    assert Caller(bob).put(path, choice=[1]).status == 200
    assert Caller(bob).get(path).json == {"choice": [1]}
    [row] = Caller(ada).get(f"rooms/{room.pk}/messages").json["messages"]
    assert row["poll"]["options"][1] == {"text": "Salad", "votes": 1, "users": [bob.id]}
    assert_refused(Caller(bob).post(f"messages/{poll}/poll/close"), 403, "forbidden")
    assert Caller(ada).post(f"messages/{poll}/poll/close").status == 200
    refused = Caller(bob).put(path, choice=[0])
    assert_refused(refused, 403, "forbidden")
    assert "closed" in refused.json["detail"]
