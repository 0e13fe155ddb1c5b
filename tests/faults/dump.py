"""Reads the database as it is, with plain SQL: the judge must not share code with the judged."""

from __future__ import annotations

import sqlite3
import uuid
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.faults.history import Dump, RoomDump, Row

Record = dict[str, Any]
AWAY = (OSError, psycopg.Error, sqlite3.Error)  # what asking raises when the database is away

MESSAGE = "SELECT 1 FROM chat_message WHERE author_id = %s AND room_id = %s AND client_id = %s"
HELD = """
    SELECT count(*) AS held FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < %s
"""
ROOMS = "SELECT * FROM chat_room WHERE id = ANY(%s)"
MESSAGES = "SELECT * FROM chat_message WHERE room_id = ANY(%s) ORDER BY seq"
MEMBERS = """
    SELECT m.*, u.username, u.display_name FROM chat_membership m
    JOIN accounts_user u ON u.id = m.user_id WHERE m.room_id = ANY(%s)
"""
REACTIONS = """
    SELECT r.message_id, r.emoji, r.user_id FROM chat_reaction r
    JOIN chat_message m ON m.id = r.message_id WHERE m.room_id = ANY(%s) ORDER BY r.id
"""
MENTIONS = "SELECT message_id, user_id FROM chat_mention WHERE room_id = ANY(%s)"
BODIES = """
    SELECT e.message_id, e.body FROM chat_messageedit e
    JOIN chat_message m ON m.id = e.message_id WHERE m.room_id = ANY(%s)
"""

WHOLE = {
    "rooms": ROOMS,
    "messages": MESSAGES,
    "members": MEMBERS,
    "reactions": REACTIONS,
    "mentions": MENTIONS,
    "bodies": BODIES,
}


class Database:
    """The harness's own view of a Postgres: one connection a question, none kept."""

    def __init__(self, url: str) -> None:
        self.url = url

    def versions(self, rooms: Iterable[int]) -> dict[int, int]:
        """The version of each room, now."""
        [rows] = self._read((ROOMS, [list(rooms)]))
        return {row["id"]: row["version"] for row in rows}

    def has(self, author: int, room: int, client_id: str) -> bool:
        """Whether such a message is committed."""
        [rows] = self._read((MESSAGE, [author, room, uuid.UUID(client_id)]))
        return bool(rows)

    def dump(self, rooms: Iterable[int]) -> Dump:
        """These rooms, whole, as wire rows."""
        wanted = [list(rooms)]
        read = self._read(*((question, wanted) for question in WHOLE.values()))
        return Dump(rooms=_rooms(dict(zip(WHOLE, read, strict=True))))

    def connections(self) -> int:
        """Connections the server processes hold (this one not counted)."""
        [[row]] = self._read((HELD, []))
        return row["held"]

    def terminate_some(self, share: float) -> int:
        """End that share of the connections at random, as a failover does. Says how many."""
        [rows] = self._read((TERMINATE, [share]))
        return len(rows)

    def _read(self, *questions: tuple[str, list[Any]]) -> list[list[Record]]:
        """The answers to some questions, all of one moment."""
        with psycopg.connect(self.url, row_factory=dict_row, connect_timeout=5) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return [connection.execute(text, values).fetchall() for text, values in questions]


class Sqlite(Database):
    """The same for a SQLite file; `url` is its path."""

    def connections(self) -> int:
        """There are none to count."""
        return 0

    def _read(self, *questions: tuple[str, list[Any]]) -> list[list[Record]]:
        with closing(sqlite3.connect(f"file:{self.url}?mode=ro", uri=True, timeout=5)) as database:
            database.row_factory = sqlite3.Row
            database.execute("BEGIN")
            return [
                [
                    _as_postgres_says_it(dict(row))
                    for row in database.execute(*_as_sqlite(*question))
                ]
                for question in questions
            ]


def _as_sqlite(question: str, values: list[Any]) -> tuple[str, list[Any]]:
    flat: list[Any] = []
    for value in values:
        if isinstance(value, list):
            question = question.replace("= ANY(%s)", f"IN ({', '.join('?' * len(value))})", 1)
            flat.extend(value)
        else:
            question = question.replace("%s", "?", 1)
            flat.append(value.hex if isinstance(value, uuid.UUID) else value)
    return question, flat


def _as_postgres_says_it(row: Record) -> Record:
    for name, value in row.items():
        if name.endswith("_at") and isinstance(value, str):
            row[name] = datetime.fromisoformat(value).replace(tzinfo=UTC)
    if "client_id" in row:
        row["client_id"] = uuid.UUID(row["client_id"])
    for name in ("locked", "pinned"):
        if name in row:
            row[name] = bool(row[name])
    return row


def _rooms(read: dict[str, list[Record]]) -> dict[int, RoomDump]:
    rooms = {
        row["id"]: RoomDump(row["id"], row["version"], row["last_seq"], _info(row))
        for row in read["rooms"]
    }
    reactions, mentions = _reactions(read["reactions"]), _mentions(read["mentions"])
    for row in read["messages"]:
        room = rooms[row["room_id"]]
        room.messages.append(_message(row, mentions[row["id"]], reactions[row["id"]]))
        room.posted[row["id"]] = row["posted_version"]
    for row in read["members"]:
        rooms[row["room_id"]].members.append(_member(row))
    rooms_of = {row["id"]: rooms[row["room_id"]] for row in read["messages"]}
    for row in read["bodies"]:
        rooms_of[row["message_id"]].bodies.setdefault(row["message_id"], []).append(row["body"])
    return rooms


def _message(row: Record, mentions: list[int], reactions: list[Row]) -> Row:
    return {
        "id": row["id"],
        "room": row["room_id"],
        "seq": row["seq"],
        "version": row["version"],
        "author": row["author_id"],
        "client_id": str(row["client_id"]),
        "body": row["body"],
        "html": row["html"],
        "created_at": _time(row["created_at"]),
        "edited_at": _time(row["edited_at"]),
        "deleted": row["deleted_at"] is not None,
        "reply_to": row["reply_to_id"],
        "thread": row["thread_id"],
        "pinned": row["pinned"],
        "mentions": mentions,
        "reactions": reactions,
    }


def _member(row: Record) -> Row:
    return {
        "user": row["user_id"],
        "username": row["username"],
        "name": row["display_name"] or row["username"],
        "role": row["role"] if row["left_at"] is None else None,
        "version": row["version"],
    }


def _info(row: Record) -> Row:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "slug": row["slug"],
        "name": row["name"],
        "topic": row["topic"],
        "locked": row["locked"],
        "archived": row["archived_at"] is not None,
        "slow_mode": row["slow_mode"],
        "version": row["info_version"],
    }


def _reactions(read: list[Record]) -> dict[int, list[Row]]:
    of: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in read:
        of[row["message_id"]][row["emoji"]].append(row["user_id"])
    found: dict[int, list[Row]] = defaultdict(list)
    for message, emoji in of.items():
        found[message] = [{"emoji": name, "users": users} for name, users in emoji.items()]
    return found


def _mentions(read: list[Record]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in read:
        found[row["message_id"]].append(row["user_id"])
    return found


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
