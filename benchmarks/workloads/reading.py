"""Reading: what history, the list of rooms and sync cost as the number of messages grows."""

import json
import subprocess
import sys

from benchmarks.parts import ROOT, Parts
from benchmarks.servers import OURS, Server
from benchmarks.workloads.workload import Column, Figures, Workload

SIZES = {False: (10_000, 100_000, 1_000_000), True: (10_000, 100_000)}
MEMBERS, ROOMS, ROOMS_PER_MEMBER = 200, 20, 5
PROBE = "benchmarks.workloads.reading_probe"


def reading(server: Server, parts: Parts, quick: bool) -> Figures:
    """Return the median µs of each way to read, by the number of messages on the site."""
    figures: Figures = {}
    for size in SIZES[quick]:
        database = f"reading_{size}"
        parts.postgres.query(f"DROP DATABASE IF EXISTS {database}")
        parts.create_migrated(database)
        environment = parts.site_environment(database)
        sessions = parts.directory / database
        parts.seed(environment, MEMBERS, ROOMS, ROOMS_PER_MEMBER, size, sessions)
        parts.postgres.query("VACUUM ANALYZE", database)
        probed = subprocess.run(
            [sys.executable, "-m", PROBE, str(sessions)],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        found = json.loads(probed.stdout)
        figures |= {f"{name}_{size}": cost for name, cost in found.items()}
    return figures


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
    )
]
