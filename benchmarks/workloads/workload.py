"""What a workload is: a load, the servers that carry it, and the figures it leaves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.parts import Parts
from benchmarks.servers import Server

Figures = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One figure in the table: where it stands in the figures, and how it is printed.

    ``over`` names servers to whose median it is put in proportion, a column each.
    """

    title: str
    key: str
    format: str = "{:,.1f}"
    over: tuple[Server, ...] = ()


@dataclass(frozen=True)
class Workload:
    """``run(server, parts, quick)`` returns the figures of one trial; ``servers`` are run in turn.

    ``quick_servers`` carry it when time is short. What is not ``in_quick`` is run then only if it
    is named.
    """

    name: str
    title: str
    servers: list[Server]
    run: Callable[[Server, Parts, bool], Figures]
    columns: list[Column]
    quick_servers: list[Server] = field(default_factory=list)
    in_quick: bool = True

    def carried_by(self, quick: bool) -> list[Server]:
        """Return the servers it is run on."""
        return self.quick_servers if quick and self.quick_servers else self.servers
