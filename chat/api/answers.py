"""What the API answers with, and how OpenAPI hears of it: from the very types that are encoded."""

from typing import Any

import msgspec
from django.http import HttpResponse

from chat import rows
from chat.services.emoji import EmojiRows
from chat.services.mentions import Absent, Inbox
from chat.services.pins import Pins
from chat.services.posting import Ack
from chat.services.reading import History
from chat.services.saved import SavedIds, SavedMessages
from chat.services.search import Found
from chat.services.threads import OwnThread, Thread

REF = "#/components/schemas/{name}"


class Me(rows.PortraitRow, frozen=True):
    """The member who asks, with what they let others see."""

    moderator: bool
    shares_reading: bool
    shares_last_seen: bool
    read_out: str
    single_keys: bool


class Rooms(msgspec.Struct, frozen=True):
    """The rooms one is in, as in hello."""

    rooms: list[rows.RoomRow]


class ListedRoom(msgspec.Struct, frozen=True):
    """A public room in the directory; ``members`` is their number."""

    id: int
    slug: str
    name: str
    topic: str
    members: int
    joined: bool


class Directory(msgspec.Struct, frozen=True):
    """Public rooms."""

    rooms: list[ListedRoom]


class RoomDetail(msgspec.Struct, frozen=True):
    """A room that one may see; ``membership`` is null for one who is not in it."""

    info: rows.InfoRow
    version: int
    last_seq: int
    membership: rows.RoomRow | None


class Members(msgspec.Struct, frozen=True):
    """Everyone who is or was in a room, at its ``version``."""

    members: list[rows.MemberRow]
    version: int


class People(msgspec.Struct, frozen=True):
    """Members of the site."""

    users: list[rows.PersonRow]


class Link(msgspec.Struct, frozen=True):
    """A link into a room; null means without limit. ``token`` is told once, when it is made."""

    id: int
    created_by: rows.PersonRow | None
    created_at: str
    expires_at: str | None
    uses: int
    uses_max: int | None
    token: str | None = None


class Links(msgspec.Struct, frozen=True):
    """The links with which one can still come into a room, newest first."""

    links: list[Link]


class LinkTarget(msgspec.Struct, frozen=True):
    """Where a link leads."""

    room: int
    kind: str
    name: str
    topic: str


class EarlierBody(msgspec.Struct, frozen=True):
    """What a message said until ``replaced_at``."""

    body: str
    replaced_at: str


class Edits(msgspec.Struct, frozen=True):
    """The earlier bodies of a message, oldest first."""

    edits: list[EarlierBody]


class Threads(msgspec.Struct, frozen=True):
    """The threads that one follows, those with something new first."""

    threads: list[OwnThread]


class Kept(msgspec.Struct, frozen=True):
    """It is in the database. No room changed."""

    message: int


class Place(msgspec.Struct, frozen=True):
    """Where something is in a room; null where it is nowhere."""

    seq: int | None


class Drafts(msgspec.Struct, frozen=True):
    """What one has begun and not sent, the newest first."""

    drafts: list[rows.DraftRow]


class Scheduled(msgspec.Struct, frozen=True):
    """What one has scheduled, and what failed, the next first."""

    scheduled: list[rows.ScheduledRow]


class PollChoice(msgspec.Struct, frozen=True):
    """The options that one has chosen in a poll, by their places from 0."""

    choice: list[int]


class KnownRooms(msgspec.Struct, frozen=True):
    """Rooms that one may know of."""

    rooms: list[rows.InfoRow]


class Done(msgspec.Struct, frozen=True):
    """It is in the database; the room is at ``version``."""

    room: int
    version: int


class Noted(msgspec.Struct, frozen=True):
    """It is in the database."""


class BanRow(msgspec.Struct, frozen=True):
    """Who is banned from a room, since when, until when (null: for good), and why."""

    user: rows.PersonRow
    since: str
    until: str | None
    reason: str


class Bans(msgspec.Struct, frozen=True):
    """Who is banned from a room, the newest first."""

    bans: list[BanRow]


class SanctionRow(msgspec.Struct, frozen=True):
    """A mute or a ban from a room, for those who look after it. ``until`` null: for good.

    ``appeal`` is what the member said against it; ``answered_at`` null: nobody answered that yet.
    """

    id: int
    kind: str
    user: rows.PersonRow
    since: str
    until: str | None
    reason: str
    by: rows.PersonRow | None
    appeal: str
    answered_at: str | None


