"""haproxy in front of several server processes, as a deployment has it."""

import csv
import socket
from pathlib import Path

from tests.faults.client import SERVED_BY
from tests.parts.part import Part, PartFailed, program


class Haproxy(Part):
    """Spreads connections over `backends` (name → port of 127.0.0.1), leaving out the dead."""

    def __init__(self, backends: dict[str, int]) -> None:
        super().__init__()
        self.backends = backends

    @property
    def host(self) -> str:
        """Host and port, as a browser's address bar has them."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where pages are; no slash at the end."""
        return f"http://{self.host}"

    @property
    def ws_url(self) -> str:
        """Where the live protocol is spoken."""
        return f"ws://{self.host}/ws/chat/"

    def prepare(self) -> None:
        servers = "\n".join(
            f"    server {name} 127.0.0.1:{port} check inter 250ms fall 2 rise 1"
            for name, port in self.backends.items()
        )
        self._file.write_text(
            f"""
global
    maxconn 6000
    stats socket {self._control} level user
defaults
    mode http
    timeout connect 1s
    timeout check 500ms
    timeout client 75s
    timeout server 75s
    timeout tunnel 10m
    retries 3
    option redispatch 1
frontend site
    bind 127.0.0.1:{self.port}
    default_backend processes
backend processes
    balance roundrobin
    option httpchk GET /healthz
    http-response set-header {SERVED_BY} %s
{servers}
"""
        )

    def command(self) -> list[str]:
        path = program("haproxy")
        if path is None:
            raise PartFailed("haproxy is not installed: apt install haproxy")
        return [path, "-db", "-f", str(self._file)]

    def sends_to(self, name: str) -> bool:
        """Whether haproxy has found that server process well and gives it connections."""
        if not self._control.exists():  # it has only just begun
            return False
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(2)
            control.connect(str(self._control))
            control.sendall(b"show stat\n")
            lines = control.makefile().read().splitlines()
        rows = csv.DictReader(line.removeprefix("# ") for line in lines if line)
        return any(row["svname"] == name and row["status"].startswith("UP") for row in rows)

    @property
    def _control(self) -> Path:
        return self.directory / "control"

    @property
    def _file(self) -> Path:
        return self.directory / "haproxy.cfg"
