"""Where our server's time goes: py-spy's samples under a steady load, split by layer.

Only who holds the interpreter's lock is sampled: py-spy takes many a thread that waits for busy.
What the server's processes spend beyond that is one layer, seen from outside. Samples are of time
that passes, not of CPU time: beside other work on the machine they tell proportions at best.
"""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load_core import HEARTBEAT, Answer
from benchmarks.machine import LOAD_CORE, SERVER_CORE, cpu_seconds
from benchmarks.parts import HERE, Parts
from benchmarks.servers import OURS, OURS_TWICE, Server
from benchmarks.trial import Trial
from benchmarks.workloads.search import capacity

PY_SPY = HERE / ".venv" / "bin" / "py-spy"
RATE = 500  # samples a second
UTIL = 0.6  # of the server's core
MARGIN = 1.5  # s that the load lasts longer than the sampling
PLAIN_SECONDS = 3.0  # of load without py-spy, from which the cost is taken
AWAY = 0.5  # s that members stay away who go and come back

# A sample belongs to the first layer, from the innermost frame outwards, whose pattern it matches.
# Frames read "function (file:line)"; native ones have a library for a file.
LAYERS = [
    ("way out: writes to sockets", r"^(WebSocket\.(send|unsent)|DirectWire\.)"),
    ("way in: WebSocket frames", r"chatsite/(frames|websocket)\.py"),
    ("way in: commands", r"chat/live/(session|limits|commands)\.py|parse \(chat/live/frames\.py"),
    ("way out: frames encoded", r"chat/(live/frames|rows)\.py"),
    (
        "way out: hub to sockets",
        r"chat/live/(hub|seats|repair|feed|socket|wire|presence|typists|onlookers)\.py",
    ),
    ("consumer, handshake", r"chat/live/(consumer|handshake|admission|direct)\.py|django/contrib"),
    ("Redis", r"chat/live/(relay|line)\.py|redis/|hiredis|msgpack|chat/broadcast\.py"),
    ("writer: batches", r"chat/live/(batches|posts|storing)\.py"),
    ("database: thread hop", r"chat/live/database\.py|concurrent/futures|threading\.py|queue\.py"),
    ("database: driver", r"psycopg|chat/live/pipeline\.py"),
    ("database: Django's ORM", r"django/(db|utils)|asgiref/local|copy\.py|weakref\.py"),
    ("posting", r"chat/(services|models|permissions|markup|errors)"),
    ("HTTP: Daphne, Twisted", r"daphne|autobahn|channels/|chatsite/|twisted/(?!.*reactor\.py)"),
    ("event loop: uvloop, socket reads and writes", r"reactor\.py|uvloop"),
    ("event loop: asyncio", r"asyncio/"),
]  # fmt: skip
PATTERNS = [(layer, re.compile(pattern)) for layer, pattern in LAYERS]
OTHER = "the rest"
OUTSIDE = "system calls and waits without the interpreter's lock"


Step = Callable[[float], Answer]  # loads for so many seconds


@dataclass(frozen=True)
class Profile:
    """A load to be profiled under. Its cost is told a ``unit``, which ``key`` of answers counts."""

    members: int
    rooms: int
    unit: str
    key: str
    prepare: Callable[[Trial], Step]
    rooms_per_member: int = 1
    heartbeat: float = HEARTBEAT
    server: Server = OURS

    def count(self, answer: Answer, seconds: float) -> float:
        """Return how many units ``answer`` is about."""
        return max(1, answer[self.key]) if self.key else seconds


def delivering(trial: Trial) -> Step:
    """Members send at a rate that fills a part of the server's core."""
    fan = trial.lg.idle(0.1)["ready"] / trial.rooms
    rate = UTIL * capacity(trial, fan, seconds=1.0) / fan
    return lambda seconds: trial.load(rate, seconds)


def sending(trial: Trial) -> Step:
    """Members send as soon as they are answered."""
    return lambda seconds: trial.sends(seconds, 1)


def connecting(trial: Trial) -> Step:
    """Members go and come back."""
    moves = trial.measured(lambda: trial.lg.churn(50, AWAY, 1.0))
    rate = UTIL * moves["greeted"] / max(moves["cpu_s"], 0.01)
    return lambda seconds: trial.measured(lambda: trial.lg.churn(rate, AWAY, seconds))


def resting(trial: Trial) -> Step:
    """Members do nothing but ping."""
    return lambda seconds: trial.measured(lambda: trial.lg.idle(seconds))


