"""Statements about many rows at once, written by hand for the one path that every message takes.

The ORM builds such statements anew each time, at a millisecond a message; these are strings. What
they are about travels as one JSON parameter, which Postgres and SQLite both read as a table. They
are made here and run elsewhere: one at a time by ``run``, or several in one round trip
(chat.live.pipeline).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection

from chat.models.membership import Membership
from chat.models.message import Message
from chat.models.room import Room

_encode = msgspec.json.Encoder().encode

# In the order of the models' own fields, which Model.from_db expects.
ROOM_FIELDS = ("id", "kind", "version", "last_seq", "locked", "slow_mode", "writers", "archived_at")
SEAT_FIELDS = (
    "id", "room_id", "user_id", "role", "read_seq", "unread_from", "posted_at", "muted_until",
    "left_at",
)  # fmt: skip


class Statement(NamedTuple):
    """What to execute, and the JSON that takes the place of its ``%s``, if it has one."""

    sql: str
    given: bytes | None = None


class PlainPost(msgspec.Struct, frozen=True):
    """A post as ``post_plain`` reads it; ``n`` is its place among those given."""

    n: int
    room: int
    author: int
    client: str
    body: str
    html: str
    reply_to: int | None
    created: str


class PostKey(NamedTuple):
    """What makes a post sent twice one message."""

    room: int
    author: int
    client_id: UUID


class StoredPost(NamedTuple):
    """Where a post that was stored before has its place."""

    id: int
    seq: int
    version: int


def lock_rooms(room_ids: Iterable[int]) -> Statement:
    """Lock the rooms until the transaction ends, in the order of their ids; see ``rooms_in``."""
    return Statement(
        f"SELECT {_columns('room', ROOM_FIELDS)} FROM chat_room room"
        f" WHERE id IN (SELECT id FROM {_table(id='bigint')})"
        f" ORDER BY id {_lock('room')}",
        _encode([{"id": room_id} for room_id in set(room_ids)]),
    )


def wait_for_rooms(room_ids: Iterable[int]) -> Statement:
    """Lock the rooms as ``lock_rooms`` does, and tell nothing of them. Postgres alone."""
    return Statement(WAIT_FOR_ROOMS, b"{%b}" % b",".join([b"%d" % room for room in set(room_ids)]))


def post_plain(posts: Sequence[PlainPost]) -> Statement:
    """Post what nothing speaks against in its rooms, which are locked. Postgres alone.

    Answers (n, id, seq, version) for each that was stored, by room and in its order. Left out is,
    and was not touched, what is there already, or may not be posted as the room or its author's
    seat stand. Posts of one author in one room have one fate, those that are there already apart.
    """
    return Statement(POST_PLAIN, _encode(posts))


def lock_seats(pairs: Iterable[tuple[int, int]]) -> Statement:
    """Lock the active memberships of these (room, user) pairs, in the order of their ids.

    Whoever locks several always does so in this order, and after the rooms: so no two wait for
    each other. See ``seats_in``.
    """
    return Statement(
        f"SELECT {_columns('seat', SEAT_FIELDS)}"
        f" FROM {_table(room='bigint', author='bigint')}"
        " JOIN chat_membership seat ON seat.room_id = given.room AND seat.user_id = given.author"
        f" WHERE seat.left_at IS NULL ORDER BY seat.id {_lock('seat')}",
        _encode([{"room": room, "author": author} for room, author in set(pairs)]),
    )


def find_stored(keys: Iterable[PostKey]) -> Statement:
    """Find which of these posts are messages already; see ``stored_in``."""
    return Statement(
        "SELECT message.room_id, message.author_id, message.client_id,"
        " message.id, message.seq, message.posted_version"
        f" FROM {_table(room='bigint', author='bigint', client='uuid')}"
        " JOIN chat_message message ON message.room_id = given.room"
        " AND message.author_id = given.author AND message.client_id = given.client",
        _encode(
            [
                {"room": room, "author": author, "client": _stored_uuid(client_id)}
                for room, author, client_id in set(keys)
            ]
        ),
    )


def insert_messages(messages: Sequence[Message]) -> Statement:
    """Write new messages; see ``give_ids``."""
    return Statement(
        "INSERT INTO chat_message (room_id, seq, version, posted_version, author_id, client_id,"
        " body, html, reply_to_id, thread_id, in_room, forwarded, reply_count, pinned, created_at)"
        " SELECT room, seq, version, version, author, client, body, html, reply_to, thread,"
        " in_room, forwarded, 0, FALSE, created FROM "
        + _table(
            n="int",
            room="bigint",
            seq="bigint",
            version="bigint",
            author="bigint",
            client="uuid",
            body="text",
            html="text",
            reply_to="bigint",
            thread="bigint",
            in_room="boolean",
            forwarded="jsonb",
            created="timestamptz",
        )
        + " ORDER BY n RETURNING room_id, seq, id",
        _encode(
            [
                {
                    "n": n,
                    "room": message.room_id,
                    "seq": message.seq,
                    "version": message.version,
                    "author": message.author_id,
                    "client": _stored_uuid(message.client_id),
                    "body": message.body,
                    "html": message.html,
                    "reply_to": message.reply_to_id,
                    "thread": message.thread_id,
                    "in_room": message.in_room,
                    "forwarded": message.forwarded,
                    "created": _stored_time(message.created_at),
                }
                for n, message in enumerate(messages)
            ]
        ),
    )


def update_rooms(rooms: Iterable[Room]) -> Statement:
    """Write the version and the last seq of locked rooms."""
    return Statement(
        "UPDATE chat_room SET version = given.version, last_seq = given.seq"
        f" FROM {_table(id='bigint', version='bigint', seq='bigint')}"
        " WHERE chat_room.id = given.id",
        _encode([{"id": room.pk, "version": room.version, "seq": room.last_seq} for room in rooms]),
    )


def update_seats(seats: Iterable[Membership]) -> Statement:
    """Write how far members have read, what they marked unread, and when they last posted."""
    return Statement(
        "UPDATE chat_membership SET read_seq = given.seq, unread_from = given.unread,"
        " posted_at = given.posted"
        f" FROM {_table(id='bigint', seq='bigint', unread='bigint', posted='timestamptz')}"
        " WHERE chat_membership.id = given.id",
        _encode(
            [
                {
                    "id": seat.pk,
                    "seq": seat.read_seq,
                    "unread": seat.unread_from,
                    "posted": _stored_time(seat.posted_at),
                }
                for seat in seats
            ]
        ),
    )


WAIT_FOR_ROOMS = """
    SELECT count(*) FROM (
        SELECT id FROM chat_room WHERE id = ANY (%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
    ) AS locked
"""

# What ``chat.permissions.check_may_write`` refuses is left out here as well, stewards included.
# Ids are taken beforehand, so that the places need not be found again among the rows inserted.
# Seats are locked as they are written, in the order of their ids: see ``lock_seats``.
POST_PLAIN = """
    WITH placed AS MATERIALIZED (
        SELECT given.*, seat.id AS seat_id, nextval('chat_message_id_seq') AS id,
            room.last_seq + row_number() OVER places AS seq,
            room.version + row_number() OVER places AS version
        FROM json_to_recordset(%s::json) AS given (
            n int, room bigint, author bigint, client uuid, body text, html text, reply_to bigint,
            created timestamptz)
        JOIN chat_room room ON room.id = given.room
        JOIN chat_membership seat ON seat.room_id = given.room AND seat.user_id = given.author
        WHERE NOT room.locked AND room.archived_at IS NULL AND room.slow_mode = 0
            AND room.writers = 'members' AND seat.left_at IS NULL
            AND (seat.muted_until IS NULL OR seat.muted_until <= given.created)
            AND (SELECT id FROM chat_message known WHERE known.room_id = given.room
                AND known.author_id = given.author AND known.client_id = given.client) IS NULL
            AND (given.reply_to IS NULL OR given.room = (
                SELECT room_id FROM chat_message answered WHERE answered.id = given.reply_to))
        WINDOW places AS (PARTITION BY given.room ORDER BY given.n)
    ), stored AS (
        INSERT INTO chat_message (id, room_id, seq, version, posted_version, author_id, client_id,
            body, html, reply_to_id, in_room, reply_count, pinned, created_at)
        SELECT id, room, seq, version, version, author, client, body, html, reply_to, FALSE, 0,
            FALSE, created
        FROM placed
    ), moved AS (
        UPDATE chat_room SET version = new.version, last_seq = new.seq
        FROM (SELECT room, max(version) AS version, max(seq) AS seq FROM placed GROUP BY room) new
        WHERE chat_room.id = new.room
    ), read AS (
        UPDATE chat_membership
        SET read_seq = new.seq, unread_from = NULL, posted_at = new.created
        FROM (SELECT seat_id, max(seq) AS seq, max(created) AS created
            FROM placed GROUP BY seat_id ORDER BY seat_id) new
        WHERE chat_membership.id = new.seat_id
    )
    SELECT n, id, seq, version FROM placed ORDER BY room, n
"""


def run(statement: Statement) -> list[tuple]:
    """Execute ``statement`` on this thread's connection; return the rows it yields, if any."""
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.given and [statement.given.decode()])
        return cursor.fetchall() if cursor.description else []


