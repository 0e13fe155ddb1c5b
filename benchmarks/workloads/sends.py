"""Sending: how many messages a second are stored and acknowledged."""

from collections.abc import Callable

from benchmarks.load_core import is_sound
from benchmarks.parts import Parts
from benchmarks.servers import NODE_WS_REDIS_PG, OURS, SOCKETIO_REDIS_PG, Server
from benchmarks.trial import Trial
from benchmarks.workloads.workload import Column, Figures, Workload

SENDERS = 200
WINDOWS = (4, 16)  # unanswered sends of a member at a time; the better counts
SECONDS = {False: 4.0, True: 1.5}
WARM_SECONDS = 0.5


def sends(rooms: int) -> Callable[[Server, Parts, bool], Figures]:
    """Return the workload of 200 members, spread over ``rooms``, who send on once answered."""

    def run(server: Server, parts: Parts, quick: bool) -> Figures:
        cookies = parts.cookies(SENDERS, rooms, 1) if server.is_ours else None
        with Trial(server, parts, rooms=rooms, cookies=cookies) as trial:
            trial.connect(SENDERS)
            trial.sends(WARM_SECONDS, 1)
            answers = [trial.sends(SECONDS[quick], window) for window in WINDOWS]
        best = max(answers, key=lambda answer: answer["acked_per_s"])
        names = ("acked_per_s", "ack_p50_ms", "ack_p99_ms", "cpu_us_per_send",
                 "postgres_us_per_send", "redis_us_per_send", "server_util", "load_core_busy",
                 "delivered_per_s")  # fmt: skip
        figures = {name: best[name] for name in names}
        figures["window"] = WINDOWS[answers.index(best)]
        figures["sound"] = float(all(map(is_sound, answers)))
        return figures | {"answers": answers}

    return run


COLUMNS = [
    Column("acknowledged sends/s", "acked_per_s", "{:,.0f}", (NODE_WS_REDIS_PG,)),
    Column("ack p50 ms", "ack_p50_ms"),
    Column("ack p99 ms", "ack_p99_ms"),
    Column("unanswered at a time", "window", "{:.0f}"),
    Column("CPU µs a send", "cpu_us_per_send", "{:.0f}", (NODE_WS_REDIS_PG,)),
    Column("Postgres µs a send", "postgres_us_per_send", "{:.0f}"),
    Column("server's core", "server_util", "{:.2f}"),
    Column("load's core", "load_core_busy", "{:.2f}"),
    Column("all arrived in order", "sound", "{:.0f}"),
]
QUICK = [NODE_WS_REDIS_PG, OURS]
STORING = [NODE_WS_REDIS_PG, SOCKETIO_REDIS_PG, OURS]
WORKLOADS = [
    Workload("sends", "Sends: 200 senders in 200 rooms", STORING, sends(SENDERS), COLUMNS, QUICK),
    Workload("sends1", "Sends: 200 senders in one room", STORING, sends(1), COLUMNS, QUICK),
]
