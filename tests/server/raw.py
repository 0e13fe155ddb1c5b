"""A client without manners: a plain socket that speaks just as much WebSocket as a test wants."""

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from tests.parts.part import wait_until
from tests.server.small_site import SmallSite

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # of RFC 6455, 1.3
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
HANDSHAKE = {
    "Host": "example.com",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


def request(path: str, headers: dict[str, str], method: str = "GET") -> bytes:
    """The head of a request."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode()


class RawClient:
    """One TCP connection; every wait is bounded."""

    def __init__(self, site: SmallSite, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", site.port))
        self.data = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def request(self, path: str, headers: dict[str, str], method: str = "GET") -> bytes:
        """Send a request and return the head of the answer."""
        self.send(request(path, headers, method))
        return self.read_head()

    def read_head(self) -> bytes:
        while b"\r\n\r\n" not in self.data:
            self._receive()
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        return head

    def read_frame(self) -> tuple[int, bytes]:
        """The next frame: its opcode and payload."""
        first, second = self._take(2)
        if second == 126:
            (size,) = struct.unpack("!H", self._take(2))
        elif second == 127:
            (size,) = struct.unpack("!Q", self._take(8))
        else:
            size = second
        return first & 0x0F, self._take(size)

    def read_close(self) -> int:
        """The code of the close frame that comes next."""
        opcode, payload = self.read_frame()
        assert opcode == 8, (opcode, payload)
        return int.from_bytes(payload[:2], "big")

    def is_cut_off(self) -> bool:
        """Whether the connection ends, once all that was sent has been read."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return True

    def send_until_blocked(self, data: bytes, limit: int) -> int:
        """Send again and again until nothing is taken for a second; how many bytes were."""
        self.socket.settimeout(1)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < limit:
                sent += self.socket.send(data)
        return sent

    def _take(self, size: int) -> bytes:
        while len(self.data) < size:
            self._receive()
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the server hung up after {self.data!r}")
        self.data += data


@contextlib.contextmanager
def connected(site: SmallSite, path: str, **options: int) -> Iterator[RawClient]:
    """A raw client whose handshake for `path` was accepted."""
    client = RawClient(site, **options)
    try:
        assert client.request(path, HANDSHAKE).startswith(b"HTTP/1.1 101 ")
        yield client
    finally:
        client.socket.close()


def wait_for(condition, what: str) -> None:
    """Wait up to 10 s."""
    wait_until(condition, 10, what)


def settled(path: Path) -> int:
    """The number in a file that the server rewrites, once it has stayed the same for a while."""
    last, since = "", time.monotonic()

    def stays() -> bool:
        nonlocal last, since
        now = path.read_text() if path.exists() else ""
        if now != last:
            last, since = now, time.monotonic()
        return bool(last) and time.monotonic() - since > 0.3

    wait_for(stays, f"{path} settles")
    return int(last)
