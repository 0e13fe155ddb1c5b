"""Posting messages, one or many at a time in one transaction.

A server process posts together what all its sockets want to post, so that a flood shares commits
(group commit). Each post is judged for itself: a refused one does not touch its neighbours.

``post_many`` posts anything on any database, from a thread. Most posts are plain, and on Postgres
have a shorter way from the event loop (chat.services.plain_posts).
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from chat import markup, rows
from chat.broadcast import Posted
from chat.errors import ChatError, Invalid, NotFound, SlowMode, TooLarge, Unavailable
from chat.filtering import Said
from chat.models import Call, CustomEmoji, Membership, Mention, Message, Poll, batch
from chat.models.batch import PostKey, Statement, StoredPost
from chat.models.message import BODY_MAX, UNSTORABLE
from chat.permissions import NO_MESSAGE, NO_ROOM, check_may_call, check_may_write, check_seat
from chat.services import blocks, presence, screening, threads
from chat.services.changing import RoomChange, announce_changes

logger = logging.getLogger(__name__)

GONE_ROOT = _("thread: the message that this thread began with was deleted.")


class Post(msgspec.Struct, frozen=True):
    """What a member wants to say. ``client_id`` stays the same when it is sent again."""

    author: int
    room: int
    client_id: UUID
    body: str
    reply_to: int | None = None
    thread: int | None = None
    attachments: Sequence[str | int] = ()
    connection: str = ""  # the socket it came from, which need not be told that its member read on
    in_room: bool = False  # of one in a thread: shown in the room as well
    forwarded: dict[str, Any] | None = None  # whose it was, in the shape of rows.ForwardedRow
    poll: Poll | None = None  # not stored yet; its question is the body
    released: bool = False  # by a moderator, after a filter held it: no filter is asked again


class Ack(msgspec.Struct, frozen=True):
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
    silent: set[int] = field(default_factory=set)  # who are not shown that it means them
    call: str | None = None
    here: str = ""  # whom @here calls, as its row lists them
    may_not_call: ChatError | None = None
    pause: int = 0  # s, that a filter wants between two messages of its author
    outcome: Ack | ChatError | None = None
    message: Message | None = None

    @property
    def said(self) -> Said:
        """What filters look at."""
        options = tuple(self.post.poll.options) if self.post.poll else ()
        mentions = len(self.mentions) + (self.call is not None)
        return Said(self.post.room, self.body, self.html, mentions, options)

    @property
    def called(self) -> list[int]:
        """Whom the message mentions, and who are shown it."""
        return [user for user in self.mentions if user not in self.silent]


class Target(NamedTuple):
    """A message that a post answers, or continues the thread of."""

    room: int
    root: int  # the first message of its thread, or itself
    is_root_gone: bool


Targets = dict[int, Target]
Seats = dict[tuple[int, int], Membership]
Outcome = Ack | ChatError


def post_many(posts: Sequence[Post]) -> list[Outcome]:
    """Post all of ``posts`` in order; return for each its ack or the reason why it was refused.

    A post that was stored before, by the same author in the same room under the same client_id, is
    answered as it was then. Raises DatabaseError when the database did not take any of them.
    """
    drafts = _prepared(posts)
    sound = [draft for draft in drafts if draft.outcome is None]
    if sound:
        try:
            _store(sound)
        except (IntegrityError, DataError, OperationalError) as error:
            # One of them is something that the database will not have, or waits for a room that
            # somebody holds: its neighbours shall not suffer for it.
            groups = _apart(sound, error)
            if len(groups) == 1:
                raise
            for group in groups:
                _post_apart(group)
    return [draft.outcome or Invalid() for draft in drafts]


def _prepared(posts: Sequence[Post]) -> list[Draft]:
    """Return drafts of ``posts`` with all that is done before any lock is taken: HTML, refusals."""
    drafts = [_draft(post) for post in posts]
    _answer_retries([draft for draft in drafts if draft.outcome is not None])
    if sound := [draft for draft in drafts if draft.outcome is None]:
        _render(sound)
        _screen([draft for draft in sound if not draft.post.released])
    return drafts


def _answer_retries(refused: list[Draft]) -> None:
    """Give the first ack to those whose message is stored: another body in a retry is ignored."""
    if not refused:
        return
    stored = _stored_before(refused)
    for draft in refused:
        if (earlier := stored.get(_key(draft.post))) is not None:
            draft.outcome = Ack(draft.post.room, earlier.version, earlier.seq, earlier.id)


def _apart(drafts: list[Draft], error: Exception) -> list[list[Draft]]:
    """Return the drafts in the groups in which to try them again after ``error``."""
    if not isinstance(error, OperationalError):
        return [[draft] for draft in drafts]
    if not connection.is_usable():
        return [drafts]
    rooms: dict[int, list[Draft]] = {}
    for draft in drafts:
        rooms.setdefault(draft.post.room, []).append(draft)
    return list(rooms.values())


def _post_apart(drafts: list[Draft]) -> None:
    """Post some of a batch that failed as a whole; what fails again is refused."""
    for draft in drafts:
        draft.outcome = draft.message = None
    try:
        _store(drafts)
    except DatabaseError as error:
        # A room that is held or a disk that is full is no bug of ours: one line says it.
        bug = None if isinstance(error, OperationalError) else error
        reason = str(error).partition("\n")[0]
        logger.error("Some messages could not be stored: %s", reason, exc_info=bug)
        for draft in drafts:
            draft.outcome = Unavailable()


def clean_body(body: str, *, may_be_empty: bool = False) -> str:
    """Return ``body`` trimmed. Raise Invalid or TooLarge for one that cannot be stored."""
    body = body.strip()
    if not body and not may_be_empty:
        raise Invalid(_("body: a message cannot be empty."))
    if len(body) > BODY_MAX:
        raise TooLarge(_("body: a message has at most %(most)s characters."), most=BODY_MAX)
    if UNSTORABLE.search(body):
        raise Invalid(_("body: there is a character in it that cannot be stored."))
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


def pictures_for(bodies: Iterable[str]) -> dict[str, str]:
    """Return the addresses of those of the site's own emoji that ``bodies`` name, by name."""
    names = set().union(*map(markup.emoji_in, bodies))
    if not names:
        return {}
    known = CustomEmoji.objects.filter(name__in=names).values_list("name", flat=True)
    return {name: reverse("chat:emoji", args=[name]) for name in known}


