"""Faults 9 and 17: peers that read slowly, and clients that were away for very long."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults import measures, processes
from tests.faults.client import Address, Client, now
from tests.faults.history import Moved
from tests.faults.raw import RawPeer, text_frame
from tests.faults.recorder import Interner
from tests.faults.run import MIB, Fault, Run
from tests.faults.scenarios.redis import CALM
from tests.faults.workload import Room

CUT_LIMIT = 15.0  # s
MEMORY_LIMIT = 2 * MIB  # of a server process and its kernel, a slow reader
SURVIVORS_LIMIT = 0.250  # s, p99
EACH = 2  # slow readers of each kind
BUFFER = 4096  # bytes that their kernels take
BODY = "x" * 3900
FLOOD_PAUSE = 0.02  # s between two messages of the flood
GIVE_UP = 45.0  # s


@dataclass
class SlowReader:
    """A peer, how it reads, and when it was cut."""

    kind: str
    peer: RawPeer
    full_at: float = 0.0
    cut_at: float | None = None
    kernel: int = 0  # bytes that the server's kernel held for it, at most
    _unread: int = -1

    def look_at_kernel(self) -> None:
        """Remember what lies in the server's kernel."""
        with suppress(OSError):
            own = self.peer.socket.getsockname()[1]
            self.kernel = max(self.kernel, processes.send_queue(self.peer.server.port, own))

    async def misbehave(self) -> None:
        """Read nothing, a trickle, or nothing while talking, until cut."""
        while self.peer.established():
            if self.kind == "trickle":
                with suppress(OSError, TimeoutError):
                    await asyncio.wait_for(self.peer.read(1024), 0.5)
            if self.kind == "talker":
                self.peer.push(text_frame(b'{"type":"ping"}'))
            unread = self.peer.unread()
            if unread > self._unread and self.kind != "trickle":
                self._unread, self.full_at = unread, now()
            await asyncio.sleep(1 if self.kind == "trickle" else 0.1)
        self.cut_at = now()


async def slow_readers(run: Run) -> None:
    """A flood in one room; first everyone reads, then some of its members' sockets do not."""
    room = max(run.scene.rooms.values(), key=lambda room: len(room.members))
    members = [c for c in run.scene.clients if c.user in room.members]
    flood = asyncio.create_task(_flood(members[:-1], room.id))
    try:
        began = now()
        await asyncio.sleep(4)
        run.seen["before"] = measures.percentile(
            run.delivery_times_of_survivors(began, now()), 0.99
        )
        await _be_slow(run, members[-1].address)
    finally:
        flood.cancel()


async def _flood(clients: list[Client], room: int) -> None:
    while True:
        for client in clients:
            if len(client.state.outbox) < 4:
                client.send(room, BODY)
        await asyncio.sleep(FLOOD_PAUSE)


async def _be_slow(run: Run, member: Address) -> None:
    server = run.house.servers[0]
    pid = server.worker
    before = peak = processes.memory(pid)
    readers = [
        SlowReader(kind, RawPeer(server, member, BUFFER))
        for kind in ("nothing", "trickle", "talker") * EACH
    ]
    for reader in readers:
        await reader.peer.open()
        reader.full_at = now()
    began = now()
    tasks = [asyncio.create_task(reader.misbehave()) for reader in readers]
    while now() - began < GIVE_UP and not all(task.done() for task in tasks):
        peak = max(peak, processes.memory(pid))
        for reader in readers:
            reader.look_at_kernel()
        await asyncio.sleep(0.2)
    run.seen["during"] = measures.percentile(run.delivery_times_of_survivors(began, now()), 0.99)
    run.seen["memory"] = (peak - before) / len(readers) + max(r.kernel for r in readers)
    for task in tasks:
        task.cancel()
    for reader in readers:
        if reader.cut_at is None:
            run.miss(f"a reader ({reader.kind}) was not cut within {GIVE_UP:g} s")
        else:
            slow = reader.cut_at - reader.full_at
            run.seen["cut"] = max(run.seen.get("cut", 0), slow)
        reader.peer.close()


