"""A Redis of one's own: empty, on a private port, nothing kept."""

import socket

from tests.parts.part import Part, PartFailed, program

ANSWER_TIMEOUT = 5  # s


class Redis(Part):
    """``url`` is its address."""

    @property
    def url(self) -> str:
        """The address as REDIS_URL wants it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        path = program("redis-server")
        if path is None:
            raise PartFailed("Redis is not installed: apt install redis-server")
        return [
            path, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.directory),
            "--save", "", "--appendonly", "no", "--daemonize", "no",
        ]  # fmt: skip

    def ready(self) -> bool:
        try:
            return self.command_line("PING") == "+PONG"
        except OSError:
            return False

    def command_line(self, line: str) -> str:
        """Send one inline command and return the first line of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), ANSWER_TIMEOUT) as connection:
            connection.sendall(line.encode() + b"\r\n")
            return connection.makefile("rb").readline().decode().rstrip("\r\n")
