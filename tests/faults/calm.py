"""Whether a latency means anything: not while others take the processors, or we are late."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass

from tests.faults import processes
from tests.faults.client import now
from tests.faults.measures import percentile

OTHERS_MAX = 0.25  # of all processor time that others may take
OWN_LATENESS_MAX = 0.05  # s, p99, by which the harness's own event loop may be late
LOOK_EVERY = 0.02  # s


@dataclass(frozen=True)
class Conditions:
    """Under what conditions latencies were measured."""

    others: float = 0.0  # share of all processor time that others took
    lateness: float = 0.0  # s by which the harness's own loop was late, p99

    @property
    def fair(self) -> bool:
        """Whether a latency may be held against the site."""
        return self.others <= OTHERS_MAX and self.lateness <= OWN_LATENESS_MAX

    def __str__(self) -> str:
        return (
            f"others took {self.others:.0%} of the processors, "
            f"the harness was {self.lateness * 1000:.0f} ms late"
        )


class Calm:
    """Measures the conditions, from its making (on a running loop) to `end()`."""

    def __init__(self) -> None:
        self.began = now()
        self.machine, self.ours = _spent()
        self._lateness: list[float] = []
        self._task = asyncio.create_task(self._look_at_ourselves())

    def end(self) -> Conditions:
        """Stop, and tell."""
        self._task.cancel()
        machine, ours = _spent()
        there_was = (now() - self.began) * (os.cpu_count() or 1)
        others = (machine - self.machine) - (ours - self.ours)
        return Conditions(
            max(0.0, others) / max(there_was, 0.001), percentile(self._lateness, 0.99)
        )

    async def _look_at_ourselves(self) -> None:
        while True:
            before = now()
            await asyncio.sleep(LOOK_EVERY)
            self._lateness.append(now() - before - LOOK_EVERY)


def _spent() -> tuple[float, float]:
    return processes.busy(), processes.busy(processes.family(os.getpid()))
