"""Frames: parsed into commands or refused, made, merged, and framed for a WebSocket."""

import json
import struct
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.broadcast import Fragment, RoomChanged
from chat.errors import ChatError, NotFound, RateLimited
from chat.live import frames
from chat.live.frames import (
    DEPTH_MAX,
    SERVER_FRAME_MAX,
    Delete,
    Edit,
    Focus,
    Ping,
    React,
    Read,
    Refused,
    Send,
    Sync,
    Typing,
)
from chat.rows import RoomRow

CLIENT_ID = "9b2e4a52-0c1f-4a29-9a65-0b4c35f1f0aa"
SEND = {"type": "send", "room": 12, "client_id": CLIENT_ID, "body": "hi"}


def parse(frame, **fields):
    payload = frame if isinstance(frame, bytes) else json.dumps({**frame, **fields}).encode()
    return frames.parse(payload)


def refusal_of(frame, **fields):
    with pytest.raises(Refused) as refused:
        parse(frame, **fields)
    # Whatever was refused can be answered.
    answer = json.loads(frames.error(refused.value.error, refused.value.ref))
    assert answer["code"] == refused.value.error.code
    return refused.value


# --- in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (SEND, Send),
        ({"type": "edit", "message": 981, "body": "ho"}, Edit),
        ({"type": "delete", "message": 981}, Delete),
        ({"type": "react", "message": 981, "emoji": "👍", "on": True}, React),
        ({"type": "read", "room": 12, "seq": 300}, Read),
        ({"type": "sync", "rooms": {"12": 345}}, Sync),
        ({"type": "typing", "room": 12, "on": False}, Typing),
        ({"type": "focus", "room": None, "visible": True}, Focus),
        ({"type": "ping"}, Ping),
    ],
)
def test_each_command_is_parsed_into_its_type(frame, kind):
    command = parse(frame, ref=7)
    assert type(command) is kind
    assert command.ref == 7
    for name, value in frame.items():
        if name not in ("type", "client_id", "rooms"):
            assert getattr(command, name) == value


def test_room_ids_of_a_sync_are_integers():
    assert parse({"type": "sync", "rooms": {"12": 345, "13": 0}}).rooms == {12: 345, 13: 0}


def test_unknown_fields_are_ignored():
    assert parse(SEND, colour="red", priority=[1, {}]) == parse(SEND)


@pytest.mark.parametrize("ref", ["", "abc", "👍", 0, -5, 2**63 - 1, -(2**63), None])
def test_a_ref_is_a_string_an_integer_or_nothing(ref):
    assert parse(SEND, ref=ref).ref == ref


@pytest.mark.parametrize("ref", [1.5, True, [], {}, 2**63, 10**30])
def test_any_other_ref_is_invalid_and_comes_back_as_null(ref):
    refused = refusal_of(SEND, ref=ref)
    assert (refused.error.code, refused.ref) == ("invalid", None)
    assert refused.error.detail.startswith("ref:")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" ",
        b"hello",
        b"{",
        b'{"type":"ping"}}',
        b"[]",
        b'[{"type":"ping"}]',
        b"null",
        b"17",
        b'"ping"',
        b'{"type":"ping","ref":NaN}',
        b"{'type':'ping'}",
        b"\xff\xfe",
        '{"type":"ping"}'.encode("utf-16"),
        '{"type":"ping"}'.encode("utf-16-le"),
        '{"type":"ping"}'.encode("utf-8-sig"),
    ],
)
def test_what_is_no_json_object_is_a_bad_frame(payload):
    refused = refusal_of(payload)
    assert (refused.error.code, refused.ref) == ("bad_frame", None)


