"""Delivering: one large room (W1), and many small ones (W2)."""

from collections.abc import Callable

from benchmarks.parts import Parts
from benchmarks.servers import (
    NODE_WS_REDIS,
    NODE_WS_REDIS_PG,
    OURS,
    SERVERS,
    Server,
)
from benchmarks.trial import Trial
from benchmarks.workloads.search import FULL_CORE, capacity, greatest
from benchmarks.workloads.workload import Column, Figures, Workload

LOW = 0.3  # of a core: where the cost of a delivery is read
PRECISION = {False: 1.08, True: 1.25}  # of the greatest rate, by quick
SECONDS = {False: 2.0, True: 0.8}  # of each rate tried
LOW_SECONDS = {False: 4.0, True: 1.5}

# Those whom the targets name, and ourselves.
QUICK = [NODE_WS_REDIS, NODE_WS_REDIS_PG, OURS]


def fanout(members: int, rooms: int) -> Callable[[Server, Parts, bool], Figures]:
    """Return the workload of ``members`` spread over ``rooms``, each of whom sends in turn."""

    def run(server: Server, parts: Parts, quick: bool) -> Figures:
        cookies = parts.cookies(members, rooms, 1) if server.is_ours else None
        with Trial(server, parts, rooms=rooms, cookies=cookies) as trial:
            connected = trial.connect(members)
            return {"connected": connected["connected"]} | delivering(
                trial, members // rooms, quick
            )

    return run


def delivering(trial: Trial, fan: int, quick: bool) -> Figures:
    """Return what a delivery costs at a low load, and the greatest rate sustained."""
    full = capacity(trial, fan, seconds=0.5)
    low = trial.load(LOW * full / fan, LOW_SECONDS[quick])
    start = 0.8e6 / max(low["cpu_us"], 0.5)
    best, tried = greatest(trial, fan, start, SECONDS[quick], PRECISION[quick])
    figures: Figures = {"low": low, "tried": tried, "best": best}
    for name in ("cpu_us", "p50_ms", "p99_ms", "ack_p50_ms", "redis_us_per_send",
                 "postgres_us_per_send", "cpu_us_per_send"):  # fmt: skip
        figures[name] = low[name]
    if best:
        figures["max_per_s"] = best["delivered_per_s"]
        figures["max_cpu_us"] = best["cpu_us"]
        # At least this much: the load generator, Redis and Postgres had no time left.
        figures["load_bound"] = float(best["load_core_busy"] > FULL_CORE)
        figures["max_server_util"] = best["server_util"]
    return figures


def _columns(*over: Server) -> list[Column]:
    return [
        Column("CPU µs a delivery at 30 %", "cpu_us", "{:.1f}", over),
        Column("p50 ms", "p50_ms", "{:.1f}"),
        Column("p99 ms", "p99_ms", "{:.1f}"),
        Column("greatest rate, deliveries/s", "max_per_s", "{:,.0f}", over),
        Column("CPU µs there", "max_cpu_us", "{:.1f}"),
        Column("server's core there", "max_server_util", "{:.2f}"),
        Column("load's core full", "load_bound", "{:.0f}"),
        Column("Redis µs a send", "redis_us_per_send", "{:.0f}"),
        Column("Postgres µs a send", "postgres_us_per_send", "{:.0f}"),
    ]


WORKLOADS = [
    Workload(
        "w1", "W1: 500 members of one room", SERVERS, fanout(500, 1),
        _columns(NODE_WS_REDIS), QUICK,
    ),
    Workload(
        "w2", "W2: 1,000 members, 100 rooms of 10", SERVERS, fanout(1000, 100),
        _columns(NODE_WS_REDIS, NODE_WS_REDIS_PG), QUICK,
    ),
]  # fmt: skip
