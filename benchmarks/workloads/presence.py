"""Presence: members of rooms of fifty come and go, and the others are told."""

import json

from benchmarks.parts import Parts
from benchmarks.servers import OURS, Server
from benchmarks.trial import Trial
from benchmarks.workloads.workload import Column, Figures, Workload

MEMBERS = {False: 5000, True: 1000}
ROOM_SIZE = 50
PER_SECOND = {False: 200.0, True: 100.0}
AWAY = 2.0  # s
SECONDS = {False: 25.0, True: 4.0}
SETTLING = {False: 10.0, True: 2.0}  # s after they have come: backends tell their figures late
IDLE = {False: 10.0, True: 4.0}  # s
WRITES = ("xact_commit", "tup_inserted", "tup_updated", "tup_deleted")


def database_counts(parts: Parts) -> dict[str, int]:
    """Return what the database has done so far, as its statistics have it."""
    fields = ", ".join(f"'{name}', {name}" for name in WRITES)
    sql = (
        "SELECT pg_stat_force_next_flush(); "
        f"SELECT json_build_object({fields}) FROM pg_stat_database WHERE datname = 'site'"
    )
    found: dict[str, int] = json.loads(parts.postgres.query(sql).strip().splitlines()[-1])
    return found


def churn(server: Server, parts: Parts, quick: bool) -> Figures:
    """Return what one coming and going costs the server, the database and the wire."""
    members = MEMBERS[quick]
    cookies = parts.cookies(members, members // ROOM_SIZE, 1)
    with Trial(server, parts, cookies=cookies, focus=True) as trial:
        trial.connect(members)
        trial.lg.idle(SETTLING[quick])
        still = database_counts(parts)
        trial.lg.idle(IDLE[quick])
        before, spent = database_counts(parts), sum(trial.server_seconds())
        answer = trial.lg.churn(PER_SECOND[quick], AWAY, SECONDS[quick])
        spent = sum(trial.server_seconds()) - spent
        after = database_counts(parts)
    moves = max(1, answer["greeted"])
    written = sum(after[name] - before[name] for name in WRITES[1:])
    idly_written = sum(before[name] - still[name] for name in WRITES[1:])
    return {
        "members": members,
        "moves": moves,
        "cpu_us_per_move": spent * 1e6 / moves,
        "server_util": spent / (SECONDS[quick] + AWAY),
        "greeting_p50_ms": answer["greeting_p50_ms"],
        "greeting_p99_ms": answer["greeting_p99_ms"],
        "commits_per_move": (after["xact_commit"] - before["xact_commit"]) / moves,
        "rows_written_per_move": written / moves,
        "idle_commits_per_s": (before["xact_commit"] - still["xact_commit"]) / IDLE[quick],
        "idle_rows_per_s": idly_written / IDLE[quick],
        "presence_frames_per_move": answer["presence_frames"] / moves,
        "presence_bytes_per_frame": answer["presence_bytes"] / max(1, answer["presence_frames"]),
        "missing": members - answer["ready"],
    }


WORKLOADS = [
    Workload(
        "presence",
        "Presence: members of rooms of 50 come and go, each looking at their room",
        [OURS],
        churn,
        [
            Column("members", "members", "{:,.0f}"),
            Column("gone and back", "moves", "{:,.0f}"),
            Column("CPU µs each", "cpu_us_per_move", "{:,.0f}"),
            Column("server's core", "server_util", "{:.2f}"),
            Column("hello p50 ms", "greeting_p50_ms"),
            Column("p99 ms", "greeting_p99_ms"),
            Column("commits each", "commits_per_move", "{:.2f}"),
            Column("rows written each", "rows_written_per_move", "{:.2f}"),
            Column("commits/s when idle", "idle_commits_per_s", "{:.1f}"),
            Column("rows written/s when idle", "idle_rows_per_s", "{:.1f}"),
            Column("presence frames each", "presence_frames_per_move"),
            Column("bytes a frame", "presence_bytes_per_frame", "{:.0f}"),
            Column("missing after", "missing", "{:.0f}"),
        ],
    )
]
