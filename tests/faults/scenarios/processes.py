"""Faults 1 and 2: server processes that die, and ones that are asked to end."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from chatsite.supervisor import HEALTHY
from tests.faults import measures
from tests.faults.client import Client, now
from tests.faults.house import Server
from tests.faults.run import Fault, Run
from tests.parts.part import PartFailed

COMEBACK_LIMIT = 5.0  # s for the clients of a dead process to be synced elsewhere
SURVIVORS_LIMIT = 0.250  # s, p99
EXIT_LIMIT = 10.0  # s for a process to drain
RESTARTING = 4412
STARTING = 6.0  # s that a process takes at the most until it serves, while others are busy
GROWN_UP = STARTING + HEALTHY  # s


async def kill_at_random(run: Run) -> None:
    """`kill -9` of one server process after the other; every second time between commit and
    publish, by a trap that the process runs into (breaks/sitecustomize.py)."""
    kills, killed_at = 0, dict[str, float]()
    while not run.over or kills < 2:
        await asyncio.to_thread(run.house.wait_for_all)
        await run.pause(0.2, 1.0)
        # One that serves nobody would never run into the trap, and nobody would miss it.
        serving = [server for server in run.house.mortal if run.clients_at(server.name)]
        if run.timed:
            # One that died young once more is started again late, on purpose.
            serving = [each for each in serving if now() - killed_at.get(each.name, 0) > GROWN_UP]
        if not serving:
            continue
        server = run.chance.choice(serving)
        mourning = Mourning(run, server)
        if kills % 2:
            if not await _spring_trap(run, server):
                continue
        else:
            with suppress(PartFailed):
                server.kill_worker()
        kills += 1
        killed_at[server.name] = now()
        await mourning.end()
    run.notes.append(f"{kills} kills")
    await asyncio.to_thread(run.house.wait_for_all)


async def _spring_trap(run: Run, server: Server) -> bool:
    """Have the process kill itself at its next announcement: committed, not published."""
    pid = server.worker
    server.trap.write_text("die")
    died = await run.until(
        lambda: server.has_lost(pid), 10, "a change that dies before its publish"
    )
    server.trap.unlink(missing_ok=True)
    return died is not None


class Mourning:
    """The clients of a process that is about to end, until all of them are served elsewhere."""

    def __init__(self, run: Run, server: Server) -> None:
        self.run = run
        self.clients = run.clients_at(server.name)
        self._sockets = [client.recorder.socket for client in self.clients]

    async def end(self) -> None:
        """Wait for them; remember how long it took."""
        began, run = now(), self.run
        there = await run.until(self._synced, 30, "the clients of a dead process synced elsewhere")
        if there is not None:
            run.seen["comeback"] = max(run.seen.get("comeback", 0), now() - began)
            run.spans.append((began - 0.2, now()))

    def _synced(self) -> bool:
        return all(
            client.recorder.socket > socket and client.connected and not client.state.behind()
            for client, socket in zip(self.clients, self._sockets, strict=True)
        )


def judge_kills(run: Run) -> None:
    """Survivors' p99 < 250 ms; its clients synced ≤ 5 s."""
    run.within(COMEBACK_LIMIT, run.seen.get("comeback", 0), "the comeback of its clients")
    times = [t for span in run.spans for t in run.delivery_times_of_survivors(*span)]
    run.seen["survivors p99"] = measures.percentile(times, 0.99)
    run.within(SURVIVORS_LIMIT, run.seen["survivors p99"], "survivors' p99")
    run.notes.append(
        f"clients back ≤ {run.seen.get('comeback', 0):.1f} s, "
        f"survivors' p99 {run.seen['survivors p99'] * 1000:.0f} ms"
    )


async def rolling_restart(run: Run) -> None:
    """SIGTERM to one server after the other, as a deployment does, under load."""
    rounds = 0
    while not run.over or not rounds:
        for server in run.house.mortal:
            mourning = Mourning(run, server)
            began = now()
            code = await asyncio.to_thread(_stop, server)
            run.seen["exit"] = max(run.seen.get("exit", 0), now() - began)
            if code != 0:
                run.miss(f"{server.name} exited with {code} after SIGTERM")
            _check_codes(run, mourning.clients)
            await mourning.end()
            await run.house.begin(server.start)
            await asyncio.to_thread(run.house.wait_for_all)
            await run.pause(0.2, 0.5)
        rounds += 1


def _stop(server: Server) -> int | None:
    with suppress(PartFailed):
        return server.stop()
    return None


def _check_codes(run: Run, clients: list[Client]) -> None:
    codes = {client.close_codes[-1] for client in clients if client.close_codes}
    if codes - {RESTARTING}:
        run.miss(f"sockets of a draining process were closed with {sorted(codes)}")


def judge_restarts(run: Run) -> None:
    """Coded close; synced ≤ 5 s; no failed handshake at the survivors; exit within 10 s."""
    refused = measures.refusals(run.history, run.began, run.ended)
    if refused:
        run.miss(f"{len(refused)} handshakes failed, such as: {refused[0]}")
    run.within(COMEBACK_LIMIT, run.seen.get("comeback", 0), "the comeback of its clients")
    run.within(EXIT_LIMIT, run.seen.get("exit", 0), "a drain")
    run.notes.append(
        f"drain ≤ {run.seen.get('exit', 0):.1f} s, back ≤ {run.seen.get('comeback', 0):.1f} s"
    )


def judge_kills_of_the_only(run: Run) -> None:
    """Its clients synced ≤ 5 s; nobody survives the only process."""
    run.within(COMEBACK_LIMIT, run.seen.get("comeback", 0), "the comeback of its clients")
    run.notes.append(f"clients back ≤ {run.seen.get('comeback', 0):.1f} s")


KILL = Fault(1, "server process killed", kill_at_random, judge=judge_kills, seconds=60, short=8)
RESTART = Fault(
    2, "rolling restart", rolling_restart, judge=judge_restarts, seconds=40, short=8,
    without=frozenset({"reconnect"}),
)  # fmt: skip
KILL_EMBEDDED = Fault(
    1, "the only process killed (SQLite)", kill_at_random, judge=judge_kills_of_the_only,
    seconds=40, short=6, rate=15.0, embedded=True,
)  # fmt: skip
