"""Faults 1–9, 14 and 16 in a short, seeded form, one after the other on one site.

What is judged here is what was lost, shown wrongly, leaked or left behind, which sockets were
closed and what the log says; how long anything took is not, since the machine may be busy.
bin/faults judges that too, runs them longer, and the others as well. A failure prints the seed and
the shortest explanation; FAULTS_SEED=N repeats it.
"""

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import House
from tests.faults.run import Fault, Run
from tests.faults.scenarios.catalogue import FAULTS
from tests.parts.part import program
from tests.parts.postgres import postgres_program

SHORT = (1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 16)
SERVERS = 2
SEED = int(os.environ.get("FAULTS_SEED") or random.randrange(10**6))

pytestmark = pytest.mark.skipif(
    not (postgres_program("postgres") and program("redis-server") and program("haproxy")),
    reason="needs Postgres, Redis and haproxy: apt install postgresql redis-server haproxy",
)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(SERVERS) as built:
        yield built


@pytest.mark.parametrize(
    "fault",
    [FAULTS[number][0] for number in SHORT],
    ids=lambda fault: f"{fault.number} {fault.name}",
)
def test_nothing_acknowledged_is_lost(house: House, fault: Fault, tmp_path: Path) -> None:
    seen = house.lengths()
    result = asyncio.run(Run(fault, house, SEED, fault.short, timed=False).go(tmp_path))
    result.misses += [f"traceback in the log: {line}" for line in house.tracebacks(seen)]
    assert result.met, f"seed {SEED}\n{result.explanation()}\n{result.notes}"


def test_the_only_process_killed(tmp_path: Path) -> None:
    """The default site: SQLite, one process."""
    fault = FAULTS[1][1]
    with House(embedded=True) as house:
        result = asyncio.run(Run(fault, house, SEED, fault.short, timed=False).go(tmp_path))
    assert result.met, f"seed {SEED}\n{result.explanation()}"
