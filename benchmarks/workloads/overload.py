"""Twice what the server carries: nothing may be lost, memory stays bounded, and then it is over."""

import time

from benchmarks.load_core import BROKEN_PROMISES
from benchmarks.parts import Parts
from benchmarks.servers import NODE_WS_REDIS_PG, OURS, Server
from benchmarks.trial import Trial
from benchmarks.workloads.search import P99_BOUND, capacity, greatest
from benchmarks.workloads.workload import Column, Figures, Workload

MEMBERS = 500
SECONDS = {False: 30.0, True: 4.0}
TIMES = 2.0  # the greatest rate
WINDOW = 4  # unanswered sends of a member: what an outbox keeps under way
PROBE_SECONDS = 0.5
RECOVERY_LIMIT = 30.0  # s
LIGHT = 0.2  # of the greatest rate, for the probes


def overload(server: Server, parts: Parts, quick: bool) -> Figures:
    """Find the greatest rate of W1, offer twice that, then look how long it takes to recover."""
    cookies = parts.cookies(MEMBERS, 1, 1) if server.is_ours else None
    with Trial(server, parts, cookies=cookies) as trial:
        trial.connect(MEMBERS)
        full = capacity(trial, MEMBERS, seconds=0.5)
        best, _ = greatest(trial, MEMBERS, 0.8 * full, seconds=1.0, precision=1.25)
        rate = (best["delivered_per_s"] if best else full) / MEMBERS
        before = trial.memory()
        over = trial.load(TIMES * rate, SECONDS[quick], WINDOW, drain=RECOVERY_LIMIT)
        began = time.monotonic() - over["drain_secs"]
        recovered = None
        while recovered is None and time.monotonic() - began < RECOVERY_LIMIT:
            if trial.load(LIGHT * rate, PROBE_SECONDS)["p99_ms"] < P99_BOUND:
                recovered = time.monotonic() - began
        after = trial.memory()
    return {
        "offered_per_s": TIMES * rate,
        "sent_per_s": over["sent"] / over["send_secs"],
        "delivered_per_s": over["delivered_per_s"],
        "lost": over["lost"],
        "broken": sum(over[name] for name in BROKEN_PROMISES),
        "lagged": over["lagged"],
        "cut_off": over["conns_lost"],
        "p99_ms": over["p99_ms"],
        "ack_p99_ms": over["ack_p99_ms"],
        "before_mib": before / 1024,
        "peak_mib": over["memory_peak_kib"] / 1024,
        "after_mib": after / 1024,
        "recovered_s": recovered,
        "over": over,
    }


WORKLOADS = [
    Workload(
        "overload",
        "W1 at twice its greatest rate",
        [NODE_WS_REDIS_PG, OURS],
        overload,
        [
            Column("offered, messages/s", "offered_per_s", "{:,.0f}"),
            Column("sent", "sent_per_s", "{:,.0f}"),
            Column("deliveries/s", "delivered_per_s", "{:,.0f}"),
            Column("lost", "lost", "{:.0f}"),
            Column("gaps, holes, disorder", "broken", "{:.0f}"),
            Column("cut off", "cut_off", "{:.0f}"),
            Column("delivery p99 ms", "p99_ms", "{:,.0f}"),
            Column("ack p99 ms", "ack_p99_ms", "{:,.0f}"),
            Column("MiB before", "before_mib", "{:.0f}"),
            Column("at most", "peak_mib", "{:.0f}"),
            Column("after", "after_mib", "{:.0f}"),
            Column("normal again after s", "recovered_s", "{:.1f}"),
        ],
        [OURS],
    )
]