class RoomSanctions(msgspec.Struct, frozen=True):
    """Who is muted in a room or banned from it, the newest first."""

    sanctions: list[SanctionRow]


class OwnSanction(msgspec.Struct, frozen=True):
    """What moderators decided about oneself; ``room`` null: on the whole site.

    One may appeal against what is in force, once.
    """

    id: int
    kind: str
    room: int | None
    where: str
    since: str
    until: str | None
    reason: str
    in_force: bool
    may_appeal: bool
    appeal: str
    answered: bool
    answer: str


class OwnSanctions(msgspec.Struct, frozen=True):
    """What moderators decided about oneself, the newest first."""

    sanctions: list[OwnSanction]


class TrailRow(msgspec.Struct, frozen=True):
    """What a moderator did: ``verb`` for programs, ``what`` in words; ``by`` null: the site itself.

    ``seq`` is the place of the message it was done to. ``before`` and ``after`` are what changed.
    """

    id: int
    at: str
    verb: str
    what: str
    by: rows.PersonRow | None
    user: rows.PersonRow | None
    seq: int | None
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


class Trail(msgspec.Struct, frozen=True):
    """A page of a room's audit trail, the newest first; the next one is ``before`` its last id."""

    entries: list[TrailRow]


class Purged(msgspec.Struct, frozen=True):
    """How many messages were deleted; as many as ``most``: there may be more, ask again."""

    deleted: int
    most: int


class ReportRow(msgspec.Struct, frozen=True):
    """A report on a member, or on their message as it was then: ``said``.

    ``status`` is new, escalated, resolved or dismissed; ``assignee`` sees to it; ``seq`` is the
    place of the message in its room.
    """

    id: int
    user: int
    message: int | None
    reason: str
    note: str
    said: str
    status: str
    created_at: str
    assignee: int | None = None
    seq: int | None = None


class HeldRow(msgspec.Struct, frozen=True):
    """A message that a filter keeps until a moderator has decided. ``edit_of`` is to become it."""

    id: int
    author: rows.PersonRow
    body: str
    held_at: str
    filter: str | None
    thread: int | None
    reply_to: int | None
    edit_of: int | None


class HeldMessages(msgspec.Struct, frozen=True):
    """What waits in a room, the oldest first."""

    held: list[HeldRow]


class Rejected(msgspec.Struct, frozen=True):
    """The held message that was rejected."""

    id: int


class Retention(msgspec.Struct, frozen=True):
    """For how many days messages are kept in a room, null for good; ``words`` say so.

    ``own`` is what the room itself says, null where it is as on the whole site.
    """

    days: int | None
    own: int | None
    words: str


class Reports(msgspec.Struct, frozen=True):
    """Open reports, the newest first."""

    reports: list[ReportRow]


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why not. ``retry_after`` is in seconds.

    ``held``: a moderator looks at the message and may post it yet, under its ``client_id``.
    """

    code: str
    detail: str
    retry_after: float | None = None
    held: bool = False


TYPES = [
    Me, Rooms, Directory, rows.RoomRow, RoomDetail, rows.InfoRow, Members, People,
    rows.ProfileRow, Link, Links, LinkTarget, History, rows.MessageRow, Place, Edits, Ack, Done,
    Noted, Refusal, Thread, Threads, Kept, Pins, SavedMessages, SavedIds, EmojiRows, Inbox, Absent,
    Drafts, rows.DraftRow, Scheduled, rows.ScheduledRow, PollChoice, KnownRooms, Found,
    Bans, Purged, ReportRow, Reports,
    RoomSanctions, SanctionRow, OwnSanctions, OwnSanction, Trail,
    HeldMessages, Rejected, Retention,
]  # fmt: skip


def answer(value: Any) -> HttpResponse:
    """Return ``value``, of one of TYPES, as JSON."""
    return HttpResponse(rows.encode(value), content_type="application/json")


def answers(kind: type) -> dict[str, Any]:
    """Return what tells OpenAPI that an operation answers with ``kind``, or with a refusal."""
    return {
        "responses": {
            200: _response(kind),
            "default": _response(Refusal, "Refused: the code says why, for programs."),
        }
    }


def component_schemas() -> dict[str, Any]:
    """Return the JSON schemas of all that is answered with, by name."""
    _, components = msgspec.json.schema_components(TYPES, ref_template=REF)
    return components


def _response(kind: type, description: str = "Done.") -> dict[str, Any]:
    schema = {"$ref": REF.format(name=kind.__name__)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
