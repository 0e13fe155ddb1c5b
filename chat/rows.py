"""Rows as they travel: what a message, a member and a room look like on the wire.

Frames and pages carry these, live, recovered or historical: there is one shape for each. The
schemas in docs/protocol.md are generated from the types here and in chat.live.frames.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from django.utils import timezone
from msgspec import UNSET, UnsetType

from accounts.models import User
from chat.models import Draft, Membership, Message, Poll, Room, ScheduledMessage

encode = msgspec.json.Encoder().encode

PresenceState = Literal["online", "away", "offline"]


def wire_time(moment: datetime) -> str:
    """Return ``moment`` in UTC, ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class ReactionRow(msgspec.Struct, frozen=True):
    """An emoji on a message, and who put it there, in that order."""

    emoji: str
    users: list[int]


class ThreadRow(msgspec.Struct, frozen=True):
    """How far the thread of a message is: how many are in it, and the newest of them."""

    count: int
    last_seq: int
    last_at: str


class ForwardedRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose message it was that was passed on. From a public room alone, also where it stands."""

    user: int
    name: str
    at: str
    room: int | None = None
    room_name: str | None = None
    slug: str | None = None
    seq: int | None = None


class PollOptionRow(msgspec.Struct, frozen=True):
    """An option of a poll. ``users`` chose it; it is empty where too many voted to name them."""

    text: str
    votes: int
    users: list[int]


class PollRow(msgspec.Struct, frozen=True):
    """How a poll stands. Its question is the body of the message."""

    options: list[PollOptionRow]
    multiple: bool
    closed: bool
    voters: int


class MessageRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message. A deleted one is a tombstone: its content is empty.

    ``in_room`` is about a message in a thread: whether it is shown in the room as well. ``replies``
    is about the first message of a thread.

    ``call`` is "room" where it calls every member, "here" where it calls those who were connected.
    """

    id: int
    room: int
    seq: int
    version: int
    author: int
    client_id: str
    body: str
    html: str
    created_at: str
    edited_at: str | None
    deleted: bool
    reply_to: int | None
    thread: int | None
    pinned: bool
    mentions: list[int]
    attachments: list[dict[str, Any]]
    reactions: list[ReactionRow]
    in_room: bool = False
    replies: ThreadRow | None = None
    forwarded: ForwardedRow | None = None
    call: str | None = None
    poll: PollRow | None = None


class MemberRow(msgspec.Struct, frozen=True):
    """A member of a room. ``role`` is null for one who left.

    From ``status_until`` on the status counts as empty; ``dnd_until`` is how long they do not want
    to be disturbed.
    """

    user: int
    username: str
    name: str
    avatar: str | None
    role: str | None
    version: int
    status: str = ""
    status_emoji: str = ""
    status_until: str | None = None
    dnd_until: str | None = None


class InfoRow(msgspec.Struct, frozen=True):
    """The room's own row."""

    id: int
    kind: str
    slug: str
    name: str
    topic: str
    locked: bool
    archived: bool
    slow_mode: int
    version: int
    callers: str = "stewards"
    writers: str = "members"


class PersonRow(msgspec.Struct, frozen=True):
    """Someone on the site, in a room with the reader or not."""

    id: int
    username: str
    name: str
    avatar: str | None


class PortraitRow(PersonRow, frozen=True):
    """Someone with what they say of themselves for now."""

    status: str
    status_emoji: str
    status_until: str | None
    dnd_until: str | None
    time_zone: str


class ProfileRow(PortraitRow, frozen=True):
    """What a member is shown of another.

    ``last_seen`` is told of those who allow it while they are offline, ``blocked`` whether the
    reader blocks them.
    """

    presence: PresenceState
    last_seen: str | None
    blocked: bool


class SeatRow(msgspec.Struct, frozen=True):
    """How a member wants a room: what to be told of, where it stands in their list.

    Favourites come first. ``place`` counts from 0; rooms without one follow by name.
    """

    room: int
    notify: str
    quiet_until: str | None
    favourite: bool
    place: int | None


