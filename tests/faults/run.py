"""One fault from beginning to end: furnish, work, inject, heal, wait, judge."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import measures, processes
from tests.faults.calm import Calm, Conditions
from tests.faults.checker import Case, Violation, check, sync_times
from tests.faults.client import Client, now
from tests.faults.dump import AWAY
from tests.faults.history import Dump, Healed, History, Lagged, Looked, Measured, Sent
from tests.faults.house import House
from tests.faults.workload import Scene, Workload, furnish

MIB = 1024 * 1024
GREETING_PATIENCE = 60.0  # s until everyone is in and synced at the beginning
UNHURRIED = 3  # times as long everything is waited for where time is not judged
SETTLE = 1.0  # s between the last change and the measuring
MEMORY_GROWTH = 40 * MIB  # of one server process over one fault; the soak has its own bound
DESCRIPTOR_GROWTH = 24  # pools and keep-alive connections fill up
KEY_GROWTH = 4
CONNECTION_GROWTH = 12  # pools fill up


@dataclass
class Result:
    """What one fault came to."""

    number: int
    name: str
    seed: int
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    conditions: Conditions = Conditions()
    outcomes: dict[str, int] = field(default_factory=dict)
    applied: int = 0
    syncs: list[float] = field(default_factory=list)
    survivors_p99: float | None = None
    growth: int = 0

    @property
    def met(self) -> bool:
        """Whether nothing was violated and the target was met.

        What was late counts only on a machine that was ours."""
        return not self.violations and not self.misses and not (self.late and self.judged)

    @property
    def judged(self) -> bool:
        """Whether latencies mean anything: nobody else took the processors."""
        return self.conditions.fair

    def explanation(self) -> str:
        """Why not, shortest first."""
        lines = [str(violation) for violation in self.violations[:5]]
        if len(self.violations) > len(lines):
            lines.append(f"… and {len(self.violations) - len(lines)} more violations")
        lines += [f"target missed: {miss}" for miss in self.misses]
        lines += [f"too late: {late}" for late in self.late]
        if self.late and not self.judged:
            lines.append(f"(not judged: {self.conditions})")
        return "\n".join(lines)


@dataclass(frozen=True)
class Fault:
    """One row of the list of faults. `inject` does its harm for about `run.seconds`, `heal` makes
    good what is still broken, `judge` tells the run what was missed of the target (`run.miss`) and
    what was too slow (`run.late`)."""

    number: int
    name: str
    inject: Callable[[Run], Awaitable[None]]
    setup: Callable[[Run], Awaitable[None]] | None = None
    furnish: Callable[[Run], Awaitable[None]] | None = None  # instead of the usual scene
    heal: Callable[[Run], Awaitable[None]] | None = None
    judge: Callable[[Run], None] = lambda run: None
    seconds: float = 20.0
    short: float = 6.0
    sync_limit: float = 10.0
    rest: float = 45.0  # s after healing until the harness gives up waiting for someone
    warm_up: float = 2.0  # s of work before the fault
    rate: float = 30.0  # things done a second
    members: int = 9
    direct: bool = False
    without: frozenset[str] = frozenset()
    alone: bool = False  # it does everything itself: no workload, no clients
    needs_root: bool = False
    private_network: bool = False  # in network namespaces of its own, which needs root too
    embedded: bool = False  # on the default site: SQLite, one process, no Redis
    disk: int = 0  # bytes of the file system on which an embedded site lies; 0: the machine's own
    settings: dict[str, str] = field(default_factory=dict)  # of the site


class Run:
    """A fault under way. Faults write `notes` and `seen`, and say what was missed.

    Without `timed` nothing is too late, as in the tests: a machine may be as slow as it likes, and
    what must come is waited for longer."""

    def __init__(
        self, fault: Fault, house: House, seed: int, seconds: float, *, timed: bool = True
    ) -> None:
        self.fault = fault
        self.house = house
        self.seed = seed
        self.seconds = seconds
        self.timed = timed
        self.chance = random.Random(f"{seed} {fault.number}")
        self.history = History()
        self.scene = Scene()
        self.workload: Workload | None = None
        self.began = self.ended = 0.0
        self.notes: list[str] = []
        self.violations: list[Violation] = []
        self.misses: list[str] = []
        self.tardy: list[str] = []
        self.conditions = Conditions()
        self.seen: dict[str, float] = {}
        self.spans: list[tuple[float, float]] = []  # single faults within this one
        self._watch: asyncio.Task[None] | None = None
        self._versions: dict[int, int] = {}
        self._began_at: dict[int, int] = {}

    async def go(self, keep: Path | None = None) -> Result:
        """Run it all; write history and database under `keep` when it failed."""
        began = now()
        result = Result(self.fault.number, self.fault.name, self.seed)
        try:
            await self._act()
            dump = await asyncio.to_thread(self._dump)
            if not self.fault.alone:
                limit = self.fault.sync_limit if self.timed else math.inf
                self.violations = check(self.history, dump, sync_limit=limit)
            result.violations = self.violations
            self._summarise(result, dump)
            if keep is not None and not result.met:
                keep.mkdir(parents=True, exist_ok=True)
                self.history.save(keep / "history.jsonl")
                dump.save(keep / "dump.json")
        finally:
            await self._end()
        result.seconds = now() - began
        return result

    # --- for faults

    def miss(self, what: str) -> None:
        """The target was missed, however slow the machine."""
        self.misses.append(what)

    def within(self, limit: float, seconds: float, what: str) -> None:
        """Something took so many seconds, and should have taken no more than `limit`."""
        if self.timed and seconds > limit:
            self.tardy.append(f"{what} took {seconds:.2f} s, the target is {limit:g} s")

    async def until(
        self, condition: Callable[[], object], patience: float, what: str
    ) -> float | None:
        """Wait for a condition; the seconds it took, or None (and a miss) when it never came."""
        began = now()
        patience *= 1 if self.timed else UNHURRIED
        while not condition():
            if now() - began > patience:
                self.miss(f"{what}: not within {patience:g} s")
                return None
            await asyncio.sleep(0.02)
        return now() - began

    async def level(self, patience: float, what: str) -> bool:
        """Wait until every client stands where the database does; a miss when that never was."""
        patience *= 1 if self.timed else UNHURRIED
        level = await self._caught_up(patience) is not None
        if not level:
            self.miss(f"{what}: not within {patience:g} s: {self._stragglers()[:3]}")
        return level

    async def pause(self, least: float, most: float) -> None:
        """Let a seeded random time pass."""
        await asyncio.sleep(self.chance.uniform(least, most))

    def delivery_times_of_survivors(self, began: float, ended: float) -> list[float]:
        """Seconds from send to screen, among clients whose socket stayed open over the span."""
        stayed = measures.survivors(self.history, began, ended)
        return measures.delivery_times(self.history, began, ended, stayed)

    @property
    def over(self) -> bool:
        """Whether the fault has done harm for long enough."""
        return now() - self.began >= self.seconds

    def clients_at(self, server: str) -> list[Client]:
        """Clients whose present socket ends at that server process."""
        return [c for c in self.scene.clients if c.server == server and c.connected]

    # --- the parts of a run

    async def _act(self) -> None:
        fault = self.fault
        await asyncio.to_thread(self.house.wait_for_all)
        if not fault.alone:
            await self._begin()
        if fault.setup:
            await fault.setup(self)
        if not fault.alone:
            await self._measure("before")
            self._work()
            await asyncio.sleep(fault.warm_up)
        calm, self.began = Calm(), now()
        try:
            await fault.inject(self)
        finally:
            if fault.heal:
                await fault.heal(self)
            self.ended, self.conditions = now(), calm.end()
        if not fault.alone:
            await self._come_to_rest()

    async def _begin(self) -> None:
        if self.fault.furnish is not None:
            await self.fault.furnish(self)
        else:
            self.scene = await furnish(
                self.house,
                self.history,
                self.chance,
                members=self.fault.members,
                direct=self.fault.direct,
            )
        for client in self.scene.clients:
            client.start()
            await asyncio.sleep(0)
        if await self._caught_up(GREETING_PATIENCE) is None:
            raise AssertionError(f"not everyone was synced at the start: {self._stragglers()[:5]}")
        self._began_at = dict(self._versions)

    def _work(self) -> None:
        self.workload = Workload(
            self.scene, self.house.hand, self.history, self.chance, rate=self.fault.rate,
            without=self.fault.without,
        )  # fmt: skip
        self.workload.start()
        self._watch = asyncio.create_task(self._look_at_acks(), name="watch")

    async def _come_to_rest(self) -> None:
        """Nobody says anything new; wait until everyone stands where the database does."""
        assert self.workload
        self.history.add(Healed(at=now()))
        await self.workload.stop()
        if await self._caught_up(self.fault.rest * (1 if self.timed else UNHURRIED)) is None:
            self.notes.append(f"still behind: {self._stragglers()[:6]}")
        await asyncio.sleep(SETTLE)
        await self._measure("after")
        for client in self.scene.clients:
            client.recorder.final(client.state, now())

    async def _caught_up(self, patience: float) -> float | None:
        """Wait until all clients have emptied their outboxes and reached the database."""
        began = now()
        while now() - began < patience:
            with suppress(*AWAY):
                versions = await asyncio.to_thread(self.house.database.versions, self.scene.rooms)
                self._versions = versions
                if not self._stragglers():
                    return now() - began
            await asyncio.sleep(0.1)
        return None

    def _stragglers(self) -> list[str]:
        late = []
        for client in self.scene.clients:
            if not client.alive:
                continue
            if not client.connected:
                late.append(f"{client.name} is not connected")
                continue
            if len(client.state.outbox):
                late.append(f"{client.name} has {len(client.state.outbox)} unsent")
            for room in client.state.rooms.values():
                version = self._versions.get(room.id, room.local)
                if room.local != version:
                    late.append(f"{client.name} room {room.id}: {room.local} of {version}")
        return late

    async def _look_at_acks(self) -> None:
        """Ask the database for some acked messages the moment their acks have come."""
        while True:
            await asyncio.sleep(0.02)
            fresh = [fact for c in self.scene.clients for fact in c.recorder.fresh_acks]
            for client in self.scene.clients:
                client.recorder.fresh_acks.clear()
            if fresh:
                await self._look_at(fresh[-1])

    async def _look_at(self, fact: Sent) -> None:
        with suppress(*AWAY):  # a database that is away proves nothing
            found = await asyncio.to_thread(
                self.house.database.has, fact.user, fact.room, fact.client_id
            )
            self.history.add(
                Looked(
                    at=now(),
                    client=fact.client,
                    room=fact.room,
                    client_id=fact.client_id,
                    version=fact.version or 0,
                    found=found,
                )
            )

    async def _measure(self, when: str) -> None:
        for what, amount, allowed in await asyncio.to_thread(self._amounts):
            self.history.add(
                Measured(at=now(), when=when, what=what, amount=amount, allowed_growth=allowed)
            )

    def _amounts(self) -> list[tuple[str, float, float]]:
        house = self.house
        found: list[tuple[str, float, float]] = []
        for name, pid in house.workers():
            found.append((f"memory of {name}", processes.memory(pid), MEMORY_GROWTH))
            beyond = processes.descriptors(pid) - len(self.clients_at(name))
            found.append((f"descriptors of {name}", beyond, DESCRIPTOR_GROWTH))
        if house.redis is not None:
            keys = house.redis.command_line("DBSIZE").removeprefix(":")
            found.append(("keys in Redis", int(keys), KEY_GROWTH))
        found.append(("connections to Postgres", house.database.connections(), CONNECTION_GROWTH))
        return found

    def _dump(self) -> Dump:
        dump = self.house.database.dump(self.scene.rooms)
        dump.began_at = self._began_at
        return dump

    def _summarise(self, result: Result, dump: Dump) -> None:
        history = self.history
        result.outcomes = measures.outcomes(history)
        result.applied = measures.applied(history)
        result.syncs = list(sync_times(Case(history, dump)).values())
        stayed = measures.survivors(history, self.began, self.ended)
        if stayed and not self.fault.alone:
            times = measures.delivery_times(history, self.began, self.ended, stayed)
            result.survivors_p99 = measures.percentile(times, 0.99)
            self.seen["survivors p99"] = result.survivors_p99
        self.seen["sync max"] = max(result.syncs, default=0.0)
        self.fault.judge(self)
        result.misses, result.late, result.notes = self.misses, self.tardy, self.notes
        result.conditions = self.conditions
        codes = Counter(sent.code for sent in history.of(Sent) if sent.outcome == "fail")
        if codes:
            result.notes.append(f"refused sends: {dict(codes)}")
        lagged = len(history.of(Lagged))
        if lagged:
            result.notes.append(f"{lagged} times `lagged`")
        result.growth = self._growth()

    def _growth(self) -> int:
        """Bytes by which the server processes grew, all together."""
        total = {"before": 0.0, "after": 0.0}
        for fact in self.history.of(Measured):
            if fact.what.startswith("memory"):
                total[fact.when] += fact.amount
        return int(total["after"] - total["before"])

    async def _end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        if self.workload is not None:
            await self.workload.stop()
        await asyncio.gather(*(client.stop() for client in self.scene.clients))
