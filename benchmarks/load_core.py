"""The load generator (benchmarks/load) as a process that is given commands."""

import json
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks.servers import BUILD, Server

LENGTH = 120  # characters of a message
DRAIN = 10.0  # s: the longest wait for what was sent
CONNECT_TIMEOUT = 120.0  # s
AT_ONCE = 32  # handshakes under way
HEARTBEAT = 25.0  # s: how long a silent member waits before a ping
STOP_TIMEOUT = 5  # s

# What a server that keeps the promises of docs/protocol.md never makes us count.
BROKEN_PROMISES = ("gaps", "holes", "disorder", "seq_breaks", "malformed")

Answer = dict[str, Any]


class LoadFailed(Exception):
    """The load generator ended before its time."""


@dataclass
class LoadCore:
    """Members of one kind of server, in one process. Use as a context manager.

    ``rooms`` and ``first_room`` number the rooms of peers; our site's members learn theirs in
    hello, and come with ``cookies``. With ``blind_every`` K all but one of K members throw away
    what they get unread, which weighs less on this machine.
    """

    server: Server
    port: int
    log: Path
    cores: tuple[int, ...]
    niceness: int = 0
    rooms: int = 1
    first_room: int = 0
    cookies: Path | None = None
    focus: bool = False
    heartbeat: float = HEARTBEAT
    blind_every: int = 0

    def __enter__(self) -> Self:
        options: Mapping[str, object] = {
            "port": self.port,
            "protocol": self.server.protocol,
            "rooms": self.rooms,
            "first-room": self.first_room,
            "focus": int(self.focus),
            "heartbeat": self.heartbeat,
            "blind-every": self.blind_every,
            **({"cookies": self.cookies} if self.cookies else {}),
        }
        command = ["nice", "-n", str(self.niceness)]
        command += ["taskset", "-c", ",".join(map(str, self.cores)), str(BUILD / "lg")]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe and pipe.close()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def begin(self, line: str) -> None:
        """Give it a command and return at once; ``answer`` waits."""
        assert self._process.stdin
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise LoadFailed(self._last_words()) from error

    def answer(self) -> Answer:
        """Return what the command begun last has measured."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise LoadFailed(self._last_words())
        found: Answer = json.loads(line)
        return found

    def connect(self, members: int, at_once: int = AT_ONCE) -> Answer:
        """Open so many more connections."""
        self.begin(f"connect {members} {at_once} {CONNECT_TIMEOUT}")
        return self.answer()

    def begin_load(
        self, rate: float, seconds: float, window: int = 0, drain: float = DRAIN
    ) -> None:
        """Begin to send ``rate`` messages a second, over all rooms in turn."""
        self.begin(f"load {max(rate, 0.5):.3f} {seconds} {LENGTH} {window} {drain}")

    def load(self, rate: float, seconds: float, window: int = 0, drain: float = DRAIN) -> Answer:
        """Send ``rate`` messages a second, over all rooms in turn, and wait for them."""
        self.begin_load(rate, seconds, window, drain)
        return self.answer()

    def sends(self, seconds: float, window: int) -> Answer:
        """Have each member send as soon as an answer came, with ``window`` unanswered at a time."""
        self.begin(f"sends {seconds} {LENGTH} {window} {DRAIN}")
        return self.answer()

    def idle(self, seconds: float) -> Answer:
        """Do nothing but answer pings, and ping as members do."""
        self.begin(f"idle {seconds}")
        return self.answer()

    def churn(self, per_second: float, away: float, seconds: float) -> Answer:
        """Have members go, so many a second, and come back ``away`` seconds later."""
        self.begin(f"churn {per_second} {away} {seconds}")
        return self.answer()

    def _last_words(self) -> str:
        return f"load generator ended: {self.log.read_text(errors='replace')[-500:]}"


def is_sound(answer: Answer) -> bool:
    """Say whether all that was sent arrived once, in order, and nobody was cut off or refused."""
    return (
        answer["lost"] == 0
        and answer["conns_lost"] == 0
        and answer["refused"] == 0
        and not any(answer[name] for name in BROKEN_PROMISES)
    )
