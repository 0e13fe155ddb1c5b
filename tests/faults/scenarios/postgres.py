"""Faults 7 and 8: a Postgres that ends connections, crashes or freezes."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

import psycopg

from tests.faults import measures, processes
from tests.faults.client import now
from tests.faults.house import readiness
from tests.faults.pulse import Pulse
from tests.faults.run import Fault, Run
from tests.faults.scenarios.redis import CALM, nothing_closed

SHARE = 0.4  # of all connections, each time
READINESS_LIMIT = 2.0  # s until /readyz says that the database is away
STALL_LIMIT = 0.100  # s that an event loop may stand still
FREEZE = 10.0  # s


async def terminate_at_random(run: Run) -> None:
    """pg_terminate_backend for a random part of the connections, again and again."""
    ended = 0
    while not run.over:
        with suppress(psycopg.Error):
            ended += await asyncio.to_thread(run.house.database.terminate_some, SHARE)
        await run.pause(0.2, 1.0)
    run.notes.append(f"{ended} connections ended")


def judge_terminated(run: Run) -> None:
    """No lost ack (I1); retries succeed; no socket closed."""
    nothing_closed(run)
    every_send_ended(run)


def every_send_ended(run: Run) -> None:
    """Whether every send got its answer in the end, by a retry or at once."""
    counts = measures.outcomes(run.history)
    if counts["unknown"]:
        run.miss(f"{counts['unknown']} sends never got an answer")


async def crash_and_freeze(run: Run) -> None:
    """Immediate shutdown and a new start; some calm; then all of Postgres stands still."""
    pulses = [Pulse(server, run.scene.clients[0].address) for server in run.house.servers]
    for pulse in pulses:
        await pulse.start()
    await asyncio.to_thread(run.house.postgres.crash)
    await _readiness_fails(run)
    await run.house.begin(run.house.postgres.start)
    await asyncio.sleep(min(run.seconds, 5))
    await _freeze(run)
    await asyncio.sleep(1)
    for pulse in pulses:
        await pulse.stop()
    run.seen["stall"] = max(pulse.worst for pulse in pulses)


async def _freeze(run: Run) -> None:
    pid = run.house.postgres.pid
    family = [pid, *processes.children(pid)]
    for each in family:  # the postmaster first, so that no child is born meanwhile
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGSTOP)
    try:
        began = now()
        await _readiness_fails(run)
        await asyncio.sleep(max(0, min(FREEZE, run.seconds) - (now() - began)))
    finally:
        for each in family:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)


async def _readiness_fails(run: Run) -> None:
    async def one(server) -> None:
        took = await asyncio.to_thread(readiness, server, 503, 6.0)
        if took is None:
            run.miss(f"/readyz of {server.name} never failed while Postgres was away")
        else:
            run.seen["unready"] = max(run.seen.get("unready", 0), took)

    await asyncio.gather(*(one(server) for server in run.house.servers))


def judge_crash(run: Run) -> None:
    """/readyz fails ≤ 2 s; unknown sends end as one row (I5); no event loop stalled > 100 ms."""
    every_send_ended(run)
    run.within(READINESS_LIMIT + 0.2, run.seen.get("unready", 0), "/readyz to notice")
    run.within(STALL_LIMIT, run.seen.get("stall", 0), "the longest stall of an event loop")
    run.notes.append(
        f"/readyz after {run.seen.get('unready', 0):.1f} s, "
        f"longest stall {run.seen.get('stall', 0) * 1000:.0f} ms"
    )


TERMINATED = Fault(
    7, "database connections ended", terminate_at_random, judge=judge_terminated, short=5,
    without=CALM,
)  # fmt: skip
CRASHED = Fault(
    8, "Postgres crashed, then frozen", crash_and_freeze, judge=judge_crash, seconds=20, short=6,
    sync_limit=20.0, without=CALM,
)  # fmt: skip
