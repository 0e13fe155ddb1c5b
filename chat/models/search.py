"""What messages are found by: their text, folded, in a table beside them.

It is filled behind the log by one process (chat.services.indexing), so posting writes nothing of
this. docs/architecture.md says why it is made so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models

from chat import sql
from chat.models.message import Message
from chat.models.room import Room
from chat.searching import WORD_MIN

WALKED = 10_000  # the newest messages, that are walked through before the index is asked
KEYED_ROOMS = 20  # more of them are left to be told apart after the index was asked


class SearchText(models.Model):
    """The text of one message that was not deleted; an empty one keeps its place meanwhile.

    Nothing here refers to the message's row by a constraint: checking it would write to that row.
    """

    message = models.OneToOneField(
        Message, models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    room = models.ForeignKey(
        Room, models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    said_at = models.DateTimeField()
    has_link = models.BooleanField()
    text = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["room", "message"], name="search_room"),
            models.Index(fields=["author", "message"], name="search_author"),
        ]

    def __str__(self) -> str:
        return f"text of message {self.message_id}"


class SearchPosition(models.Model):
    """Up to which seq the messages of a room have their text here."""

    room = models.OneToOneField(
        Room, models.CASCADE, primary_key=True, db_constraint=False, related_name="search_position"
    )
    seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.room_id} up to {self.seq}"


@dataclass(frozen=True)
class Scope:
    """Which messages are meant: those in ``rooms`` that hold all of ``words``.

    ``authors`` None: anybody but those of ``never``. ``since`` is included, ``until`` is not.
    ``below`` and ``above`` bound the id: it is less than the one, and at least the other.
    """

    rooms: Collection[int]
    words: Sequence[str] = ()
    authors: Collection[int] | None = None
    never: Collection[int] = ()
    since: datetime | None = None
    until: datetime | None = None
    has_link: bool = False
    below: int | None = None
    above: int | None = None

    @property
    def keyed(self) -> list[str]:
        """Those of the words that the index knows."""
        return [word for word in self.words if len(word) >= WORD_MIN]


def newest_in(scope: Scope, limit: int) -> list[int]:
    """Return the ids of the newest messages in ``scope``, the newest first, by their texts here.

    What is said often stands among the newest, so these are walked through first, which costs the
    same however much there is; what is said rarely is then found by index. SQLite, which serves
    small sites, walks through all of them. Raises OperationalError where that takes too long.
    """
    if not scope.rooms:
        return []
    if connection.vendor != "postgresql" or not scope.keyed:
        return _walk(scope, limit)
    floor = _floor(scope)
    first = _walk(replace(scope, above=floor), limit)
    if len(first) == limit:
        return first
    return first + _by_index(replace(scope, below=floor), limit - len(first))


def _floor(scope: Scope) -> int:
    """Return the id from which on the newest are walked through."""
    top = scope.below
    if top is None:
        newest = SearchText.objects.order_by("-message").values_list("message", flat=True)
        top = (newest.first() or 0) + 1
    return top - WALKED


def _walk(scope: Scope, limit: int) -> list[int]:
    where, given = _conditions(scope)
    return _ids(where, given, limit)


def _by_index(scope: Scope, limit: int) -> list[int]:
    where, given = _conditions(scope)
    # As the expression of the index is written (migration 0027).
    keys = "(chat_grams(search.text) || hashint8(search.room_id))"
    for word in scope.keyed:
        where.append(f"{keys} @> chat_grams(%s)")
        given.append(word)
    if len(scope.rooms) <= KEYED_ROOMS:
        rooms = ",".join(f"hashint8({int(room)})" for room in scope.rooms)
        where.append(f"{keys} && ARRAY[{rooms}]")
    return _ids(where, given, limit)


def _conditions(scope: Scope) -> tuple[list[str], list[Any]]:
    """Return what holds for each text in ``scope``, and the parameters in it."""
    find = "strpos" if connection.vendor == "postgresql" else "instr"
    moment = connection.ops.adapt_datetimefield_value
    where = [f"search.room_id IN ({sql.numbers(scope.rooms)})", "search.text <> ''"]
    given: list[Any] = []
    if scope.authors is not None:
        where.append(f"search.author_id IN ({sql.numbers(scope.authors)})")
    if scope.never:
        where.append(f"search.author_id NOT IN ({sql.numbers(scope.never)})")
    if scope.has_link:
        where.append("search.has_link")
    for limit, comparison in ((scope.below, "<"), (scope.above, ">=")):
        if limit is not None:
            where.append(f"search.message_id {comparison} {int(limit)}")
    for moment_given, comparison in ((scope.since, ">="), (scope.until, "<")):
        if moment_given is not None:
            where.append(f"search.said_at {comparison} %s")
            given.append(moment(moment_given))
    for word in scope.words:
        where.append(f"{find}(search.text, %s) > 0")
        given.append(word)
    return where, given


def _ids(where: list[str], given: list[Any], limit: int) -> list[int]:
    statement = (
        f"SELECT search.message_id FROM {sql.table(SearchText)} search"
        f" WHERE {' AND '.join(where)} ORDER BY search.message_id DESC LIMIT {int(limit)}"
    )
    return [pk for (pk,) in sql.fetch(statement, given)]
