"""Fault 12: a server process whose clock is wrong."""

from __future__ import annotations

import asyncio

from tests.faults import measures
from tests.faults.client import now
from tests.faults.run import Fault, Run
from tests.faults.scenarios.redis import CALM

WRONG = (90, -90, 25 * 3600)  # s


async def move_clock(run: Run) -> None:
    """One process after a restart lives in another time than the others; three times."""
    server = run.house.servers[0]
    closed = 0
    try:
        for seconds in WRONG:
            server.settings["FAULTS_CLOCK"] = str(seconds)
            await run.house.begin(server.restart)
            for client in run.scene.clients:
                client.hurry()
            await run.until(lambda: all(c.connected for c in run.scene.clients), 20, "reconnected")
            began = now()
            # Somebody must be there: the proxy may have sent them all elsewhere meanwhile.
            for client in run.scene.clients[::2]:
                client.cut()
                client.hurry()
            await asyncio.sleep(1.5)
            settled = now()
            await asyncio.sleep(run.seconds / len(WRONG))
            if not run.clients_at(server.name):
                run.notes.append(f"nobody was at {server.name} at {seconds:+} s")
            closed += len(measures.closings(run.history, settled, now()))
            run.spans.append((began, now()))
    finally:
        server.settings.pop("FAULTS_CLOCK", None)
    await run.house.begin(server.restart)
    run.seen["closed"] = closed


def judge_clock(run: Run) -> None:
    """Order by version alone (I4); no mass close."""
    if run.seen.get("closed", 0):
        run.miss(f"{run.seen['closed']:.0f} sockets were closed while a clock was wrong")


CLOCK = Fault(
    12, "a clock ± 90 s, + 25 h", move_clock, judge=judge_clock, seconds=30, short=9, without=CALM
)
