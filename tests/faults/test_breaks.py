"""The proof can fail: with a bug in the real server, the same run names the right invariant."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.faults.house import House
from tests.faults.run import Fault, Result, Run
from tests.faults.scenarios.catalogue import FAULTS
from tests.parts.part import program
from tests.parts.postgres import postgres_program

pytestmark = pytest.mark.skipif(not program("haproxy"), reason="needs haproxy: apt install haproxy")


async def just_work(run: Run) -> None:
    """No fault at all."""
    await asyncio.sleep(run.seconds)


# The bug is in every process, so nobody is level for long: do not wait for that.
WORK = Fault(0, "none", just_work, rate=25.0, rest=4.0, warm_up=0.5)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(embedded=True) as built:
        yield built


def run_with(house: House, bug: str, fault: Fault, seconds: float) -> Result:
    """Restart the servers with the bug, and let members work."""
    for server in house.servers:
        server.settings["FAULTS_BREAK"] = bug
        server.restart()
    return asyncio.run(Run(fault, house, 1, seconds).go())


@pytest.mark.parametrize(
    ("bug", "invariant"),
    [
        ("drop", "P1"),
        ("double", "P1"),
        ("swap", "P1"),
        ("lose_row", "I3"),
        ("change_row", "I2"),
        ("invent_row", "I2"),
        ("leak", "I8"),
        ("ack_early", "I1"),
    ],
)
def test_a_bug_in_the_real_server_is_named(house: House, bug: str, invariant: str) -> None:
    result = run_with(house, bug, WORK, seconds=2.5)
    assert invariant in {violation.invariant for violation in result.violations}


def test_without_a_bug_the_same_run_is_clean(house: House) -> None:
    result = run_with(house, "", WORK, seconds=2.5)
    assert result.violations == []


@pytest.mark.skipif(
    not (postgres_program("postgres") and program("redis-server")),
    reason="needs Postgres and Redis: apt install postgresql redis-server",
)
def test_a_hub_that_does_not_repair_loses_the_tail() -> None:
    silence = replace(FAULTS[6][0], rest=8.0)
    with House(2) as house:
        result = run_with(house, "deaf", silence, seconds=1)
    assert "I7" in {violation.invariant for violation in result.violations}
    assert not result.met