@pytest.mark.parametrize(("open_", "close"), [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("depth", [DEPTH_MAX, 1000, 20_000])
def test_a_frame_that_is_too_deep_is_bad_and_never_too_much(open_, close, depth):
    nested = open_ * depth + b"1" + close * depth
    refused = refusal_of(b'{"type":"ping","ref":1,"x":%b}' % nested)
    assert refused.error.code == "bad_frame"


def test_brackets_in_a_body_nest_nothing():
    assert parse(SEND, body="[{" * 1000).body == "[{" * 1000


def test_a_frame_nests_as_deep_as_is_allowed():
    nested = "[" * (DEPTH_MAX - 1) + "]" * (DEPTH_MAX - 1)
    assert parse(f'{{"type":"ping","x":{nested}}}'.encode()) == Ping()


@pytest.mark.parametrize("kind", [None, 5, "", "hello", "PING", "admin", ["ping"]])
def test_an_unknown_type_is_invalid(kind):
    refused = refusal_of({"type": kind, "ref": "r"})
    assert (refused.error.code, refused.ref) == ("invalid", "r")
    assert refused.error.detail.startswith("type:")


def test_a_frame_without_a_type_is_invalid():
    assert refusal_of({"ref": 4}).ref == 4


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"room": "12"}, "room"),
        ({"room": None}, "room"),
        ({"room": True}, "room"),
        ({"room": 1.5}, "room"),
        ({"room": 2**63}, "room"),
        ({"room": 10**400}, "room"),
        ({"client_id": 5}, "client_id"),
        ({"client_id": "not one"}, "client_id"),
        ({"body": None}, "body"),
        ({"body": ["hi"]}, "body"),
        ({"reply_to": "981"}, "reply_to"),
        ({"attachments": "1"}, "attachments"),
    ],
)
def test_the_detail_names_the_field_that_is_wrong(fields, named):
    refused = refusal_of(SEND, ref=1, **fields)
    assert (refused.error.code, refused.ref) == ("invalid", 1)
    assert refused.error.detail.startswith(f"{named}:")


@pytest.mark.parametrize("field", ["room", "client_id"])
def test_the_detail_names_the_field_that_is_missing(field):
    frame = {name: value for name, value in SEND.items() if name != field}
    assert refusal_of(frame).error.detail.startswith(f"{field}:")


@pytest.mark.parametrize("field", ["type", "ref"])
def test_half_a_character_is_refused_and_never_sent_back(field):
    frame = json.dumps(SEND | {field: "\ud800"}).encode()
    assert refusal_of(frame).ref is None


