"""What one writes, live: drafts on all one's sockets, scheduled messages, polls, calls."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from chat.live.scheduler import DUTY
from chat.models import Lease, Message, Room, ScheduledMessage
from chat.services import members, messages, scheduled
from tests.factories import Member
from tests.live.conftest import Browse, Connect
from tests.parts.part import wait_until

LEASE_PASSES = 40  # s until another process has taken over, and a busy machine has come round


def schedule(author: Member, room: Room, body: str, **ahead: float) -> int:
    """Schedule a message; ``ahead`` as for timedelta."""
    due_at = timezone.now() + timedelta(**ahead)
    return scheduled.schedule(author.user, room.pk, body, due_at).id


def hold_lease(*, seconds: float) -> None:
    """Let a process hold the lease that will never renew it."""
    Lease.objects.filter(duty=DUTY).update(
        holder=uuid4(), expires_at=timezone.now() + timedelta(seconds=seconds)
    )


def is_gone(number: int) -> bool:
    return not ScheduledMessage.objects.filter(pk=number).exists()


def bodies_in(room: Room) -> list[str]:
    return list(Message.objects.filter(room=room).order_by("seq").values_list("body", flat=True))


def test_a_draft_reaches_ones_own_other_sockets_and_nobody_elses(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    phone, other = connect(ada), connect(bob)
    kept = browse(ada).put(f"/api/v1/rooms/{room.pk}/draft", json={"body": "half a th"})
    assert kept.status_code == 200
    assert phone.expect("draft")["draft"] == kept.json()
    other.acked("send", room=room.pk, client_id=str(uuid4()), body="meanwhile")
    other.settle()
    assert other.seen("draft") == []


def test_a_scheduled_message_is_posted_in_time_once_and_its_author_hears_of_it(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    hers, his = connect(ada), connect(bob)
    number = schedule(ada, room, "good morning", seconds=1)
    row = his.message(room.pk, timeout=LEASE_PASSES, body="good morning")
    assert row["author"] == ada.id
    gone = hers.wait(
        lambda frame: frame["type"] == "scheduled" and frame["scheduled"]["state"] == "gone",
        "the end of the scheduled message",
    )
    assert gone["scheduled"]["id"] == number
    assert his.seen("scheduled") == []
    assert bodies_in(room) == ["good morning"]


def test_one_into_a_room_left_meanwhile_fails_where_its_author_sees_it(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    number = schedule(bob, room, "too late", days=1)
    members.leave(bob.user, room.pk)
    his = connect(bob)
    ScheduledMessage.objects.filter(pk=number).update(due_at=timezone.now())
    told = his.expect("scheduled", timeout=LEASE_PASSES)["scheduled"]
    assert (told["state"], told["failure"]) == ("failed", "You are not a member of this room.")
    assert browse(bob).get("/api/v1/scheduled").json()["scheduled"] == [told]
    assert bodies_in(room) == []


def test_what_a_dead_process_had_begun_is_posted_by_another_once_its_lease_has_run_out(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    his = connect(bob)
    number = schedule(ada, room, "late", days=1)
    # As a process leaves it that is killed between its claim and the post.
    ScheduledMessage.objects.filter(pk=number).update(state="sending")
    hold_lease(seconds=3)
    ScheduledMessage.objects.filter(pk=number).update(due_at=timezone.now())
    his.message(room.pk, timeout=LEASE_PASSES, body="late")
    wait_until(lambda: is_gone(number), LEASE_PASSES, "the row to go")
    assert bodies_in(room) == ["late"]


def test_what_a_dead_process_had_posted_is_not_posted_again(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    his = connect(bob)
    number = schedule(ada, room, "once", days=1)
    row = ScheduledMessage.objects.get(pk=number)
    messages.post(ada.user, room.pk, row.client_id, row.body)
    # As a process leaves it that is killed after the commit.
    hold_lease(seconds=2)
    ScheduledMessage.objects.filter(pk=number).update(state="sending", due_at=timezone.now())
    wait_until(lambda: is_gone(number), LEASE_PASSES, "the row to go")
    his.message(room.pk, body="once")
    assert bodies_in(room) == ["once"]


def test_votes_show_on_every_screen_in_the_order_of_the_room(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    his = connect(bob)
    asked = {"client_id": str(uuid4()), "question": "Lunch?", "options": ["Pizza", "Salad"]}
    poll = browse(ada).post(f"/api/v1/rooms/{room.pk}/polls", json=asked).json()["id"]
    first = his.message(room.pk, id=poll)
    assert first["poll"]["voters"] == 0
    browse(ada).put(f"/api/v1/messages/{poll}/vote", json={"choice": [1]})
    voted = his.message(room.pk, id=poll, version=first["version"] + 1)
    assert voted["poll"]["options"][1] == {"text": "Salad", "votes": 1, "users": [ada.id]}
    browse(ada).post(f"/api/v1/messages/{poll}/poll/close", json={})
    assert his.message(room.pk, id=poll, version=first["version"] + 2)["poll"]["closed"]


def test_here_calls_whoever_is_connected_and_hello_remembers(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    away = Member(bob.user, bob.cookie)
    hers = connect(ada)
    hers.acked("send", room=room.pk, client_id=str(uuid4()), body="@here, nobody?")
    his = connect(away)
    [before] = [row for row in his.hello["rooms"] if row["id"] == room.pk]
    assert (before["unread"], before["mentions"]) == (1, 0)
    ack = hers.acked("send", room=room.pk, client_id=str(uuid4()), body="@here again")
    assert his.message(room.pk, seq=ack["seq"])["call"] == "here"
    again = connect(bob)
    [after] = [row for row in again.hello["rooms"] if row["id"] == room.pk]
    assert (after["unread"], after["mentions"], after["here"]) == (2, 1, [ack["seq"]])


def test_a_member_who_may_not_call_is_refused_on_the_socket(
    connect: Connect, bob: Member, room: Room
) -> None:
    refused = connect(bob).refused("send", room=room.pk, client_id=str(uuid4()), body="hi @room")
    assert refused["code"] == "forbidden"
    assert "owners and moderators" in refused["detail"]
