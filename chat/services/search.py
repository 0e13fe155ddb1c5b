"""Searching messages: in all rooms one is in, or in one of them, the newest first.

The texts of ``SearchText`` say which messages may be meant, and what they have not reached yet is
read from the messages themselves; all are held against the message as it stands before they are
told.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from functools import reduce
from operator import or_

import msgspec
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import rows, searching, sql
from chat.errors import Invalid
from chat.models import Block, Membership, Message, Room
from chat.models.search import Scope, newest_in
from chat.searching import ME, Piece, Wanted
from chat.services.access import member_room
from chat.services.indexing import behind, text_in
from chat.services.room_names import names_for

RESULTS_DEFAULT = 20
RESULTS_MAX = 50
UNINDEXED_MAX = 2000  # messages past the index that are looked at in one search, the newest ones
PATIENCE = 2000  # ms for one statement of a search, on Postgres
QUERY_CANCELED = "57014"
TOO_LONG = _("q: that takes too long to look for. Add a word, a room or a day.")


class FoundMessage(msgspec.Struct, frozen=True):
    """A message that was found, in a room of that ``kind``; ``seq`` and ``slug`` make its address.

    ``excerpt`` is its text around what was searched for. ``thread`` and ``in_room`` as in a
    message's own row.
    """

    id: int
    room: int
    kind: str
    slug: str
    room_name: str
    seq: int
    author: int
    created_at: str
    thread: int | None
    in_room: bool
    excerpt: list[Piece]


class Found(msgspec.Struct, frozen=True):
    """A page of what was found, the newest first, and who wrote it.

    ``older`` is where the next page begins (``before``), null where this is the last one.
    ``complete`` is false while older messages are still being made searchable.
    """

    messages: list[FoundMessage]
    people: list[rows.PersonRow]
    older: int | None
    complete: bool


def find(
    user: User,
    text: str,
    *,
    room_id: int | None = None,
    before: int | None = None,
    limit: int = RESULTS_DEFAULT,
) -> Found:
    """Return the newest messages that have all that ``text`` asks for, of rooms ``user`` is in.

    In one room alone where ``room_id`` names it, and by id below ``before``. What was deleted is
    not found, nor what somebody wrote whom ``user`` blocks. ``limit`` above 50 is clamped. Raises
    Invalid, TooLarge, NotFound, or Forbidden for a public room that they are not in.
    """
    if limit < 1:
        raise Invalid(_("limit: at least 1."))
    limit = min(limit, RESULTS_MAX)
    own = {member_room(user, room_id)[0]} if room_id is not None else set(Room.objects.of(user))
    wanted = searching.parse(text)
    scope = _scope(user, _named_rooms(own, wanted.rooms), wanted, before)
    # The positions are read before the texts are: what is added in between is then met twice.
    new, complete = _unindexed(scope)
    ids = sorted({*_indexed(scope, limit + 1), *new}, reverse=True)[: limit + 1]
    found = _as_they_stand(scope, ids[:limit])
    people = {message.author_id: rows.person_row(message.author) for message in found}
    names = names_for(user, {message.room for message in found})
    return Found(
        [_found(message, names[message.room_id], wanted) for message in found],
        list(people.values()),
        ids[limit - 1] if len(ids) > limit else None,
        complete,
    )


# --- what is asked for ------------------------------------------------------------------------


def _scope(user: User, rooms: Collection[Room], wanted: Wanted, before: int | None) -> Scope:
    ids = frozenset(room.pk for room in rooms)
    return Scope(
        rooms=ids,
        words=wanted.words,
        authors=_senders(user, ids, wanted.senders) if wanted.senders else None,
        never=set(Block.objects.filter(blocker=user).values_list("blocked", flat=True)),
        since=_midnight(user, wanted.after),
        until=_midnight(user, wanted.before),
        has_link=wanted.has_link,
        below=before,
    )


def _named_rooms(own: Collection[Room], slugs: Collection[str]) -> list[Room]:
    """Return those of one's rooms that were named. Raises Invalid for what is none of them."""
    by_slug = {room.slug: room for room in own}
    for slug in slugs:
        if slug not in by_slug:
            raise Invalid(_("q: you are in no room #%(room)s here."), room=slug)
    return [by_slug[slug] for slug in slugs] if slugs else list(own)


def _senders(user: User, room_ids: Collection[int], handles: Collection[str]) -> set[int]:
    """Return who has these handles of those who are or were in the rooms. Raises Invalid."""
    known = {ME: user.pk}
    seats = Membership.objects.filter(room__in=room_ids, user__username__in=handles)
    known |= dict(seats.values_list("user__username", "user"))
    for handle in handles:
        if handle not in known:
            raise Invalid(_("q: nobody in your rooms is called @%(handle)s."), handle=handle)
    return {known[handle] for handle in handles}


def _midnight(user: User, day: date | None) -> datetime | None:
    """Return when a day began where ``user`` lives."""
    return None if day is None else datetime.combine(day, time(), user.zone)


# --- what is found ----------------------------------------------------------------------------


def _indexed(scope: Scope, limit: int) -> list[int]:
    """Return the newest messages in scope that have their text. Raises Invalid if it takes long."""
    try:
        with transaction.atomic():
            sql.limit_time(PATIENCE)
            return newest_in(scope, limit)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != QUERY_CANCELED:
            raise
        raise Invalid(TOO_LONG) from None


def _unindexed(scope: Scope) -> tuple[list[int], bool]:
    """Return the messages in scope that have no text yet, and whether these are all of them."""
    places = list(behind(Room.objects.filter(pk__in=scope.rooms)))
    if not places:
        return [], True
    each = max(1, UNINDEXED_MAX // len(places))
    past = [Q(room=room, seq__gt=max(seq, last - each)) for room, seq, last in places]
    found = Message.objects.filter(reduce(or_, past)).select_related("poll")
    new = [message.pk for message in found if _is_meant(scope, message)]
    return new, all(last - seq <= each for _room, seq, last in places)


def _as_they_stand(scope: Scope, ids: Iterable[int]) -> list[Message]:
    """Return those of the messages that are still in scope."""
    found = Message.objects.select_related("poll", "author", "room").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found and _is_meant(scope, found[pk])]


def _is_meant(scope: Scope, message: Message) -> bool:
    """Tell whether a message is in scope; the same that is asked of its text."""
    said_at = message.created_at
    return (
        not message.is_tombstone
        and message.room_id in scope.rooms
        and (scope.authors is None or message.author_id in scope.authors)
        and message.author_id not in scope.never
        and (scope.below is None or message.pk < scope.below)
        and (scope.since is None or said_at >= scope.since)
        and (scope.until is None or said_at < scope.until)
        and (not scope.has_link or searching.has_link(message.html))
        and _has_all(text_in(message), scope.words)
    )


def _has_all(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _found(message: Message, room_name: str, wanted: Wanted) -> FoundMessage:
    poll = getattr(message, "poll", None)
    return FoundMessage(
        id=message.pk,
        room=message.room_id,
        kind=message.room.kind,
        slug=message.room.slug,
        room_name=room_name,
        seq=message.seq,
        author=message.author_id,
        created_at=rows.wire_time(message.created_at),
        thread=message.thread_id,
        in_room=message.in_room,
        excerpt=searching.excerpt(
            wanted.words, message.html, message.body, poll.options if poll else ()
        ),
    )
