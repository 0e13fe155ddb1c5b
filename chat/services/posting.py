"""Posting messages, one or many at a time in one transaction.

The writer of a server process hands over whatever all its sockets want to post, so that a flood
shares commits (group commit). Each post is judged for itself: a refused one does not touch its
neighbours.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import DataError, IntegrityError
from django.db.models import Q
from django.utils import timezone

from chat import markup, rows
from chat.broadcast import Posted
from chat.errors import ChatError, Invalid, NotFound, SlowMode, TooLarge
from chat.models import Membership, Mention, Message
from chat.models.message import BODY_MAX
from chat.permissions import NO_MESSAGE, NO_ROOM, check_may_write, check_seat
from chat.services.changing import RoomChange, changing_many

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates: Postgres takes neither


@dataclass(frozen=True, slots=True)
class Post:
    """What a member wants to say. ``client_id`` stays the same when it is sent again."""

    author: int
    room: int
    client_id: UUID
    body: str
    reply_to: int | None = None
    thread: int | None = None
    attachments: Sequence[str | int] = ()
    connection: str = ""  # the socket it came from, which need not be told that its member read on


@dataclass(frozen=True, slots=True)
class Ack:
    """A change is in the database: its room and version, and the message it was about, if any."""

    room: int
    version: int
    seq: int | None = None
    id: int | None = None


@dataclass(slots=True)
class Draft:
    """A post on its way into a room."""

    post: Post
    body: str = ""
    html: str = ""
    mentions: list[int] = field(default_factory=list)
    outcome: Ack | ChatError | None = None
    message: Message | None = None


Seats = dict[tuple[int, int], Membership]
Outcome = Ack | ChatError


def post_many(posts: Sequence[Post]) -> list[Outcome]:
    """Post all of ``posts`` in order; return for each its ack or the reason why it was refused.

    A post that was stored before, by the same author in the same room under the same client_id, is
    answered as it was then. Raises DatabaseError when the database did not take any of them.
    """
    drafts = [_draft(post) for post in posts]
    sound = [draft for draft in drafts if draft.outcome is None]
    if sound:
        _render(sound)
        try:
            _store(sound)
        except (IntegrityError, DataError):
            # One of them is something that the database will not have: find out which.
            if len(sound) == 1:
                raise
            return [post_many([draft.post])[0] for draft in drafts]
    return [draft.outcome or Invalid() for draft in drafts]


def clean_body(body: str, *, may_be_empty: bool = False) -> str:
    """Return ``body`` trimmed. Raise Invalid or TooLarge for one that cannot be stored."""
    body = body.strip()
    if not body and not may_be_empty:
        raise Invalid("body: a message cannot be empty.")
    if len(body) > BODY_MAX:
        raise TooLarge(f"body: a message has at most {BODY_MAX:,} characters.")
    if UNSTORABLE.search(body):
        raise Invalid("body: there is a character in it that cannot be stored.")
    return body


def handles_for(bodies: dict[int, list[str]]) -> dict[int, dict[str, tuple[int, str]]]:
    """Return, by room, the members whom the bodies written there may mention, by handle."""
    wanted = {
        room: handles
        for room, texts in bodies.items()
        if (handles := set().union(*map(markup.handles_in, texts)))
    }
    found: dict[int, dict[str, tuple[int, str]]] = {room: {} for room in bodies}
    if wanted:
        named = Q()
        for room, handles in wanted.items():
            named |= Q(room=room, user__username__in=handles)
        for seat in Membership.objects.active().filter(named).select_related("user"):
            found[seat.room_id][seat.user.username] = (seat.user_id, seat.user.name)
    return found


def _draft(post: Post) -> Draft:
    draft = Draft(post)
    try:
        draft.body = clean_body(post.body, may_be_empty=bool(post.attachments))
        if post.attachments:
            raise NotFound("attachments: there is no such file.")
    except ChatError as refusal:
        draft.outcome = refusal
    return draft


def _render(drafts: list[Draft]) -> None:
    """Make the HTML, before any lock is taken."""
    bodies: dict[int, list[str]] = {}
    for draft in drafts:
        bodies.setdefault(draft.post.room, []).append(draft.body)
    handles = handles_for(bodies)
    for draft in drafts:
        draft.html, draft.mentions = markup.render(draft.body, handles[draft.post.room])


def _store(drafts: list[Draft]) -> None:
    room_ids = {draft.post.room for draft in drafts}
    with changing_many(room_ids) as changes:
        seats = _seats(drafts)
        stored = _stored_before(drafts)
        targets = _targets(drafts)
        now = timezone.now()
        for draft in drafts:
            try:
                draft.outcome = _place(draft, changes, seats, stored, targets, now)
            except ChatError as refusal:
                draft.outcome = refusal
        _insert([draft for draft in drafts if draft.message], changes, seats)


def _seats(drafts: list[Draft]) -> Seats:
    """Return the memberships of the authors, by room and author."""
    seats = Membership.objects.active().filter(
        room__in={draft.post.room for draft in drafts},
        user__in={draft.post.author for draft in drafts},
    )
    return {(seat.room_id, seat.user_id): seat for seat in seats}


def _key(post: Post) -> tuple[int, int, UUID]:
    return post.room, post.author, post.client_id


def _stored_before(drafts: list[Draft]) -> dict[tuple[int, int, UUID], Message]:
    """Return those messages that are there already, by what makes a retry one."""
    found = Message.objects.filter(
        room__in={draft.post.room for draft in drafts},
        author__in={draft.post.author for draft in drafts},
        client_id__in={draft.post.client_id for draft in drafts},
    ).only("room", "author", "client_id", "seq", "posted_version")
    return {(row.room_id, row.author_id, row.client_id): row for row in found}


def _targets(drafts: list[Draft]) -> dict[int, int]:
    """Return the rooms of the messages that are replied to or continued, by message id."""
    wanted = {
        target
        for draft in drafts
        for target in (draft.post.reply_to, draft.post.thread)
        if target is not None
    }
    if not wanted:
        return {}
    return dict(Message.objects.filter(pk__in=wanted).values_list("pk", "room"))


def _place(
    draft: Draft,
    changes: dict[int, RoomChange],
    seats: Seats,
    stored: dict[tuple[int, int, UUID], Message],
    targets: dict[int, int],
    now: datetime,
) -> Outcome | None:
    """Give ``draft`` its place in the room's order. Return an ack at once for a retry."""
    post = draft.post
    change = changes.get(post.room)
    seat = seats.get((post.room, post.author))
    check_seat(change.room if change else None, seat, NO_ROOM)
    assert change is not None
    assert seat is not None
    earlier = stored.get(_key(post))
    if earlier is not None:
        if earlier.pk is None:  # twice in this very batch: its id comes with the insert
            draft.message = earlier
            return None
        return Ack(post.room, earlier.posted_version, earlier.seq, earlier.pk)
    check_may_write(change.room, seat)
    _check_slow_mode(change, seat, now)
    for target in (post.reply_to, post.thread):
        if target is not None and targets.get(target) != post.room:
            raise NotFound(NO_MESSAGE)
    change.room.last_seq += 1
    version = change.next_version()
    draft.message = Message(
        room=change.room,
        seq=change.room.last_seq,
        version=version,
        posted_version=version,
        author_id=post.author,
        client_id=post.client_id,
        body=draft.body,
        html=draft.html,
        reply_to_id=post.reply_to,
        thread_id=post.thread,
        created_at=now,
    )
    stored[_key(post)] = draft.message
    seat.read_seq = draft.message.seq
    seat.posted_at = now
    return None


