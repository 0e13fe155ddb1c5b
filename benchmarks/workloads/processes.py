"""Two server processes on two cores against one on one.

There is no third core for the load, so everything is confined: one process, load generator, Redis
and Postgres on one core, then two processes and the rest on two. Most members throw away what they
get unread, so that the load weighs little beside the servers.
"""

from collections.abc import Callable

from benchmarks.machine import LOAD_CORE, SERVER_CORE
from benchmarks.parts import Parts
from benchmarks.servers import OURS, OURS_TWICE, Server
from benchmarks.trial import Trial
from benchmarks.workloads.search import capacity, greatest
from benchmarks.workloads.workload import Column, Figures, Workload

SEEING_EVERY = 7  # one of so many members reads what they get; prime to the number of rooms
PRECISION = {False: 1.08, True: 1.25}
SECONDS = {False: 2.0, True: 0.8}


def scaling(members: int, rooms: int) -> Callable[[Server, Parts, bool], Figures]:
    """Return the workload of ``members`` in ``rooms`` on as many cores as server processes."""

    def run(server: Server, parts: Parts, quick: bool) -> Figures:
        cores = (SERVER_CORE, LOAD_CORE) if server is OURS_TWICE else (SERVER_CORE,)
        cookies = parts.cookies(members, rooms, 1)
        seeing = -(-members // SEEING_EVERY)
        with Trial(
            server, parts, cookies=cookies, server_cores=cores, load_cores=cores,
            blind_every=SEEING_EVERY,
        ) as trial:  # fmt: skip
            trial.connect(members)
            fan = seeing / rooms  # the deliveries of a message that are counted
            full = capacity(trial, fan, seconds=0.5)
            best, tried = greatest(trial, fan, 0.4 * full, SECONDS[quick], PRECISION[quick])
        figures: Figures = {"tried": tried}
        if best:
            figures["max_per_s"] = best["delivered_per_s"] * members / seeing
            figures["max_cpu_us"] = best["cpu_us"] * seeing / members
            figures["load_util"] = best["load_util"]
        return figures

    return run


COLUMNS = [
    Column("greatest rate, deliveries/s", "max_per_s", "{:,.0f}", (OURS,)),
    Column("servers' CPU µs a delivery there", "max_cpu_us", "{:.1f}", (OURS,)),
    Column("load generator's share of a core", "load_util", "{:.2f}"),
]
BOTH = [OURS, OURS_TWICE]
WORKLOADS = [
    Workload("w1x2", "W1, everything on one core and on two", BOTH, scaling(500, 1), COLUMNS),
    Workload("w2x2", "W2, everything on one core and on two", BOTH, scaling(1000, 100), COLUMNS),
]
