"""Fill the database with members, rooms and history by bulk inserts, for measuring and testing.

This is the one place besides chat.services that writes the chat's tables: a hundred thousand
messages one verb at a time would take an hour. What it leaves is what the verbs would have left:
in each room the room's own row, every join and every message took one version, in that order.
"""

import json
import os
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from chat.markup import render
from chat.models import Membership, Message, Room, SiteState

BATCH = 2000  # rows an INSERT, at most; SQLite takes fewer
SESSION_KEY_LENGTH = 32  # characters, as Django's own
BETWEEN_MESSAGES = timedelta(seconds=20)
HANDLE = "seed-member"
SLUG = "seed-room"
SENTENCES = [
    f"{opening} {rest}"
    for opening in (
        "I think",
        "As far as I can see,",
        "By the way:",
        "**Note** that",
        "Yes,",
        "Hm,",
    )
    for rest in (
        "we should ship it on Tuesday.",
        "the third measurement was the *interesting* one.",
        "nobody has read the minutes yet!",
        "`git bisect` found it within five steps.",
        "lunch is at half past twelve, as always.",
        "the map in the hall is older than the building.",
        "it works here, and https://example.org/ says it should.",
        "the second paragraph could go; what remains says the same in half the words, "
        "and whoever wants the details finds them in the appendix.",
    )
]


class Command(BaseCommand):
    """manage.py seed"""

    help = "Makes members, public rooms and messages in bulk, and writes their session cookies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the numbers of what to make."""
        for name, meaning in {
            "members": "members to make",
            "rooms": "public rooms to make",
            "rooms-per-member": "rooms that each member is in, round robin",
            "messages": "messages in all, spread over the rooms",
        }.items():
            parser.add_argument(f"--{name}", type=int, required=True, metavar="N", help=meaning)
        parser.add_argument(
            "--sessions",
            type=Path,
            metavar="FILE",
            help="where to write members and cookies (JSON)",
        )
        parser.add_argument("--yes", action="store_true", help="do it although DEBUG is off")

    def handle(self, **options: Any) -> None:
        """Make it all in one transaction, then write the file."""
        check(options)
        with transaction.atomic():
            SiteState.current()
            members = make_members(options["members"])
            start = timezone.now() - options["messages"] * BETWEEN_MESSAGES
            rooms = make_rooms(options["rooms"], start)
            members_of = spread(members, rooms, options["rooms_per_member"])
            join(rooms, members_of, start)
            post(rooms, members_of, options["messages"], start)
            Room.objects.bulk_update(rooms, ["version", "last_seq"], batch_size=BATCH)
            if options["sessions"]:
                cookies = sign_in(members)
                write_sessions(options["sessions"], members, rooms, members_of, cookies)
        self.stdout.write(
            f"{len(members)} members, {len(rooms)} rooms and {options['messages']} messages made."
        )


def check(options: dict[str, Any]) -> None:
    """Raise CommandError for numbers that make no sense, or without --yes where it is needed."""
    if not (settings.DEBUG or options["yes"]):
        raise CommandError("DEBUG is off, so this may be a real site. Add --yes to seed it anyway.")
    for name in ("members", "rooms", "rooms_per_member", "messages"):
        if options[name] < 0:
            raise CommandError(f"--{name.replace('_', '-')} cannot be negative.")
    if options["rooms_per_member"] > options["rooms"]:
        raise CommandError("--rooms-per-member cannot be more than --rooms.")
    if options["messages"] and not (options["members"] and options["rooms_per_member"]):
        raise CommandError("Messages need members who are in rooms.")


def numbers_after(taken: Iterator[str], count: int) -> range:
    """Return ``count`` numbers above those at the end of the names ``taken``."""
    last = max((int(name.rpartition("-")[2]) for name in taken), default=0)
    return range(last + 1, last + 1 + count)


def make_members(count: int) -> list[User]:
    """Make plain members who can only come in with a session: none has a usable password."""
    taken = User.objects.filter(username__regex=rf"^{HANDLE}-[0-9]+$")
    users = [
        User(
            username=f"{HANDLE}-{number}",
            display_name=f"Member {number}",
            password=make_password(None),
        )
        for number in numbers_after(taken.values_list("username", flat=True).iterator(), count)
    ]
    return User.objects.bulk_create(users, batch_size=BATCH)


