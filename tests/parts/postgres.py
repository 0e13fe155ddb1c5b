"""A Postgres of one's own: empty, on a private port, without a password."""

import re
import signal
import subprocess
from pathlib import Path

from tests.parts.part import Part, PartFailed, program

# Debian keeps the programs of each version in a directory of its own.
VERSIONED = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"),
    key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0),
    reverse=True,
)


def postgres_program(name: str) -> str | None:
    """Return the path of one of Postgres' programs, None where Postgres is not installed."""
    for directory in VERSIONED:
        if (directory / name).exists():
            return str(directory / name)
    return program(name)


class Postgres(Part):
    """``url`` is its address, with an empty database named chat."""

    user = "postgres"
    stop_signal = signal.SIGINT  # the fast shutdown: it does not wait for its clients

    @property
    def url(self) -> str:
        """The address as DATABASE_URL wants it."""
        return self.url_of("chat")

    def url_of(self, database: str) -> str:
        """Return the address of ``database``."""
        return f"postgres://chat@127.0.0.1:{self.port}/{database}"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "data"

    def prepare(self) -> None:
        self._run(
            "initdb",
            "-U",
            "chat",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
            str(self.data),
        )

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            # Nothing here outlives the machine, but it must survive a crash of its own processes.
            "fsync": "off",
            "synchronous_commit": "on",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._path("postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def ready(self) -> bool:
        return self._client("pg_isready", "-q", check=False).returncode == 0

    def start(self) -> "Postgres":
        first = not self.log.exists()
        super().start()
        if first:
            self._client("createdb", "chat")
        return self

    def query(self, sql: str, database: str = "chat") -> str:
        """Run ``sql`` and return what psql prints, unaligned and without headings."""
        return self._client("psql", "-X", "-A", "-t", "-q", "-d", database, "-c", sql).stdout

    def crash(self) -> None:
        """Stop as after a power cut: it recovers from its log at the next start."""
        self.signal(signal.SIGQUIT)
        assert self.process
        self.process.wait()

    def _client(
        self, name: str, *arguments: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        return self._run(
            name, "-h", "127.0.0.1", "-p", str(self.port), "-U", "chat", *arguments, check=check
        )

    def _path(self, name: str) -> str:
        path = postgres_program(name)
        if path is None:
            raise PartFailed("Postgres is not installed: apt install postgresql")
        return path

    def _run(
        self, name: str, *arguments: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [self._path(name), *arguments],
            cwd=self.directory,
            capture_output=True,
            text=True,
            **self._credentials(),
        )
        if check and done.returncode:
            raise PartFailed(f"{name}: {done.stderr or done.stdout}")
        return done