def test_half_a_character_in_a_body_is_no_command():
    assert refusal_of(json.dumps(SEND | {"body": "\ud800"}).encode(), ref=1).error.code in (
        "invalid",
        "bad_frame",
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
field_names = st.sampled_from(
    ["ref", "room", "client_id", "body", "message", "emoji", "on", "seq", "rooms", "visible"]
)
near_commands = st.builds(
    lambda kind, fields: json.dumps({"type": kind, **fields}).encode(),
    st.sampled_from(sorted(frames.COMMANDS)),
    st.dictionaries(field_names, json_values, max_size=5),
)


@given(st.binary() | st.text().map(str.encode) | near_commands)
def test_whatever_comes_is_a_command_or_a_refusal_that_can_be_told(payload):
    command, refused = parse_or_refuse(payload)
    if refused is None:
        assert isinstance(command, frames.Command)
        return
    told = json.loads(frames.error(refused.error, refused.ref))
    assert told["code"] in ("bad_frame", "invalid")
    assert told["ref"] == refused.ref
    assert told["detail"]


def parse_or_refuse(payload):
    try:
        return frames.parse(payload), None
    except Refused as refused:
        return None, refused


@given(near_commands)
def test_the_ref_of_a_frame_that_is_refused_unread_is_the_frames_own(payload):
    ref = json.loads(payload).get("ref")
    found = frames.ref_in(payload)
    assert found == ref or found is None


# --- out --------------------------------------------------------------------------------------


def test_an_ack_names_seq_and_id_only_where_there_is_one():
    read = frames.encode(frames.AckFrame(3, 12, 346))
    sent = frames.encode(frames.AckFrame(None, 12, 346, 300, 981))
    assert json.loads(read) == {"type": "ack", "ref": 3, "room": 12, "version": 346}
    assert json.loads(sent) == {
        "type": "ack", "ref": None, "room": 12, "version": 346, "seq": 300, "id": 981,
    }  # fmt: skip


def test_an_error_names_the_room_and_the_wait_only_where_there_is_one():
    assert json.loads(frames.error(NotFound("no"), "a")) == {
        "type": "error", "ref": "a", "code": "not_found", "detail": "no",
    }  # fmt: skip
    told = json.loads(frames.error(RateLimited(retry_after=1.5), 1, 12))
    assert (told["retry_after"], told["room"]) == (1.5, 12)


@given(st.floats(min_value=0.0001, max_value=100_000))
def test_who_waits_as_long_as_told_has_waited_long_enough(needed):
    told = json.loads(frames.error(RateLimited(retry_after=needed), 1))["retry_after"]
    assert needed <= told < needed + 0.2


def test_every_refusal_has_a_code_of_the_protocol():
    ours = [kind for kind in ChatError.__subclasses__() if kind.__module__ == "chat.errors"]
    codes = {kind.code for kind in ours} | {ChatError.code}
    assert codes == {
        "bad_frame", "invalid", "too_large", "not_found", "forbidden", "rate_limited",
        "slow_mode", "unavailable",
    }  # fmt: skip


def fragment(number, version, *, size=0, role=None):
    row = {"id": number, "version": version, "x": "x" * size}
    return Fragment(number, version, msgspec.json.encode(row), role)


def test_a_changes_frame_holds_the_rows_as_they_were_encoded():
    event = RoomChanged(12, 345, 347, [fragment(1, 346)], [fragment(7, 347)], b'{"name":"x"}')
    assert json.loads(frames.changes(event, more=True, ref="r")) == {
        "type": "changes", "room": 12, "from": 345, "to": 347,
        "messages": [{"id": 1, "version": 346, "x": ""}],
        "members": [{"id": 7, "version": 347, "x": ""}],
        "info": {"name": "x"}, "more": True, "reset": False, "ref": "r",
    }  # fmt: skip


def test_an_empty_changes_frame_has_all_its_fields():
    frame = json.loads(frames.changes(RoomChanged(12, 5, 5)))
    assert frame == {
        "type": "changes", "room": 12, "from": 5, "to": 5, "messages": [], "members": [],
        "info": None, "more": False, "reset": False, "ref": None,
    }  # fmt: skip


def test_a_changes_frame_written_by_hand_is_the_one_that_is_described():
    frame = frames.ChangesFrame(room=12, from_=5, to=6, messages=[], members=[], ref=3)
    assert json.loads(frames.changes(RoomChanged(12, 5, 6), ref=3)) == json.loads(
        frames.encode(frame)
    )


# --- merging ----------------------------------------------------------------------------------


def test_consecutive_changes_become_one():
    events = [
        RoomChanged(12, 1, 2, [fragment(1, 2)]),
        RoomChanged(12, 2, 3, [], [fragment(7, 3)]),
        RoomChanged(12, 3, 4, [fragment(2, 4)], [], b'{"version":4}'),
    ]
    [merged] = frames.merge(events)
    assert (merged.from_, merged.to, merged.info) == (1, 4, b'{"version":4}')
    assert [row.id for row in merged.messages] == [1, 2]
    assert [row.id for row in merged.members] == [7]


def test_of_a_row_that_changed_twice_the_newest_state_is_kept():
    events = [
        RoomChanged(12, 1, 2, [fragment(1, 2)], [], b'{"version":2}'),
        RoomChanged(12, 2, 3, [fragment(2, 3)]),
        RoomChanged(12, 3, 4, [fragment(1, 4)], [], b'{"version":4}'),
    ]
    [merged] = frames.merge(events)
    assert [(row.id, row.version) for row in merged.messages] == [(2, 3), (1, 4)]
    assert merged.info == b'{"version":4}'


def test_many_small_changes_fill_frames_that_may_be_sent():
    events = [
        RoomChanged(12, number, number + 1, [fragment(number, number + 1, size=9000)])
        for number in range(200)
    ]
    merged = frames.merge(events)
    assert_covers(merged, 0, 200)
    assert len(merged) == 4


def test_a_large_commit_is_parted_into_frames_that_may_be_sent():
    rows = [fragment(number, number + 1, size=9000) for number in range(200)]
    merged = frames.merge([RoomChanged(12, 0, 201, rows, [fragment(7, 201)], b'{"version":99}')])
    assert_covers(merged, 0, 201)
    assert len(merged) == 4
    assert [event.info for event in merged] == [b'{"version":99}', None, None, None]
    assert [row.id for event in merged for row in event.messages] == list(range(200))
    assert [row.id for event in merged for row in event.members] == [7]


def test_rows_of_one_version_stay_together():
    rows = [fragment(number, 1 + number // 30, size=9000) for number in range(90)]
    merged = frames.merge([RoomChanged(12, 0, 3, rows)])
    assert [(event.from_, event.to) for event in merged] == [(0, 1), (1, 2), (2, 3)]


def test_rows_that_are_ahead_of_their_event_do_not_move_its_end():
    rows = [fragment(number, 10 + number, size=9000) for number in range(60)]
    merged = frames.merge([RoomChanged(12, 9, 40, rows)])
    assert_covers(merged, 9, 40, fits=False)


def assert_covers(events, start, end, *, fits=True):
    """The events lead from ``start`` to ``end`` without a gap, each in a frame of legal size."""
    assert [events[0].from_, events[-1].to] == [start, end]
    for earlier, later in zip(events, events[1:], strict=False):
        assert earlier.from_ < earlier.to == later.from_ < later.to
        assert all(row.version > later.from_ for row in (*later.messages, *later.members))
    if fits:
        assert all(len(frames.changes(event)) <= SERVER_FRAME_MAX for event in events)


# --- framing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_text_is_one_whole_unmasked_frame(size):
    text = b"x" * size
    framed = frames.websocket_frame(text)
    assert framed[0] == 0x81
    if size < 126:
        length, head = framed[1], 2
    elif size < 65_536:
        assert framed[1] == 126
        (length,), head = struct.unpack("!H", framed[2:4]), 4
    else:
        assert framed[1] == 127
        (length,), head = struct.unpack("!Q", framed[2:10]), 10
    assert (length, framed[head:]) == (size, text)
    assert frames.texts_in(framed + frames.websocket_frame(b"next")) == [text, b"next"]


def test_a_client_id_is_a_uuid_in_any_spelling():
    client_id = uuid4()
    for spelled in (str(client_id), str(client_id).upper()):
        assert parse(SEND, client_id=spelled).client_id == client_id


# --- the greeting -------------------------------------------------------------------------------


def greeted(count, topic):
    rooms = [
        RoomRow(
            id=number, kind="private", slug=f"room-{number}", name="Room", topic=topic,
            locked=False, archived=False, slow_mode=0, version=number, last_seq=0, read_seq=0,
            unread=0, mentions=0, notify="mentions", role="member",
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    user = {"id": 7, "name": "Ada"}
    texts = frames.greeting(frames.Hello("c0ffee", "epoch", user, "now", 25, {}, rooms))
    return texts, [json.loads(text) for text in texts]


def test_a_member_is_greeted_with_all_rooms_in_one_frame():
    _, [hello] = greeted(100, "topic")
    assert [room["id"] for room in hello["rooms"]] == list(range(1, 101))


def test_rooms_that_a_greeting_cannot_hold_follow_one_by_one():
    texts, [hello, *others] = greeted(2000, "漢" * 250)
    assert max(map(len, texts)) <= SERVER_FRAME_MAX
    assert {frame["type"] for frame in others} == {"room"}
    told = [*hello["rooms"], *(frame["joined"] for frame in others)]
    assert [room["id"] for room in told] == list(range(1, 2001))