def rooms_in(found: Iterable[tuple]) -> list[Room]:
    """Return the rooms that ``lock_rooms`` found."""
    return _instances(Room, ROOM_FIELDS, found)


def seats_in(found: Iterable[tuple]) -> list[Membership]:
    """Return the memberships that ``lock_seats`` found."""
    return _instances(Membership, SEAT_FIELDS, found)


def stored_in(found: Iterable[tuple]) -> dict[PostKey, StoredPost]:
    """Return the places that ``find_stored`` found."""
    return {
        PostKey(room, author, _uuid(client)): StoredPost(*place)
        for room, author, client, *place in found
    }


def give_ids(messages: Iterable[Message], found: Iterable[tuple]) -> None:
    """Give the messages the ids that ``insert_messages`` returned."""
    ids = {(room, seq): pk for room, seq, pk in found}
    for message in messages:
        message.pk = ids[message.room_id, message.seq]


@cache
def _is_postgres() -> bool:
    """Whether the site's database is Postgres; asking the connection anew takes microseconds."""
    return connection.vendor == "postgresql"


def _lock(table: str) -> str:
    """Return what locks the rows that are found: SQLite has one lock, taken at the beginning."""
    return f"FOR NO KEY UPDATE OF {table}" if _is_postgres() else ""


@cache
def _table(**types: str) -> str:
    """Return what reads the JSON parameter as a table ``given`` with these columns."""
    if _is_postgres():
        columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
        return f"json_to_recordset(%s::json) AS given({columns})"
    columns = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in types)
    return f"(SELECT {columns} FROM json_each(%s)) AS given"


