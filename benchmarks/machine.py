"""What the kernel says of this machine and of processes: cores, CPU time, memory."""

import os
import platform
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # a second
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


def tree(pid: int) -> list[int]:
    """Return ``pid`` and all its descendants that live."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := _stat(int(entry))):
            children.setdefault(int(fields[1]), []).append(int(entry))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> tuple[float, float]:
    """Return user and system time of the processes, with that of children they have outlived."""
    user = system = 0
    for pid in pids:
        if fields := _stat(pid):
            user += int(fields[11]) + int(fields[13])
            system += int(fields[12]) + int(fields[14])
    return user / TICKS, system / TICKS


def memory_kib(pids: Iterable[int], kind: str = "VmRSS") -> int:
    """Return the resident memory of the processes together; ``VmHWM`` for the greatest so far."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(kind + ":"))
    return total


def interrupt_seconds(cores: Iterable[int]) -> float:
    """Return the CPU time of the kernel's ksoftirqd threads on ``cores``.

    On loopback the receiving half of TCP runs within the sender's send(); what the kernel moves
    out of it to this thread belongs to the sender all the same.
    """
    return sum(cpu_seconds(_softirq_threads(tuple(cores))))


def busy_seconds(core: int) -> float:
    """Return how long ``core`` has been busy since boot, whatever with."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name == f"cpu{core}":
            ticks = [int(field) for field in fields[:8]]
            return (sum(ticks) - ticks[3] - ticks[4]) / TICKS
    return 0.0


def may_be_urgent() -> bool:
    """Say whether we may give processes a niceness below zero."""
    return os.geteuid() == 0


def describe() -> str:
    """Return the machine in one line, for beside the figures."""
    cpu = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{time.strftime('%Y-%m-%d')}, {len(CORES)} cores of {cpu}, {memory:.0f} GiB, "
        f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


@cache
def _softirq_threads(cores: tuple[int, ...]) -> list[int]:
    names = {f"ksoftirqd/{core}" for core in cores}
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/comm")
        if path.read_text().strip() in names
    ]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on, [] where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
