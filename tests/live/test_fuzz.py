"""Whatever a client says over a socket: an answer, and a socket that stays open.

The same few hundred frames each time; FUZZ=50 tries fifty times as many, new ones each time.
"""

import json
import os
from contextlib import suppress
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.live.frames import COMMANDS
from chat.models import Room
from tests.factories import Member, make_message, make_room
from tests.live.client import Client
from tests.parts.site import Site

TIMES = int(os.environ.get("FUZZ", "1"))
EXAMPLES = 60 * TIMES  # sockets
FRAMES = 12  # on each: fewer than the bad ones that close it, as asked for

TEXT = st.text(max_size=50) | st.sampled_from(
    ["", "\0", "👍", "x" * 4001, "\u202e", "e\u0301" * 99, "**a** [x](javascript:alert(1))"]
)
NUMBER = st.integers(-2, 40) | st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63), 10**30])
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBER | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    "room", "message", "body", "client_id", "emoji", "on", "seq", "rooms", "visible", "reply_to",
    "thread", "attachments", "in_room",
)  # fmt: skip


def frames(real: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Frames of every type, whose fields are right, nearly right, or anything."""
    right = {name: st.just(value) for name, value in real.items()}
    field = {
        name: right.get(name, ANYTHING) | right.get(name, ANYTHING) | NUMBER | ANYTHING
        for name in FIELDS
    }
    known = st.sampled_from(sorted(COMMANDS))
    kinds = known | known | known | ANYTHING
    return st.fixed_dictionaries({"type": kinds}, optional=field)


def test_frames_of_every_type_are_answered_and_close_nothing(
    loud_site: Site, ada: Member, bob: Member
) -> None:
    room: Room = make_room("public", [bob], owner=ada)
    real = {
        "room": room.pk, "message": make_message(room, ada).pk, "rooms": {str(room.pk): 0},
        "client_id": str(UUID(int=7)), "on": True, "visible": True, "emoji": "👍", "seq": 1,
        "body": "well said",
    }  # fmt: skip

    @given(st.lists(frames(real), min_size=1, max_size=FRAMES))
    @settings(
        max_examples=EXAMPLES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def say_all(said: list[dict[str, Any]]) -> None:
        client = Client.of(loud_site, ada)
        try:
            for number, frame in enumerate(said):
                client.say({**frame, "ref": f"f{number}"})
            for number, frame in enumerate(said):
                if not may_be_unanswered(frame):
                    client.answer(f"f{number}")
        finally:
            with suppress(OSError):
                client.close()
        assert all(frame["type"] != "error" or frame["detail"] for frame in client.frames)

    say_all()
    assert_nothing_failed(loud_site)


def may_be_unanswered(frame: dict[str, Any]) -> bool:
    """Whether nothing may come back: typing that is not refused, or a sync of no room at all."""
    return frame["type"] == "typing" or (frame["type"] == "sync" and frame.get("rooms") == {})


def test_text_that_is_no_frame_is_refused_and_closes_nothing(loud_site: Site, ada: Member) -> None:
    whole = json.dumps({"type": "ping", "ref": 1})
    broken = st.text(max_size=80) | st.integers(0, len(whole) - 1).map(lambda end: whole[:end])
    deep = st.integers(1, 3000).map(lambda depth: "[" * depth) | st.just('{"type":' * 500)

    @given(st.lists(broken | deep | ANYTHING.map(json.dumps), min_size=1, max_size=FRAMES))
    @settings(
        max_examples=EXAMPLES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def say_all(said: list[str]) -> None:
        client = Client.of(loud_site, ada)
        for text in said:
            client.socket.send(text)
        client.settle()
        assert len(client.seen("error")) >= len([text for text in said if '"ping"' not in text])
        client.close()

    say_all()
    assert_nothing_failed(loud_site)


def assert_nothing_failed(site: Site) -> None:
    """Fail where the site has written of a fault."""
    said = site.log.read_text(errors="replace")
    for word in ("Traceback", " ERROR ", " failed"):
        assert word not in said, said[max(0, said.index(word) - 2000) :][:6000]
