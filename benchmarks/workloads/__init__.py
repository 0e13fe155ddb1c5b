"""What the servers are put to. Each module has one kind of load; ALL lists them in order.

Connections come first: beside messages that are yet to be made searchable a site is not idle.
"""

from benchmarks.workloads import (
    abuse,
    connections,
    fanout,
    overload,
    presence,
    processes,
    quiet,
    reading,
    sends,
)
from benchmarks.workloads.workload import Workload

ALL: list[Workload] = [
    *connections.WORKLOADS,
    *fanout.WORKLOADS,
    *sends.WORKLOADS,
    *processes.WORKLOADS,
    *overload.WORKLOADS,
    *quiet.WORKLOADS,
    *presence.WORKLOADS,
    *reading.WORKLOADS,
    *abuse.WORKLOADS,
]
BY_NAME = {workload.name: workload for workload in ALL}