def make_rooms(count: int, created_at: datetime) -> list[Room]:
    """Make public rooms at version 1, which is that of their own row."""
    taken = Room.objects.filter(slug__regex=rf"^{SLUG}-[0-9]+$")
    rooms = [
        Room(
            slug=f"{SLUG}-{number}",
            name=f"Room {number}",
            version=1,
            info_version=1,
            created_at=created_at,
        )
        for number in numbers_after(taken.values_list("slug", flat=True).iterator(), count)
    ]
    return Room.objects.bulk_create(rooms, batch_size=BATCH)


def spread(members: list[User], rooms: list[Room], each: int) -> dict[int, list[User]]:
    """Return who is in which room, by its id: each member in turn takes the next ``each`` rooms."""
    members_of: dict[int, list[User]] = {room.pk: [] for room in rooms}
    for number, member in enumerate(members):
        for offset in range(each):
            members_of[rooms[(number * each + offset) % len(rooms)].pk].append(member)
    return members_of


def join(rooms: list[Room], members_of: dict[int, list[User]], joined_at: datetime) -> None:
    """Let the members join, one version each. Everybody has read everything."""
    memberships = []
    for room in rooms:
        for member in members_of[room.pk]:
            room.version += 1
            memberships.append(
                Membership(room=room, user=member, version=room.version, joined_at=joined_at)
            )
    Membership.objects.bulk_create(memberships, batch_size=BATCH)


def post(rooms: list[Room], members_of: dict[int, list[User]], count: int, start: datetime) -> None:
    """Store ``count`` messages from ``start`` on: room by room in turn, and so their members."""
    inhabited = [room for room in rooms if members_of[room.pk]]
    bodies = [(body, render(body)[0]) for body in SENTENCES]

    def messages() -> Iterator[Message]:
        for number in range(count):
            room = inhabited[number % len(inhabited)]
            body, html = bodies[number % len(bodies)]
            when = start + number * BETWEEN_MESSAGES
            yield next_message(room, members_of[room.pk], body, html, when)

    coming = messages()
    while batch := list(islice(coming, BATCH)):  # ten million at once would not fit in memory
        Message.objects.bulk_create(batch)
    for room in inhabited:
        Membership.objects.filter(room=room).update(read_seq=room.last_seq)


def next_message(room: Room, members: list[User], body: str, html: str, when: datetime) -> Message:
    """Return the room's next message, which takes its next version and seq."""
    author = members[room.last_seq % len(members)]
    room.version += 1
    room.last_seq += 1
    return Message(
        room=room,
        seq=room.last_seq,
        version=room.version,
        posted_version=room.version,
        author=author,
        client_id=uuid.uuid4(),
        body=body,
        html=html,
        created_at=when,
    )


def sign_in(members: list[User]) -> list[str]:
    """Store a session for each of ``members``, as signing in would; return their cookies."""
    store = SessionStore()
    expire_date = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    sessions = [
        Session(
            session_key=get_random_string(SESSION_KEY_LENGTH, VALID_KEY_CHARS),
            session_data=store.encode(
                {
                    SESSION_KEY: str(member.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: member.get_session_auth_hash(),
                }
            ),
            expire_date=expire_date,
        )
        for member in members
    ]
    Session.objects.bulk_create(sessions, batch_size=BATCH)
    return [session.session_key for session in sessions]


def write_sessions(
    path: Path,
    members: list[User],
    rooms: list[Room],
    members_of: dict[int, list[User]],
    cookies: list[str],
) -> None:
    """Write who can come in with which cookie, readable by the owner alone: cookies are secrets."""
    rooms_of: dict[int, list[int]] = {member.pk: [] for member in members}
    for room in rooms:
        for member in members_of[room.pk]:
            rooms_of[member.pk].append(room.pk)
    content = {
        "cookie_name": settings.SESSION_COOKIE_NAME,
        "members": [
            {"id": member.pk, "name": member.name, "cookie": cookie, "rooms": rooms_of[member.pk]}
            for member, cookie in zip(members, cookies, strict=True)
        ],
        "rooms": [{"id": room.pk, "slug": room.slug} for room in rooms],
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