def judge_slow(run: Run) -> None:
    """Cut ≤ 15 s, ≤ 2 MB each; others' p99 unchanged."""
    before, during = run.seen["before"], run.seen["during"]
    run.within(CUT_LIMIT, run.seen.get("cut", 0), "cutting a slow reader")
    if run.seen["memory"] > MEMORY_LIMIT:
        run.miss(f"a slow reader cost {run.seen['memory'] / MIB:.1f} MiB")
    run.within(max(2 * before, before + 0.1), during, "the others' p99")
    run.notes.append(
        f"cut ≤ {run.seen.get('cut', 0):.1f} s, {run.seen['memory'] / MIB:.2f} MiB each, others' "
        f"p99 {before * 1000:.0f} → {during * 1000:.0f} ms"
    )


HISTORY = 100_000  # messages in the big room
FAR, NEAR = 10_000, 900  # versions behind
RETURNING = 3  # clients of each kind that come back at once
PEOPLE = 30


async def furnish_big_room(run: Run) -> None:
    """One room with a long history, in which everybody is."""
    path = run.house.postgres.directory / "sessions.json"
    await asyncio.to_thread(
        run.house.servers[0].manage, "seed", "--yes", "--members", str(PEOPLE), "--rooms", "1",
        "--rooms-per-member", "1", "--messages", str(HISTORY), "--sessions", str(path),
    )  # fmt: skip
    seeded = json.loads(Path(path).read_text())
    number = seeded["rooms"][0]["id"]
    users = [member["id"] for member in seeded["members"]]
    run.scene.rooms[number] = Room(number, "public", users[0], set(users))
    interner = Interner()
    for member in seeded["members"]:
        run.history.add(
            Moved(at=0, user=member["id"], room=number, member=True, ended=0, outcome="ok")
        )
        cookie = f"{seeded['cookie_name']}={member['cookie']}"
        run.scene.clients.append(
            Client(
                f"seeded-{member['id']}",
                member["id"],
                Address(run.house.proxy.ws_url, run.house.proxy.url, cookie),
                run.history,
                interner,
                random.Random(run.chance.random()),
                cold=False,
            )
        )


async def come_back(run: Run) -> None:
    """Clients with an old cache come back in the middle of the talk."""
    [room] = run.scene.rooms
    everyone = run.scene.clients
    while not run.over:
        version = (await asyncio.to_thread(run.house.database.versions, [room]))[room]
        returning = []
        for number in range(2 * RETURNING):
            model = everyone[number % len(everyone)]
            twin = Client(
                f"{model.name}-back{len(run.scene.clients)}", model.user, model.address,
                run.history, model.recorder.interner, random.Random(number),
            )  # fmt: skip
            twin.state.remember(room, version - (FAR if number % 2 else NEAR), now())
            returning.append(twin)
        began = now()
        for client in returning:
            client.start()
        there = await run.until(
            lambda some=returning: all(c.connected and not c.state.behind() for c in some),
            30,
            "the returning clients synced",
        )
        if there is not None:
            run.seen["back"] = max(run.seen.get("back", 0), now() - began)
        run.spans.append((began, now()))
        run.scene.clients.extend(returning)
        await asyncio.sleep(2)
        if len(run.scene.clients) > 120:
            break


def judge_come_back(run: Run) -> None:
    """Paged or reset; others' p99 < 250 ms."""
    times = [t for span in run.spans for t in run.delivery_times_of_survivors(*span)]
    run.seen["survivors p99"] = measures.percentile(times, 0.99)
    run.within(SURVIVORS_LIMIT, run.seen["survivors p99"], "the others' p99")
    run.notes.append(
        f"back ≤ {run.seen.get('back', 0):.1f} s, others' p99 "
        f"{run.seen['survivors p99'] * 1000:.0f} ms"
    )


SLOW = Fault(
    9,
    "slow readers",
    slow_readers,
    judge=judge_slow,
    seconds=40,
    short=20,
    rate=5.0,
    without=CALM | {"move"},
)
BEHIND = Fault(
    17, "10,000 changes behind", come_back, furnish=furnish_big_room, judge=judge_come_back,
    seconds=30, short=8, rate=15.0, without=CALM | {"move"},
)  # fmt: skip
