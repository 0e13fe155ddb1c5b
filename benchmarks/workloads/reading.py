"""Reading: what history, the list of rooms and sync cost as the number of messages grows."""

import json
import subprocess
import sys

from benchmarks.parts import ROOT, Parts
from benchmarks.servers import OURS, Server
from benchmarks.workloads.workload import Column, Figures, Workload

SIZES = {False: (10_000, 100_000, 1_000_000, 10_000_000), True: (10_000, 100_000)}
SEEDED = min(SIZES[True])  # the site's own command would take half an hour for ten million
MEMBERS, ROOMS, ROOMS_PER_MEMBER = 200, 20, 5
PROBE = "benchmarks.workloads.reading_probe"

# What is said in each room once more, over and over. The copies' foreign keys are those of what is
# copied: checking ten million of them would take minutes.
GROW = """
    SET session_replication_role = replica;
    INSERT INTO chat_message (room_id, seq, version, posted_version, author_id, client_id, body,
        html, in_room, reply_count, pinned, created_at)
    SELECT room.id, room.last_seq + n, room.version + n, room.version + n, said.author_id,
        gen_random_uuid(), said.body, said.html, FALSE, 0, FALSE, said.created_at
    FROM generate_series(1, {more}) n
    CROSS JOIN chat_room room
    JOIN chat_message said ON said.room_id = room.id AND said.seq = 1 + n % {seeded}
    WHERE room.last_seq = {seeded};
    UPDATE chat_room SET last_seq = last_seq + {more}, version = version + {more}
    WHERE last_seq = {seeded}
"""


def reading(server: Server, parts: Parts, quick: bool) -> Figures:
    """Return the median µs of each way to read, by the number of messages on the site."""
    figures: Figures = {}
    for size in SIZES[quick]:
        figures |= {f"{name}_{size}": cost for name, cost in _probed(parts, size).items()}
    return figures


def _probed(parts: Parts, size: int) -> dict[str, float]:
    """Return what each way to read costs on a site with so many messages."""
    database = f"reading_{size}"
    parts.create_migrated(database)
    environment = parts.site_environment(database)
    sessions = parts.directory / database
    parts.seed(environment, MEMBERS, ROOMS, ROOMS_PER_MEMBER, SEEDED, sessions)
    seeded = SEEDED // ROOMS
    parts.postgres.query(GROW.format(seeded=seeded, more=size // ROOMS - seeded), database)
    parts.postgres.query("VACUUM ANALYZE", database)
    probed = subprocess.run(
        [sys.executable, "-m", PROBE, str(sessions)],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    parts.postgres.query(f"DROP DATABASE {database}")
    found: dict[str, float] = json.loads(probed.stdout)
    return found


def _columns() -> list[Column]:
    titles = {
        "history": "newest page",
        "history_middle": "page in the middle",
        "rooms": "list of rooms, all unread",
        "sync": "sync, 200 behind",
        "sync_reset": "sync, reset",
    }
    return [
        Column(f"{title}, {size:,}", f"{name}_{size}", "{:,.0f}")
        for name, title in titles.items()
        for size in SIZES[False]
    ]


WORKLOADS = [
    Workload(
        "reading",
        "Reading: median µs of a call, by the messages on the site (20 rooms)",
        [OURS],
        reading,
        _columns(),
        in_quick=False,
    )
]