# Two processes share both cores with the load: see workloads/processes.py.
BOTH = (SERVER_CORE, LOAD_CORE)
CORES_OF_TWO: dict[str, Any] = {"server_cores": BOTH, "load_cores": BOTH}

PROFILES = {
    "w1": Profile(500, 1, "delivery", "delivered", delivering),
    "w2": Profile(1000, 100, "delivery", "delivered", delivering),
    "w2x2": Profile(1000, 100, "delivery", "delivered", delivering, server=OURS_TWICE),
    "sends": Profile(200, 200, "send", "sent", sending),
    "sends1": Profile(200, 1, "send", "sent", sending),
    "conn": Profile(1000, 500, "coming and going", "greeted", connecting, rooms_per_member=5),
    # With as many pings a second as ten thousand members make.
    "idle": Profile(1000, 500, "second", "", resting, rooms_per_member=5, heartbeat=2.5),
}


def profile(name: str, parts: Parts, seconds: float, leaves: int = 12, native: bool = False) -> str:
    """Load our server as ``name`` says, sample it, and return its time by layer and function."""
    load = PROFILES[name]
    raw = parts.directory / f"{name}.raw"
    cookies = parts.cookies(load.members, load.rooms, load.rooms_per_member)
    with Trial(
        load.server, parts, cookies=cookies, heartbeat=load.heartbeat, rooms=load.rooms,
        **CORES_OF_TWO if load.server is OURS_TWICE else {},
    ) as trial:  # fmt: skip
        trial.connect(load.members)
        step = load.prepare(trial)
        plain = step(PLAIN_SECONDS)
        pid = busiest(trial, lambda: step(1.0))
        command = [str(PY_SPY), "record", "--rate", str(RATE), "--duration", str(int(seconds)),
                   "--format", "raw", "--output", str(raw), "--pid", str(pid)]  # fmt: skip
        command += ["--gil", "--native" if native else "--nonblocking"]
        spy = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        under = step(seconds + MARGIN)
        _, complaint = spy.communicate(timeout=60)
    if not raw.exists():
        raise RuntimeError(f"py-spy: {complaint.decode()}")
    count = load.count(plain, PLAIN_SECONDS)
    us, user, redis, postgres = (
        plain[key] * 1e6 / count for key in ("cpu_s", "cpu_user_s", "redis_s", "postgres_s")
    )
    title = (
        f"### {name}: {us:,.1f} µs a {load.unit}, {user:,.1f} of them in user mode; "
        f"Postgres {postgres:,.1f}, Redis {redis:,.1f}; "
        f"{count / PLAIN_SECONDS:,.0f} a second, server's core {plain['server_util']:.2f} busy"
    )
    if plain["sent"]:
        title += f"; {plain['cpu_us_per_send']:,.0f} µs a send"
    ticks = int(under["server_util"] * int(seconds) * RATE)
    return f"{title}\n\n{split(raw, ticks, us, load.unit, leaves)}"


def busiest(trial: Trial, work: Callable[[], object]) -> int:
    """Return the process of the server that spends the most time on ``work``."""
    before = {pid: sum(cpu_seconds([pid])) for pid in trial.pids}
    work()
    time.sleep(0.1)
    return max(before, key=lambda pid: sum(cpu_seconds([pid])) - before[pid])


def split(raw: Path, ticks: int, us: float, unit: str, leaves: int) -> str:
    """Return py-spy's samples in ``raw`` by layer and by innermost function.

    ``ticks`` is how many samples all the server's time would have been, ``us`` what a unit costs.
    """
    layers: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    for line in raw.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        layers[layer_of(frames)] += int(count)
        functions[re.sub(r":\d+\)$", ")", frames[-1])] += int(count)
    lines = [f"{layers.total()} samples of {ticks}", ""]
    lines += [f"| layer | share | µs a {unit} |", "|---|---:|---:|"]
    layers[OUTSIDE] = max(0, ticks - layers.total())
    total = max(1, layers.total())
    lines += [
        f"| {layer} | {count / total:.1%} | {us * count / total:,.2f} |"
        for layer, count in layers.most_common()
    ]
    lines += ["", "| innermost function | share |", "|---|---:|"]
    lines += [
        f"| `{name}` | {count / total:.1%} |" for name, count in functions.most_common(leaves)
    ]
    return "\n".join(lines) + "\n"


def layer_of(frames: list[str]) -> str:
    """Return the layer of a sample, given its frames from the outermost in."""
    for frame in reversed(frames):
        for layer, pattern in PATTERNS:
            if pattern.search(frame):
                return layer
    return OTHER
