"""A server that speaks just enough of chat.v1 for the load generator, and errs where told to."""

import asyncio
import itertools
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

FIRST_VERSION = 40  # of each room
FIRST_SEQ = 30

Frame = dict[str, Any]
# What to send a member instead of one `changes` frame: frame, how many it got before → frames.
Fault = Callable[[Frame, int], list[Frame | list[Frame] | str]]


class FakeSite:
    """Members are in rooms 1 to ``rooms``, all of them; ``heard`` is what they have sent."""

    def __init__(self, rooms: int = 1, fault: Fault | None = None) -> None:
        self.fault = fault or (lambda frame, number: [frame])
        self.versions = dict.fromkeys(range(1, rooms + 1), FIRST_VERSION)
        self.posted: dict[int, list[Frame]] = {room: [] for room in self.versions}
        self.heard: list[Frame] = []
        self.cookies: list[str] = []
        self.members: dict[ServerConnection, itertools.count[int]] = {}
        self.port = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeSite"]:
        """Serve on a port of its own."""
        async with serve(self._member, "127.0.0.1", 0, subprotocols=["chat.v1"]) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _member(self, socket: ServerConnection) -> None:
        assert socket.request
        assert socket.request.path == "/ws/chat/"
        assert socket.request.headers["Origin"] == f"http://127.0.0.1:{self.port}"
        self.cookies.append(socket.request.headers["Cookie"])
        await socket.send(json.dumps(self._hello()))
        self.members[socket] = itertools.count()
        with suppress(ConnectionClosed):
            async for text in socket:
                await self._on_frame(socket, json.loads(text))
        self.members.pop(socket, None)

    async def _on_frame(self, socket: ServerConnection, frame: Frame) -> None:
        self.heard.append(frame)
        match frame["type"]:
            case "send":
                row = self._post(frame)
                names = ("room", "version", "seq", "id")
                ack = {"type": "ack", "ref": frame["ref"]} | {name: row[name] for name in names}
                await socket.send(json.dumps(ack))
                await self._tell(changes(row["room"], row["version"] - 1, [row]))
            case "sync":
                for room, since in frame["rooms"].items():
                    rows = [row for row in self.posted[int(room)] if row["version"] > since]
                    await socket.send(json.dumps(changes(int(room), since, rows)))

    def _post(self, frame: Frame) -> Frame:
        room = frame["room"]
        self.versions[room] += 1
        row = {
            "id": self.versions[room] * 10,
            "room": room,
            "seq": FIRST_SEQ + self.versions[room] - FIRST_VERSION,
            "version": self.versions[room],
            "client_id": frame["client_id"],
            "body": frame["body"],
            "html": f'<p title="a \\" quote">{frame["body"]}</p>',
            "reactions": [{"emoji": "👍", "users": [7, 9]}],
        }
        self.posted[room].append(row)
        return row

    async def _tell(self, frame: Frame) -> None:
        for socket, number in list(self.members.items()):
            for faulty in self.fault(frame, next(number)):
                text = faulty if isinstance(faulty, str) else json.dumps(faulty)
                with suppress(ConnectionClosed):
                    await socket.send(text)

    def _hello(self) -> Frame:
        rooms = [
            {"id": room, "slug": "general", "version": version, "last_seq": FIRST_SEQ}
            for room, version in self.versions.items()
        ]
        return {"type": "hello", "user": {"id": 7}, "heartbeat": 25, "rooms": rooms}


def changes(room: int, since: int, rows: list[Frame]) -> Frame:
    """Return the frame that brings ``rows`` to a member at version ``since``."""
    to = rows[-1]["version"] if rows else since
    return {"type": "changes", "room": room, "from": since, "to": to, "messages": rows,
            "members": [], "info": None, "more": False, "reset": False, "ref": None}  # fmt: skip


class InThread:
    """A context in which a site runs, on an event loop of its own."""

    def __init__(self, site: FakeSite) -> None:
        self.site = site
        self.loop = asyncio.new_event_loop()

    def __enter__(self) -> FakeSite:
        ready = threading.Event()
        self.done = asyncio.Event()

        async def run() -> None:
            async with self.site.running():
                ready.set()
                await self.done.wait()

        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(run(),))
        self.thread.start()
        assert ready.wait(5)
        return self.site

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.done.set)
        self.thread.join(10)
        self.loop.close()
