"""The frames of docs/protocol.md: parsed at this edge into small frozen types, and made here.

No I/O: bytes in, types out, and the other way round.
"""

import json
import re
import struct
from collections.abc import Iterable
from itertools import accumulate, groupby, takewhile
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, Meta, UnsetType

from chat import rows
from chat.broadcast import Fragment, RoomChanged
from chat.errors import BadFrame, ChatError, Held, Invalid
from chat.sentences import Sentence, filled

SUBPROTOCOL = "chat.v1"
FRAME_MAX = 65_536  # bytes a client may send in one frame
SERVER_FRAME_MAX = 512 * 1024  # bytes the server sends in one frame
DEPTH_MAX = 16  # levels of JSON
ROWS_MAX = SERVER_FRAME_MAX * 9 // 10  # bytes of rows in one frame
SURROGATE = re.compile("[\ud800-\udfff]")

Integer = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Version = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Ref = str | Integer


class Send(msgspec.Struct, tag_field="type", tag="send", frozen=True):
    """Post a message. ``client_id`` is the client's own, kept across retries.

    ``thread`` is the message that the thread begins with; ``in_room`` shows one in a thread in the
    room as well.
    """

    room: Integer
    client_id: UUID
    body: str = ""
    reply_to: Integer | None = None
    thread: Integer | None = None
    in_room: bool = False
    attachments: list[Ref] = []
    ref: Ref | None = None


class Edit(msgspec.Struct, tag_field="type", tag="edit", frozen=True):
    """Replace the body of one's own message."""

    message: Integer
    body: str
    ref: Ref | None = None


class Delete(msgspec.Struct, tag_field="type", tag="delete", frozen=True):
    """Turn a message into a tombstone."""

    message: Integer
    ref: Ref | None = None


class React(msgspec.Struct, tag_field="type", tag="react", frozen=True):
    """Put an emoji on a message, or take it off."""

    message: Integer
    emoji: str
    on: bool
    ref: Ref | None = None


class Read(msgspec.Struct, tag_field="type", tag="read", frozen=True):
    """Move one's read position on."""

    room: Integer
    seq: Integer
    ref: Ref | None = None


class Sync(msgspec.Struct, tag_field="type", tag="sync", frozen=True):
    """Ask what changed in each room after the version given."""

    rooms: dict[Integer, Version]
    ref: Ref | None = None


class Typing(msgspec.Struct, tag_field="type", tag="typing", frozen=True):
    """Begin or cease to type."""

    room: Integer
    on: bool
    ref: Ref | None = None


class Focus(msgspec.Struct, tag_field="type", tag="focus", frozen=True):
    """Say which room is before the member's eyes, and whether the page is visible."""

    room: Integer | None
    visible: bool
    ref: Ref | None = None


class Ping(msgspec.Struct, tag_field="type", tag="ping", frozen=True):
    """Ask for a pong."""

    ref: Ref | None = None


Command = Send | Edit | Delete | React | Read | Sync | Typing | Focus | Ping
COMMANDS = {kind.__struct_config__.tag for kind in Command.__args__}

REF_WITHIN = 1024  # bytes of a frame that is not read, in which its ref is looked for
_REF = re.compile(rb'"ref"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,19}(?![\d.eE]))')
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[][{}]")

_decode = msgspec.json.Decoder(Command).decode
_encode = rows.encode