def _draft(post: Post) -> Draft:
    draft = Draft(post)
    try:
        draft.body = clean_body(post.body, may_be_empty=bool(post.attachments))
        if post.attachments:
            raise NotFound(_("attachments: there is no such file."))
    except ChatError as refusal:
        draft.outcome = refusal
    return draft


def _render(drafts: list[Draft]) -> None:
    """Make the HTML, before any lock is taken."""
    bodies: dict[int, list[str]] = {}
    for draft in drafts:
        bodies.setdefault(draft.post.room, []).append(draft.body)
    handles = handles_for(bodies)
    pictures = pictures_for(draft.body for draft in drafts)
    for draft in drafts:
        # What is passed on calls nobody: its author did not speak to those who read it there.
        callable_here = {} if draft.post.forwarded else handles[draft.post.room]
        calls = not draft.post.forwarded
        draft.html, draft.mentions = markup.render(
            draft.body, callable_here, calls=calls, pictures=pictures
        )
        draft.call = markup.call_in(draft.html)
    _silence([draft for draft in drafts if draft.mentions])
    if calling := [draft for draft in drafts if draft.call is not None]:
        _address(calling)


def _screen(drafts: list[Draft]) -> None:
    """Have the filters that are live judge the drafts."""
    utterances = [
        screening.Utterance(draft.said, draft.post.author, draft.post.client_id, _kept(draft.post))
        for draft in drafts
    ]
    for draft, verdict in zip(drafts, screening.judge(utterances), strict=True):
        draft.outcome, draft.pause = verdict.refusal, verdict.pause


def _kept(post: Post) -> dict[str, Any]:
    """Return what a held copy of ``post`` holds beside its text."""
    poll = post.poll and {"options": post.poll.options, "multiple": post.poll.multiple}
    return {
        "reply_to_id": post.reply_to,
        "thread_id": post.thread,
        "in_room": post.in_room,
        "forwarded": post.forwarded,
        "poll": poll,
    }


def _silence(drafts: list[Draft]) -> None:
    """Find out which mentions are of members apart from the author."""
    named: dict[int, set[int]] = {}
    for draft in drafts:
        named.setdefault(draft.post.author, set()).update(draft.mentions)
    apart = blocks.silenced(named)
    for draft in drafts if apart else ():
        draft.silent = {user for user in draft.mentions if (draft.post.author, user) in apart}


