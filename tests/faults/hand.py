"""A second pair of hands on the site: a process beside the servers that uses the services.

It plays whoever acts from elsewhere (a moderator in a shell, a command, another machine): it makes
members and rooms, lets them join and leave, bans and signs out. Run as a program it reads one JSON
command a line and answers each with one line; `Hand` is the harness's end of that.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.parts.site import ROOT


class HandFailed(Exception):
    """The site refused, or did not answer."""


class Hand:
    """Starts the process and talks with it, one command at a time."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.hand"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
                env=environment,
                text=True,
                bufsize=1,
            )
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        """Whether a command is under way."""
        return self._lock.locked()

    async def do(self, verb: str, **values: Any) -> Any:
        """Carry out one command; raise HandFailed with the site's own words."""
        answer = await asyncio.to_thread(self._exchange, {"do": verb, **values})
        if "error" in answer:
            raise HandFailed(answer["error"])
        return answer["done"]

    async def ready(self) -> None:
        """Lose connections that a fault has ended meanwhile; then the next command works."""
        with suppress(HandFailed):
            await self.do("look")

    def _exchange(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        with self._lock:
            self.process.stdin.write(json.dumps(command) + "\n")
            line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the hand is gone"}

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


# --- in the process itself


def look() -> None:
    """Ask the database for nothing."""
    from accounts.models import User

    User.objects.exists()


def make_members(count: int, prefix: str) -> list[dict[str, Any]]:
    """Members with a session each: [{"id", "name", "cookie"}]."""
    from tests.factories import make_member

    members = [
        make_member(username=f"{prefix}{number}", password=None) for number in range(1, count + 1)
    ]
    return [{"id": m.id, "name": m.username, "cookie": cookie_of(m.cookie)} for m in members]


def sign_in(user: int) -> str:
    """Another session of the member: its cookie."""
    from accounts.models import User
    from tests.factories import sign_in as new_session

    return cookie_of(new_session(User.objects.get(pk=user)))


def cookie_of(session_key: str) -> str:
    """The Cookie header of a session."""
    from django.conf import settings

    return f"{settings.SESSION_COOKIE_NAME}={session_key}"


def make_room(kind: str, name: str, users: list[int]) -> int:
    """A room of these members, the first its owner; its id."""
    from accounts.models import User
    from chat.services import members, rooms

    owner = User.objects.get(pk=users[0])
    if kind == "direct":
        return rooms.direct(owner, users[1:]).pk
    room = rooms.create(owner, kind=kind, name=name)
    for user in users[1:]:
        if kind == "public":
            members.join(User.objects.get(pk=user), room.pk)
        else:
            members.invite(owner, room.pk, user)
    return room.pk


def come(room: int, user: int) -> None:
    """Join a public room; be invited by the owner into another."""
    from accounts.models import User
    from chat.models import Room
    from chat.services import members

    if Room.objects.get(pk=room).kind == "public":
        members.join(User.objects.get(pk=user), room)
    else:
        members.invite(_owner(room), room, user)


def go(room: int, user: int) -> None:
    """Leave a room."""
    from accounts.models import User
    from chat.services import members

    members.leave(User.objects.get(pk=user), room)


def remove(room: int, user: int) -> None:
    """Be removed from a room by its owner."""
    from chat.services import members

    members.remove(_owner(room), room, user)


def rename(room: int, name: str) -> None:
    """The owner gives the room another name."""
    from chat.services import rooms

    rooms.update(_owner(room), room, name=name)


def ban(user: int) -> None:
    """A moderator of the site bans the member."""
    from accounts.models import User
    from chat.services import bans

    moderator = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser(
        "moderator-of-faults"
    )
    bans.ban(moderator, user, "by a test")


def sign_out(cookie: str) -> None:
    """End one session, as signing out does."""
    from django.contrib.sessions.backends.db import SessionStore

    SessionStore(cookie.partition("=")[2]).flush()


def deactivate(user: int) -> None:
    """Switch the account off, as the admin's tick box does."""
    from accounts.models import User

    account = User.objects.get(pk=user)
    account.is_active = False
    account.save()


def _owner(room: int) -> Any:
    from chat.models import Membership

    return Membership.objects.get(room=room, role="owner", left_at=None).user


VERBS: dict[str, Callable[..., Any]] = {
    verb.__name__: verb
    for verb in (
        look, make_members, sign_in, make_room, come, go, remove, rename, ban, sign_out, deactivate,
    )
}  # fmt: skip


def main() -> None:
    """Answer commands until the pipe closes."""
    import django

    django.setup()
    from django.db import connections

    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what anything else prints belongs to the log
    for line in sys.stdin:
        command = json.loads(line)
        try:
            done = {"done": VERBS[command.pop("do")](**command)}
        except Exception as error:
            done = {"error": f"{type(error).__name__}: {error}"}
            connections.close_all()  # the connection may be what was wrong
        answers.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
