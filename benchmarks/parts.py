"""The Redis and the Postgres of one run, pinned to a core, and the members seeded for our site."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import Self

from benchmarks.machine import LOAD_CORE, tree
from tests.parts.part import Part
from tests.parts.postgres import Postgres
from tests.parts.redis import Redis
from tests.parts.site import site_environment

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OPEN_FILES = 100_000  # wanted; the kernel's own bound may be lower


def pin(part: Part, cores: tuple[int, ...], niceness: int) -> None:
    """Keep a running part, and what it will start, on ``cores`` at that niceness."""
    for pid in tree(part.pid):
        with suppress(ProcessLookupError):  # a Postgres worker that has just ended
            os.sched_setaffinity(pid, cores)
            os.setpriority(os.PRIO_PROCESS, pid, niceness)


class DurablePostgres(Postgres):
    """Postgres as a site runs it: what it has acknowledged survives a power cut."""

    def command(self) -> list[str]:
        """Return the command line."""
        settings = {"fsync": "on", "shared_buffers": "256MB", "max_wal_size": "4GB"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*super().command(), *options]


class Parts:
    """Everything beside the servers that are measured. Use as a context manager.

    ``niceness`` is that of all measured processes; ``log`` where what the servers said is kept.
    """

    def __init__(self, niceness: int = 0, log: Path = Path(os.devnull)) -> None:
        self.niceness = niceness
        self.log = log
        self.redis = Redis()
        self.postgres = DurablePostgres()
        self._stack = ExitStack()
        self._seeded: dict[tuple[int, ...], Path] = {}
        self._migrated = False

    def __enter__(self) -> Self:
        raise_open_files()
        self.directory = Path(self._stack.enter_context(tempfile.TemporaryDirectory("-bench")))
        for part in (self.redis, self.postgres):
            self._stack.enter_context(part)
        self.place((LOAD_CORE,))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def place(self, cores: tuple[int, ...]) -> None:
        """Move Redis and Postgres to ``cores``."""
        for part in (self.redis, self.postgres):
            pin(part, cores, self.niceness)

    # --- peers ------------------------------------------------------------------------------

    @cached_property
    def peers_url(self) -> str:
        """The address of an empty database for the peers that store."""
        self.postgres.query("CREATE DATABASE peers")
        return self.postgres.url_of("peers")

    @property
    def tutorial_database(self) -> Path:
        """The SQLite file of the Channels tutorial."""
        return self.directory / "tutorial.sqlite3"

    @cached_property
    def tutorial_cookies(self) -> Path:
        """A file with the Cookie header of a member of the Channels tutorial."""
        made = subprocess.run(
            [sys.executable, str(HERE / "peers" / "channels_tutorial.py"), "1"],
            env={**os.environ, "SQLITE": str(self.tutorial_database), "REDIS_URL": self.redis.url},
            check=True,
            stdout=subprocess.PIPE,
        )
        path = self.directory / "tutorial-cookies"
        path.write_bytes(made.stdout)
        return path

    # --- our site ---------------------------------------------------------------------------

    def site_environment(self, database: str | None = None) -> dict[str, str]:
        """Return the environment of our site on these parts, without limits to a member's rate."""
        url = self.postgres.url_of(database) if database else self.site_url
        return site_environment(DATABASE_URL=url, REDIS_URL=self.redis.url, RATE_LIMITS="off")

    @cached_property
    def site_url(self) -> str:
        """The address of our site's database, migrated."""
        self.create_migrated("site")
        return self.postgres.url_of("site")

    def create_migrated(self, database: str) -> None:
        """Create an empty database of our site; only the first is migrated, the rest are copies."""
        if not self._migrated:
            self.postgres.query("CREATE DATABASE migrated")
            url = self.postgres.url_of("migrated")
            self._manage(site_environment(DATABASE_URL=url), "migrate", "--verbosity", "0")
            self._migrated = True
        self.postgres.query(f"CREATE DATABASE {database} TEMPLATE migrated")

    def cookies(self, members: int, rooms: int, rooms_per_member: int) -> Path:
        """Return a file with a Cookie header for each of so many members, seeded when first asked.

        They are in no room but these, which nobody else is in.
        """
        key = (members, rooms, rooms_per_member)
        if key not in self._seeded:
            sessions = self.directory / "-".join(["sessions", *map(str, key)])
            self.seed(self.site_environment(), members, rooms, rooms_per_member, 0, sessions)
            self.postgres.query("VACUUM ANALYZE", "site")
            found = json.loads(sessions.read_text())
            lines = [f"{found['cookie_name']}={one['cookie']}\n" for one in found["members"]]
            path = sessions.with_suffix(".cookies")
            path.write_text("".join(lines))
            self._seeded[key] = path
        return self._seeded[key]

    def seed(
        self,
        environment: dict[str, str],
        members: int,
        rooms: int,
        rooms_per_member: int,
        messages: int,
        sessions: Path,
    ) -> None:
        """Fill the database of ``environment`` and write its members' cookies."""
        numbers = {
            "members": members,
            "rooms": rooms,
            "rooms-per-member": rooms_per_member,
            "messages": messages,
        }
        options = [part for name, number in numbers.items() for part in (f"--{name}", str(number))]
        self._manage(environment, "seed", *options, "--sessions", str(sessions), "--yes")

    def _manage(self, environment: dict[str, str], *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def raise_open_files() -> None:
    """Let this process and those it starts hold as many sockets as the kernel lets them."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (OPEN_FILES, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
            return
        except (ValueError, OSError):
            continue
