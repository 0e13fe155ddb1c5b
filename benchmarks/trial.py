"""One server under one load, and what that cost whom."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from benchmarks.load_core import DRAIN, HEARTBEAT, Answer, LoadCore
from benchmarks.machine import (
    LOAD_CORE,
    SERVER_CORE,
    busy_seconds,
    cpu_seconds,
    interrupt_seconds,
    memory_kib,
    tree,
)
from benchmarks.parts import Parts
from benchmarks.servers import RunningServer, Server

SETTLE = 0.3  # s: a server that has just started or taken connections has things left to do


class Trial:
    """A server that runs and members who are about to connect. Use as a context manager.

    The server has ``server_cores`` to itself; the load generator shares ``load_cores`` with Redis
    and Postgres, to which it gives way by ``load_niceness``. ``cookies`` are our site's members; a
    peer brings its own where it needs any.
    """

    def __init__(
        self,
        server: Server,
        parts: Parts,
        *,
        rooms: int = 1,
        cookies: Path | None = None,
        server_cores: tuple[int, ...] = (SERVER_CORE,),
        load_cores: tuple[int, ...] = (LOAD_CORE,),
        focus: bool = False,
        heartbeat: float = HEARTBEAT,
        blind_every: int = 0,
        load_niceness: int = 0,
    ) -> None:
        self.server = server
        self.parts = parts
        self.load_cores = load_cores
        self._running = RunningServer(server, parts, server_cores)
        self.rooms = rooms
        self._cookies = cookies if server.is_ours else server.cookies(parts)
        self._focus = focus
        self._heartbeat = heartbeat
        self._blind_every = blind_every
        self._load_niceness = load_niceness
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.parts.redis.command_line("FLUSHALL")
        self.parts.place(self.load_cores)
        self._running.start()
        self._stack.callback(self._end_server)
        time.sleep(SETTLE)
        self.lg = self.members(self.rooms, self._cookies, niceness=self._load_niceness)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def members(
        self, rooms: int = 1, cookies: Path | None = None, first_room: int = 0, niceness: int = 0
    ) -> LoadCore:
        """Return a load generator of one's own, which ends with the trial."""
        lg = LoadCore(
            self.server,
            self._running.port,
            self._running.log,
            self.load_cores,
            niceness=self.parts.niceness + niceness,
            rooms=rooms,
            first_room=first_room,
            cookies=cookies,
            focus=self._focus,
            heartbeat=self._heartbeat,
            blind_every=self._blind_every,
        )
        return self._stack.enter_context(lg)

    @property
    def port(self) -> int:
        """Where the server listens."""
        return self._running.port

    @property
    def pids(self) -> list[int]:
        """The server's processes."""
        return tree(self._running.pid)

    def server_seconds(self) -> tuple[float, float]:
        """Return the server's user and system time so far; interrupts count as system."""
        user, system = cpu_seconds(self.pids)
        return user, system + interrupt_seconds(self._running.cores)

    def memory(self, kind: str = "VmRSS") -> int:
        """Return the server's resident memory in KiB."""
        return memory_kib(self.pids, kind)

    def connect(self, members: int) -> Answer:
        """Connect so many more members; tell also what a connection cost the server."""
        before = sum(self.server_seconds())
        answer = self.lg.connect(members)
        time.sleep(SETTLE)
        spent = sum(self.server_seconds()) - before
        answer["cpu_us_per_connect"] = spent * 1e6 / max(1, answer["connected"])
        return answer

    def load(self, rate: float, seconds: float, window: int = 0, drain: float = DRAIN) -> Answer:
        """Send at ``rate`` messages a second; tell also what a delivery cost whom."""
        return self.measured(lambda: self.lg.load(rate, seconds, window, drain))

    def sends(self, seconds: float, window: int) -> Answer:
        """Have each member send as soon as they are answered; tell also what it cost whom."""
        return self.measured(lambda: self.lg.sends(seconds, window))

    def measured(self, run: Callable[[], Answer]) -> Answer:
        """Have the load generator do something; add to its answer what that cost whom."""
        redis, postgres = tree(self.parts.redis.pid), tree(self.parts.postgres.pid)
        before = (*self.server_seconds(), sum(cpu_seconds(redis)), sum(cpu_seconds(postgres)))
        busy, began = busy_seconds(self.load_cores[-1]), time.monotonic()
        answer = run()
        took = time.monotonic() - began
        postgres = sorted({*postgres, *tree(self.parts.postgres.pid)})
        after = (*self.server_seconds(), sum(cpu_seconds(redis)), sum(cpu_seconds(postgres)))
        user, system, in_redis, in_postgres = (b - a for a, b in zip(before, after, strict=True))
        delivered, sent = max(1, answer["delivered"]), max(1, answer["sent"])
        answer |= {
            "cpu_s": user + system,
            "cpu_user_s": user,
            "redis_s": in_redis,
            "postgres_s": in_postgres,
            "cpu_us": (user + system) * 1e6 / delivered,
            "cpu_us_per_send": (user + system) * 1e6 / sent,
            "redis_us_per_send": in_redis * 1e6 / sent,
            "postgres_us_per_send": in_postgres * 1e6 / sent,
            "server_util": (user + system) / took,
            "load_core_busy": (busy_seconds(self.load_cores[-1]) - busy) / took,
            "memory_kib": self.memory(),
            "memory_peak_kib": self.memory("VmHWM"),
        }
        return answer

    def _end_server(self) -> None:
        self._running.kill()
        with self.parts.log.open("a") as log:
            log.write(f"--- {self.server.name}\n{self._running.last_words()}\n")
        self._running.close()
