"""Fault 15: no file descriptors left; no space left on the disk (SQLite)."""

from __future__ import annotations

import asyncio
import os
import resource
from contextlib import suppress

from tests.faults import measures, processes
from tests.faults.client import now
from tests.faults.raw import RawPeer
from tests.faults.run import MIB, Fault, Run
from tests.faults.scenarios.postgres import every_send_ended
from tests.faults.scenarios.redis import CALM, nothing_closed

SPARE = 4  # file descriptors left to the process
KNOCKING = 60  # connections that want in all the same
RECOVERY_LIMIT = 10.0  # s until a newcomer gets in once there is room
DISK = 24 * MIB
BALLAST = "ballast"


async def exhaust_descriptors(run: Run) -> None:
    """Lower one process's limit to what it has open, and knock on its door."""
    server = run.house.servers[0]
    pid = server.worker
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    peers = []
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (processes.descriptors(pid) + SPARE, hard))
    try:
        spent = processes.busy([pid])
        began = now()
        for _ in range(KNOCKING):
            peer = RawPeer(server, run.scene.clients[0].address)
            peers.append(peer)
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(0.1):
                    await peer.open()
        await asyncio.sleep(max(0, run.seconds - (now() - began)))
        run.seen["load"] = (processes.busy([pid]) - spent) / (now() - began)
    finally:
        for peer in peers:
            peer.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
    run.seen["recovery"] = await _let_in(run, server)


async def _let_in(run: Run, server) -> float:
    began = now()
    while now() - began < 30:
        newcomer = RawPeer(server, run.scene.clients[0].address)
        try:
            await newcomer.open()
            return now() - began
        except (OSError, TimeoutError):
            await asyncio.sleep(0.2)
        finally:
            newcomer.close()
    run.miss("nobody was let in after there was room again")
    return now() - began


def judge_descriptors(run: Run) -> None:
    """Recovers by itself; who is in stays in; I1."""
    nothing_closed(run)
    every_send_ended(run)
    run.within(RECOVERY_LIMIT, run.seen["recovery"], "letting a newcomer in")
    run.notes.append(
        f"newcomer in after {run.seen['recovery']:.1f} s, processor while full "
        f"{run.seen['load']:.0%}"
    )


async def fill_disk(run: Run) -> None:
    """Leave no byte free where the database is; then make room again."""
    ballast = run.house.directory / BALLAST
    acked = measures.outcomes(run.history)["ok"]
    try:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 65536)
        await asyncio.sleep(run.seconds)
        full = measures.outcomes(run.history)["ok"]
        held = sum(len(client.state.outbox) for client in run.scene.clients)
        run.notes.append(f"{full - acked} acked while full, {held} waiting")
        if not held:
            run.miss("the disk was not full: every message was taken")
    finally:
        with suppress(FileNotFoundError):
            os.unlink(ballast)
    began = now()
    await run.until(
        lambda: not any(len(c.state.outbox) for c in run.scene.clients), 30, "the outboxes emptied"
    )
    run.seen["recovery"] = now() - began


def judge_disk(run: Run) -> None:
    """Refused with `unavailable`; recovers by itself; I1."""
    nothing_closed(run)
    every_send_ended(run)
    run.within(RECOVERY_LIMIT, run.seen.get("recovery", 30), "recovering")


DESCRIPTORS = Fault(
    15, "file descriptors used up", exhaust_descriptors, judge=judge_descriptors, seconds=15,
    short=8, without=CALM,
)  # fmt: skip
DISK_FULL = Fault(
    15, "disk full (SQLite)", fill_disk, judge=judge_disk, seconds=10, short=6, rate=15.0,
    without=CALM | {"move"}, embedded=True, needs_root=True, disk=DISK,
)  # fmt: skip
