"""People and one's own list over HTTP: profiles, blocks, links, favourites, who has read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.services import members
from tests.api.calling import UNUSED_ID, Caller, assert_refused
from tests.factories import make_member, make_message, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ada, bob):
    return make_room("private", members=[bob], owner=ada)


def in_an_hour():
    return (timezone.now() + timedelta(hours=1)).isoformat()


def test_who_was_shown_around_is_not_shown_again():
    newcomer = make_member(shown_around=False)

    assert Caller(newcomer).patch("me", shown_around=True).status == 200

    newcomer.user.refresh_from_db()
    assert newcomer.user.shown_around
    assert_refused(Caller(newcomer).patch("me", shown_around=False), 400, "invalid")


def test_a_status_is_set_seen_and_cleared(ada, bob):
    me = Caller(ada).patch("me", status="on leave", status_emoji="🌴", status_until=in_an_hour())
    assert (me.json["status"], me.json["status_emoji"]) == ("on leave", "🌴")
    profile = Caller(bob).get(f"users/{ada.id}").json
    assert (profile["status"], profile["status_emoji"], profile["presence"]) == (
        "on leave",
        "🌴",
        "offline",
    )
    assert Caller(ada).patch("me", status=None).json["status"] == ""


def test_what_is_refused_of_ones_profile_changes_nothing_of_it(ada):
    refused = Caller(ada).patch("me", status="hi", dnd_until="2020-01-01T00:00:00Z")
    assert_refused(refused, 400, "invalid")
    assert Caller(ada).get("me").json["status"] == ""
    assert_refused(Caller(ada).patch("me"), 400, "invalid")


def test_one_chooses_how_to_reach_the_page(ada):
    assert Caller(ada).get("me").json["read_out"] == "everything"
    me = Caller(ada).patch("me", read_out="mentions", single_keys=False).json
    assert (me["read_out"], me["single_keys"]) == ("mentions", False)
    assert_refused(Caller(ada).patch("me", read_out="whispers"), 400, "invalid")


def test_one_asks_not_to_be_disturbed_and_shares_what_one_likes(ada, bob):
    me = (
        Caller(ada)
        .patch("me", dnd_until=in_an_hour(), shares_reading=False, shares_last_seen=True)
        .json
    )
    assert (me["shares_reading"], me["shares_last_seen"]) == (False, True)
    assert Caller(bob).get(f"users/{ada.id}").json["dnd_until"] == me["dnd_until"] is not None


def test_a_member_is_blocked_and_unblocked(ada, bob):
    direct = Caller(ada).post("direct", users=[bob.id]).json["id"]
    assert Caller(ada).put(f"users/{bob.id}/block").status == 200
    assert [row["id"] for row in Caller(ada).get("me/blocks").json["users"]] == [bob.id]
    for member, other in ((ada, bob), (bob, ada)):
        assert_refused(Caller(member).get(f"rooms/{direct}/messages"), 404, "not_found")
        assert_refused(Caller(member).post("direct", users=[other.id]), 403, "forbidden")
    assert Caller(ada).delete(f"users/{bob.id}/block").status == 200
    assert Caller(bob).get(f"rooms/{direct}/messages").status == 200
    assert_refused(Caller(ada).put(f"users/{UNUSED_ID}/block"), 404, "not_found")
    assert_refused(Caller(ada).get(f"users/{UNUSED_ID}"), 404, "not_found")


def test_a_link_is_made_looked_at_used_and_revoked(room, ada):
    made = Caller(ada).post(f"rooms/{room.pk}/links", expires_in=3600, uses_max=1).json
    held = made["token"]
    assert (made["uses"], made["uses_max"], made["created_by"]["id"]) == (0, 1, ada.id)
    [listed] = Caller(ada).get(f"rooms/{room.pk}/links").json["links"]
    assert (listed["id"], listed["token"]) == (made["id"], None)
    eve, kim = make_member(), make_member()
    assert Caller(eve).post("links/look", token=held).json["name"] == room.name
    assert Caller(eve).post("links/use", token=held).json["id"] == room.pk
    assert_refused(Caller(kim).post("links/use", token=held), 403, "forbidden")
    assert_refused(Caller(kim).post("links/use", token=f"{held}x"), 404, "not_found")
    other = Caller(ada).post(f"rooms/{room.pk}/links").json
    assert Caller(ada).delete(f"rooms/{room.pk}/links/{other['id']}").status == 200
    assert_refused(Caller(kim).post("links/look", token=other["token"]), 403, "forbidden")
    assert_refused(Caller(eve).post(f"rooms/{room.pk}/links"), 403, "forbidden")


def test_one_orders_ones_own_list(room, ada):
    second = make_room(owner=ada)
    rows = Caller(ada).put("rooms/order", rooms=[second.pk, room.pk]).json["rooms"]
    assert {row["id"]: row["place"] for row in rows} == {second.pk: 0, room.pk: 1}
    assert_refused(Caller(ada).put("rooms/order", rooms=[UNUSED_ID]), 404, "not_found")
    row = (
        Caller(ada)
        .patch(
            f"rooms/{room.pk}/membership",
            favourite=True,
            notify="nothing",
            quiet_until=in_an_hour(),
        )
        .json
    )
    assert (row["favourite"], row["notify"]) == (True, "nothing")
    assert row["quiet_until"]
    refused = Caller(ada).patch(f"rooms/{room.pk}/membership", favourite=False, notify="loud")
    assert_refused(refused, 400, "invalid")
    assert_refused(Caller(ada).patch(f"rooms/{room.pk}/membership"), 400, "invalid")
    assert Caller(ada).get(f"rooms/{room.pk}").json["membership"]["favourite"]


def test_an_address_is_changed_and_one_that_is_taken_is_refused(room, ada):
    other = make_room(owner=ada)
    assert Caller(ada).patch(f"rooms/{room.pk}", slug=f"{room.slug}-2").json["slug"][-2:] == "-2"
    assert_refused(Caller(ada).patch(f"rooms/{room.pk}", slug=other.slug), 400, "invalid")


def test_who_has_read_is_told_to_who_shares_it(room, ada, bob):
    message = make_message(room, ada)
    members.mark_read(bob.user, room.pk, message.seq)
    seen = Caller(ada).get(f"messages/{message.pk}/seen").json["users"]
    assert [row["id"] for row in seen] == [bob.id]
    Caller(ada).patch("me", shares_reading=False)
    assert_refused(Caller(ada).get(f"messages/{message.pk}/seen"), 403, "forbidden")


def test_eleven_are_too_many_for_a_conversation(ada):
    ten = [make_member().id for _ in range(10)]
    refused = Caller(ada).post("direct", users=ten)
    assert_refused(refused, 400, "invalid")
    assert "at most 10" in refused.json["detail"]
    assert Caller(ada).post("direct", users=ten[:9]).status == 200
