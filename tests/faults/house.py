"""Everything a run rests on: Postgres, Redis, server processes and haproxy, on private ports.

All of it is started here and ended here, each process by its pid. Two server processes are two
`manage.py serve --processes 1`, each on a port of its own, so that a fault can choose one.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.faults import processes
from tests.faults.dump import Database, Sqlite
from tests.faults.hand import Hand
from tests.faults.proxy import Haproxy
from tests.parts.part import PartFailed, wait_until
from tests.parts.postgres import Postgres
from tests.parts.redis import Redis
from tests.parts.site import Site

BREAKS = Path(__file__).parent / "breaks"  # its sitecustomize.py is loaded where a run asks for it
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE)  # where one in the log begins
TALKATIVE = ("channels_redis",)  # loggers that show a traceback for a Redis that went away
COMEBACK = 30.0  # s for a killed server process to serve again


class Server(Site):
    """One `manage.py serve --processes 1`. `settings` may be changed before a restart: the
    FAULTS_ variables in them are read by breaks/sitecustomize.py."""

    def __init__(self, name: str, settings: dict[str, str]) -> None:
        super().__init__(processes=1, **settings)
        self.name = name
        self.settings |= {"PYTHONPATH": str(BREAKS), "FAULTS_TRAP": str(self.trap)}

    def command(self) -> list[str]:
        """With EXPOSED it listens on every address of the (private) network."""
        command = super().command()
        if "EXPOSED" in self.settings:
            command[command.index("--bind") + 1] = f"0.0.0.0:{self.port}"
        return command

    @property
    def trap(self) -> Path:
        """The file that makes the process kill itself between a commit and its publish."""
        return self.directory / "trap"

    def prepare(self) -> None:
        """No pages are asked for here, so no static files are collected."""
        static = self.directory / "static"
        static.mkdir()
        self.settings["STATIC_ROOT"] = str(static)

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

    def printed(self) -> str:
        """Its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def serves(self) -> bool:
        """Whether it answers."""
        return self.status("/healthz") == 200


class House:
    """Use it as a context manager: everything runs inside. `settings` are for all servers.

    `embedded` is the site as it is by default: SQLite, one server process, no Redis. `disk` gives
    its database a file system of its own with that many bytes (needs root)."""

    def __init__(
        self, count: int = 2, *, embedded: bool = False, disk: int = 0, **settings: str
    ) -> None:
        self.embedded = embedded
        self.disk = disk
        self.settings = settings
        self.directory = Path(tempfile.mkdtemp(prefix="chat-house-"))
        self.postgres = None if embedded else Postgres()
        self.redis = None if embedded else Redis()
        self.servers = [
            Server(f"s{number}", {}) for number in range(1, 1 + (1 if embedded else count))
        ]
        self.proxy = Haproxy({server.name: server.port for server in self.servers})
        self.spared: set[str] = set()  # names of server processes that no fault may end
        self._runs = itertools.count(1)
        # A part is ended by the kernel with the thread that started it: this one stays.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="starter")
        self._open = ExitStack()

    def __enter__(self) -> House:
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
            stack.callback(self._starter.shutdown)
            if self.disk:
                stack.enter_context(small_disk(self.directory, self.disk))
            for part in (self.postgres, self.redis):
                if part is not None:
                    stack.enter_context(part)
            self._configure()
            self.servers[0].manage("migrate", "--verbosity", "0")
            for part in (*self.servers, self.proxy):
                stack.enter_context(part)
            self.hand = Hand(self.servers[0].environment(), self.proxy.directory / "hand.log")
            stack.callback(self.hand.close)
            self.wait_for_all()
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _configure(self) -> None:
        """Tell the servers where everything is."""
        path = self.directory / "chat.sqlite3"
        if self.postgres is None:
            self.database: Database = Sqlite(str(path))
        else:
            self.database = Database(self.postgres.url)
        for server in self.servers:
            server.settings |= {
                "DATABASE_URL": self.postgres.url if self.postgres else f"sqlite:///{path}",
                "REDIS_URL": self.redis.url if self.redis else "",
                "RATE_LIMITS": "off",
                "CSRF_TRUSTED_ORIGINS": ",".join([self.proxy.url, *(s.url for s in self.servers)]),
                **self.settings,
            }

    def server(self, name: str) -> Server:
        """The server with that name."""
        return next(server for server in self.servers if server.name == name)

    async def begin(self, start: Callable[[], object]) -> None:
        """Call a part's `start` or `restart` without holding up the event loop."""
        await asyncio.wrap_future(self._starter.submit(start))

    def new_prefix(self) -> str:
        """What the handles of the next run's members begin with."""
        return f"run{next(self._runs)}-"

    @property
    def mortal(self) -> list[Server]:
        """Server processes that a fault may end."""
        return [server for server in self.servers if server.name not in self.spared]

    def wait_for_all(self, patience: float = COMEBACK) -> None:
        """Return once every server process answers and haproxy knows; else raise TimeoutError.

        What an earlier fault, broken off, left stopped is started again."""
        for server in self.servers:
            if not server.running:
                self._starter.submit(server.start).result()
            wait_until(server.serves, patience, f"{server.name} serving again")
            wait_until(partial(self.proxy.sends_to, server.name), patience, "haproxy seeing that")

    def workers(self) -> Iterable[tuple[str, int]]:
        """Name and pid of each server process that lives."""
        for server in self.servers:
            if server.running:
                for pid in processes.children(server.pid)[-1:]:
                    yield server.name, pid

    def logs(self) -> str:
        """What all server processes printed so far."""
        return "\n".join(server.printed() for server in self.servers)

    def lengths(self) -> dict[str, int]:
        """How long each server's log is now."""
        return {server.name: len(server.printed()) for server in self.servers}

    def tracebacks(self, since: dict[str, int] | None = None) -> list[str]:
        """The last line of each different traceback in the logs (from those lengths on), those of
        libraries that log what they then handle left out."""
        found: dict[str, None] = {}
        for server in self.servers:
            for record in RECORD.split(server.printed()[(since or {}).get(server.name, 0) :]):
                head, *rest = record.splitlines() or [""]
                if "Traceback" in record and not any(name in head for name in TALKATIVE):
                    said = [line for line in rest if line and not line.startswith(" ")]
                    found[re.sub(r"0x[0-9a-f]+", "0x…", f"{head[24:80]} … {said[-1]}")] = None
        return list(found)


@contextmanager
def small_disk(directory: Path, size: int) -> Iterator[None]:
    """A file system of `size` bytes at an empty directory; needs root."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "chat-faults", str(directory)],
        check=True, capture_output=True,
    )  # fmt: skip
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True, capture_output=True)


def readiness(server: Server, wanted: int, patience: float) -> float | None:
    """Seconds until `/readyz` answers with the status; None when not within `patience` s."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if server.status("/readyz", timeout=2.0) == wanted:
            return time.monotonic() - began
        time.sleep(0.1)
    return None
