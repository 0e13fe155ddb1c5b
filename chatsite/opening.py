"""The opening handshake of a WebSocket, RFC 6455: read, judged and answered. No I/O."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
WEBSOCKET_VERSION = b"13"
REASONS = {
    400: b"Bad Request",
    403: b"Forbidden",
    426: b"Upgrade Required",
    500: b"Internal Server Error",
    503: b"Service Unavailable",
}
REFUSAL = b"This WebSocket was not opened."

_END = b"\r\n\r\n"
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_BODY = {b"content-length", b"transfer-encoding"}


@dataclass(slots=True)
class Opening:
    """A request for a WebSocket. The names of ``headers`` are in small letters."""

    method: bytes
    target: bytes
    version: bytes
    headers: list[tuple[bytes, bytes]]

    @property
    def status(self) -> int:
        """How it is to be answered by RFC 6455, 4.2.1: 101, or with which error."""
        if self._all(b"sec-websocket-version") != [WEBSOCKET_VERSION]:
            return 426
        if (
            self.method == b"GET"
            and self.version == b"HTTP/1.1"
            and b"upgrade" in tokens(self._all(b"connection"))
            and len(self._all(b"host")) == 1
            and _is_key(self._all(b"sec-websocket-key"))
            and self.target.isascii()
        ):
            return 101
        return 400

    @property
    def asks_for_websocket(self) -> bool:
        """Whether it is a request for a WebSocket at all."""
        return b"websocket" in tokens(self._all(b"upgrade"))

    def scope(self, client: Iterable[Any], server: Iterable[Any]) -> dict[str, Any]:
        """The ASGI scope of the WebSocket, between these addresses and ports."""
        path, _, query = self.target.partition(b"?")
        protocols = self._all(b"sec-websocket-protocol")
        return {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            # Without underscores, or a client could pose as a proxy (CVE-2015-0219).
            "headers": [header for header in self.headers if b"_" not in header[0]],
            "client": list(client),
            "server": list(server),
            "subprotocols": [
                name.strip() for line in protocols for name in line.decode("latin1").split(",")
            ],
        }

    def answer(self, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """What opens the WebSocket."""
        return switching_protocols(self._all(b"sec-websocket-key")[0], subprotocol, headers)

    def _all(self, wanted: bytes) -> list[bytes]:
        return [value for name, value in self.headers if name == wanted]


def read_opening(data: bytes) -> tuple[Opening, int] | None:
    """Return the faultless handshake that ``data`` begins with, and how many bytes it takes.

    None for everything else: other requests, parts of one, and handshakes with a fault in them.
    """
    end = data.find(_END)
    if end < 0 or not data.startswith(b"GET /"):
        return None
    first, *lines = data[:end].split(b"\r\n")
    if first.count(b" ") != 2 or _CONTROL.search(first):
        return None
    method, target, version = first.split(b" ")
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name) or _CONTROL.search(value):
            return None
        headers.append((name.lower(), value.strip(b" \t")))
    if any(name in _BODY for name, _ in headers):
        return None
    opening = Opening(method, target, version, headers)
    if not opening.asks_for_websocket or opening.status != 101:
        return None
    return opening, end + len(_END)


def switching_protocols(
    key: bytes, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]] = ()
) -> bytes:
    """The answer that opens the WebSocket of the handshake with `key`."""
    accept = base64.b64encode(hashlib.sha1(key.strip() + WEBSOCKET_GUID).digest())
    lines = [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: " + accept,
    ]
    if subprotocol is not None:
        lines.append(b"Sec-WebSocket-Protocol: " + subprotocol.encode("latin1"))
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def refusal(status: int) -> bytes:
    """The answer that refuses a handshake, after which the connection ends."""
    head = b"HTTP/1.1 %d %b\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n" % (
        status, REASONS[status], len(REFUSAL),
    )  # fmt: skip
    return head + b"Connection: close\r\n\r\n" + REFUSAL


def tokens(lines: Iterable[bytes]) -> set[bytes]:
    """The words of a header that is a list, in small letters."""
    return {token.strip().lower() for line in lines for token in line.split(b",")}


def _is_key(lines: list[bytes]) -> bool:
    try:
        return len(lines) == 1 and len(base64.b64decode(lines[0], validate=True)) == 16
    except binascii.Error:
        return False
