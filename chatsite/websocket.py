"""An open WebSocket: the protocol on an asyncio transport, and the application's `chat.wire`.

Through Daphne and Autobahn an echo costs 126 µs of processor time and a quiet connection 12 KiB;
here 8 µs and less than 2 KiB. So a handshake is answered before Twisted sees the TCP connection
(chatsite.doorstep), or takes it out of Twisted (chatsite.server.Request.release), for a transport
of the event loop; and what stays of it is one object of this class.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from chatsite import frames

if TYPE_CHECKING:
    from chatsite.doorstep import Doorstep
    from chatsite.server import Request, Server

logger = logging.getLogger(__name__)

MESSAGE_MAX = 1024 * 1024  # bytes in a message from a client
CLOSE_TIMEOUT = 1.5  # s for the peer to answer a close frame
QUEUE_MAX = 64  # messages the ASGI application may leave unread before reading stops
UNSENT_MAX = 256 * 1024  # bytes unsent above which ASGI sends wait, and pings go unanswered

# A peer that vanished is noticed by the kernel, which costs no wake-up of ours: 10,000 quiet
# sockets would be 500 pings a second.
KEEPALIVE_IDLE = 30  # s of silence before the kernel asks
KEEPALIVE_INTERVAL = 10  # s between its questions
KEEPALIVE_COUNT = 2  # unanswered questions; in all within a minute
UNACKNOWLEDGED_MAX = 30_000  # ms for sent bytes to be acknowledged
# Bytes the kernel takes for a peer that does not read. By itself it takes 3 to 4 MB, and until then
# nobody sees that the peer is slow.
NOT_SENT_MAX = 64 * 1024
# Closing throws away what the kernel still holds, and tells the peer at once: on for 0 s.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)

_BY_APPLICATION, _BY_QUEUE = 1, 2  # who stopped reading


class WebSocket(asyncio.Protocol):
    """One connection. Lives on the event loop's thread; nothing here may be called from another.

    The ASGI application gets `receive` and `answer` as its receive and send, and the object itself
    as scope["extensions"]["chat.wire"]: `send`, `is_behind`, `unsent`, `when_drained`, `close`,
    `abort`, `pause`, `resume`, and the attributes below. Only `pause` and the attributes are of
    use before it has accepted, and best set by then: what comes earlier goes to `receive`.

    on_text(payload: bytes)    takes text messages inline; always valid UTF-8
    on_binary()                takes binary messages inline
    on_close(code: int)        takes the end of the connection inline. With it set the application
                               may return and leave the socket open to its callbacks.
    While None, the events go to `receive`.
    """

    __slots__ = (
        "is_behind", "on_binary", "on_close", "on_text", "peer", "_accepting", "_code", "_closing",
        "_drained", "_events", "_paused", "_reader", "_request", "_senders", "_server",
        "_transport", "_waiter",
    )  # fmt: skip

    def __init__(self, server: Server, request: Request | Doorstep, peer: object) -> None:
        self.on_text: Callable[[bytes], object] | None = None
        self.on_binary: Callable[[], object] | None = None
        self.on_close: Callable[[int], object] | None = None
        self.is_behind = False  # whether anything is unsent
        self.peer = peer  # address and port, for the log
        self._server = server
        self._request: Request | Doorstep | None = request  # until the handshake is answered
        self._accepting: bytes | None = None
        self._transport: asyncio.Transport | None = None
        self._reader: frames.MessageReader | None = frames.MessageReader(MESSAGE_MAX)
        self._code: int | None = None  # with which it ends; None while open
        self._closing: asyncio.TimerHandle | None = None
        self._paused = 0
        self._drained: list[Callable[[], object]] | None = None
        self._senders: list[asyncio.Future[None]] | None = None  # that wait in `answer`
        self._events: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        self._waiter: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<WebSocket of {self.peer}>"

    # --- The wire -------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether frames still leave: accepted, and no end begun."""
        return self._code is None and self._transport is not None

    def send(self, frame: bytes) -> None:
        """Write prebuilt frames now: one system call unless earlier bytes still wait.

        Does nothing once the end has begun.
        """
        if self._code is None:
            self._transport.write(frame)  # type: ignore[union-attr]

    @property
    def unsent(self) -> int:
        """Bytes that we accepted and the kernel has not yet."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    def when_drained(self, callback: Callable[[], object]) -> None:
        """Call back once when nothing is unsent, at once if nothing is; never after the end."""
        if not self.unsent:
            callback()
        elif self._drained is None:
            self._drained = [callback]
        else:
            self._drained.append(callback)

    def close(self, code: int = frames.NORMAL) -> None:
        """Begin the close handshake; what was sent before arrives before. Again: nothing.

        A peer that has not answered after CLOSE_TIMEOUT is cut off. Before the handshake is
        answered, refuses it.
        """
        if self._request is not None:
            self._refuse(403)
        elif self.is_open:
            self._end(code)

    def abort(self) -> None:
        """Drop the connection, and what is unsent with it."""
        if self._request is not None:
            self._refuse(503)
        elif self._transport is not None:
            self._code = self._code or frames.ABNORMAL
            self._transport.abort()

    def pause(self) -> None:
        """Stop reading, so that the peer's kernel soon stops it from sending."""
        self._pause(_BY_APPLICATION)

    def resume(self) -> None:
        """Read on, beginning with what had already come."""
        self._resume(_BY_APPLICATION)

    # --- The ASGI application -------------------------------------------------------------------

    async def receive(self) -> dict[str, Any]:
        """ASGI's receive."""
        while not self._events:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        event = self._events.pop(0)
        if not self._events:
            self._resume(_BY_QUEUE)
        return event

    async def answer(self, message: dict[str, Any]) -> None:
        """ASGI's send. Waits while the peer is far behind; ignored once the end has begun."""
        match message["type"]:
            case "websocket.accept":
                await self._accept(message.get("subprotocol"), message.get("headers") or ())
            case "websocket.close":
                self.close(message.get("code") or frames.NORMAL)
            case "websocket.send":
                if self._request is not None:
                    raise RuntimeError("Accept the WebSocket before sending over it.")
                text = message.get("text")
                if text is not None:
                    self.send(frames.frame(frames.TEXT, text.encode()))
                else:
                    self.send(frames.frame(frames.BINARY, message["bytes"]))
                if self.unsent > UNSENT_MAX:
                    await self._until_drained()
            case kind:
                raise ValueError(f"A WebSocket cannot send {kind!r}.")

    def application_ended(self, error: BaseException | None) -> None:
        """The application returned, or raised `error`: nobody will answer this socket any more."""
        if error is not None:
            logger.error("Exception inside the application for %s", self, exc_info=error)
        if self._request is not None:
            self._refuse(500)
        elif error is not None:
            self._end(frames.INTERNAL_ERROR)
        elif self.on_close is None:
            self.close()

    def lost_before_accept(self) -> None:
        """The client went away while its handshake waited for an answer."""
        self._request = None
        self._ended(frames.ABNORMAL)

    async def _accept(self, subprotocol: str | None, headers: Any) -> None:
        if self._request is None:
            return  # the client has gone
        request, self._request = self._request, None
        connection, self._accepting, early = request.release(subprotocol, headers)
        keep_alive(connection)
        if early:
            self._reader.feed(early)  # type: ignore[union-attr]
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: self, connection)

    def _refuse(self, status: int) -> None:
        request, self._request = self._request, None
        self._code = frames.ABNORMAL
        request.refuse(status)  # type: ignore[union-attr]
        self._ended(frames.ABNORMAL)

    async def _until_drained(self) -> None:
        """Wait until nothing is unsent, or the connection is lost."""
        drained = asyncio.get_running_loop().create_future()
        self._senders = [*(self._senders or ()), drained]
        await drained

    def _release_senders(self) -> None:
        senders, self._senders = self._senders, None
        for sender in senders or ():
            if not sender.done():
                sender.set_result(None)

    # --- The transport --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport = cast(asyncio.Transport, transport)
        # So that pause_writing means "something is unsent" and resume_writing "all has gone".
        transport.set_write_buffer_limits(0)
        transport.write(self._accepting or b"")
        self._accepting = None
        if self._paused:
            transport.pause_reading()
        self._server.opened(self)
        self._read()

    def data_received(self, data: bytes) -> None:
        if self._reader is None:
            return
        self._reader.feed(data)
        if self._paused:  # since before uvloop's transport began to read
            self._transport.pause_reading()  # type: ignore[union-attr]
        self._read()

    def pause_writing(self) -> None:
        self.is_behind = True

    def resume_writing(self) -> None:
        self.is_behind = False
        callbacks, self._drained = self._drained, None
        self._release_senders()
        if self._code is None:
            for callback in callbacks or ():
                callback()

    def connection_lost(self, error: Exception | None) -> None:
        if self._closing is not None:
            self._closing.cancel()
        self._ended(self._code or frames.ABNORMAL)

    # --- Reading --------------------------------------------------------------------------------

    def _read(self) -> None:
        """Deliver the messages that have come, until there are no more or reading is paused."""
        try:
            while not self._paused and self._reader is not None:
                message = self._reader.next()
                if message is None:
                    return
                opcode, payload = message
                if self._code is not None and opcode != frames.CLOSE:
                    continue  # said after we said goodbye
                if opcode == frames.TEXT and self.on_text is not None:
                    self.on_text(payload)
                else:
                    self._handle(opcode, payload)
        except frames.FrameError as error:
            logger.debug("%s: %s", self, error)
            self._reader = None  # where the next frame would begin is not known
            self._end(error.code)
        except Exception:
            logger.exception("A message of %s was not handled", self)
            self._end(frames.INTERNAL_ERROR)

    def _handle(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.TEXT:
            self._put({"type": "websocket.receive", "text": payload.decode()})
        elif opcode == frames.BINARY:
            if self.on_binary is not None:
                self.on_binary()
            else:
                self._put({"type": "websocket.receive", "bytes": payload})
        elif opcode == frames.PING:
            if self.unsent <= UNSENT_MAX:  # RFC 6455, 5.5.3: only the last need be answered
                self.send(frames.frame(frames.PONG, payload))
        elif opcode == frames.CLOSE:
            self._peer_closed(frames.close_code(payload))

    def _put(self, event: dict[str, Any]) -> None:
        self._events.append(event)
        if len(self._events) >= QUEUE_MAX:
            self._pause(_BY_QUEUE)
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _pause(self, who: int) -> None:
        if not self._paused and self._transport is not None:
            self._transport.pause_reading()
        self._paused |= who

    def _resume(self, who: int) -> None:
        if self._paused & who:
            # Not inline: the caller need not be ready for a message before this returns.
            asyncio.get_running_loop().call_soon(self._read_on, who)

    def _read_on(self, who: int) -> None:
        if not self._paused & who:
            return
        self._paused &= ~who
        self._read()
        if not self._paused and self._transport is not None:
            self._transport.resume_reading()

    # --- The end --------------------------------------------------------------------------------

    def _end(self, code: int) -> None:
        """Say goodbye with `code`, and wait for the peer to say it too."""
        if self._code is None and self._transport is not None:
            self.send(frames.close_frame(code))
            self._code = code
            self._hang_up_later()
            self._read_to_the_end()

    def _peer_closed(self, code: int) -> None:
        """Answer a close frame, or take it as the answer to ours; then hang up."""
        self._reader = None
        if self._code is None:
            self.send(frames.close_frame(None if code == frames.NO_CODE else code))
            self._code = code
            self._hang_up_later()
        self._transport.close()  # type: ignore[union-attr]

    def _hang_up_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._closing = loop.call_later(CLOSE_TIMEOUT, self._cut_off)

    def _cut_off(self) -> None:
        """Drop a peer that does not answer our close frame, and what it did not read."""
        if self._transport is not None:
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self._transport.abort()

    def _read_to_the_end(self) -> None:
        # A pause holds back the peer's answer as well, and unread bytes would turn our hanging up
        # into a reset that overtakes the close frame.
        if self._paused:
            self._resume(self._paused)

    def _ended(self, code: int) -> None:
        self._code = code
        self._reader = self._drained = self._transport = None
        self._release_senders()
        self._server.closed(self)
        on_close, self.on_close = self.on_close, None
        self.on_text = self.on_binary = None
        if on_close is not None:
            on_close(code)
        self._events.append({"type": "websocket.disconnect", "code": code})
        self._wake()


def keep_alive(connection: socket.socket) -> None:
    """Have the kernel notice a vanished peer, and send small frames at once."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", KEEPALIVE_IDLE),
        ("TCP_KEEPINTVL", KEEPALIVE_INTERVAL),
        ("TCP_KEEPCNT", KEEPALIVE_COUNT),
        ("TCP_USER_TIMEOUT", UNACKNOWLEDGED_MAX),
        ("TCP_NOTSENT_LOWAT", NOT_SENT_MAX),
    ):
        if hasattr(socket, option):  # not on every Unix
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