class RoomRow(InfoRow, frozen=True, kw_only=True, omit_defaults=True):
    """A room in the member's own list, with where they stand in it; ``version`` is the room's.

    ``unread`` and ``mentions`` are counted up to 100, which means that or more; from
    ``unread_from`` on, where the member marked what they had read. ``with`` are the others in a
    direct room. ``quiet_until``, ``favourite`` and ``place`` as in ``seats``.
    ``callers`` may call everybody, and ``writers`` may write: "stewards" (owners and moderators) or
    all "members". ``here`` are the seqs of those unread calls to who was connected that called the
    member.
    Until ``muted_until`` the member may not write there: moderators decided that.
    """

    last_seq: int
    read_seq: int
    unread: int
    mentions: int
    notify: str
    role: str
    unread_from: int | None = None
    with_: list[PersonRow] | None = msgspec.field(name="with", default=None)
    quiet_until: str | None = None
    favourite: bool = False
    place: int | None = None
    here: list[int] | None = None
    muted_until: str | None = None


class DraftRow(msgspec.Struct, frozen=True):
    """What a member last wrote somewhere and did not send. An empty one was emptied."""

    room: int
    thread: int | None
    body: str
    reply_to: int | None
    written_at: str


class ScheduledRow(msgspec.Struct, frozen=True):
    """A message to be posted at ``due_at``.

    ``state`` is "waiting", "sending", "failed" (``failure`` says why) or, once, "gone": posted or
    cancelled.
    """

    id: int
    room: int
    thread: int | None
    reply_to: int | None
    body: str
    due_at: str
    state: str
    failure: str


class ChangesRow(msgspec.Struct):
    """What changed in a room after ``from``, up to and with ``to``: whole rows as they stand."""

    room: int
    from_: int = msgspec.field(name="from")
    to: int
    messages: list[MessageRow]
    members: list[MemberRow]
    info: InfoRow | None = None
    more: bool = False
    reset: bool = False


def message_row(
    message: Message,
    mentions: Iterable[int] | None = None,
    reactions: list[ReactionRow] | None = None,
    *,
    reader: int | None = None,
    call: str | None | UnsetType = UNSET,
    poll: Poll | None | UnsetType = UNSET,
) -> MessageRow:
    """Return the row of ``message``, as ``reader`` may see it where that matters.

    What is not given is read from its relations.
    """
    gone = message.is_tombstone
    is_silent = reader is not None and reader in silent_to(message)
    if call is UNSET:
        called = None if gone or is_silent else getattr(message, "call", None)
        call = called.kind if called else None
    if poll is UNSET:
        poll = None if gone else getattr(message, "poll", None)
    if mentions is None:
        mentions = [] if gone else [mention.user_id for mention in message.mentions.all()]
        if is_silent:
            mentions = [user for user in mentions if user != reader]
    if reactions is None:
        reactions = [] if gone else reaction_rows(message)
    return MessageRow(
        id=message.pk,
        room=message.room_id,
        seq=message.seq,
        version=message.version,
        author=message.author_id,
        client_id=str(message.client_id),
        body=message.body,
        html=message.html,
        created_at=wire_time(message.created_at),
        edited_at=wire_time(message.edited_at) if message.edited_at else None,
        deleted=gone,
        reply_to=message.reply_to_id,
        thread=message.thread_id,
        pinned=message.pinned,
        mentions=sorted(mentions),
        attachments=[],
        reactions=reactions,
        in_room=message.in_room,
        replies=thread_row(message),
        forwarded=ForwardedRow(**message.forwarded) if message.forwarded and not gone else None,
        call=call,
        poll=poll_row(poll) if poll else None,
    )


def thread_row(message: Message) -> ThreadRow | None:
    """Return how far the thread of ``message`` is, or None where it began none."""
    if not message.reply_count or message.last_reply_seq is None or message.last_reply_at is None:
        return None
    return ThreadRow(message.reply_count, message.last_reply_seq, wire_time(message.last_reply_at))


