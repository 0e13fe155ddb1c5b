"""What was measured, as a file of one JSON object a trial, and as tables."""

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.servers import BY_NAME, Server
from benchmarks.workloads import ALL
from benchmarks.workloads.workload import Column, Workload

Trials = list[dict[str, Any]]


class Results:
    """The trials of one run. ``path`` is where each is written as soon as it is known."""

    def __init__(self, trials: Iterable[dict[str, Any]] = (), path: Path | None = None) -> None:
        self.trials: Trials = list(trials)
        self.path = path

    @classmethod
    def read(cls, paths: Iterable[Path]) -> "Results":
        """Return what earlier runs have left."""
        return cls(json.loads(line) for path in paths for line in path.read_text().splitlines())

    def add(self, workload: Workload, server: Server, figures: dict[str, Any]) -> None:
        """Note one trial."""
        trial = {"workload": workload.name, "server": server.name, **figures}
        self.trials.append(trial)
        if self.path:
            with self.path.open("a") as file:
                file.write(json.dumps(trial) + "\n")

    def values(self, workload: str, server: str, key: str) -> list[float]:
        """Return a figure of all trials that have it."""
        return [
            trial[key]
            for trial in self.trials
            if (trial["workload"], trial["server"]) == (workload, server)
            and trial.get(key) is not None
        ]

    def median(self, workload: str, server: str, key: str) -> float | None:
        """Return the median of a figure, None where it was not measured."""
        values = self.values(workload, server, key)
        return statistics.median(values) if values else None

    def tables(self) -> str:
        """Return a Markdown table for each workload that was run."""
        return "\n\n".join(
            f"### {workload.title}\n\n{self._table(workload)}"
            for workload in ALL
            if any(trial["workload"] == workload.name for trial in self.trials)
        )

    def _table(self, workload: Workload) -> str:
        measured = {trial["server"] for trial in self.trials if trial["workload"] == workload.name}
        servers = [server for server in BY_NAME.values() if server.name in measured]
        columns = [column for column in workload.columns if self._has(workload, column)]
        heads = ["", *(head for column in columns for head in _heads(column))]
        rows = [
            [server.title, *(cell for column in columns for cell in self._cells(
                workload.name, server.name, column))]
            for server in servers
        ]  # fmt: skip
        return markdown_table(heads, rows)

    def _has(self, workload: Workload, column: Column) -> bool:
        return any(
            trial["workload"] == workload.name and column.key in trial for trial in self.trials
        )

    def _cells(self, workload: str, server: str, column: Column) -> list[str]:
        values = self.values(workload, server, column.key)
        if not values:
            return ["–"] * (1 + len(column.over))
        middle = statistics.median(values)
        text = column.format.format(middle)
        if len(values) > 1:
            least, most = (column.format.format(edge(values)) for edge in (min, max))
            text += f" ({least}–{most})"
        ratios = []
        for other in column.over:
            reference = self.median(workload, other.name, column.key)
            ratios.append(f"{middle / reference:.2f}" if reference else "–")
        return [text, *ratios]


def _heads(column: Column) -> list[str]:
    return [column.title, *(f"÷ {server.title}" for server in column.over)]


def markdown_table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, the first column to the left and the others to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
