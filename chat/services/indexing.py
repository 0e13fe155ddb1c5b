"""What messages are found by, kept up to date: behind the log by seq, and at once with an edit.

Posting writes nothing of it. A message has its text in ``SearchText`` once its room's position has
passed its seq; before that, whoever searches looks at the message itself (chat.services.search). A
room's seqs are committed in their order, so a position never passes a message that is yet to come.

What edits and deletes writes the text in its own transaction, whether the position was there or
not; what fills never writes over a text that is there. So of the two the later truth stays,
whichever commits first, and neither waits for a lock of the other's.
"""

import random
import time
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from chat import sql
from chat.models import Message, Room, SearchPosition, SearchText
from chat.searching import has_link, text_of

PORTION = 100  # messages of a room in one transaction
ROOMS_AT_ONCE = 100  # looked at in one go
WORK = 0.2  # s in one go
WORK_BESIDE = 0.05  # s beside those who post: what they say waits for the interpreter meanwhile


def advance(work: float = WORK) -> bool:
    """Take the texts of messages that have none yet; return whether there are more.

    For about ``work`` seconds: a portion that was begun is ended.

    Only the process that holds the lease calls this. Should two do so all the same, one of them
    finds the position moved on, and leaves it.
    """
    until = time.monotonic() + work
    rooms = [room for room, _seq, _last in behind(Room.objects.all())[:ROOMS_AT_ONCE]]
    random.shuffle(rooms)  # a flood in one keeps none of the others waiting
    while rooms:
        for room in list(rooms):
            if time.monotonic() > until:
                return True
            if not _take_portion(room):
                rooms.remove(room)
    return False


def keep(message: Message) -> None:
    """Take the text of a message that was edited or brought back, in the transaction of that."""
    _write([_text(message)])


def forget(room_id: int, messages: Sequence[Message]) -> None:
    """Drop the texts of messages of a room that were deleted, in the transaction of that.

    Where the position is yet to come, an empty one stands in the way of what was read before.
    """
    position = _position_of(room_id)
    passed = [message.pk for message in messages if message.seq <= position]
    coming = [message for message in messages if message.seq > position]
    if passed:
        SearchText.objects.filter(pk__in=passed).delete()
    if coming:
        _write([_text(message, "") for message in coming])


def behind(rooms: QuerySet[Room]) -> "QuerySet[Room, tuple[int, int, int]]":
    """Return the id, position and last seq of those ``rooms`` that have more than is indexed."""
    placed = rooms.annotate(position=Coalesce(F("search_position__seq"), 0))
    later = placed.filter(last_seq__gt=F("position")).order_by()
    return later.values_list("pk", "position", "last_seq")


def text_in(message: Message) -> str:
    """Return the text in which a message is found, which costs a query where it may have a poll."""
    poll = getattr(message, "poll", None)
    return text_of(message.body, poll.options if poll else ())


def _position_of(room_id: int) -> int:
    found = SearchPosition.objects.filter(room=room_id).values_list("seq", flat=True)
    return found.first() or 0


def _take_portion(room_id: int) -> bool:
    """Take the next messages of a room; return whether there may be more."""
    position = _position_of(room_id)
    later = Message.objects.filter(room=room_id).after(position)
    found = list(later.select_related("poll")[:PORTION])
    if not found:
        return False
    texts = [_text(message) for message in found if not message.is_tombstone]
    gone = [message.pk for message in found if message.is_tombstone]
    with transaction.atomic():
        sql.commit_loosely()  # lost with the machine, position and texts are taken again
        SearchPosition.objects.bulk_create([SearchPosition(room_id=room_id)], ignore_conflicts=True)
        place = SearchPosition.objects.select_for_update().get(room=room_id)
        if place.seq != position:
            return False
        SearchText.objects.bulk_create(texts, ignore_conflicts=True)
        SearchText.objects.filter(pk__in=gone, text="").delete()
        place.seq = found[-1].seq
        place.save(update_fields=["seq"])
    return len(found) == PORTION


def _text(message: Message, text: str | None = None) -> SearchText:
    return SearchText(
        message_id=message.pk,
        room_id=message.room_id,
        author_id=message.author_id,
        said_at=message.created_at,
        has_link=has_link(message.html),
        text=text_in(message) if text is None else text,
    )


def _write(texts: Iterable[SearchText]) -> None:
    SearchText.objects.bulk_create(
        texts,
        update_conflicts=True,
        unique_fields=["message"],
        update_fields=["has_link", "text"],
    )
