"""Moderating and reporting over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.models import Sanction
from chat.services import filters
from tests.api.calling import Caller, assert_refused
from tests.factories import make_member, make_message, make_moderator

pytestmark = pytest.mark.django_db


def later():
    return (timezone.now() + timedelta(hours=1)).isoformat()


def test_a_mute_has_a_reason_and_shows_in_ones_own_rooms(room, ada, bob):
    path = f"rooms/{room.pk}/members/{bob.id}"
    answer = Caller(ada).patch(path, muted_until=later(), reason="Shouting")
    assert answer.status == 200, answer
    [mine] = Caller(bob).get("rooms").json["rooms"]
    assert mine["muted_until"]
    assert Sanction.objects.get(user=bob.user).reason == "Shouting"
    assert_refused(Caller(ada).patch(path, reason="Only that"), 400, "invalid")
    Caller(ada).patch(path, muted_until=None)
    [mine] = Caller(bob).get("rooms").json["rooms"]
    assert "muted_until" not in mine


def test_a_ban_is_made_listed_and_lifted(room, ada, bob):
    path = f"rooms/{room.pk}/bans"
    answer = Caller(ada).post(path, user=bob.id, until=later(), reason="Spam")
    assert answer.status == 200, answer
    [ban] = Caller(ada).get(path).json["bans"]
    assert (ban["user"]["id"], ban["reason"]) == (bob.id, "Spam")
    assert_refused(Caller(bob).post(f"rooms/{room.pk}/membership"), 403, "forbidden")
    assert_refused(Caller(bob).get(path), 403, "forbidden")
    assert_refused(Caller(bob).post(path, user=ada.id), 403, "forbidden")
    assert Caller(ada).delete(f"{path}/{bob.id}").status == 200
    assert Caller(bob).post(f"rooms/{room.pk}/membership").status == 200


def test_what_is_in_force_in_a_room_is_listed_lifted_or_appealed_against(room, ada, bob):
    member = f"rooms/{room.pk}/members/{bob.id}"
    Caller(ada).patch(member, muted_until=later(), reason="Shouting")
    path = f"rooms/{room.pk}/sanctions"
    [mute] = Caller(ada).get(path).json["sanctions"]
    assert (mute["kind"], mute["user"]["id"], mute["by"]["id"]) == ("mute", bob.id, ada.id)
    assert_refused(Caller(bob).get(path), 403, "forbidden")

    [own] = Caller(bob).get("sanctions").json["sanctions"]
    assert (own["id"], own["room"], own["where"]) == (mute["id"], room.pk, room.name)
    assert (own["reason"], own["in_force"], own["may_appeal"]) == ("Shouting", True, True)
    appeal = f"sanctions/{own['id']}/appeal"
    assert_refused(Caller(ada).post(appeal, words="Let him"), 404, "not_found")
    assert Caller(bob).post(appeal, words="My cat").json["may_appeal"] is False
    assert_refused(Caller(bob).post(appeal, words="My dog"), 403, "forbidden")
    [waiting] = Caller(ada).get(path).json["sanctions"]
    assert (waiting["appeal"], waiting["answered_at"]) == ("My cat", None)
    turned_down = Caller(ada).post(f"sanctions/{own['id']}/answer", reason="Cats do not type")
    assert turned_down.json["answered_at"]
    assert Caller(bob).get("sanctions").json["sanctions"][0]["answer"] == "Cats do not type"

    lift = f"sanctions/{own['id']}/lift"
    assert_refused(Caller(bob).post(lift), 404, "not_found")
    assert Caller(ada).post(lift, reason="Enough").status == 200
    assert Caller(ada).get(path).json["sanctions"] == []
    assert Caller(bob).get("sanctions").json["sanctions"][0]["in_force"] is False


def test_one_is_removed_and_a_message_deleted_with_a_reason_that_the_trail_tells(room, ada, bob):
    message = make_message(room, bob)
    removal = f"messages/{message.pk}/removal"
    carol = make_member()
    Caller(carol).post(f"rooms/{room.pk}/membership")
    assert_refused(Caller(carol).post(removal), 403, "forbidden")
    assert Caller(ada).post(removal, reason="Rude").json["id"] == message.pk
    out = f"rooms/{room.pk}/members/{bob.id}/removal"
    assert_refused(Caller(carol).post(out), 403, "forbidden")
    assert Caller(ada).post(out, reason="Enough").json["room"] == room.pk
    trail = f"rooms/{room.pk}/audit"
    removed, deleted = Caller(ada).get(trail).json["entries"]
    assert (removed["verb"], removed["reason"]) == ("member.remove", "Enough")
    assert (deleted["what"], deleted["reason"]) == ("deleted a message", "Rude")
    assert (deleted["by"]["id"], deleted["user"]["id"], deleted["seq"]) == (ada.id, bob.id, 1)
    assert Caller(ada).get(trail, before=removed["id"]).json["entries"] == [deleted]
    assert_refused(Caller(carol).get(trail), 403, "forbidden")


def test_a_room_is_made_read_only_with_a_reason(room, ada, bob):
    path = f"rooms/{room.pk}"
    assert Caller(ada).patch(path, writers="stewards", reason="News").json["writers"] == "stewards"
    [mine] = Caller(bob).get("rooms").json["rooms"]
    assert mine["writers"] == "stewards"
    [entry] = Caller(ada).get(f"{path}/audit").json["entries"]
    assert (entry["reason"], entry["after"]) == ("News", {"writers": "stewards"})
    assert_refused(Caller(bob).patch(path, writers="members"), 403, "forbidden")


def test_messages_are_purged_and_restored(room, ada, bob):
    message = make_message(room, bob)
    path = f"rooms/{room.pk}/members/{bob.id}/purge"
    assert Caller(ada).post(path, hours=1).json == {"deleted": 1, "most": 2000}
    for hours in (0, 721):
        assert_refused(Caller(ada).post(path, hours=hours), 400, "invalid")
    restore = f"messages/{message.pk}/restore"
    assert_refused(Caller(bob).post(restore), 403, "forbidden")
    assert Caller(ada).post(restore, reason="A mistake").json["id"] == message.pk


def test_a_report_is_made_seen_and_decided(room, ada, bob):
    message = make_message(room, bob, "you fool")
    carol = make_member()
    Caller(carol).post(f"rooms/{room.pk}/membership")
    made = Caller(carol).post(f"messages/{message.pk}/reports", reason="hate", note="Ugh").json
    assert (made["said"], made["status"], made["user"]) == ("you fool", "new", bob.id)
    path = f"rooms/{room.pk}/reports"
    assert Caller(ada).get(path).json["reports"] == [made]
    assert_refused(Caller(bob).get(path), 403, "forbidden")
    decide = f"reports/{made['id']}"
    assert_refused(Caller(bob).patch(decide, status="dismissed"), 404, "not_found")
    assert_refused(Caller(ada).patch(decide, status="burnt"), 400, "invalid")
    assert Caller(ada).patch(decide, status="taken").status == 200
    closed = Caller(ada).patch(decide, status="resolved", outcome="Warned").json
    assert closed["status"] == "resolved"
    other = Caller(carol).post(f"users/{bob.id}/reports", reason="spam").json
    assert other["message"] is None
    assert_refused(
        Caller(ada).patch(f"reports/{other['id']}", status="escalated"), 404, "not_found"
    )


def test_what_is_held_is_seen_released_and_rejected(room, ada, bob):
    caught_by(make_moderator(), room, "casino")
    path = f"rooms/{room.pk}/messages"
    for body in ("casino", "Casino!"):
        refused = Caller(bob).post(path, client_id=str(uuid4()), body=body)
        assert_refused(refused, 403, "forbidden")
        assert refused.json["held"] is True
    assert_refused(Caller(bob).get(f"rooms/{room.pk}/held"), 403, "forbidden")
    first, second = Caller(ada).get(f"rooms/{room.pk}/held").json["held"]
    assert (first["body"], first["author"]["id"]) == ("casino", bob.id)
    assert_refused(Caller(bob).post(f"held/{first['id']}/release"), 404, "not_found")
    assert Caller(ada).post(f"held/{first['id']}/release").json["seq"] == 1
    assert Caller(ada).post(f"held/{second['id']}/reject", reason="No").status == 200
    assert Caller(ada).get(f"rooms/{room.pk}/held").json["held"] == []
    assert_refused(Caller(ada).post(f"held/{second['id']}/release"), 403, "forbidden")


def caught_by(moderator, room, words):
    wanted = {"name": "x", "kind": "words", "text": words, "room_id": room.pk}
    made = filters.save(moderator.user, wanted)
    filters.try_out(moderator.user, made.pk)
    filters.go_live(moderator.user, made.pk)


def test_how_long_messages_are_kept_is_seen_by_members_and_set_by_owners(room, ada, bob):
    path = f"rooms/{room.pk}/retention"
    assert Caller(bob).get(path).json == {
        "days": None, "own": None, "words": "Messages in this room are kept.",
    }  # fmt: skip
    assert_refused(Caller(bob).send("PUT", path, '{"days": 7}'), 403, "forbidden")
    kept = Caller(ada).send("PUT", path, '{"days": 7}').json
    assert (kept["days"], kept["own"]) == (7, 7)
    assert Caller(bob).get(path).json == kept
    assert_refused(Caller(ada).send("PUT", path, '{"days": 0}'), 400, "invalid")
