"""The table at the end of bin/faults."""

from __future__ import annotations

from tests.faults.measures import percentile
from tests.faults.run import MIB, Result

HEADINGS = (
    "fault", "", "seed", "ok", "fail", "unkn", "applied", "viol", "sync p50", "p99", "max",
    "surv p99", "growth", "target",
)  # fmt: skip


def row(result: Result) -> tuple[str, ...]:
    """One result, in the order of the headings."""
    counts = {"ok": 0, "fail": 0, "unknown": 0} | result.outcomes
    return (
        str(result.number),
        result.name,
        str(result.seed),
        str(counts["ok"]),
        str(counts["fail"]),
        str(counts["unknown"]),
        str(result.applied),
        str(len(result.violations)),
        *(f"{percentile(result.syncs, share):.2f} s" for share in (0.5, 0.99, 1.0)),
        "–" if result.survivors_p99 is None else f"{result.survivors_p99 * 1000:.0f} ms",
        f"{result.growth / MIB:+.1f} MiB",
        verdict(result),
    )


def verdict(result: Result) -> str:
    """Met, missed, or met but for latencies that cannot be held against the site."""
    if not result.met:
        return "MISSED"
    return "met, but late on a busy machine" if result.late else "met"


def print_table(results: list[Result]) -> None:
    """Print all results aligned, and below them why the failed ones failed."""
    lines = [HEADINGS, *map(row, results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for line in lines:
        cells = [
            cell.ljust(width) if column in (1, len(HEADINGS) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    for result in results:
        if not result.met:
            print(f"\nfault {result.number}, seed {result.seed}:\n{result.explanation()}")
