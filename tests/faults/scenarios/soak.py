"""Fault 18: hours of churn, with faults 1–9 at random in between."""

from __future__ import annotations

import asyncio
import statistics

from tests.faults import processes
from tests.faults.client import now
from tests.faults.run import MIB, Fault, Run
from tests.faults.scenarios import peers, postgres, redis
from tests.faults.scenarios import processes as process_faults

GROWTH_LIMIT = 0.05  # of the memory of a process that lived through all of it
ROUND = (8.0, 25.0)  # s, least and most
SETTLED_AFTER = 0.25  # of the time: caches, pools and allocators have then filled
CHOICE = (
    process_faults.KILL, process_faults.RESTART, redis.FROZEN, redis.OUTAGE, redis.FLUSHED,
    redis.DEAF, postgres.TERMINATED, postgres.CRASHED, peers.SLOW,
)  # fmt: skip


async def soak(run: Run) -> None:
    """One fault after the other on the same house, each judged for itself. The first server
    process is never killed: its memory must stay flat."""
    house = run.house
    house.spared = {house.servers[0].name}
    survivor = house.servers[0].worker
    memory: list[tuple[float, int]] = []
    rounds = 0
    while not run.over:
        fault = run.chance.choice(CHOICE)
        seconds = min(run.chance.uniform(*ROUND), max(5.0, run.seconds - (now() - run.began)))
        part = Run(fault, house, run.chance.randrange(10**6), seconds)
        result = await part.go()
        rounds += 1
        run.violations += result.violations
        run.history.facts += [fact for fact in part.history.facts if type(fact).__name__ == "Sent"]
        run.misses += [f"in fault {fault.number}, seed {part.seed}: {m}" for m in result.misses]
        run.tardy += [f"in fault {fault.number}: {late}" for late in result.late if result.judged]
        await asyncio.sleep(1)
        memory.append((now() - run.began, processes.memory(survivor)))
    if house.servers[0].has_lost(survivor):
        run.miss("the process that nobody killed is gone")
    run.seen["rounds"] = rounds
    _judge_memory(run, memory)


def _judge_memory(run: Run, memory: list[tuple[float, int]]) -> None:
    """Flat memory ± 5 %, between the time everything had been used once and the end."""
    settled = [size for at, size in memory if at > SETTLED_AFTER * run.seconds]
    third = len(settled) // 3
    if not third:
        run.notes.append("too short to judge the memory")
        return
    early, late = statistics.median(settled[:third]), statistics.median(settled[-third:])
    growth = late / early - 1
    run.notes.append(
        f"{run.seen['rounds']:.0f} faults; memory {early / MIB:.1f} → {late / MIB:.1f} MiB "
        f"({growth:+.1%})"
    )
    if growth > GROWTH_LIMIT:
        run.miss(f"memory grew by {growth:.1%}")


SOAK = Fault(18, "soak with random faults", soak, seconds=7200, short=60, alone=True)
