"""Faults 3, 4, 5, 6 and 16: a Redis that is frozen, away, emptied or deaf."""

from __future__ import annotations

import asyncio
import random
import signal

from tests.faults import measures
from tests.faults.client import Client, now
from tests.faults.run import Fault, Run
from tests.faults.workload import revoke

ACK_LIMIT = 0.5  # s, p99
LAG_LIMIT_AWAY = 10.0  # s from an ack to every screen while Redis is away
LAG_LIMIT_BACK = 5.0  # s, once it is back
CHECK_INTERVAL = 5.0  # s in which a hub compares its rooms with the database
SLACK = 1.0  # s for the comparison itself, on a busy machine
NEWCOMERS = 3
DEAF_MOST = 5.0  # s for which subscriptions are killed, at most
REVOCATION_LIMIT = 10.0  # s
CALM = frozenset({"reconnect"})  # so that every closed socket is the fault's


async def freeze(run: Run) -> None:
    """SIGSTOP, for as long as the run's seconds; newcomers knock meanwhile."""
    run.house.redis.signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(1)
        newcomers = await _newcomers(run)
        await asyncio.sleep(max(0, run.seconds - 1))
        run.seen["greeted"] = sum(client.connected for client in newcomers)
        await _look_at_readiness(run)
    finally:
        run.house.redis.signal(signal.SIGCONT)


async def _newcomers(run: Run) -> list[Client]:
    """New sockets of members who are there already."""
    newcomers = []
    for client in run.scene.clients[:NEWCOMERS]:
        twin = Client(
            f"{client.name}-new",
            client.user,
            client.address,
            run.history,
            client.recorder.interner,
            random.Random(run.seed),
        )
        twin.start()
        newcomers.append(twin)
        run.scene.clients.append(twin)
    return newcomers


async def _look_at_readiness(run: Run) -> None:
    for server in run.house.servers:
        status = await asyncio.to_thread(server.status, "/readyz")
        if status != 200:
            run.miss(f"/readyz of {server.name} says {status} while only Redis is away")


def judge_frozen(run: Run) -> None:
    """Acks p99 < 500 ms; no socket closed; new sockets accepted; T ≤ 10 s while frozen."""
    nothing_closed(run)
    everyone = {client.name for client in run.scene.clients}
    acks = measures.ack_times(run.history, run.began, run.ended, everyone)
    p99 = measures.percentile(acks, 0.99)
    run.within(ACK_LIMIT, p99, "acks (p99)")
    if run.seen.get("greeted", NEWCOMERS) < NEWCOMERS:
        run.miss("new sockets were not accepted while Redis was away")
    lags = measures.lags(run.history, run.began, run.ended)
    run.within(LAG_LIMIT_AWAY, max(lags, default=0), "a change on its way to every screen")
    run.notes.append(
        f"ack p99 {p99 * 1000:.0f} ms, lag p50 {measures.percentile(lags, 0.5):.1f} s, "
        f"max {max(lags, default=0):.1f} s"
    )


def nothing_closed(run: Run) -> None:
    """Whether sockets were closed although only a part behind the servers was wrong."""
    codes = measures.closings(run.history, run.began, run.ended)
    if codes:
        run.miss(f"{len(codes)} sockets were closed, with {sorted(set(codes))}")


async def restart_and_outage(run: Run) -> None:
    """A restart, some calm, then away for the rest."""
    await run.house.begin(run.house.redis.restart)
    await asyncio.sleep(2)
    await asyncio.to_thread(run.house.redis.stop)
    await asyncio.sleep(run.seconds)
    await _look_at_readiness(run)
    await run.house.begin(run.house.redis.start)
    run.seen["back"] = now()
    await asyncio.sleep(LAG_LIMIT_BACK + 1)


def judge_outage(run: Run) -> None:
    """No socket closed; T ≤ 10 s while away, ≤ 5 s once it is back."""
    nothing_closed(run)
    away = measures.lags(run.history, run.began, run.seen["back"])
    back = measures.lags(run.history, run.seen["back"], run.ended)
    run.within(LAG_LIMIT_AWAY, max(away, default=0), "while away, a change to every screen")
    run.within(LAG_LIMIT_BACK, max(back, default=0), "once back, a change to every screen")
    run.notes.append(f"lag max {max(away, default=0):.1f} s, back {max(back, default=0):.1f} s")


async def flush(run: Run) -> None:
    """FLUSHALL every second."""
    while not run.over:
        run.house.redis.command_line("FLUSHALL")
        await asyncio.sleep(1)