def _address(drafts: list[Draft]) -> None:
    """Find out who may not call, whom calls do not reach, and for @here who is connected."""
    _refuse_calls(drafts)
    drafts = [draft for draft in drafts if draft.may_not_call is None]
    callers = {(draft.post.room, draft.post.author) for draft in drafts}
    apart = {caller: blocks.apart_in(*caller) for caller in callers}
    rooms = {draft.post.room for draft in drafts if draft.call == Call.Kind.HERE}
    connected = {room: presence.connected_in(room) for room in rooms}
    for draft in drafts:
        away = apart[draft.post.room, draft.post.author]
        draft.silent |= away
        if draft.call == Call.Kind.HERE:
            here = connected[draft.post.room]
            draft.here = Call.listed([user for user in here if user not in away])


def _refuse_calls(drafts: list[Draft]) -> None:
    """Note who may not call: before it is found out whom, which is what costs."""
    rooms = {draft.post.room for draft in drafts}
    authors = {draft.post.author for draft in drafts}
    found = Membership.objects.active().filter(room__in=rooms, user__in=authors)
    seats = {(seat.room_id, seat.user_id): seat for seat in found.select_related("room")}
    for draft in drafts:
        # Who has no seat is refused for that, in their place.
        if (seat := seats.get((draft.post.room, draft.post.author))) is not None:
            try:
                check_may_call(seat.room, seat)
            except ChatError as refusal:
                draft.may_not_call = refusal


def _store(drafts: list[Draft]) -> None:
    with transaction.atomic():
        changes = _changes(batch.run(_lock_rooms(drafts)))
        seats = _seats(batch.run(_lock_seats(drafts)))
        stored = _stored_before(drafts)
        placed: dict[PostKey, Message] = {}
        targets = _targets(drafts)
        now = timezone.now()
        for draft in drafts:
            try:
                draft.outcome = _place(draft, changes, seats, stored, placed, targets, now)
            except ChatError as refusal:
                draft.outcome = refusal
        if placed:
            _insert(drafts, placed, changes, seats)


def _lock_rooms(drafts: Iterable[Draft]) -> Statement:
    return batch.lock_rooms(draft.post.room for draft in drafts)


def _lock_seats(drafts: Iterable[Draft]) -> Statement:
    return batch.lock_seats((draft.post.room, draft.post.author) for draft in drafts)


def _changes(found: Iterable[tuple]) -> dict[int, RoomChange]:
    return {room.pk: RoomChange(room) for room in batch.rooms_in(found)}


def _seats(found: Iterable[tuple]) -> Seats:
    return {(seat.room_id, seat.user_id): seat for seat in batch.seats_in(found)}


def _stored_before(drafts: Iterable[Draft]) -> dict[PostKey, StoredPost]:
    """Return which of the drafts are messages already."""
    return batch.stored_in(batch.run(batch.find_stored(_key(draft.post) for draft in drafts)))


def _key(post: Post) -> PostKey:
    return PostKey(post.room, post.author, post.client_id)


def _targets(drafts: list[Draft]) -> Targets:
    """Return the messages that are replied to or continued, by id."""
    wanted = {
        target
        for draft in drafts
        for target in (draft.post.reply_to, draft.post.thread)
        if target is not None
    }
    if not wanted:
        return {}
    found = Message.objects.filter(pk__in=wanted).values_list(
        "pk", "room", "thread", "deleted_at", "thread__deleted_at"
    )
    return {
        pk: Target(room, root or pk, (root_gone_at if root else gone_at) is not None)
        for pk, room, root, gone_at, root_gone_at in found
    }


def _place(
    draft: Draft,
    changes: dict[int, RoomChange],
    seats: Seats,
    stored: dict[PostKey, StoredPost],
    placed: dict[PostKey, Message],
    targets: Targets,
    now: datetime,
) -> Ack | None:
    """Give ``draft`` its place in the room's order. Return the first ack for a retry."""
    post, key = draft.post, _key(draft.post)
    change = changes.get(post.room)
    seat = seats.get((post.room, post.author))
    check_seat(change.room if change else None, seat, NO_ROOM)
    assert change is not None
    assert seat is not None
    if (earlier := stored.get(key)) is not None:
        return Ack(post.room, earlier.version, earlier.seq, earlier.id)
    if key in placed:  # twice in this very batch: its ack comes with the insert
        return None
    check_may_write(change.room, seat)
    if draft.call:
        if draft.may_not_call is not None:
            raise draft.may_not_call
        check_may_call(change.room, seat)
    if not post.released:
        _check_slow_mode(change, seat, draft.pause, now)
    _target_in(post.room, post.reply_to, targets)
    thread = _target_in(post.room, post.thread, targets)
    if thread is not None and thread.is_root_gone:
        raise NotFound(GONE_ROOT)
    change.room.last_seq += 1
    version = change.next_version()
    placed[key] = draft.message = Message(
        room=change.room,
        seq=change.room.last_seq,
        version=version,
        posted_version=version,
        author_id=post.author,
        client_id=post.client_id,
        body=draft.body,
        html=draft.html,
        reply_to_id=post.reply_to,
        # Threads have one level: in answer to a message in a thread one writes in that thread.
        thread_id=thread.root if thread else None,
        in_room=post.in_room and thread is not None,
        forwarded=post.forwarded,
        created_at=now,
    )
    seat.read_seq = draft.message.seq
    seat.unread_from = None
    seat.posted_at = now
    return None


