"""Whether the machine was ours: a latency says nothing while others take the processors."""

from __future__ import annotations

import os

from tests.faults import processes
from tests.faults.client import now

OTHERS_MAX = 0.25  # of all processor time that others may take before latencies are not judged


class Calm:
    """Measures, from its making to `others()`, who used the processors."""

    def __init__(self) -> None:
        self.began = now()
        self.machine, self.ours = _spent()

    def others(self) -> float:
        """The share of all processor time that processes other than the harness's own took."""
        machine, ours = _spent()
        there_was = (now() - self.began) * (os.cpu_count() or 1)
        return max(0.0, (machine - self.machine) - (ours - self.ours)) / max(there_was, 0.001)


def _spent() -> tuple[float, float]:
    return processes.busy(), processes.busy(processes.family(os.getpid()))