def judge_flush(run: Run) -> None:
    """No effect at all."""
    nothing_closed(run)
    lags = measures.lags(run.history, run.began, run.ended)
    run.within(1.0, max(lags, default=0), "a change on its way to every screen")
    run.notes.append(f"lag max {max(lags, default=0):.2f} s")


async def deafen(run: Run) -> None:
    """Kill the subscriptions and say one last thing in every room, then nothing: again and again.

    The last event lost leaves no gap to see."""
    assert run.workload
    rounds = 0
    while not run.over or not rounds:
        run.workload.paused = True
        await run.level(20, "a level start")
        run.house.redis.command_line("CLIENT KILL TYPE pubsub")
        began = now()
        _say_last_words(run)
        await _keep_deaf(run)
        if await run.level(min(30.0, run.fault.rest), "the tail on every screen"):
            run.seen["tail"] = max(run.seen.get("tail", 0), now() - began)
        run.workload.paused = False
        await run.pause(0.3, 1.0)
        rounds += 1
    run.notes.append(f"{rounds} rounds, tail healed ≤ {run.seen.get('tail', 0):.1f} s")


async def _keep_deaf(run: Run) -> None:
    """Kill each new subscription until the last words are acked: they subscribe again at once."""
    began = now()
    while any(len(c.state.outbox) for c in run.scene.clients) and now() - began < DEAF_MOST:
        run.house.redis.command_line("CLIENT KILL TYPE pubsub")
        await asyncio.sleep(0.01)


def _say_last_words(run: Run) -> None:
    for room in run.scene.rooms.values():
        speakers = [c for c in run.scene.clients if room.id in c.state.rooms]
        for client in speakers[:2]:
            client.send(room.id, "last words")


def judge_deaf(run: Run) -> None:
    """T ≤ the hub's check interval."""
    nothing_closed(run)
    run.within(CHECK_INTERVAL + SLACK, run.seen.get("tail", 0), "the repair of a lost tail")


async def revoke_during_outage(run: Run) -> None:
    """Redis frozen; meanwhile one member is removed, one banned, one signed out, one deactivated.

    The others go on talking in the same rooms: nothing of it may reach those four."""
    run.house.redis.signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(0.5)
        chosen = _one_each(run)
        assert run.workload
        run.workload.spared.update(client.name for client in chosen)
        removed, banned, signed_out, off = chosen
        rooms = [room for room in run.scene.rooms.values() if removed.user in room.members]
        for room in rooms:
            if room.kind != "direct" and room.owner != removed.user:
                await run.workload.move(removed.user, room)
        hand = run.house.hand
        await revoke(run.scene, hand, run.history, banned, "ban")
        await revoke(run.scene, hand, run.history, signed_out, "sign_out")
        await revoke(run.scene, hand, run.history, off, "deactivate")
        began = now()
        gone = [banned, signed_out, off]
        took = await run.until(
            lambda: not any(client.alive for client in gone), 20, "the revoked told so"
        )
        if took is not None:
            run.seen["revoked"] = now() - began
        await asyncio.sleep(max(0, run.seconds - (now() - run.began)))
    finally:
        run.house.redis.signal(signal.SIGCONT)


def _one_each(run: Run) -> list[Client]:
    """Four clients of four members, none of whom owns a room."""
    owners = {room.owner for room in run.scene.rooms.values()}
    by_user = {c.user: c for c in run.scene.clients if c.user not in owners}
    single = [c for c in by_user.values() if len(run.scene.clients_of(c.user)) == 1]
    chosen = (single + [c for c in by_user.values() if c not in single])[:4]
    assert len(chosen) == 4, "too few members who own no room"
    return chosen


def judge_revocations(run: Run) -> None:
    """I8 is the checker's; here: those whose access ended were told so within 10 s."""
    run.within(REVOCATION_LIMIT, run.seen.get("revoked", 0), "telling the revoked")
    run.notes.append(f"revoked told ≤ {run.seen.get('revoked', 0):.1f} s")


FROZEN = Fault(3, "Redis frozen", freeze, judge=judge_frozen, seconds=60, short=7, without=CALM)
OUTAGE = Fault(
    4, "Redis restarted, then away", restart_and_outage, judge=judge_outage, seconds=60, short=6,
    without=CALM,
)  # fmt: skip
FLUSHED = Fault(5, "FLUSHALL every second", flush, judge=judge_flush, short=5, without=CALM)
DEAF = Fault(
    6, "subscriptions killed, then silence", deafen, judge=judge_deaf, seconds=40, short=8,
    without=CALM | {"move"},
)  # fmt: skip
REVOKED = Fault(
    16, "revoked while Redis is frozen", revoke_during_outage, judge=judge_revocations,
    seconds=25, short=16, members=11, without=CALM,
)  # fmt: skip
