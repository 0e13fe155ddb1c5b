"""Feels the pulse of a server's event loop: a ping every 50 ms, and how late each pong was."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.faults.client import Address, now
from tests.faults.house import Server

BEAT = 0.05  # s
OWN_LATENESS = 0.02  # s by which our own loop may be late before a measurement counts for nothing


class Pulse:
    """A socket straight to one server process that says `ping` and nothing else."""

    def __init__(self, server: Server, member: Address) -> None:
        self.server = server
        self.member = member
        self.times: list[float] = []
        self._hiccups = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._socket: ClientConnection | None = None

    async def start(self) -> None:
        """Connect and begin to measure."""
        self._socket = await connect(
            self.server.ws_url,
            origin=self.server.url,
            additional_headers=self.member.headers,
            compression=None,
            ping_interval=None,
            proxy=None,
        )
        self._tasks = [
            asyncio.create_task(self._beat(self._socket)),
            asyncio.create_task(self._watch_ourselves()),
        ]

    async def stop(self) -> None:
        """End."""
        assert self._socket
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    @property
    def worst(self) -> float:
        """Seconds of the slowest pong."""
        return max(self.times, default=0.0)

    async def _beat(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                asked, hiccups = now(), self._hiccups
                await socket.send('{"type":"ping"}')
                while b'"pong"' not in await socket.recv(decode=False):
                    pass
                took = now() - asked
                await asyncio.sleep(BEAT)
                if self._hiccups == hiccups:
                    self.times.append(took)

    async def _watch_ourselves(self) -> None:
        """Count the moments in which our own loop was late: what it then measured says nothing."""
        while True:
            before = now()
            await asyncio.sleep(OWN_LATENESS)
            if now() - before > 2 * OWN_LATENESS:
                self._hiccups += 1
