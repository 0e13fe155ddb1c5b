"""Connecting and staying: connects a second, memory, and what idle members cost."""

import time

from benchmarks.load_core import HEARTBEAT
from benchmarks.parts import Parts
from benchmarks.servers import (
    CHANNELS_PUBSUB,
    NODE_WS,
    NODE_WS_REDIS,
    OURS,
    SOCKETIO_REDIS,
    UVLOOP,
    Server,
)
from benchmarks.trial import Trial
from benchmarks.workloads.workload import Column, Figures, Workload

WARM = 50  # connections before anything is measured
PEER_MEMBERS = 2000
OUR_MEMBERS = {False: 10_000, True: 2000}
OUR_ROOMS = 1000
ROOMS_PER_MEMBER = 5
STORM = 1000  # connects whose rate is taken
IDLE_SECONDS = {False: 30.0, True: 5.0}
# Short runs see as many pings a second as ten thousand members make.
QUICK_HEARTBEAT = HEARTBEAT * OUR_MEMBERS[True] / OUR_MEMBERS[False]


def connecting(server: Server, parts: Parts, quick: bool) -> Figures:
    """Connect many; measure the rate, what each takes and what all cost when nothing happens."""
    members = OUR_MEMBERS[quick] if server.is_ours else PEER_MEMBERS
    cookies = None
    if server.is_ours:
        cookies = parts.cookies(members + WARM, OUR_ROOMS, ROOMS_PER_MEMBER)
    heartbeat = QUICK_HEARTBEAT if quick else HEARTBEAT
    with Trial(server, parts, rooms=100, cookies=cookies, heartbeat=heartbeat) as trial:
        trial.connect(WARM)
        empty = trial.memory()
        storm = trial.connect(STORM)
        rest = trial.connect(members - STORM)
        if server.is_ours:
            trial.lg.idle(heartbeat)  # until pings come as they do all day
        full = trial.memory()
        before, began = sum(trial.server_seconds()), time.monotonic()
        idle = trial.lg.idle(IDLE_SECONDS[quick] if server.is_ours else 2.0)
        spent = sum(trial.server_seconds()) - before
        return {
            "connects_per_s": storm["per_s"],
            "greeting_p99_ms": storm["greeting_p99_ms"],
            "cpu_us_per_connect": storm["cpu_us_per_connect"],
            "failed": storm["failed"] + rest["failed"],
            "kib_per_connection": (full - empty) / members,
            "empty_mib": empty / 1024,
            "members": members,
            "idle_cpu_percent": 100 * spent / (time.monotonic() - began),
            "still_there": idle["ready"] - WARM,
        }


WORKLOADS = [
    Workload(
        "conn",
        "Connecting: 32 handshakes at a time; ours with session, hello and 5 rooms each",
        [UVLOOP, NODE_WS, NODE_WS_REDIS, SOCKETIO_REDIS, CHANNELS_PUBSUB, OURS],
        connecting,
        [
            Column("connects/s", "connects_per_s", "{:,.0f}", (SOCKETIO_REDIS,)),
            Column("greeting p99 ms", "greeting_p99_ms", "{:.0f}"),
            Column("CPU µs a connect", "cpu_us_per_connect", "{:.0f}"),
            Column("KiB a connection", "kib_per_connection", "{:.1f}", (SOCKETIO_REDIS,)),
            Column("connections", "members", "{:,.0f}"),
            Column("idle: % of a core", "idle_cpu_percent", "{:.1f}"),
            Column("empty MiB", "empty_mib", "{:.0f}"),
            Column("failed", "failed", "{:.0f}"),
        ],
        [SOCKETIO_REDIS, OURS],
    )
]
