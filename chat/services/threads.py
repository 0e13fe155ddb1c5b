"""Threads: what a message in one does to its first message, who is in it, how far they have read.

A message in a thread has its seq in the room as any other; the room shows it under the thread's
first message, the root, as one reply more. So the root's row changes with each.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from django.db.models import F, Max, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast, rows
from chat.errors import Invalid
from chat.models import Message, Room, ThreadSeat
from chat.permissions import NO_MESSAGE, check_seat
from chat.services.access import access_message, seat_in
from chat.services.changing import RoomChange
from chat.services.counting import UNREAD_MAX, CountUpTo

REPLIES_DEFAULT = 50  # messages of a thread in one page
REPLIES_MAX = 200
THREADS_MAX = 50  # threads in one's list, those with something new first
SEQ_MAX = 2**62


class Standing(msgspec.Struct, frozen=True):
    """Where a member stands in a thread. ``unread`` is counted up to 100, which means or more."""

    following: bool
    read_seq: int
    unread: int


class Thread(msgspec.Struct, frozen=True):
    """The first message of a thread, and a page of those in it, ascending by seq.

    ``more``: there are older ones. ``standing`` is null for one who never was in the thread.
    """

    root: rows.MessageRow
    messages: list[rows.MessageRow]
    more: bool
    version: int
    standing: Standing | None


class OwnThread(msgspec.Struct, frozen=True):
    """A thread that one follows, with where its room stood when it was read."""

    root: rows.MessageRow
    author: rows.PersonRow
    version: int
    standing: Standing


Posted = tuple[Message | None, list[int]]  # a message that was just stored, and whom it mentions


class Reply(NamedTuple):
    """A message that was just stored in a thread, and whom it mentions."""

    root: int
    message: Message
    mentions: list[int]


def note_replies(changes: Mapping[int, RoomChange], posted: Iterable[Posted]) -> None:
    """Let the roots tell of those of the ``posted`` messages that are in threads.

    Their rooms are under lock in ``changes``. Each root takes the version of its newest reply.
    """
    replies = [
        Reply(message.thread_id, message, calls)
        for message, calls in posted
        if message and message.thread_id
    ]
    if not replies:
        return
    roots = Message.objects.with_rows().in_bulk({reply.root for reply in replies})
    for root_id, message, _seen in replies:
        root = roots[root_id]
        root.reply_count += 1
        root.last_reply_seq, root.last_reply_at = message.seq, message.created_at
        root.version = message.version
        changes[root.room_id].add_message(root)
    Message.objects.bulk_update(
        roots.values(), ["reply_count", "last_reply_seq", "last_reply_at", "version"]
    )
    _seat(roots, replies)


def recount(change: RoomChange, message: Message) -> None:
    """Let the root tell that ``message``, in its thread, was deleted or restored; same version."""
    root = message.thread
    if root is None:
        return
    left = Message.objects.filter(thread=root, deleted_at=None)
    newest = left.order_by("-seq").first()
    root.reply_count = left.count()
    root.last_reply_seq = newest.seq if newest else None
    root.last_reply_at = newest.created_at if newest else None
    root.version = message.version
    root.save(update_fields=["reply_count", "last_reply_seq", "last_reply_at", "version"])
    change.add_message(root)


def mark_read(actor: User, message_id: int, seq: int) -> None:
    """Move one's read position in the thread of a message on to ``seq``, never back.

    Who does not follow the thread has none. Raises NotFound or Forbidden.
    """
    root = _root(actor, message_id)
    newest = Message.objects.filter(thread=root).aggregate(seq=Max("seq"))["seq"] or root.seq
    target = min(seq, newest)
    mine = ThreadSeat.objects.filter(root=root, user=actor)
    if mine.filter(read_seq__lt=target).update(read_seq=target):
        _tell(root, mine.get())


def follow(actor: User, message_id: int, on: bool) -> None:
    """Begin to follow the thread of a message, all in it read, or turn away from it.

    Raises NotFound or Forbidden.
    """
    root = _root(actor, message_id)
    seat, is_new = ThreadSeat.objects.get_or_create(
        root=root,
        user=actor,
        defaults={"following": on, "read_seq": root.last_reply_seq or root.seq},
    )
    if not is_new and seat.following != on:
        seat.following = on
        seat.save(update_fields=["following"])
    _tell(root, seat)


def page(
    user: User, message_id: int, *, before: int | None = None, limit: int = REPLIES_DEFAULT
) -> Thread:
    """Return the thread that a message begins or is in, its newest messages or those ``before``.

    Raises NotFound, or Invalid for a bad limit.
    """
    if limit < 1:
        raise Invalid(_("limit: at least 1."))
    limit = min(limit, REPLIES_MAX)
    message = access_message(user, message_id)
    version = Room.objects.values_list("version", flat=True).get(pk=message.room_id)
    root = Message.objects.with_rows().get(pk=message.thread_id or message.pk)
    replies = Message.objects.filter(thread=root).with_rows()
    if before is not None:
        replies = replies.filter(seq__lt=max(0, min(before, SEQ_MAX)))
    found = list(replies.order_by("-seq")[: limit + 1])
    seat = _with_unread(ThreadSeat.objects.filter(root=root, user=user)).first()
    return Thread(
        rows.message_row(root, reader=user.pk),
        [rows.message_row(reply, reader=user.pk) for reply in reversed(found[:limit])],
        len(found) > limit,
        version,
        _standing(seat) if seat else None,
    )


def threads_of(user: User) -> list[OwnThread]:
    """Return the threads that ``user`` follows in rooms they are in, the newest word first.

    Of more than THREADS_MAX, those with something new come before the others.
    """
    followed = ThreadSeat.objects.filter(
        user=user, following=True, root__room__in=Room.objects.of(user), root__reply_count__gt=0
    ).select_related("root__room", "root__author")
    newest_first = F("root__last_reply_at").desc()
    unread = followed.filter(root__last_reply_seq__gt=F("read_seq"))
    read = followed.filter(root__last_reply_seq__lte=F("read_seq"))
    seats: list[ThreadSeat] = []
    for some in (unread, read):
        seats += _with_unread(some).order_by(newest_first)[: THREADS_MAX - len(seats)]
    roots = Message.objects.with_rows().in_bulk([seat.root_id for seat in seats])
    return [
        OwnThread(
            rows.message_row(roots[seat.root_id], reader=user.pk),
            rows.person_row(seat.root.author),
            seat.root.room.version,
            _standing(seat),
        )
        for seat in seats
    ]


def _with_unread(seats: QuerySet[ThreadSeat]) -> QuerySet[ThreadSeat]:
    """Return the seats with how many messages of others are past their read position."""
    unread = (
        Message.objects.filter(
            thread=OuterRef("root"), seq__gt=OuterRef("read_seq"), deleted_at=None
        )
        .exclude(author=OuterRef("user"))
        .order_by()
        .values("pk")[:UNREAD_MAX]
    )
    return seats.annotate(unread=CountUpTo(unread))


def _standing(seat: ThreadSeat) -> Standing:
    unread: int = seat.unread  # type: ignore[attr-defined]
    return Standing(seat.following, seat.read_seq, unread)


def _root(actor: User, message_id: int) -> Message:
    """Return the first message of the thread that a message is in, or the message itself."""
    message = access_message(actor, message_id)
    check_seat(message.room, seat_in(actor, message.room), NO_MESSAGE)
    return message.thread or message


def _seat(roots: Mapping[int, Message], replies: Iterable[Reply]) -> None:
    """Seat who wrote, whose message was answered, and who was mentioned.

    Who turned away from the thread comes back by writing in it alone.
    """
    called: dict[tuple[int, int], ThreadSeat] = {}
    wrote: dict[tuple[int, int], ThreadSeat] = {}
    for root_id, message, mentions in replies:
        root = roots[root_id]
        wrote[root.pk, message.author_id] = ThreadSeat(
            root=root, user_id=message.author_id, read_seq=message.seq
        )
        called.setdefault(
            (root.pk, root.author_id),
            ThreadSeat(root=root, user_id=root.author_id, read_seq=root.seq),
        )
        for user in mentions:
            seat = ThreadSeat(root=root, user_id=user, read_seq=message.seq - 1)
            called.setdefault((root.pk, user), seat)
    ThreadSeat.objects.bulk_create(called.values(), ignore_conflicts=True)
    ThreadSeat.objects.bulk_create(
        wrote.values(),
        update_conflicts=True,
        unique_fields=["root", "user"],
        update_fields=["read_seq", "following"],
    )


def _tell(root: Message, seat: ThreadSeat) -> None:
    broadcast.announce(
        broadcast.ThreadSeatChanged(
            root.room_id, seat.user_id, root.pk, seat.read_seq, seat.following
        )
    )
