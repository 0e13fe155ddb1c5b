"""Faults 10 and 11: a network that goes silent, and one that is slow and loses packets."""

from __future__ import annotations

import asyncio

from tests.faults import processes
from tests.faults.client import Client, now
from tests.faults.history import Closed
from tests.faults.namespaces import NEAR, Wire
from tests.faults.run import Fault, Run
from tests.faults.scenarios.redis import CALM

NOTICE_LIMIT = 60.0  # s, on both sides
DELAY = 0.1  # s each way: 200 ms for a round trip
LOSS = 0.05
LEFT_OVER = 3  # file descriptors of a server process that may differ


def move_to_far_side(run: Run, wire: Wire, clients: list[Client]) -> None:
    """From their next connection on these clients are behind the wire, straight at one process."""
    for number, client in enumerate(clients):
        server = run.house.servers[number % len(run.house.servers)]
        client.address = client.address.at(f"ws://{NEAR}:{server.port}/ws/chat/", server.name)
        client.make_socket = wire.socket
        client.cut()
        client.hurry()


async def half_open(run: Run) -> None:
    """Half of the clients lose the wire without a word; after a while it is there again."""
    far = run.scene.clients[::2]
    near = [client for client in run.scene.clients if client not in far]
    with Wire(run.seed) as wire:
        move_to_far_side(run, wire, far)
        await run.until(lambda: all(c.connected for c in far), 20, "connected over the wire")
        assert run.workload
        run.workload.spared.update(c.name for c in far)
        await asyncio.sleep(2)
        sockets = [client.recorder.socket for client in far]
        before = {pid: processes.descriptors(pid) for _, pid in run.house.workers()}
        wire.cut = True
        began = now()
        await _server_notices(run, before, len(far), began)
        await run.until(
            lambda: all(_has_lost(run, c, n) for c, n in zip(far, sockets, strict=True)),
            max(1.0, NOTICE_LIMIT + 5 - (now() - began)),
            "clients noticing that the wire is silent",
        )
        run.seen["clients"] = _last_loss(run, far) - began
        wire.cut = False
        for client in far:
            client.hurry()
        await run.until(lambda: all(c.connected for c in far), 45, "connected again")
        run.notes.append(
            f"noticed by servers ≤ {run.seen.get('servers', 0):.0f} s, by clients ≤ "
            f"{run.seen['clients']:.0f} s; {len(near)} others stayed"
        )
        await run.level(30, "synced after the wire came back")
        _move_back(run, far)
        await run.until(lambda: all(c.connected for c in far), 20, "connected without the wire")


async def _server_notices(run: Run, before: dict[int, int], lost: int, began: float) -> None:
    """Wait until the processes have closed the sockets that lead nowhere."""

    def gone() -> bool:
        held = sum(processes.descriptors(pid) for pid in before)
        return held <= sum(before.values()) - lost + LEFT_OVER

    if await run.until(gone, NOTICE_LIMIT + 5, "servers noticing that the wire is silent"):
        run.seen["servers"] = now() - began


def _has_lost(run: Run, client: Client, socket: int) -> bool:
    return client.recorder.socket > socket or not client.connected


def _last_loss(run: Run, clients: list[Client]) -> float:
    names = {client.name for client in clients}
    return max((f.at for f in run.history.of(Closed) if f.client in names), default=now())


def _move_back(run: Run, clients: list[Client]) -> None:
    for client in clients:
        client.address = client.address.at(run.house.proxy.ws_url, "")
        client.make_socket = None
        client.cut()
        client.hurry()


def judge_half_open(run: Run) -> None:
    """Noticed ≤ 60 s on both sides; nothing leaks (I9)."""
    run.within(NOTICE_LIMIT, run.seen.get("servers", 0), "noticing on the servers' side")
    run.within(NOTICE_LIMIT, run.seen.get("clients", 0), "noticing on the clients' side")


async def lossy(run: Run) -> None:
    """Half of the clients talk over 200 ms and 5 % loss."""
    far = run.scene.clients[::2]
    with Wire(run.seed) as wire:
        wire.delay, wire.loss = DELAY, LOSS
        move_to_far_side(run, wire, far)
        await run.until(lambda: all(c.connected for c in far), 30, "connected over the wire")
        await asyncio.sleep(run.seconds)
        _move_back(run, far)
        await run.until(lambda: all(c.connected for c in far), 20, "connected without the wire")


HALF_OPEN = Fault(
    10, "half-open peers", half_open, judge=judge_half_open, seconds=70, short=70, rate=8.0,
    needs_root=True, private_network=True, without=CALM, settings={"EXPOSED": "yes"},
)  # fmt: skip
LOSSY = Fault(
    11, "200 ms delay, 5 % loss", lossy, seconds=40, short=12, sync_limit=20.0,
    needs_root=True, private_network=True, settings={"EXPOSED": "yes"},
)  # fmt: skip
