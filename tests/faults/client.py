"""A client on a real socket: the thin shell around `ClientState`."""

from __future__ import annotations

import asyncio
import random
import socket
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    WebSocketException,
)

from tests.faults.client_state import ClientState, Frame
from tests.faults.history import Closed, History, Opened, Refused, Sent
from tests.faults.recorder import Interner, Recorder, decode_frame

HANDSHAKE_PATIENCE = 10.0  # s
CLOSE_PATIENCE = 2.0  # s
ABNORMAL = 1006
SERVED_BY = "X-Served-By"  # which server process the proxy chose

now = time.monotonic


@dataclass(frozen=True)
class Address:
    """Where a client connects, and as whom. `origin` is the site's own; `server` names the process
    when there is no proxy that could choose one."""

    url: str
    origin: str
    cookie: str
    server: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What a browser would send."""
        return {"Cookie": self.cookie}

    def at(self, url: str, server: str) -> Address:
        """The same member elsewhere."""
        return replace(self, url=url, server=server)


class Client:
    """One tab of one member. `start` it, let it do things, `stop` it.

    Everything it meets is written into the history under its name."""

    def __init__(
        self,
        name: str,
        user: int,
        address: Address,
        history: History,
        interner: Interner,
        chance: random.Random,
        *,
        cold: bool = True,
    ) -> None:
        self.name = name
        self.user = user
        self.address = address
        self.history = history
        self.chance = chance
        self.recorder = Recorder(history, name, user, interner, now())
        self.state = ClientState(self.recorder, cold=cold)
        self.server = ""
        self.make_socket: Callable[[], socket.socket] | None = None
        self.tick = 0.2  # s between looks at the clock, at most
        self.close_codes: list[int] = []
        self._connection: ClientConnection | None = None
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # --- its life

    def start(self) -> None:
        """Connect, and stay connected as the protocol says."""
        self._task = asyncio.create_task(self._live(), name=self.name)

    async def stop(self) -> None:
        """Close the socket and be gone."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def connected(self) -> bool:
        """Whether hello came on the present socket."""
        return self.state.greeted

    @property
    def alive(self) -> bool:
        """Whether it is still trying: not told to stop with 4401 or 4403."""
        return not self.state.stopped

    def cut(self) -> None:
        """Drop the TCP connection, as a network does; the client then reconnects by itself."""
        if self._connection is not None:
            self._connection.transport.abort()

    def hurry(self) -> None:
        """`online`, or the tab became visible: do not wait out the back-off."""
        self._hurry.set()

    # --- what its person does

    def send(self, room: int, body: str, **fields: Any) -> Sent:
        """Put a message into the outbox; the fact says how it ends."""
        client_id = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        fact = self.recorder.sent(room, client_id, body, now())
        self.state.send(room, client_id, body, now(), **fields)
        self._wake.set()
        return fact

    def command(self, verb: str, room: int, message: int, value: str, **fields: Any) -> None:
        """Edit, delete or react, once; nothing while not connected."""
        ref = self.state.command({"type": verb, "message": message, **fields}, now())
        if ref is not None:
            self.recorder.commanded(ref, room, verb, message, value, now())
            self._wake.set()

    def say(self, frame: Frame) -> None:
        """Write a frame that has no lasting effect (typing, focus, read)."""
        if self.connected:
            self.state.output.append(frame)
            self._wake.set()

    # --- inside

    async def _live(self) -> None:
        while self.alive:
            code = await self._one_socket()
            self.close_codes.append(code)
            pause = self.state.back_off(code, self.chance)
            if self.alive:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), pause)
                self._hurry.clear()

    async def _one_socket(self) -> int:
        """Live through one socket, from handshake to close. Returns its close code."""
        code = ABNORMAL
        try:
            self._connection = await self._connect()
        except (OSError, TimeoutError, InvalidHandshake, WebSocketException, EOFError) as error:
            self.history.add(Refused(at=now(), client=self.name, reason=describe(error)))
            self.state.closed(code, now())
            return code
        try:
            self._opened(self._connection)
            await self._talk(self._connection)
        finally:
            code = self._connection.close_code or ABNORMAL
            self._closed(code)
        return code

    async def _connect(self) -> ClientConnection:
        options: dict[str, Any] = {}
        if self.make_socket is not None:
            options["sock"] = await self._socket_of_ours(self.make_socket())
        return await connect(
            self.address.url,
            origin=self.address.origin,
            subprotocols=["chat.v1"],
            additional_headers=self.address.headers,
            compression=None,
            open_timeout=HANDSHAKE_PATIENCE,
            close_timeout=CLOSE_PATIENCE,
            ping_interval=None,
            max_size=None,
            proxy=None,
            **options,
        )

    async def _socket_of_ours(self, own: socket.socket) -> socket.socket:
        """Connect a socket made elsewhere."""
        own.setblocking(False)
        where = urlsplit(self.address.url)
        try:
            async with asyncio.timeout(HANDSHAKE_PATIENCE):
                loop = asyncio.get_running_loop()
                await loop.sock_connect(own, (where.hostname, where.port))
        except BaseException:
            own.close()
            raise
        return own

    def _opened(self, connection: ClientConnection) -> None:
        self.recorder.socket += 1
        self.server = connection.response.headers.get(SERVED_BY, self.address.server)
        self.history.add(
            Opened(at=now(), client=self.name, socket=self.recorder.socket, server=self.server)
        )
        self.state.opened(now())

    def _closed(self, code: int) -> None:
        self._connection = None
        self.history.add(Closed(at=now(), client=self.name, socket=self.recorder.socket, code=code))
        self.state.closed(code, now())

    async def _talk(self, connection: ClientConnection) -> None:
        """Read, write and keep time until one of them finds the socket closed."""
        works = (self._read, self._write, self._keep_time)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work(connection)) for work in works]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
        finally:
            connection.transport.abort()

    async def _read(self, connection: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                text = await connection.recv(decode=False)
                self.state.received(decode_frame(text), now())
                if self.state.output:
                    self._wake.set()

    async def _write(self, connection: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                self._wake.clear()
                for frame in self.state.take_output():
                    await connection.send(msgspec.json.encode(frame), text=True)
                await self._wake.wait()

    async def _keep_time(self, connection: ClientConnection) -> None:
        while not self.state.dead(now()):
            self.state.tick(now())
            if self.state.output:
                self._wake.set()
            await asyncio.sleep(min(max(self.state.next_time() - now(), 0.02), self.tick))


def describe(error: BaseException) -> str:
    """An exception in one line, with the server process that answered, if one did."""
    if isinstance(error, InvalidStatus):
        answer = error.response
        return f"HTTP {answer.status_code} by {answer.headers.get(SERVED_BY, 'the proxy')}"
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
