"""Fault 13: two thousand clients come back at the same moment."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

from tests.faults import measures
from tests.faults.client import Address, Client, now
from tests.faults.history import Moved
from tests.faults.recorder import Interner
from tests.faults.run import Fault, Run
from tests.faults.scenarios.redis import CALM
from tests.faults.workload import Room

CLIENTS = 2000
ROOMS = 50
SYNC_LIMIT = 15.0  # s
ERROR_LIMIT = 0.01  # of all handshakes
TICK = 2.0  # s between looks at the clock: two thousand clients share one Python


async def furnish_crowd(run: Run) -> None:
    """Two thousand members, two rooms each."""
    path = run.house.postgres.directory / "sessions.json"
    await asyncio.to_thread(
        run.house.servers[0].manage, "seed", "--yes", "--members", str(CLIENTS), "--rooms",
        str(ROOMS), "--rooms-per-member", "2", "--messages", "5000", "--sessions", str(path),
    )  # fmt: skip
    seeded = json.loads(Path(path).read_text())
    interner = Interner()
    for room in seeded["rooms"]:
        run.scene.rooms[room["id"]] = Room(room["id"], "public", 0, set())
    for member in seeded["members"]:
        for room in member["rooms"]:
            run.scene.rooms[room].members.add(member["id"])
            run.history.add(
                Moved(at=0, user=member["id"], room=room, member=True, ended=0, outcome="ok")
            )
        cookie = f"{seeded['cookie_name']}={member['cookie']}"
        client = Client(
            f"c{member['id']}",
            member["id"],
            Address(run.house.proxy.ws_url, run.house.proxy.url, cookie),
            run.history,
            interner,
            random.Random(member["id"]),
            cold=False,
        )
        client.tick = TICK
        run.scene.clients.append(client)


async def storm(run: Run) -> None:
    """Everyone loses the connection and is back at once; some changes are made meanwhile."""
    assert run.workload
    run.workload.paused = True
    sockets = [client.recorder.socket for client in run.scene.clients]
    for client in run.scene.clients:
        client.cut()
        client.hurry()
    began = now()

    def everyone_is_back() -> bool:
        return all(
            c.recorder.socket > before and c.connected and not c.state.behind()
            for c, before in zip(run.scene.clients, sockets, strict=True)
        )

    for room in run.chance.sample(sorted(run.scene.rooms), 20):
        speaker = next(c for c in run.scene.clients if c.user in run.scene.rooms[room].members)
        speaker.send(room, "while everybody is away")
    there = await run.until(everyone_is_back, 60, "two thousand clients synced")
    run.seen["there"] = there if there is not None else 60.0
    run.seen["errors"] = len(measures.refusals(run.history, began, now())) / CLIENTS
    run.workload.paused = False
    await asyncio.sleep(3)


def judge_storm(run: Run) -> None:
    """All synced ≤ 15 s; accept errors < 1 %."""
    run.within(SYNC_LIMIT, run.seen["there"], "the comeback of 2,000 clients")
    if run.seen["errors"] >= ERROR_LIMIT:
        run.miss(f"{run.seen['errors']:.1%} of the handshakes failed")
    run.notes.append(f"all back after {run.seen['there']:.1f} s, {run.seen['errors']:.1%} errors")


STORM = Fault(
    13, "2,000 clients reconnect", storm, furnish=furnish_crowd, judge=judge_storm,
    seconds=30, short=30, rate=10.0, sync_limit=20.0, without=CALM | {"move"},
)  # fmt: skip