def _check_slow_mode(change: RoomChange, seat: Membership, now: datetime) -> None:
    pause = change.room.slow_mode
    if not pause or seat.posted_at is None or seat.is_steward:
        return
    passed = (now - seat.posted_at).total_seconds()
    # A post from the future was stamped by another machine's clock: it holds nobody up.
    if 0 <= passed < pause:
        raise SlowMode(
            f"This room is in slow mode: one message every {pause} s.",
            retry_after=pause - passed,
        )


def _insert(drafts: list[Draft], changes: dict[int, RoomChange], seats: Seats) -> None:
    """Write the placed messages and what comes with them, and fill in their acks."""
    messages = list(
        {id(draft.message): draft.message for draft in drafts if draft.message}.values()
    )
    if not messages:
        return
    Message.objects.bulk_create(messages)
    Mention.objects.bulk_create(
        Mention(message=draft.message, user_id=user, room_id=draft.post.room, seq=draft.message.seq)
        for draft in {id(draft.message): draft for draft in reversed(drafts)}.values()
        if draft.message
        for user in draft.mentions
    )
    authors = {(message.room_id, message.author_id) for message in messages}
    Membership.objects.bulk_update([seats[key] for key in authors], ["read_seq", "posted_at"])
    for draft in drafts:
        message = draft.message
        assert message is not None
        draft.outcome = Ack(message.room_id, message.version, message.seq, message.pk)
        if message.pk not in changes[message.room_id].messages:
            row = rows.message_row(message, mentions=draft.mentions, reactions=[])
            changes[message.room_id].add_message(message, row)
            posted = Posted(message.author_id, message.seq, draft.post.connection)
            changes[message.room_id].posted.append(posted)
