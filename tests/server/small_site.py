"""The small application under our supervisor and server, as a part that tests start.

Run as a module it is the supervisor: python -m tests.server.small_site ADDRESS PROCESSES.
"""

import contextlib
import json
import logging
import os
import re
import sys
import urllib.request
from pathlib import Path

from chatsite.supervisor import Supervisor, listen, parse_address, url_of
from tests.parts.part import Part

INTENDED = re.compile("a bug of the application|broken ")  # in tests/server/application.py

ROOT = Path(__file__).resolve().parent.parent.parent


class SmallSite(Part):
    """`settings` become environment variables of its processes."""

    def __init__(self, processes: int = 1, **settings: str) -> None:
        super().__init__()
        self.processes = processes
        self.settings = settings

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def ws_url(self) -> str:
        return f"ws://{self.address}"

    @property
    def working_directory(self) -> Path:
        return ROOT

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONUNBUFFERED": "1", **self.settings}

    def command(self) -> list[str]:
        return [
            sys.executable, "-m", "tests.server.small_site", self.address, str(self.processes),
        ]  # fmt: skip

    def ready(self) -> bool:
        return f"Serving on {self.url}" in self.said()

    def said(self) -> str:
        """Everything its processes have printed."""
        return self.log.read_text(errors="replace")

    def unexpected(self) -> str:
        """What its processes have printed about bugs that no test put there."""
        entries = re.split(r"(?m)^(?=[A-Z][a-z]+ [a-z]+ )", self.said())
        return "".join(entry for entry in entries if not INTENDED.search(entry))

    def get(self, path: str = "/", headers: dict[str, str] | None = None) -> dict:
        """What the application answers to a GET, from whichever process takes it."""
        request = urllib.request.Request(self.url + path, headers=headers or {})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def children(self) -> set[int]:
        """The process ids of the server processes."""
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return {int(pid) for pid in text.split()}

    def memory(self) -> int:
        """Bytes of memory that the server processes use."""
        pages = 0
        for pid in self.children():
            with contextlib.suppress(FileNotFoundError):
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Supervise, as `manage.py serve` does."""
    logging.basicConfig(level=logging.INFO)
    address, processes = sys.argv[1:]
    listener = listen(*parse_address(address))
    command = [sys.executable, "-m", "tests.server.application"]
    ready = f"Serving on {url_of(listener)}"
    supervisor = Supervisor(command, int(processes), listener, lambda: print(ready, flush=True))
    sys.exit(supervisor.run())


if __name__ == "__main__":
    main()