def _target_in(room: int, message: int | None, targets: Targets) -> Target | None:
    """Return what ``message`` is to a post in ``room``. Raise NotFound for one of another room."""
    if message is None:
        return None
    target = targets.get(message)
    if target is None or target.room != room:
        raise NotFound(NO_MESSAGE)
    return target


def _check_slow_mode(change: RoomChange, seat: Membership, asked: int, now: datetime) -> None:
    """Refuse who does not make the room's pause, or the one ``asked`` of new members."""
    pause = max(change.room.slow_mode, asked)
    if not pause or seat.posted_at is None or seat.is_steward:
        return
    passed = (now - seat.posted_at).total_seconds()
    # A post from the future was stamped by another machine's clock: it holds nobody up.
    if 0 <= passed < pause:
        if pause > change.room.slow_mode:
            told = ngettext_lazy(
                "Who is new here writes one message every second.",
                "Who is new here writes one message every %(pause)s seconds.",
                pause,
            )
        else:
            told = ngettext_lazy(
                "This room is in slow mode: one message every second.",
                "This room is in slow mode: one message every %(pause)s seconds.",
                pause,
            )
        raise SlowMode(told, retry_after=pause - passed, pause=pause)


def _insert(
    drafts: list[Draft],
    placed: dict[PostKey, Message],
    changes: dict[int, RoomChange],
    seats: Seats,
) -> None:
    """Write the placed messages and what comes with them, fill in their acks, and announce."""
    batch.give_ids(placed.values(), batch.run(batch.insert_messages(list(placed.values()))))
    for draft in drafts:
        if draft.message is not None:
            _note(draft, draft.message, changes[draft.post.room])
    mentions = [
        Mention(
            message=draft.message,
            user_id=user,
            room_id=draft.post.room,
            seq=draft.message.seq,
            silent=user in draft.silent,
        )
        for draft in drafts
        if draft.message is not None
        for user in draft.mentions
    ]
    if mentions:
        Mention.objects.bulk_create(mentions)
    _insert_calls(drafts)
    _insert_polls(drafts)
    batch.run(_update_seats(placed, seats))
    threads.note_replies(changes, [(draft.message, draft.called) for draft in drafts])
    changed = [change for change in changes.values() if change.is_changed]
    batch.run(batch.update_rooms(change.room for change in changed))
    announce_changes(changed)
    _acknowledge(drafts, placed)


def _update_seats(placed: dict[PostKey, Message], seats: Seats) -> Statement:
    """Return what writes how far the posters have read, and when they posted."""
    posted = {(message.room_id, message.author_id) for message in placed.values()}
    return batch.update_seats([seats[key] for key in posted])


def _acknowledge(drafts: Iterable[Draft], placed: dict[PostKey, Message]) -> None:
    for draft in drafts:
        if draft.outcome is None:
            message = placed[_key(draft.post)]
            draft.outcome = Ack(message.room_id, message.version, message.seq, message.pk)


def _insert_calls(drafts: list[Draft]) -> None:
    calls = [
        Call(
            message=draft.message,
            room_id=draft.post.room,
            seq=draft.message.seq,
            author_id=draft.post.author,
            kind=draft.call,
            members=draft.here,
        )
        for draft in drafts
        if draft.message is not None and draft.call is not None
    ]
    if calls:
        Call.objects.bulk_create(calls)


def _insert_polls(drafts: list[Draft]) -> None:
    for draft in drafts:
        if draft.message is not None and draft.post.poll is not None:
            draft.post.poll.message = draft.message
            draft.post.poll.save(force_insert=True)


def _note(draft: Draft, message: Message, change: RoomChange) -> None:
    """Note for the announcement what was posted, and by which socket."""
    row = rows.message_row(
        message, mentions=draft.mentions, reactions=[], call=draft.call, poll=draft.post.poll
    )
    change.add_message(message, row, draft.silent)
    change.posted.append(Posted(message.author_id, message.seq, draft.post.connection))
