"""A connection that was just accepted: who comes with a WebSocket handshake need not meet Twisted.

Most connections of a chat site are WebSockets, and after a restart all of them come at once.
Twisted and Daphne spend 0.3 ms of processor time on what is thrown away once the handshake is
answered. So we look at what came without taking it: a faultless handshake is answered from here,
and everything else is left to Twisted, which finds it untouched.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chatsite import opening
from chatsite.opening import Opening
from chatsite.websocket import WebSocket

if TYPE_CHECKING:
    from chatsite.server import Server

HEAD_MAX = 16 * 1024  # bytes of a handshake; with a longer one it is Twisted's
EARLY_MAX = 64 * 1024  # bytes that a client may send before it was answered


class Doorstep:
    """An accepted connection of which it is not known yet what it wants.

    To a WebSocket it is what Request is for those that came through Twisted: the one that gives up
    the connection or refuses the handshake. ``to_twisted`` hands it over.
    """

    __slots__ = ("_client", "_connection", "_early", "_opening", "_server", "_to_twisted", "_where",
                 "_websocket")  # fmt: skip

    def __init__(
        self,
        server: Server,
        connection: socket.socket,
        client: tuple[Any, ...],
        where: tuple[Any, ...],
        to_twisted: Callable[[], object],
    ) -> None:
        connection.setblocking(False)
        self._server = server
        self._connection = connection
        self._client = client[:2]
        self._where = where[:2]
        self._to_twisted = to_twisted
        self._opening: Opening | None = None
        self._websocket: WebSocket | None = None
        self._early = b""

    def look(self) -> None:
        """See what the client wants, once it has said something."""
        try:
            seen = self._connection.recv(HEAD_MAX, socket.MSG_PEEK)
        except BlockingIOError:
            self._server.wait_at_door(self)
            self._loop.add_reader(self._connection.fileno(), self._look_again)
            return
        except OSError:
            self._connection.close()
            return
        found = opening.read_opening(seen)
        if found is None or self._server.draining:
            self._to_twisted()
            return
        self._opening, size = found
        self._connection.recv(size)
        self._open(self._opening)

    def let_go(self) -> None:
        """Leave one who says nothing to Twisted, whose patience has an end."""
        self._loop.remove_reader(self._connection.fileno())
        self._to_twisted()

    def release(
        self, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]
    ) -> tuple[socket.socket, bytes, bytes]:
        """Give up the connection: its socket, bytes to write first, and those that came early."""
        assert self._opening is not None
        self._loop.remove_reader(self._connection.fileno())
        self._websocket = None
        return self._connection, self._opening.answer(subprotocol, headers), self._early

    def refuse(self, status: int) -> None:
        """Answer the handshake with an error, and end the connection."""
        self._loop.remove_reader(self._connection.fileno())
        self._websocket = None
        with suppress(OSError):  # it has gone
            self._connection.send(opening.refusal(status))
            self._connection.shutdown(socket.SHUT_WR)
        self._connection.close()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def _look_again(self) -> None:
        self._loop.remove_reader(self._connection.fileno())
        self._server.left_door(self)
        self.look()

    def _open(self, asked: Opening) -> None:
        scope = asked.scope(self._client, self._where)
        self._websocket = WebSocket(self._server, self, self._client)
        scope["extensions"] = {"chat.wire": self._websocket}
        self._server.open_websocket(self._websocket, scope)
        self._loop.call_soon(self._listen)

    def _listen(self) -> None:
        """Notice who leaves, if the application takes its time with an answer."""
        if self._websocket is not None:
            self._loop.add_reader(self._connection.fileno(), self._heard)

    def _heard(self) -> None:
        """Keep what comes before the answer, and notice the end of the connection."""
        try:
            data = self._connection.recv(EARLY_MAX)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._early += data
        if data and len(self._early) < EARLY_MAX:
            return
        self._loop.remove_reader(self._connection.fileno())
        if not data and self._websocket is not None:
            websocket, self._websocket = self._websocket, None
            self._connection.close()
            websocket.lost_before_accept()
