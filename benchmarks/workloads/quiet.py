"""A quiet room beside a flooded one: does its conversation notice?"""

from benchmarks.parts import Parts
from benchmarks.servers import NODE_WS_REDIS, NODE_WS_REDIS_PG, OURS, Server
from benchmarks.trial import Trial
from benchmarks.workloads.search import capacity, greatest
from benchmarks.workloads.workload import Column, Figures, Workload

QUIET_MEMBERS = 10
QUIET_RATE = 50.0  # messages a second, so that p99 is not just the slowest of a short round
FLOODED_MEMBERS = 500
TIMES = 2.0  # what the server carries in the flooded room
WINDOW = 4  # unanswered sends of a flooding member
SECONDS = {False: 15.0, True: 5.0}
SETTLING = 1.0  # s of flood before the quiet room is listened to, and after
# Of the flood's readers: on a core of their own they would not keep Postgres waiting, nor the quiet
# room's ears, which are to tell how long the server takes.
NICENESS = 10


def quiet_room(server: Server, parts: Parts, quick: bool) -> Figures:
    """Return p99 of the quiet room alone and while the other is flooded."""
    few = parts.cookies(QUIET_MEMBERS, 1, 1) if server.is_ours else None
    many = parts.cookies(FLOODED_MEMBERS, 1, 1) if server.is_ours else None
    with Trial(server, parts, cookies=many, load_niceness=NICENESS) as trial:
        listeners = trial.members(cookies=few or server.cookies(parts), first_room=1)
        listeners.connect(QUIET_MEMBERS)
        trial.connect(FLOODED_MEMBERS)
        full = capacity(trial, FLOODED_MEMBERS, seconds=0.5)
        best, _ = greatest(trial, FLOODED_MEMBERS, 0.8 * full, seconds=1.0, precision=1.25)
        rate = TIMES * (best["delivered_per_s"] if best else full) / FLOODED_MEMBERS
        seconds = SECONDS[quick]
        alone = listeners.load(QUIET_RATE, seconds)
        trial.lg.begin_load(rate, seconds + 2 * SETTLING, WINDOW)
        listeners.idle(SETTLING)
        beside = listeners.load(QUIET_RATE, seconds)
        flood = trial.lg.answer()
    return {
        "alone_p50_ms": alone["p50_ms"],
        "alone_p99_ms": alone["p99_ms"],
        "beside_p50_ms": beside["p50_ms"],
        "beside_p99_ms": beside["p99_ms"],
        "times": beside["p99_ms"] / max(alone["p99_ms"], 1e-3),
        "flood_per_s": flood["delivered_per_s"],
        "lost": alone["lost"] + beside["lost"],
    }


WORKLOADS = [
    Workload(
        "quiet",
        "A quiet room of 10 while a room of 500 is flooded at twice its greatest rate",
        [NODE_WS_REDIS, NODE_WS_REDIS_PG, OURS],
        quiet_room,
        [
            Column("alone: p50 ms", "alone_p50_ms"),
            Column("p99 ms", "alone_p99_ms"),
            Column("beside: p50 ms", "beside_p50_ms"),
            Column("p99 ms", "beside_p99_ms"),
            Column("p99 beside ÷ alone", "times", "{:.2f}"),
            Column("flood, deliveries/s", "flood_per_s", "{:,.0f}"),
            Column("lost", "lost", "{:.0f}"),
        ],
        [OURS],
    )
]
