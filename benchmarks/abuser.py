"""Members who do all that is too much: frames, broken ones among them, connections and searches."""

import itertools
import json
import os
import re
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Self

from benchmarks.machine import LOAD_CORE

ADDRESS = "203.0.113.9"  # where they all come from, as their proxy says
SOCKETS = 30  # of each: as many as one member may have
BURST = 25  # frames in one write
PAUSE = 0.005  # s between two writes, 5,000 frames a second, and after each answer
ASKING = 4  # requests of each that are under way at once
PATIENCE = 5  # s
MILDER = 10  # of niceness: it must not take the load generator's time on the core they share
UNREAD = 1 << 16  # bytes
FIRST_ROOM = re.compile(rb'"rooms":\s*\[\{"id":\s*(\d+)')
MASK = bytes(4)  # which leaves what it covers as it is


class Flood:
    """Floods the server on ``port`` as the members of ``cookies`` while the block runs.

    ``counts`` has the frames written, the sockets opened and those that the server closed, the
    requests made and those that were refused as too many.
    """

    def __init__(self, port: int, cookies: Sequence[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._port = port
        self._is_over = threading.Event()
        work: list[Callable[[], None]] = [lambda: self._flood(cookies)]
        for cookie in cookies:
            work += [lambda cookie=cookie: self._search(cookie)] * ASKING
        self._threads = [threading.Thread(target=_mildly, args=(one,)) for one in work]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _flood(self, cookies: Sequence[str]) -> None:
        """Write to all sockets in turn, and open others for those that are closed."""
        sockets: dict[str, list[_Socket]] = {cookie: [] for cookie in cookies}
        for cookie, mine in itertools.cycle(sockets.items()):
            if self._is_over.is_set():
                break
            if len(mine) < SOCKETS:
                with suppress(OSError):
                    mine.append(_Socket(self._port, self._headers(cookie)))
                    self.counts["opened"] += 1
            for one in list(mine):
                time.sleep(PAUSE)
                self.counts["frames"] += one.write_burst()
                if one.is_closed:
                    mine.remove(one)
                    self.counts["closed"] += 1
        for one in itertools.chain.from_iterable(sockets.values()):
            one.close()

    def _search(self, cookie: str) -> None:
        """Search, again and again, as soon as there is an answer."""
        for letter in itertools.cycle("abcdefgh"):
            if self._is_over.is_set():
                return
            with suppress(OSError, HTTPException):
                connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
                path = f"/api/v1/users?q={letter}"
                connection.request("GET", path, headers=self._headers(cookie))
                self.counts["asked"] += 1
                self.counts["refused"] += connection.getresponse().status == 429
                connection.close()
            time.sleep(PAUSE)

    def _headers(self, cookie: str) -> dict[str, str]:
        origin = f"http://127.0.0.1:{self._port}"
        return {"Origin": origin, "Cookie": cookie, "X-Forwarded-For": ADDRESS}


class _Socket:
    """One socket of a member, who writes without reading what comes."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.is_closed = False
        self._room = 0  # known from hello
        self._connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._connection.sendall(
            f"GET /ws/chat/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{lines}"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: chat.v1\r\n\r\n".encode()
        )
        self._connection.setblocking(False)

    def write_burst(self) -> int:
        """Write frames, once hello has come; return how many."""
        try:
            if not (heard := self._connection.recv(UNREAD)):
                self.close()
                return 0
            if found := FIRST_ROOM.search(heard):
                self._room = int(found[1])
        except BlockingIOError:
            pass
        except OSError:
            self.close()
            return 0
        if not self._room:
            return 0
        try:
            self._connection.send(_burst(self._room))
        except BlockingIOError:  # the server has ceased to read
            return 0
        except OSError:
            self.close()
            return 0
        return BURST

    def close(self) -> None:
        """Let go of it."""
        self.is_closed = True
        self._connection.close()


def _mildly(work: Callable[[], None]) -> None:
    """Work beside the load generator, after it."""
    this = threading.get_native_id()
    os.sched_setaffinity(this, {LOAD_CORE})
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, this, MILDER)
    work()


def _burst(room: int) -> bytes:
    """Return frames: what a member may say, too often, and what nobody may."""
    said = {"type": "send", "room": room, "body": "@here **spam** https://example.com"}
    frames = [
        said | {"client_id": str(uuid.uuid4())},
        {"type": "typing", "room": room, "on": True},
        {"type": "react", "message": 1, "emoji": "👍", "on": True},
        {"type": "sync", "rooms": {str(room): 0}},
        {"type": "focus", "room": room, "visible": True},
        {"type": "nonsense"},
    ]
    texts = [json.dumps(frame | {"ref": 1}).encode() for frame in frames] + [b"[" * 200]
    return b"".join(_framed(texts[number % len(texts)]) for number in range(BURST))


def _framed(text: bytes) -> bytes:
    """Return ``text`` as a client's frame."""
    if len(text) < 126:
        size = bytes([0x80 | len(text)])
    else:
        size = b"\xfe" + len(text).to_bytes(2)
    return b"\x81" + size + MASK + text
