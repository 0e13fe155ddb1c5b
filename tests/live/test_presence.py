"""What passes: who is there, and who is typing, in the room one has in focus."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Room
from chat.rows import wire_time
from tests.factories import Member, add_member, make_member, make_room
from tests.live.client import Client, Frame
from tests.live.conftest import Browse, Connect

TYPING_EXPIRES = 6  # s
TYPING_EVERY = 1  # s, at most
OFFLINE_WITHIN = 30  # s


def focus(client: Client, room: Room, *, visible: bool = True) -> tuple[Frame, Frame]:
    """Put ``room`` in focus; return the typing and the presence that answer it."""
    client.send("focus", room=room.pk, visible=visible)
    typing = client.expect("typing", room=room.pk)
    before = {id(frame) for frame in client.frames[: client.frames.index(typing)]}
    presence = client.wait(
        lambda frame: frame["type"] == "presence" and id(frame) not in before,
        "the presence of the room in focus",
    )
    return typing, presence


def until_told(client: Client, state: str, member: Member, timeout: float = 10) -> None:
    """Return when a presence tells that ``member`` is online, away or offline."""
    client.wait(
        lambda frame: frame["type"] == "presence" and member.id in frame[state],
        f"a presence with {member.id} {state}",
        timeout,
    )


# --- Presence ---


def test_focus_is_answered_with_who_types_and_who_is_there(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    add_member(room, absent := make_member(), by=ada)
    here = connect(bob)
    focus(here, room)
    socket = connect(ada)
    typing, presence = focus(socket, room)
    assert typing == {"type": "typing", "room": room.pk, "users": []}
    assert set(presence["online"]) == {ada.id, bob.id}
    assert presence["away"] == []
    assert absent.id not in presence["online"] + presence["away"]


def test_one_who_came_is_told_as_online_and_one_who_went_as_offline(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    watcher = connect(ada)
    focus(watcher, room)
    socket = connect(bob)
    until_told(watcher, "online", bob)
    socket.close()
    until_told(watcher, "offline", bob, OFFLINE_WITHIN)


def test_one_who_vanished_is_told_as_offline(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    watcher = connect(ada)
    focus(watcher, room)
    socket = connect(bob)
    until_told(watcher, "online", bob)
    socket.vanish()
    until_told(watcher, "offline", bob, OFFLINE_WITHIN)


def test_one_who_looks_elsewhere_is_away(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    watcher, socket = connect(ada), connect(bob)
    focus(watcher, room)
    focus(socket, room, visible=False)
    until_told(watcher, "away", bob)
    _, presence = focus(connect(ada), room)
    assert (bob.id in presence["away"], bob.id in presence["online"]) == (True, False)
    socket.send("focus", room=room.pk, visible=True)
    until_told(watcher, "online", bob)


def test_one_visible_socket_is_enough_to_be_online(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    hidden, visible, watcher = connect(bob), connect(bob), connect(ada)
    focus(visible, room)
    focus(hidden, room, visible=False)
    focus(watcher, room)
    visible.close()
    until_told(watcher, "away", bob, OFFLINE_WITHIN)
    told = [frame for frame in watcher.seen("presence") if bob.id in frame["offline"]]
    assert told == [], "a socket is left"


def test_presence_comes_for_the_room_in_focus_alone(
    connect: Connect, ada: Member, bob: Member, eve: Member, room: Room
) -> None:
    other = make_room("public", [eve], owner=ada)
    watcher = connect(ada)
    focus(watcher, room)
    connect(eve)
    connect(bob)
    until_told(watcher, "online", bob)
    told = {user for frame in watcher.seen("presence") for user in frame["online"]}
    assert eve.id not in told
    _, presence = focus(watcher, other)
    assert eve.id in presence["online"]
    assert bob.id not in presence["online"]


def test_focus_on_nothing_ends_it(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    watcher, second = connect(ada), connect(ada)
    focus(watcher, room)
    focus(second, room)
    watcher.say({"type": "focus", "room": None, "visible": True})
    watcher.settle()
    before = len(watcher.seen("presence"))
    connect(bob)
    until_told(second, "online", bob)
    watcher.settle()
    assert len(watcher.seen("presence")) == before


def test_presence_is_told_at_most_once_a_second(connect: Connect, ada: Member, room: Room) -> None:
    watcher = connect(ada)
    focus(watcher, room)
    several = [make_member() for _ in range(6)]
    for member in several:
        add_member(room, member, by=ada)
    begun = time.monotonic()
    before = len(watcher.seen("presence"))
    for member in several:
        connect(member)
    for member in several:
        until_told_once(watcher, member)
    seconds = time.monotonic() - begun
    assert len(watcher.seen("presence")) - before <= seconds / 1 + 1


def until_told_once(client: Client, member: Member) -> None:
    """Return when some presence, perhaps long ago, told that ``member`` is online."""
    if not any(member.id in frame["online"] for frame in client.seen("presence")):
        until_told(client, "online", member)


@pytest.mark.parametrize("kind", ["public", "private"])
def test_a_room_of_others_cannot_be_in_focus(
    connect: Connect, ada: Member, eve: Member, kind: str
) -> None:
    hidden = make_room(kind, [ada])
    error = connect(eve).refused("focus", room=hidden.pk, visible=True)
    assert error["code"] == ("forbidden" if kind == "public" else "not_found")


@pytest.mark.parametrize(
    ("field", "value"), [("room", "7"), ("room", 1.5), ("visible", None), ("visible", "yes")]
)
def test_a_wrong_focus_is_invalid(
    connect: Connect, ada: Member, room: Room, field: str, value: object
) -> None:
    error = connect(ada).refused("focus", **{"room": room.pk, "visible": True, field: value})
    assert error["code"] == "invalid"
    assert field in error["detail"]


# --- Typing ---


def test_those_who_have_the_room_in_focus_see_who_types(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    watcher, writer = connect(ada), connect(bob)
    focus(watcher, room)
    focus(writer, room)
    writer.send("typing", room=room.pk, on=True)
    assert watcher.expect("typing") == {"type": "typing", "room": room.pk, "users": [bob.id]}
    writer.send("typing", room=room.pk, on=False)
    assert watcher.expect("typing")["users"] == []
    writer.settle()
    assert [frame for frame in writer.seen("typing") if bob.id in frame["users"]] == []


def test_typing_has_no_answer(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    ref = socket.send("typing", room=room.pk, on=True)
    socket.settle()
    assert [frame for frame in socket.frames if frame.get("ref") == ref] == []


def test_one_who_comes_later_sees_who_types(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    writer, watcher = connect(bob), connect(ada)
    focus(watcher, room)
    writer.send("typing", room=room.pk, on=True)
    watcher.expect("typing", users=[bob.id])
    newcomer = connect(ada)
    typing, _ = focus(newcomer, room)
    if typing["users"] != [bob.id]:
        # Of another process, which heard of it before the room had anybody there: whoever goes on
        # typing says so again.
        writer.send("typing", room=room.pk, on=True)
        newcomer.expect("typing", users=[bob.id])


def test_typing_expires_by_itself(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    watcher, writer = connect(ada), connect(bob)
    focus(watcher, room)
    writer.send("typing", room=room.pk, on=True)
    watcher.expect("typing", users=[bob.id])
    begun = time.monotonic()
    watcher.expect("typing", users=[], timeout=TYPING_EXPIRES + 4)
    assert time.monotonic() - begun > TYPING_EXPIRES - 2


def test_typing_in_another_room_is_not_told(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    watcher, writer = connect(ada), connect(bob)
    focus(watcher, room)
    writer.send("typing", room=other.pk, on=True)
    writer.settle()
    writer.send("typing", room=room.pk, on=True)
    watcher.expect("typing", room=room.pk, users=[bob.id])
    assert [frame for frame in watcher.seen("typing") if frame["room"] == other.pk] == []


def test_typing_is_told_at_most_once_a_second(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    watcher, writer = connect(ada), connect(bob)
    focus(watcher, room)
    before = len(watcher.seen("typing"))
    begun = time.monotonic()
    for _ in range(10):
        writer.send("typing", room=room.pk, on=True)
        writer.send("typing", room=room.pk, on=False)
    writer.send("typing", room=room.pk, on=True)
    watcher.expect("typing", users=[bob.id])
    writer.send("typing", room=room.pk, on=False)
    watcher.expect("typing", users=[])
    told = len(watcher.seen("typing")) - before
    assert told <= (time.monotonic() - begun) / TYPING_EVERY + 1


@pytest.mark.parametrize("how", ["muted", "read-only", "locked"])
def test_who_may_not_write_is_shown_to_nobody_as_typing(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room, how: str
) -> None:
    watcher, writer = connect(ada), connect(bob)
    focus(watcher, room)
    writer.send("typing", room=room.pk, on=True)
    watcher.expect("typing", users=[bob.id])
    steward, path = browse(ada), f"/api/v1/rooms/{room.pk}"
    if how == "muted":  # in the middle of a word
        until = wire_time(timezone.now() + timedelta(hours=1))
        answer = steward.patch(f"{path}/members/{bob.id}", json={"muted_until": until})
        writer.member(room.pk, bob.id)
    else:
        writer.send("typing", room=room.pk, on=False)
        changed = {"locked": True} if how == "locked" else {"writers": "stewards"}
        answer = steward.patch(path, json=changed)
        writer.wait(lambda frame: bool(frame.get("info")), "the room's row")
    assert answer.is_success, answer.text
    watcher.expect("typing", users=[])
    assert writer.refused("typing", room=room.pk, on=True)["code"] == "forbidden"
    watcher.settle()
    assert watcher.seen("typing")[-1]["users"] == []
    # What is lifted is lifted for typing too.
    if how == "muted":
        assert steward.patch(f"{path}/members/{bob.id}", json={"muted_until": None}).is_success
        writer.expect("notice", about="mute", text=f"You may write in {room} again.")
        writer.send("typing", room=room.pk, on=True)
        watcher.expect("typing", users=[bob.id])


@pytest.mark.parametrize("kind", ["public", "private"])
def test_typing_in_a_room_of_others_is_refused(
    connect: Connect, ada: Member, eve: Member, kind: str
) -> None:
    hidden = make_room(kind, [ada])
    error = connect(eve).refused("typing", room=hidden.pk, on=True)
    assert error["code"] == ("forbidden" if kind == "public" else "not_found")


@pytest.mark.parametrize(
    ("field", "value"), [("room", None), ("room", "7"), ("on", None), ("on", "yes")]
)
def test_wrong_typing_is_invalid(
    connect: Connect, ada: Member, room: Room, field: str, value: object
) -> None:
    error = connect(ada).refused("typing", **{"room": room.pk, "on": True, field: value})
    assert error["code"] == "invalid"
    assert field in error["detail"]