def silent_to(message: Message) -> set[int]:
    """Return who is apart from the author of ``message``, and not shown that it means them."""
    silent = {mention.user_id for mention in message.mentions.all() if mention.silent}
    if call := getattr(message, "call", None):
        silent.update(block.blocked_id for block in call.author.blocks.all())
        silent.update(block.blocker_id for block in call.author.blocked_by.all())
    return silent


def poll_row(poll: Poll) -> PollRow:
    """Return how ``poll`` stands."""
    options = [
        PollOptionRow(text, option["votes"], option["users"])
        for text, option in zip(poll.options, poll.tally, strict=True)
    ]
    return PollRow(options, poll.multiple, poll.is_closed, poll.voters)


def reaction_rows(message: Message) -> list[ReactionRow]:
    """Return the reactions of ``message``, in the order in which each emoji first came."""
    users: dict[str, list[int]] = {}
    for reaction in sorted(message.reactions.all(), key=lambda reaction: reaction.pk):
        users.setdefault(reaction.emoji, []).append(reaction.user_id)
    return [ReactionRow(emoji, who) for emoji, who in users.items()]


def member_row(membership: Membership) -> MemberRow:
    """Return the row of ``membership``, with its user's name as it stands."""
    user = membership.user
    return MemberRow(
        user=user.pk,
        username=user.username,
        name=user.name,
        avatar=user.avatar_url,
        role=membership.role if membership.is_active else None,
        version=membership.version,
        **said_of(user),
    )


def info_row(room: Room) -> InfoRow:
    """Return the room's own row."""
    return InfoRow(
        id=room.pk,
        kind=room.kind,
        slug=room.slug,
        name=room.name,
        topic=room.topic,
        locked=room.locked,
        archived=room.archived_at is not None,
        slow_mode=room.slow_mode,
        version=room.info_version,
        callers=room.callers,
        writers=room.writers,
    )


def person_row(user: User) -> PersonRow:
    """Return what anyone on the site may see of ``user``."""
    return PersonRow(user.pk, user.username, user.name, user.avatar_url)


def profile_row(
    user: User, *, presence: PresenceState, last_seen: datetime | None, blocked: bool
) -> ProfileRow:
    """Return what a member is shown of ``user``."""
    return ProfileRow(
        presence=presence,
        last_seen=wire_time(last_seen) if last_seen else None,
        blocked=blocked,
        **portrait(user),
    )


def portrait(user: User) -> dict[str, Any]:
    """Return the fields of a ``PortraitRow`` of ``user``."""
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "avatar": user.avatar_url,
        "time_zone": user.time_zone,
        **said_of(user),
    }


def seat_row(seat: Membership) -> SeatRow:
    """Return how the member of ``seat`` wants its room."""
    return SeatRow(
        room=seat.room_id,
        notify=seat.notify,
        quiet_until=future(seat.quiet_until),
        favourite=seat.favourite,
        place=seat.place,
    )


def future(moment: datetime | None) -> str | None:
    """Return ``moment`` as it travels, or None once it has passed."""
    return wire_time(moment) if moment is not None and moment > timezone.now() else None


def said_of(user: User) -> dict[str, Any]:
    """Return what a member says of themselves for now."""
    has_status = user.has_status
    return {
        "status": user.status if has_status else "",
        "status_emoji": user.status_emoji if has_status else "",
        "status_until": future(user.status_until) if has_status else None,
        "dnd_until": future(user.dnd_until),
    }


def draft_row(draft: Draft) -> DraftRow:
    """Return the row of ``draft``, for its author alone."""
    return DraftRow(
        room=draft.room_id,
        thread=draft.thread_id,
        body=draft.body,
        reply_to=draft.reply_to_id,
        written_at=wire_time(draft.written_at),
    )


def scheduled_row(message: ScheduledMessage, state: str | None = None) -> ScheduledRow:
    """Return the row of a scheduled message, for its author alone."""
    return ScheduledRow(
        id=message.pk,
        room=message.room_id,
        thread=message.thread_id,
        reply_to=message.reply_to_id,
        body=message.body,
        due_at=wire_time(message.due_at),
        state=state or message.state,
        failure=message.failure,
    )
