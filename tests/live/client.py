"""A socket as a test speaks it: frames by hand, one step at a time, no rule of its own.

Everything is synchronous. Waiting is always for something that must come; that something does not
come is shown by something else that came after it.
"""

import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket

from tests.factories import Member

Frame = dict[str, Any]

TIMEOUT = 10  # s; generous, since the machine may be busy
# A socket that closes does so with a code, and then without further words.
NORMAL = 1000
ABNORMAL = 1006


class Address(Protocol):
    """Where a site is: tests.parts.site.Site, or what stands in front of it."""

    @property
    def url(self) -> str: ...
    @property
    def ws_url(self) -> str: ...


class Missing(AssertionError):
    """What a test waited for did not come; the message shows what came instead."""


def handshake(
    site: Address,
    *,
    cookie: str | None = None,
    token: str | None = None,
    origin: str | None = None,
    subprotocols: Sequence[str] | None = ("chat.v1",),
    query: str = "",
    headers: Mapping[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
    **options: Any,
) -> ClientConnection:
    """Open a socket and read nothing. Raises InvalidStatus where the handshake is refused."""
    sent = dict(headers or {})
    if cookie is not None:
        # Without TLS, here or at the proxy, no browser would send a cookie with that prefix.
        prefix = "__Host-" if tls or sent.get("X-Forwarded-Proto") == "https" else ""
        sent["Cookie"] = f"{prefix}sessionid={cookie}"
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    return open_socket(
        site.ws_url + query,
        origin=origin,
        subprotocols=subprotocols,
        additional_headers=sent,
        ssl=tls,
        compression=None,
        proxy=None,
        max_size=None,
        ping_interval=None,
        open_timeout=TIMEOUT,
        legacy=True,  # return the connection, not a context manager that reconnects
        **{"max_queue": None, **options},
    )


def origin_of(site: Address) -> str:
    """Return the site's own origin, as a browser on one of its pages sends it."""
    parts = urlsplit(site.url)
    return f"{parts.scheme}://{parts.netloc}"


class Client:
    """One socket of one member. ``hello`` is its first frame."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []  # all that came, in order
        self._unclaimed: list[Frame] = []
        self._sent = 0
        self.hello = self.expect("hello")

    @classmethod
    def of(cls, site: Address, member: Member, **options: Any) -> Self:
        """Open a socket of ``member`` as their browser does, and read its hello."""
        return cls(handshake(site, cookie=member.cookie, origin=origin_of(site), **options))

    # --- Speaking ---

    def send(self, type: str, **fields: Any) -> int:
        """Send a command and return its ref."""
        self._sent += 1
        self.say({"type": type, "ref": self._sent, **fields})
        return self._sent

    def say(self, frame: object) -> None:
        """Send any JSON value as it is."""
        self.socket.send(json.dumps(frame))

    def ask(self, type: str, **fields: Any) -> Frame:
        """Send a command and return its answer."""
        return self.answer(self.send(type, **fields))

    def answer(self, ref: object) -> Frame:
        """Return the answer to the command with ``ref``."""
        return self.wait(lambda frame: frame.get("ref") == ref, f"an answer with ref {ref!r}")

    def acked(self, type: str, **fields: Any) -> Frame:
        """Send a command and return its ack."""
        answer = self.ask(type, **fields)
        assert answer["type"] == "ack", answer
        return answer

    def refused(self, type: str, **fields: Any) -> Frame:
        """Send a command and return the error that answers it."""
        answer = self.ask(type, **fields)
        assert answer["type"] == "error", answer
        return answer

    # --- Listening ---

    def wait(self, wanted: Callable[[Frame], bool], what: str, timeout: float = TIMEOUT) -> Frame:
        """Return the first frame not yet returned that is ``wanted``, waiting for it."""
        deadline = time.monotonic() + timeout
        while True:
            for frame in self._unclaimed:
                if wanted(frame):
                    self._unclaimed.remove(frame)
                    return frame
            self._receive(deadline, what)

    def expect(self, type: str, timeout: float = TIMEOUT, **fields: Any) -> Frame:
        """Return the first frame not yet returned that has this type and these fields."""
        return self.wait(
            lambda frame: _has(frame, {"type": type, **fields}),
            f"a {type} with {fields}",
            timeout,
        )

    def message(self, room: int, timeout: float = TIMEOUT, **fields: Any) -> Frame:
        """Return the row of a message in ``room`` with these fields, as some `changes` brought it.

        The newest that came, if several did. It may have come long ago.
        """
        return self._row("messages", room, fields, timeout)

    def member(self, room: int, user: int, timeout: float = TIMEOUT, **fields: Any) -> Frame:
        """Return the row of a member of ``room`` with these fields, that some `changes` brought."""
        return self._row("members", room, {"user": user, **fields}, timeout)

    def close_code(self, timeout: float = TIMEOUT) -> int:
        """Wait until the server closes the socket and return its code."""
        deadline = time.monotonic() + timeout
        try:
            while True:
                self._receive(deadline, "the socket to close")
        except ConnectionClosed:
            return code_of(self.socket)

    def settle(self) -> None:
        """Return when the server has answered all that this socket asked so far."""
        self.ask("ping")

    def seen(self, type: str) -> list[Frame]:
        """Return all frames of this type that came so far."""
        return [frame for frame in self.frames if frame["type"] == type]

    def changes(self, room: int) -> list[Frame]:
        """Return all `changes` of ``room`` that came so far."""
        return [frame for frame in self.seen("changes") if frame["room"] == room]

    def messages(self, room: int) -> list[Frame]:
        """Return all rows of messages of ``room`` that came so far, in the order of coming."""
        return [row for frame in self.changes(room) for row in frame["messages"]]

    def close(self) -> None:
        """Say goodbye."""
        self.socket.close()

    def vanish(self) -> None:
        """Drop the connection without a word, as a phone in a tunnel does."""
        self.socket.socket.close()

    def _row(self, kind: str, room: int, fields: Frame, timeout: float) -> Frame:
        deadline = time.monotonic() + timeout
        while True:
            for frame in reversed(self.changes(room)):
                for row in reversed(frame[kind]):
                    if _has(row, fields):
                        return dict(row)
            self._receive(deadline, f"{kind} of room {room} with {fields}")

    def _receive(self, deadline: float, what: str) -> None:
        """Take one message from the socket; raise Missing after ``deadline``."""
        try:
            message = self.socket.recv(timeout=max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            came = "\n".join(json.dumps(frame)[:300] for frame in self.frames[-20:])
            raise Missing(f"{what} did not come. The last that came:\n{came}") from None
        assert isinstance(message, str), "the server sends text"
        decoded = json.loads(message)
        frames = decoded if isinstance(decoded, list) else [decoded]
        self.frames += frames
        self._unclaimed += frames


def code_of(socket: ClientConnection) -> int:
    """Return the code with which a closed socket was closed, ABNORMAL without one."""
    return socket.close_code if socket.close_code is not None else ABNORMAL


def close_code_of(socket: ClientConnection, timeout: float = TIMEOUT) -> int:
    """Wait until the server closes a socket on which nothing may come, and return its code."""
    try:
        frame = socket.recv(timeout=timeout)
    except ConnectionClosed:
        return code_of(socket)
    raise AssertionError(f"a frame came where the socket should have been closed: {frame!r}")


def _has(frame: Frame, fields: Frame) -> bool:
    return all(name in frame and frame[name] == value for name, value in fields.items())
