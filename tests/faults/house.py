"""Everything a run rests on: Postgres, Redis, server processes and haproxy, on private ports.

All of it is started here and ended here, each process by its pid. Two server processes are two
`manage.py serve --processes 1`, each on a port of its own, so that a fault can choose one.
"""

from __future__ import annotations

import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from tests.faults import processes
from tests.faults.dump import Database
from tests.faults.hand import Hand
from tests.faults.proxy import Haproxy
from tests.parts.part import PartFailed, wait_until
from tests.parts.postgres import Postgres
from tests.parts.redis import Redis
from tests.parts.site import Site

BREAKS = Path(__file__).parent / "breaks"  # its sitecustomize.py is loaded where a run asks for it
TALKATIVE = ("channels_redis",)  # loggers that show a traceback for a Redis that went away
COMEBACK = 30.0  # s for a killed server process to serve again


class Server(Site):
    """One `manage.py serve --processes 1`. `settings` may be changed before a restart: the
    FAULTS_ variables in them are read by breaks/sitecustomize.py."""

    def __init__(self, name: str, settings: dict[str, str]) -> None:
        super().__init__(processes=1, **settings)
        self.name = name
        self.settings |= {"PYTHONPATH": str(BREAKS), "FAULTS_TRAP": str(self.trap)}

    @property
    def trap(self) -> Path:
        """The file that makes the process kill itself between a commit and its publish."""
        return self.directory / "trap"

    def prepare(self) -> None:
        """No pages are asked for here, so no static files are collected."""
        (self.directory / "static").mkdir()

    @property
    def worker(self) -> int:
        """The pid of the process that serves: the child of `manage.py serve`."""
        born = processes.children(self.pid)
        if not born:
            raise PartFailed(f"{self.name} has no server process at the moment")
        return born[-1]

    def kill_worker(self) -> None:
        """`kill -9` of the server process; its parent starts another."""
        os.kill(self.worker, signal.SIGKILL)

    def has_lost(self, pid: int) -> bool:
        """Whether that server process is gone."""
        return pid not in processes.children(self.pid)

    def status(self, path: str, timeout: float = 2.0) -> int:
        """The HTTP status of a GET; 0 when there was no answer in time."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def serves(self) -> bool:
        """Whether it answers."""
        return self.status("/healthz") == 200


class House:
    """Use it as a context manager: everything runs inside. `settings` are for all servers."""

    def __init__(self, count: int = 2, **settings: str) -> None:
        self.count = count
        self.settings = settings
        self.postgres = Postgres()
        self.redis = Redis()
        self._open = ExitStack()
        self.servers: list[Server] = []

    def __enter__(self) -> House:
        with ExitStack() as stack:
            stack.enter_context(self.postgres)
            stack.enter_context(self.redis)
            self.database = Database(self.postgres.url)
            self._make_servers()
            self.servers[0].manage("migrate", "--verbosity", "0")
            for server in self.servers:
                stack.enter_context(server)
            stack.enter_context(self.proxy)
            self.hand = Hand(self.servers[0].environment(), self.postgres.directory / "hand.log")
            stack.callback(self.hand.close)
            wait_until(lambda: self.proxy_answers(), COMEBACK, "the site behind haproxy")
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _make_servers(self) -> None:
        settings = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "RATE_LIMITS": "off",
            **self.settings,
        }
        for number in range(1, self.count + 1):
            self.servers.append(Server(f"s{number}", settings))
        self.proxy = Haproxy({server.name: server.port for server in self.servers})
        origins = ",".join([self.proxy.url, *(server.url for server in self.servers)])
        for server in self.servers:
            server.settings["CSRF_TRUSTED_ORIGINS"] = origins

    def server(self, name: str) -> Server:
        """The server with that name."""
        return next(server for server in self.servers if server.name == name)

    def proxy_answers(self) -> bool:
        """Whether the site answers behind haproxy."""
        try:
            with urllib.request.urlopen(self.proxy.url + "/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def wait_for_all(self, patience: float = COMEBACK) -> None:
        """Return once every server process answers; raise TimeoutError otherwise."""
        for server in self.servers:
            wait_until(server.serves, patience, f"{server.name} serving again")

    def workers(self) -> Iterable[tuple[str, int]]:
        """Name and pid of each server process that lives."""
        for server in self.servers:
            if server.running:
                for pid in processes.children(server.pid)[-1:]:
                    yield server.name, pid

    def logs(self) -> str:
        """What all server processes printed so far."""
        return "\n".join(s.log.read_text(errors="replace") for s in self.servers if s.log.exists())

    def tracebacks(self) -> list[str]:
        """The last line of each different traceback in the logs, those of libraries that log what
        they then handle left out."""
        found: dict[str, None] = {}
        before, lines = "", iter(self.logs().splitlines())
        for line in lines:
            if line.startswith("Traceback") and not any(name in before for name in TALKATIVE):
                last = next((text for text in lines if text and not text.startswith(" ")), line)
                found[re.sub(r"0x[0-9a-f]+", "0x…", last)] = None
            before = line
        return list(found)


def readiness(server: Server, wanted: int, patience: float) -> float | None:
    """Seconds until `/readyz` answers with the status; None when not within `patience` s."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if server.status("/readyz", timeout=2.0) == wanted:
            return time.monotonic() - began
        time.sleep(0.1)
    return None
