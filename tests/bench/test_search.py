"""The search for the greatest rate, on a server whose limit is known."""

from typing import Any

import pytest

from benchmarks.workloads.search import P99_BOUND, greatest, sustained

FAN = 10
SOUND = {
    "lost": 0, "conns_lost": 0, "refused": 0, "gaps": 0, "holes": 0, "disorder": 0,
    "seq_breaks": 0, "malformed": 0, "p50_ms": 1, "p99_ms": 2, "ack_p99_ms": 2, "cpu_us": 5,
    "server_util": 0.5, "load_util": 0.1, "load_core_busy": 0.5,
}  # fmt: skip


class LimitedTrial:
    """A server that is late beyond ``limit`` deliveries a second."""

    def __init__(self, limit: float) -> None:
        self.limit = limit

    def load(self, rate: float, seconds: float) -> dict[str, Any]:
        deliveries = rate * FAN
        late = P99_BOUND + 1 if deliveries > self.limit else 2
        return SOUND | {"delivered_per_s": deliveries, "p99_ms": late}


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch):
    monkeypatch.setattr("benchmarks.workloads.search.REST", 0)


@pytest.mark.parametrize("start", [1_000, 40_000, 700_000])
def test_the_greatest_rate_is_found_from_wherever_it_begins(start):
    best, tried = greatest(LimitedTrial(50_000), FAN, start, seconds=1, precision=1.08)
    assert best
    assert 50_000 / 1.08 <= best["delivered_per_s"] <= 50_000
    assert any(not one["sustained"] for one in tried)


def test_a_server_that_sustains_nothing_has_no_greatest_rate():
    best, tried = greatest(LimitedTrial(0), FAN, 10_000, seconds=1, precision=1.08)
    assert best is None
    assert tried


@pytest.mark.parametrize("flaw", ["lost", "gaps", "disorder", "conns_lost", "refused"])
def test_a_rate_at_which_a_promise_is_broken_is_not_sustained(flaw):
    assert sustained(SOUND)
    assert not sustained(SOUND | {flaw: 1})
