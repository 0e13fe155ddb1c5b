"""What moderators do, on the sockets of whom it concerns and of those who look after the room."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Room, Sanction
from chat.rows import wire_time
from chat.services import members
from tests.factories import Member, make_member, make_message, make_moderator
from tests.live.conftest import Browse, Connect, OnEveryProcess

HOUR = timedelta(hours=1)


def test_who_is_muted_is_told_on_all_screens_and_who_looks_after_the_room_sees_it(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    phone, desk, steward = connect(bob), connect(bob), connect(ada)
    until = wire_time(timezone.now() + HOUR)
    path = f"/api/v1/rooms/{room.pk}/members/{bob.id}"
    answer = browse(ada).patch(path, json={"muted_until": until, "reason": "Shouting"})
    assert answer.is_success, answer.text
    mute = Sanction.objects.get(user=bob.user)
    for socket in (phone, desk):
        told = socket.expect("notice")
        assert (told["about"], told["room"]) == ("mute", room.pk)
        assert (told["until"], told["sanction"]) == (until, mute.pk)
        assert "The reason: Shouting" in told["text"]
    assert steward.expect("moderation") == {"type": "moderation", "room": room.pk}
    assert phone.seen("moderation") == []

    browse(bob).post(f"/api/v1/sanctions/{mute.pk}/appeal", json={"words": "My cat"})
    steward.expect("moderation")
    browse(ada).post(f"/api/v1/sanctions/{mute.pk}/lift", json={})
    lifted = phone.expect("notice", about="mute")
    assert (lifted["room"], "until" in lifted, "sanction" in lifted) == (room.pk, False, False)


def test_who_is_banned_from_a_room_is_told_why_and_sent_nothing_more_of_it_by_any_process(
    connect: Connect, on_every_process: OnEveryProcess, browse: Browse, ada: Member, bob: Member,
    room: Room,
) -> None:  # fmt: skip
    outside, steward = on_every_process(bob), connect(ada)
    ban = {"user": bob.id, "reason": "Spam"}
    assert browse(ada).post(f"/api/v1/rooms/{room.pk}/bans", json=ban).is_success
    for out in outside:
        told = out.expect("notice", about="ban")
        assert (told["room"], "until" in told) == (room.pk, False)
        assert told["text"] == f"You are banned from {room}. The reason: Spam"
        assert out.expect("room") == {"type": "room", "left": room.pk}
    assert steward.member(room.pk, bob.id)["role"] is None
    steward.expect("moderation", room=room.pk)
    steward.acked("send", room=room.pk, client_id=str(uuid4()), body="without him")
    for out in outside:
        refused = out.refused("send", room=room.pk, client_id=str(uuid4()), body="hi")
        assert refused["code"] == "forbidden"
        assert out.messages(room.pk) == []


def test_who_is_banned_from_the_site_hears_why_before_the_socket_closes(
    connect: Connect, browse: Browse, ada: Member
) -> None:
    socket = connect(ada)
    chosen = {"action": "ban_week", "_selected_action": str(ada.id), "reason": "Spam"}
    browser = browse(make_moderator())
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    assert browser.post("/admin/accounts/user/", data=chosen | token).status_code == 302
    assert "The reason: Spam" in socket.expect("notice", about="ban")["text"]
    assert socket.close_code() == 4403


def test_a_message_goes_and_comes_back_on_every_screen(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    author, reader = connect(bob), connect(ada)
    message = make_message(room, bob, "so there")
    path = f"/api/v1/messages/{message.pk}"
    assert browse(ada).post(f"{path}/removal", json={"reason": "Rude"}).is_success
    for socket in (author, reader):
        socket.message(room.pk, id=message.pk, deleted=True)
    assert "The reason: Rude" in author.expect("notice", about="delete")["text"]
    assert browse(ada).post(f"{path}/restore", json={}).is_success
    for socket in (author, reader):
        assert socket.message(room.pk, id=message.pk, deleted=False, body="so there")


def test_a_report_reaches_who_looks_after_the_room_and_its_outcome_the_reporter(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    carol = make_member()
    members.join(carol.user, room.pk)
    message = make_message(room, bob, "you fool")
    steward, reported, reporter = connect(ada), connect(bob), connect(carol)
    reporting = browse(carol)
    path = f"/api/v1/messages/{message.pk}/reports"
    report = reporting.post(path, json={"reason": "harassment"}).json()["id"]
    assert steward.expect("notice", about="reported")["room"] == room.pk
    steward.expect("moderation", room=room.pk)
    decided = {"status": "resolved", "outcome": "She was warned."}
    assert browse(ada).patch(f"/api/v1/reports/{report}", json=decided).is_success
    assert "She was warned." in reporter.expect("notice", about="report")["text"]
    assert reported.seen("notice") == []


def test_a_room_that_is_locked_made_read_only_or_slow_says_so_to_all_its_members(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    socket = connect(bob)
    wanted = {"locked": True, "writers": "stewards", "slow_mode": 30}
    assert browse(ada).patch(f"/api/v1/rooms/{room.pk}", json=wanted).is_success
    told = socket.wait(
        lambda frame: (
            frame["type"] == "changes"
            and frame["info"] is not None
            and frame["info"]["slow_mode"] == 30
        ),
        "the room's row",
    )
    assert (told["info"]["locked"], told["info"]["writers"]) == (True, "stewards")


@pytest.mark.parametrize(
    "wanted", [{"writers": "stewards"}, {"locked": True}, {"slow_mode": 30}], ids=str
)
def test_what_closes_a_room_to_a_member_refuses_the_plainest_of_messages(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room, wanted: dict[str, Any]
) -> None:
    socket = connect(bob)
    socket.acked("send", room=room.pk, client_id=str(uuid4()), body="still open")
    assert browse(ada).patch(f"/api/v1/rooms/{room.pk}", json=wanted).is_success
    refused = socket.refused("send", room=room.pk, client_id=str(uuid4()), body="hi")
    assert refused["code"] == ("slow_mode" if "slow_mode" in wanted else "forbidden")
    assert Message.objects.filter(room=room).count() == 1


def test_a_socket_is_refused_and_told_things_in_its_members_language(
    connect: Connect, browse: Browse, room: Room, ada: Member, bob: Member
) -> None:
    User.objects.filter(pk=bob.id).update(language="ar")
    german = connect(ada, headers={"Accept-Language": "de-CH,de;q=0.9"})
    arabic = connect(bob, headers={"Accept-Language": "de"})

    empty = {"room": room.pk, "client_id": str(uuid4()), "body": " "}
    assert german.refused("send", **empty)["detail"] == "body: eine Nachricht kann nicht leer sein."
    assert arabic.refused("send", **empty)["detail"] == "body: لا يمكن أن تكون الرسالة فارغة."
    assert arabic.refused("dance")["detail"] == "type: لا يوجد أمر كهذا."

    browse(ada).put(f"/api/v1/rooms/{room.pk}/retention", json={"days": 3})
    german_told = german.expect("notice", about="retention")["text"]
    assert german_told == "Nachrichten in diesem Raum werden nach 3 Tagen entfernt."
    arabic_told = arabic.expect("notice", about="retention")["text"]
    assert arabic_told == "تُزال الرسائل في هذه الغرفة بعد 3 أيام."
