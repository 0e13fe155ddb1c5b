"""Deliberate bugs in a running server process: the checker must find each, and name it rightly.

Each is a function of a module to patch it once it is imported; `patches` chooses by name.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

Patch = Callable[[ModuleType], None]
SHARE = 0.15  # of frames that meet with the bug
BEFORE_COMMIT = 0.3  # s by which an ack comes too early

_chance = random.Random(os.getpid())


def _fan_out_through(hub: ModuleType, way: Callable[[Callable, Any, tuple], None]) -> None:
    """Let every frame to a room's sockets pass through `way(real, hub, arguments)`."""
    real = hub.Hub._fan_out

    def fan_out(self: Any, *arguments: Any) -> None:
        way(real, self, arguments)

    hub.Hub._fan_out = fan_out


def drop(hub: ModuleType) -> None:
    """A frame is lost."""

    def way(real: Callable, self: Any, arguments: tuple) -> None:
        if _chance.random() > SHARE:
            real(self, *arguments)

    _fan_out_through(hub, way)


def double(hub: ModuleType) -> None:
    """A frame is sent twice."""

    def way(real: Callable, self: Any, arguments: tuple) -> None:
        for _ in range(1 + (_chance.random() < SHARE)):
            real(self, *arguments)

    _fan_out_through(hub, way)


def swap(hub: ModuleType) -> None:
    """A frame is overtaken by the next one of its room."""
    late: dict[int, tuple] = {}

    def way(real: Callable, self: Any, arguments: tuple) -> None:
        room = arguments[0]
        if room not in late and _chance.random() < SHARE:
            late[room] = arguments
            return
        real(self, *arguments)
        if room in late:
            real(self, *late.pop(room))

    _fan_out_through(hub, way)


def leak(hub: ModuleType) -> None:
    """A frame goes to every socket of the process."""

    def way(real: Callable, self: Any, arguments: tuple) -> None:
        room, to, framed, sockets, pass_on = arguments
        everybody = set(self.sockets) if _chance.random() < SHARE else sockets
        real(self, room, to, framed, everybody, pass_on)

    _fan_out_through(hub, way)


def deaf(repair: ModuleType) -> None:
    """The hub does not repair: neither gaps nor a lost tail."""
    repair.Repair.soon = lambda self, room: None


def _live_rows_through(frames: ModuleType, way: Callable[[list], list]) -> None:
    """Let the messages of every live frame pass through `way`."""
    import msgspec

    real = frames.changes

    def changes(event: Any, *arguments: Any, **more: Any) -> bytes:
        if not arguments and not more:
            event = msgspec.structs.replace(event, messages=way(list(event.messages)))
        return real(event, *arguments, **more)

    frames.changes = changes


def lose_row(frames: ModuleType) -> None:
    """A row is missing in a frame that goes over its version."""
    _live_rows_through(frames, lambda rows: rows[1:] if _chance.random() < SHARE else rows)


def change_row(frames: ModuleType) -> None:
    """A row says what nobody wrote."""
    import msgspec

    def worsen(rows: list) -> list:
        if not rows or _chance.random() > SHARE:
            return rows
        json = rows[0].json.replace(b'"body":"', b'"body":"never said: ')
        return [msgspec.structs.replace(rows[0], json=json), *rows[1:]]

    _live_rows_through(frames, worsen)


def invent_row(frames: ModuleType) -> None:
    """A row comes that is in no database."""
    import msgspec

    def invent(rows: list) -> list:
        if not rows or _chance.random() > SHARE:
            return rows
        number = rows[0].id
        json = rows[0].json.replace(b'"id":%d' % number, b'"id":%d' % (number + 10**6))
        return [*rows, msgspec.structs.replace(rows[0], id=number + 10**6, json=json)]

    _live_rows_through(frames, invent)


def ack_early(storing: ModuleType) -> None:
    """An ack leaves before its commit, whichever way a batch is stored."""
    _commit_late_in_threads(storing)
    _commit_late_on_the_loop(storing)


def _commit_late_in_threads(storing: ModuleType) -> None:
    real = storing.post_many

    def post_many(posts: Any) -> Any:
        from django.db import connection, transaction

        outcomes: list[Any] = []
        written = threading.Event()

        def work() -> None:
            with transaction.atomic():
                outcomes.append(real(posts))
                written.set()
                time.sleep(BEFORE_COMMIT)
            connection.close()

        threading.Thread(target=work, daemon=True).start()
        written.wait()
        return outcomes[0]

    storing.post_many = post_many


def _commit_late_on_the_loop(storing: ModuleType) -> None:
    import asyncio

    from chat.models.batch import Statement

    class Late(storing.Pipeline):  # type: ignore[name-defined, misc]
        is_late = False

        @property
        def is_open(self) -> bool:
            return super().is_open and not self.is_late  # each batch has one of its own

        async def run(self, statements: Any) -> Any:
            _, *answers = await super().run([Statement("BEGIN"), *statements])
            self.is_late = True
            self.commit = asyncio.create_task(self.commit_late())
            return answers

        async def commit_late(self) -> None:
            await asyncio.sleep(BEFORE_COMMIT)
            await super().run([Statement("COMMIT")])
            self.is_late = False
            self.close()

    storing.Pipeline = Late


MODULES = {
    "chat.live.hub": (drop, double, swap, leak),
    "chat.live.repair": (deaf,),
    "chat.live.frames": (lose_row, change_row, invent_row),
    "chat.live.storing": (ack_early,),
}


def patches(name: str) -> dict[str, Patch]:
    """The patch of that name, by the module it belongs to. Raises KeyError for an unknown one."""
    for module, bugs in MODULES.items():
        for bug in bugs:
            if bug.__name__ == name:
                return {module: bug}
    raise KeyError(name)