class Refused(Exception):
    """A client frame that was not understood, with the ref it carried, if it carried one."""

    def __init__(self, error: ChatError, ref: Ref | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.ref = ref


# --- in ---------------------------------------------------------------------------------------


def parse(payload: bytes) -> Command:
    """Return the command in ``payload``. Raises Refused: bad_frame or invalid."""
    if payload.count(b"[") + payload.count(b"{") > DEPTH_MAX:
        _check_depth(payload)
    try:
        return _decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise _explain(payload, error) from None


def ref_in(payload: bytes) -> Ref | None:
    """Return the ref at the beginning of a frame that is refused unread, or None."""
    found = _REF.search(payload, 0, REF_WITHIN)
    try:
        return _ref_of({"ref": _loads(found[1])}) if found else None
    except ValueError:
        return None


def _loads(payload: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    # Decoded here: of bytes, json would take UTF-16 as well.
    return json.loads(payload.decode(), parse_constant=refuse)


def _ref_of(frame: Any) -> Ref | None:
    ref = frame.get("ref") if isinstance(frame, dict) else None
    if isinstance(ref, str):
        # A lone surrogate has no UTF-8 and cannot be sent back.
        return None if SURROGATE.search(ref) else ref
    return ref if type(ref) is int and -(2**63) <= ref < 2**63 else None


def _check_depth(payload: bytes) -> None:
    """Refuse what nests too deeply, before anything is built of it."""
    level = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", payload)):
        level += 1 if bracket[0] in b"[{" else -1
        if level > DEPTH_MAX:
            deep = BadFrame(_("A frame nests at most %(most)s levels."), most=DEPTH_MAX)
            raise Refused(deep, ref_in(payload))


def _explain(payload: bytes, error: Exception) -> Refused:
    """Say what is wrong with a frame: slower than the decoder, but only the refused come here."""
    try:
        frame = _loads(payload)
    except (ValueError, RecursionError):
        return Refused(BadFrame())
    if not isinstance(frame, dict):
        return Refused(BadFrame())
    if "ref" in frame and frame["ref"] is not None and _ref_of(frame) is None:
        return Refused(Invalid(_("ref: a string or an integer.")))
    ref = _ref_of(frame)
    kind = frame.get("type")
    if not isinstance(kind, str):
        return Refused(Invalid(_("type: which command this is.")), ref)
    if kind not in COMMANDS:
        return Refused(Invalid(_("type: there is no such command.")), ref)
    return Refused(Invalid(_field_error(str(error))), ref)


def _field_error(message: str) -> Sentence:
    """Turn "Expected `int`, got `str` - at `$.room`" into a detail that names the field first."""
    missing = message.partition("missing required field `")[2].partition("`")[0]
    if missing:
        return filled(_("%(field)s: missing."), field=missing)
    what, _at, where = message.partition(" - at `$")
    field = where.strip("`").lstrip(".")
    return f"{field}: {what[:1].lower()}{what[1:]}." if field else what


# --- out --------------------------------------------------------------------------------------


class Hello(msgspec.Struct, tag_field="type", tag="hello"):
    """The first frame on every socket. Rooms that it cannot hold follow as `room`, joined."""

    connection: str
    epoch: str
    user: dict[str, Any]
    server_time: str
    heartbeat: int
    limits: dict[str, int]
    rooms: list[rows.RoomRow]


class AckFrame(msgspec.Struct, tag_field="type", tag="ack"):
    """The command was carried out, and is in the database."""

    ref: Ref | None
    room: int
    version: int
    seq: int | UnsetType = UNSET
    id: int | UnsetType = UNSET


class ErrorFrame(msgspec.Struct, tag_field="type", tag="error"):
    """The command was refused and changed nothing.

    ``held``: a moderator looks at the message and may post it yet, under its ``client_id``.
    """

    ref: Ref | None
    code: str
    detail: str
    retry_after: float | UnsetType = UNSET
    room: int | UnsetType = UNSET
    held: bool | UnsetType = UNSET


class Pong(msgspec.Struct, tag_field="type", tag="pong"):
    """The answer to ping."""

    ref: Ref | None
    server_time: str


class TypingFrame(msgspec.Struct, tag_field="type", tag="typing"):
    """Who is typing now, the receiver not among them."""

    room: int
    users: list[int]


class PresenceFrame(msgspec.Struct, tag_field="type", tag="presence"):
    """Whose presence differs from what was told before."""

    online: list[int]
    away: list[int]
    offline: list[int]


class ReadFrame(msgspec.Struct, tag_field="type", tag="read", omit_defaults=True):
    """The member read a room on another device, or marked what they had read.

    Everything from ``unread_from`` on is unread again, where there is one; ``unread``,
    ``mentions`` and ``here`` come with a new mark and are counted from there.
    """

    room: int
    read_seq: int
    unread_from: int | None = None
    unread: int | None = None
    mentions: int | None = None
    here: list[int] | None = None


class ThreadFrame(msgspec.Struct, tag_field="type", tag="thread"):
    """The member read on in a thread, began to follow it or ceased to, here or elsewhere."""

    room: int
    thread: int
    read_seq: int
    following: bool


class DraftFrame(msgspec.Struct, tag_field="type", tag="draft"):
    """The member wrote somewhere, here or on another device; the newer of two drafts counts."""

    draft: rows.DraftRow


class ScheduledFrame(msgspec.Struct, tag_field="type", tag="scheduled"):
    """A message that the member scheduled was made, changed, posted, cancelled, or failed."""

    scheduled: rows.ScheduledRow


class RoomFrame(msgspec.Struct, tag_field="type", tag="room", omit_defaults=True):
    """The member's own list of rooms changed."""

    joined: rows.RoomRow | None = None
    left: int | None = None


class SeatsFrame(msgspec.Struct, tag_field="type", tag="seats"):
    """The member wants these rooms so, as they chose here or on another device."""

    seats: list[rows.SeatRow]


class Notice(msgspec.Struct, tag_field="type", tag="notice", omit_defaults=True):
    """The member is told something in words.

    ``about``: what moderators did to them (mute, ban, remove, delete), what they have become in a
    room (role), what became of what they reported (report) or of their message that a filter held
    (held), what waits for them as a moderator of ``room`` (reported), or how long its messages are
    kept (retention). ``until``: its end. ``sanction``: that they may appeal against.
    """

    about: str
    text: str
    room: int | None = None
    until: str | None = None
    sanction: int | None = None


class ModerationFrame(msgspec.Struct, tag_field="type", tag="moderation"):
    """To those who look after the room: its reports, sanctions or audit trail have changed."""

    room: int


class Lagged(msgspec.Struct, tag_field="type", tag="lagged"):
    """Frames of these rooms were dropped, because the reader was slow: sync them."""

    rooms: list[int]


class ChangesFrame(rows.ChangesRow, tag_field="type", tag="changes"):
    """What changed in a room, live or recovered: whole rows as they stand."""

    ref: Ref | None = None


ServerFrame = (
    Hello
    | AckFrame
    | ErrorFrame
    | Pong
    | TypingFrame
    | PresenceFrame
    | ReadFrame
    | ThreadFrame
    | DraftFrame
    | ScheduledFrame
    | RoomFrame
    | SeatsFrame
    | Notice
    | ModerationFrame
    | Lagged
    | ChangesFrame
)


def encode(frame: ServerFrame) -> bytes:
    """Return the text of a server frame."""
    return _encode(frame)


def greeting(hello: Hello) -> list[bytes]:
    """Return the texts that greet a member: hello, and the rooms for which it has no space."""
    text = _encode(hello)
    if len(text) <= SERVER_FRAME_MAX:
        return [text]
    sizes = accumulate(len(_encode(room)) + 1 for room in hello.rooms)
    fitting = sum(1 for _ in takewhile(lambda size: size <= ROWS_MAX, sizes))
    first = msgspec.structs.replace(hello, rooms=hello.rooms[:fitting])
    return [_encode(first), *(_encode(RoomFrame(joined=room)) for room in hello.rooms[fitting:])]


def error(refusal: ChatError, ref: Ref | None, room: int | None = None) -> bytes:
    """Return the text of an error frame."""
    wait = UNSET if refusal.retry_after is None else refusal.retry_after
    return _encode(
        ErrorFrame(
            ref,
            refusal.code,
            refusal.detail,
            wait,
            UNSET if room is None else room,
            isinstance(refusal, Held) or UNSET,
        )
    )


def changes(
    event: RoomChanged, *, more: bool = False, reset: bool = False, ref: Ref | None = None
) -> bytes:
    """Return the text of a changes frame, around rows that were encoded before."""
    return (
        b'{"type":"changes","room":%d,"from":%d,"to":%d,"messages":[%b],"members":[%b],"info":%b,"more":%b,"reset":%b,"ref":%b}'
        % (
            event.room,
            event.from_,
            event.to,
            b",".join([fragment.json for fragment in event.messages]),
            b",".join([fragment.json for fragment in event.members]),
            event.info or b"null",
            b"true" if more else b"false",
            b"true" if reset else b"false",
            b"null" if ref is None else _encode(ref),
        )
    )


def seats(encoded: bytes) -> bytes:
    """Return the text of a seats frame, around rows that were encoded before."""
    return b'{"type":"seats","seats":%b}' % encoded


def own(kind: str, row: bytes) -> bytes:
    """Return the text of a frame about something of the member's own, encoded before."""
    return b'{"type":"%b","%b":%b}' % (kind.encode(), kind.encode(), row)


def merge(events: list[RoomChanged]) -> list[RoomChanged]:
    """Return consecutive changes of one room as few events, each small enough for one frame.

    Of a row that changed several times its newest state is kept.
    """
    if len(events) == 1 and _weight(events[0]) <= ROWS_MAX:
        return events
    events = [part for event in events for part in _split(event)]
    merged: list[RoomChanged] = []
    run: list[RoomChanged] = []
    size = 0
    for event in events:
        weight = _weight(event)
        if run and size + weight > ROWS_MAX:
            merged.append(_join(run))
            run, size = [], 0
        run.append(event)
        size += weight
    merged.append(_join(run))
    return merged


def _split(event: RoomChanged) -> list[RoomChanged]:
    """Return what was committed together as events small enough for one frame each.

    The room's own row goes first: a row that comes early is harmless, a late one could be missed.
    """
    if _weight(event) <= ROWS_MAX:
        return [event]
    pieces = _pieces(event)
    ends = [piece[-1][0].version for piece in pieces[:-1]] + [event.to]
    return [
        RoomChanged(
            event.room,
            start,
            end,
            [fragment for fragment, kind in piece if kind == "message"],
            [fragment for fragment, kind in piece if kind == "member"],
            event.info if start == event.from_ else None,
        )
        for piece, start, end in zip(pieces, [event.from_, *ends], ends, strict=False)
    ]


def _pieces(event: RoomChanged) -> list[list[tuple[Fragment, str]]]:
    """Return the rows of ``event`` by version, cut by bytes; those of one version stay together."""

    def version(row: tuple[Fragment, str]) -> int:
        # A repair may bring rows newer than the version it reaches: they belong to its end.
        return min(row[0].version, event.to)

    rows = [(fragment, "message") for fragment in event.messages]
    rows += [(fragment, "member") for fragment in event.members]
    pieces: list[list[tuple[Fragment, str]]] = [[]]
    size = len(event.info or b"")
    for _version, group in groupby(sorted(rows, key=version), version):
        together = list(group)
        weight = sum(len(fragment.json) + 1 for fragment, _kind in together)
        if pieces[-1] and size + weight > ROWS_MAX:
            pieces.append([])
            size = 0
        pieces[-1] += together
        size += weight
    return pieces


def _weight(event: RoomChanged) -> int:
    size = len(event.info or b"")
    for fragments in (event.messages, event.members):
        for fragment in fragments:
            size += len(fragment.json) + 1
    return size


def _join(events: list[RoomChanged]) -> RoomChanged:
    if len(events) == 1:
        return events[0]
    return RoomChanged(
        events[0].room,
        events[0].from_,
        events[-1].to,
        _newest(fragment for event in events for fragment in event.messages),
        _newest(fragment for event in events for fragment in event.members),
        next((event.info for event in reversed(events) if event.info), None),
    )


def _newest(fragments: Iterable[Fragment]) -> list[Fragment]:
    newest = {fragment.id: fragment for fragment in fragments}
    return sorted(newest.values(), key=lambda fragment: fragment.version)


def websocket_frame(text: bytes) -> bytes:
    """Return ``text`` as one unmasked, final WebSocket text frame (RFC 6455, 5.2)."""
    size = len(text)
    if size < 126:
        return b"\x81%c%b" % (size, text)
    if size < 65_536:
        return b"\x81\x7e" + struct.pack("!H", size) + text
    return b"\x81\x7f" + struct.pack("!Q", size) + text


def texts_in(framed: bytes) -> list[bytes]:
    """Return the texts of frames that ``websocket_frame`` made."""
    texts, at = [], 0
    while at < len(framed):
        size, at = framed[at + 1], at + 2
        if size > 125:
            width = 2 if size == 126 else 8
            size, at = int.from_bytes(framed[at : at + width], "big"), at + width
        texts.append(framed[at : at + size])
        at += size
    return texts