@cache
def _columns(table: str, fields: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{field}" for field in fields)


def _instances(model: Any, fields: tuple[str, ...], found: Iterable[tuple]) -> list[Any]:
    """Return rows as instances of ``model``, with the values that its fields would have."""
    readers = _readers(model, fields)
    if any(readers):
        found = [
            tuple(read(value) if read else value for read, value in zip(readers, row, strict=True))
            for row in found
        ]
    return [model.from_db(DEFAULT_DB_ALIAS, fields, row) for row in found]


@cache
def _readers(model: Any, fields: tuple[str, ...]) -> list[Any]:
    """Return what each column's value must go through, as the ORM would: SQLite has no dates."""
    columns = {field.attname: field.cached_col for field in model._meta.concrete_fields}
    readers = []
    for name in fields:
        column = columns[name]
        converters = [
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        ]
        readers.append(partial(_read, converters, column) if converters else None)
    return readers


def _read(converters: list[Any], column: Any, value: Any) -> Any:
    for convert in converters:
        value = convert(value, column, connection)
    return value


def _stored_time(moment: datetime | None) -> Any:
    return moment if _is_postgres() else connection.ops.adapt_datetimefield_value(moment)


def _stored_uuid(value: UUID) -> str:
    return str(value) if _is_postgres() else value.hex


def _uuid(stored: UUID | str) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)
