"""What the site is to reach, and whether it did."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.results import Results, markdown_table


@dataclass(frozen=True)
class Target:
    """``value`` computes the figure, None where a part of it was not measured."""

    title: str
    target: float
    stretch: float | None
    at_most: bool
    value: Callable[[Results], float | None]
    unit: str = ""

    def reached(self, value: float, bound: float) -> bool:
        """Say whether ``value`` is on the right side of ``bound``."""
        return value <= bound if self.at_most else value >= bound

    def verdict(self, value: float | None) -> str:
        """Return what is to be said of ``value``."""
        if value is None:
            return "not measured"
        if self.stretch is not None and self.reached(value, self.stretch):
            return "beyond the stretch"
        return "met" if self.reached(value, self.target) else "missed"


def _figure(workload: str, key: str, server: str = "ours") -> Callable[[Results], float | None]:
    return lambda results: results.median(workload, server, key)


def _ratio(
    workload: str, key: str, other: str, server: str = "ours"
) -> Callable[[Results], float | None]:
    def value(results: Results) -> float | None:
        ours = results.median(workload, server, key)
        theirs = results.median(workload, other, key)
        return ours / theirs if ours is not None and theirs else None

    return value


REDIS, STORED = "Node ws + Redis", "Node ws + Redis + Postgres"
TARGETS = [
    Target(f"W1: CPU a delivery ÷ {REDIS}", 0.75, 0.55, True,
           _ratio("w1", "cpu_us", "node_ws_redis")),
    Target(f"W1: greatest rate ÷ {REDIS}", 3, 6, False,
           _ratio("w1", "max_per_s", "node_ws_redis")),
    Target(f"W2: CPU a delivery ÷ {STORED}", 0.8, 0.5, True,
           _ratio("w2", "cpu_us", "node_ws_redis_pg")),
    Target(f"W2: greatest rate ÷ {STORED}", 1.5, 3, False,
           _ratio("w2", "max_per_s", "node_ws_redis_pg")),
    Target(f"Acknowledged sends/s ÷ {STORED}, 200 rooms", 2, 4, False,
           _ratio("sends", "acked_per_s", "node_ws_redis_pg")),
    Target(f"Acknowledged sends/s ÷ {STORED}, one room", 2, 4, False,
           _ratio("sends1", "acked_per_s", "node_ws_redis_pg")),
    Target("Memory a connection, idle, in 5 rooms", 20, 12, True,
           _figure("conn", "kib_per_connection"), " KiB"),
    Target("Connects/s with session and hello ÷ Socket.IO + Redis without", 1, 2, False,
           _ratio("conn", "connects_per_s", "socketio_redis")),
    Target("W1: two processes on two cores ÷ one on one", 1.7, None, False,
           _ratio("w1x2", "max_per_s", "ours", "ours_two")),
    Target("W2: two processes on two cores ÷ one on one", 1.7, None, False,
           _ratio("w2x2", "max_per_s", "ours", "ours_two")),
    Target("Overload: messages lost", 0, None, True, _figure("overload", "lost")),
    Target("Overload: normal again after", 5, None, True, _figure("overload", "recovered_s"), " s"),
    Target("Quiet room's p99 beside a flood ÷ alone", 2, 1.3, True, _figure("quiet", "times")),
    Target("Idle connections: share of a core", 3, 1, True,
           _figure("conn", "idle_cpu_percent"), " %"),
]  # fmt: skip


def targets_table(results: Results) -> str:
    """Return a Markdown table of every target of which anything was measured."""
    rows = []
    for target in TARGETS:
        value = target.value(results)
        if value is None:
            continue
        sign = "≤" if target.at_most else "≥"
        stretch = "" if target.stretch is None else f"{sign} {target.stretch:g}{target.unit}"
        rows.append([
            target.title, f"{value:.2f}{target.unit}", f"{sign} {target.target:g}{target.unit}",
            stretch, target.verdict(value),
        ])  # fmt: skip
    return markdown_table(["Target", "measured", "target", "stretch", ""], rows) if rows else ""
