"""The ASGI server of one process: Daphne, with drain, back-pressure and WebSockets of our own.

Daphne and Twisted speak HTTP. A WebSocket handshake is answered here, and the open connection
belongs to chatsite.websocket from then on.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

import daphne.server  # first: it chooses Twisted's reactor
from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet import reactor as installed_reactor
from twisted.internet import tcp
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    STDLibLogObserver,
    globalLogBeginner,
)

from chatsite.doorstep import Doorstep
from chatsite.opening import REASONS, REFUSAL, WEBSOCKET_VERSION, Opening, tokens
from chatsite.proxy import believe_proxies
from chatsite.websocket import CLOSE_TIMEOUT, WebSocket

logger = logging.getLogger(__name__)
reactor: Any = installed_reactor

RESTARTING = 4412  # close code: reconnect in a moment
DRAIN_TIMEOUT = 7.5  # s for writes, acks, presence and running requests, of 10 to end in
HANDSHAKE_TIMEOUT = 20  # s for the application to accept or refuse a WebSocket
ABANDONED_TIMEOUT = 10  # s for the application to end after its client went away
POLL = 0.02  # s between looks while draining
# Connections accepted at a go. Few, so that processes which share a port share a burst as well.
ACCEPTS = 8
SPEECHLESS_TIMEOUT = 5  # s for a connection to say something before it is left to Twisted

Application = Callable[..., Awaitable[None]]


class Request(WebRequest):
    """An HTTP request; one for a WebSocket is answered by `release` or `refuse`."""

    channel: Any
    websocket: WebSocket | None = None

    def process(self) -> Any:
        """Hand the request that has come to the application."""
        if b"websocket" in tokens(self.requestHeaders.getRawHeaders(b"upgrade") or ()):
            return self._open_websocket()
        return super().process()

    def release(
        self, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]
    ) -> tuple[socket.socket, bytes, bytes]:
        """Give up the connection: its socket, the bytes to write first, and those that came early.

        Twisted keeps nothing of it, so that its objects are freed.
        """
        channel, transport = self.channel, self.channel.transport
        channel._networkProducer.unregisterProducer()
        transport.stopReading()
        transport.stopWriting()
        connection = transport.socket
        pending = [transport.dataBuffer[transport.offset :], *transport._tempDataBuffer]
        early = b"".join(channel._dataBuffer)
        del transport.socket, transport.fileno, transport.protocol
        transport.connected, transport.disconnected = 0, 1
        channel.requests.clear()
        self.channel = self.websocket = None
        self.content.close()
        answer = self._opening().answer(subprotocol, headers)
        return connection, b"".join((*pending, answer)), early

    def refuse(self, status: int) -> None:
        """Answer the handshake with an error."""
        self.websocket = None
        self.setHeader(b"connection", b"close")
        self.channel.persistent = False
        self.basic_error(status, REASONS[status], REFUSAL.decode())

    def connectionLost(self, reason: Any) -> None:
        """Twisted's notice that the client has gone before it was answered."""
        websocket, self.websocket = self.websocket, None
        super().connectionLost(reason)
        if websocket is not None:
            websocket.lost_before_accept()

    async def drained(self) -> None:
        """Wait while the client is behind with reading our response."""
        if self.finished or self.channel is None or not self.channel._waitingForTransport:
            return
        channel = self.channel
        gate = _Gate()
        channel.registerProducer(gate, True)
        try:
            await gate.opened
        finally:
            channel.unregisterProducer()

    def _open_websocket(self) -> None:
        opening = self._opening()
        status = 503 if self.server.draining and opening.status == 101 else opening.status
        if status != 101:
            if status == 426:
                self.setHeader(b"sec-websocket-version", WEBSOCKET_VERSION)
            self.refuse(status)
            return
        client = self.client.host, self.client.port
        self.websocket = WebSocket(self.server, self, client)
        scope = opening.scope(client, (self.host.host, self.host.port))
        scope["extensions"] = {"chat.wire": self.websocket}
        self.server.open_websocket(self.websocket, scope)

    def _opening(self) -> Opening:
        headers = [
            (name.lower(), value)
            for name, values in self.requestHeaders.getAllRawHeaders()
            for value in values
        ]
        return Opening(self.method, self.uri, self.clientproto, headers)


class _Gate:
    """A producer that Twisted wakes when a client has caught up."""

    def __init__(self) -> None:
        self.opened = asyncio.get_running_loop().create_future()

    def pauseProducing(self) -> None:
        """Nothing to do: whoever holds the gate waits."""

    def resumeProducing(self) -> None:
        """Let the response go on."""
        if not self.opened.done():
            self.opened.set_result(None)

    stopProducing = resumeProducing


class _Factory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


class _Connection(tcp.Server):
    def startWriting(self) -> None:
        try:
            super().startWriting()
        except RuntimeError:
            # The client reset the connection: uvloop has closed its handle by then, and Twisted,
            # which is told nothing, only finds out by writing.
            self.abortConnection()


class _Entrance:
    """What Twisted's port takes for its factory: has each connection looked at first."""

    def __init__(self, server: Server, factory: _Factory) -> None:
        self._server = server
        self._factory = factory

    def doStart(self) -> None:
        """Nothing to do. As the next, what a port calls."""

    def doStop(self) -> None:
        """Nothing to do."""

    def buildProtocol(self, address: Any) -> _Arrival:
        """Take note that somebody came from `address`."""
        return _Arrival(self._server, partial(self._factory.buildProtocol, address))


class _Arrival:
    """What Twisted's port takes for a protocol: opens the door once there is a connection."""

    def __init__(self, server: Server, build_protocol: Callable[[], Any]) -> None:
        self._server = server
        self._build_protocol = build_protocol

    def makeConnection(self, accepted: tuple[Any, ...]) -> None:
        """Look at the connection; `accepted` is what Twisted would make its transport of."""
        connection, _, client, *rest = accepted

        def to_twisted() -> None:
            protocol = self._build_protocol()
            protocol.makeConnection(_Connection(connection, protocol, client, *rest))

        Doorstep(self._server, connection, client, connection.getsockname(), to_twisted).look()


class _Listener(tcp.Port):
    numberAccepts = property(lambda port: ACCEPTS, lambda port, adapted: None)

    # No transport is made yet, only what one would be made of: see _Arrival.
    transport: Any = staticmethod(lambda *accepted: accepted)


class Server(daphne.server.Server):
    """Serves `application` on the listening socket `listener` until SIGTERM, then drains.

    `drain()` is awaited first when the process shall end: it lets the application finish what
    it began and say goodbye on its sockets. `trusted_proxies` is the number of proxies in front.
    `lifeline` is a file descriptor that reaches its end when our parent has died; `ready()` is
    called once connections are accepted.
    """

    def __init__(
        self,
        application: Application,
        listener: socket.socket,
        *,
        drain: Callable[[], Awaitable[object]],
        trusted_proxies: int = 0,
        lifeline: int | None = None,
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(application, endpoints=["inherited"], server_name="")
        self.draining = False
        self.websockets: set[WebSocket] = set()
        self._running: dict[Any, asyncio.Task[None]] = {}  # by the Request or WebSocket it answers
        self._gone: dict[Any, float] = {}  # those whose client has gone, and since when
        self._handshakes: dict[WebSocket, float] = {}  # unanswered ones and since when, in order
        self._speechless: dict[Doorstep, float] = {}  # and who has not even asked, likewise
        self._listener = listener
        self._drain_application = drain
        self._trusted_proxies = trusted_proxies
        self._lifeline = lifeline
        self._ready = ready
        self._loop = daphne.server.twisted_loop
        self._port: _Listener | None = None

    def run(self) -> None:
        """Serve; return when the process shall end and everything is said."""
        to_our_log: Any = STDLibLogObserver("chatsite.twisted")
        errors: Any = LogLevelFilterPredicate(LogLevel.error)
        observer: Any = FilteringLogObserver(to_our_log, [errors])
        globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False, discardBuffer=True)
        asyncio.set_event_loop(self._loop)
        self._loop.add_signal_handler(signal.SIGTERM, self.end)
        if self._lifeline is not None:
            self._loop.add_reader(self._lifeline, self._orphaned)
        reactor.callWhenRunning(self._start)
        reactor.run(installSignalHandlers=False)

    def end(self) -> None:
        """Drain and stop. Asked again, go on with it: our parent ends what takes too long.

        Some platforms tell every process, so that we hear it from them and from our parent.
        """
        if self.draining:
            return
        self.draining = True
        self._ending = self._loop.create_task(self._drain_and_stop())

    def _start(self) -> None:
        self._listener.setblocking(False)
        self._port = _Listener._fromListeningDescriptor(
            reactor, self._listener.fileno(), self._listener.family, _Entrance(self, _Factory(self))
        )
        self._port.startListening()
        self._loop.call_later(1, self._look_after)
        self._loop.call_soon(self._ready)  # the loop runs in a moment

    def _orphaned(self) -> None:
        self._loop.remove_reader(self._lifeline)
        logger.error("The parent process has died; ending as well")
        if not self.draining:
            self.end()

    async def _drain_and_stop(self) -> None:
        try:
            await self._drain()
        except Exception:
            logger.exception("The drain failed; ending without it")
        reactor.stop()

    async def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_TIMEOUT
        if self._port is not None:
            self._port.stopListening()
        self._listener.close()
        try:
            await asyncio.wait_for(self._drain_application(), DRAIN_TIMEOUT)
        except TimeoutError:
            logger.warning("The application did not drain within %s s", DRAIN_TIMEOUT)
        except Exception:
            logger.exception("The application did not drain")
        await self._wait_until(
            lambda: not any(isinstance(to, Request) for to in self._running), deadline
        )
        for websocket in [*self.websockets, *self._handshakes]:
            websocket.close(RESTARTING)
        await self._wait_until(
            lambda: not self.websockets and not self._running,
            time.monotonic() + CLOSE_TIMEOUT + 10 * POLL,
        )
        if left := list(self._running.values()):
            logger.warning("%s of the application's tasks did not end in time", len(left))
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=10 * POLL)

    async def _wait_until(self, condition: Callable[[], bool], deadline: float) -> None:
        while not condition() and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(POLL)

    # --- WebSockets -----------------------------------------------------------------------------

    def wait_at_door(self, doorstep: Doorstep) -> None:
        """A connection has said nothing yet."""
        self._speechless[doorstep] = time.monotonic()

    def left_door(self, doorstep: Doorstep) -> None:
        """It has now."""
        self._speechless.pop(doorstep, None)

    def open_websocket(self, websocket: WebSocket, scope: dict[str, Any]) -> None:
        """Ask the application about a handshake."""
        believe_proxies(scope, self._trusted_proxies)
        task = self._loop.create_task(self.application(scope, websocket.receive, websocket.answer))
        self._running[websocket] = task
        self._handshakes[websocket] = time.monotonic()
        task.add_done_callback(partial(self._websocket_done, websocket))

    def opened(self, websocket: WebSocket) -> None:
        """A handshake was accepted."""
        self._handshakes.pop(websocket, None)
        self.websockets.add(websocket)
        if self.draining:
            websocket.close(RESTARTING)

    def closed(self, websocket: WebSocket) -> None:
        """A socket is gone, or its handshake was refused."""
        self._handshakes.pop(websocket, None)
        self.websockets.discard(websocket)
        self._client_gone(websocket)

    def _websocket_done(self, websocket: WebSocket, task: asyncio.Task[None]) -> None:
        self._forget(websocket)
        websocket.application_ended(None if task.cancelled() else task.exception())

    # --- HTTP: what Daphne's protocol calls -------------------------------------------------------

    def protocol_connected(self, protocol: Any) -> None:
        """A request begins. Nothing to keep: what counts is the application running for it."""

    def protocol_disconnected(self, protocol: Any) -> None:
        """A request has been answered, or its client has gone."""
        self._client_gone(protocol)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> asyncio.Queue[Any]:
        """Run the application for a request; its queue of events."""
        scope["asgi"] = {"version": "3.0"}
        scope["root_path"] = ""  # Daphne lets any client set it by a header
        believe_proxies(scope, self._trusted_proxies)
        queue: asyncio.Queue[Any] = asyncio.Queue()
        task = self._loop.create_task(
            self.application(scope, queue.get, partial(self.handle_reply, protocol))
        )
        self._running[protocol] = task
        task.add_done_callback(partial(self._request_done, protocol))
        return queue

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """The application's send. Waits while the client is behind."""
        if protocol in self._gone:
            return
        self.check_headers_type(message)
        protocol.handle_reply(message)
        await protocol.drained()

    def _request_done(self, protocol: Any, task: asyncio.Task[None]) -> None:
        gone = self._forget(protocol)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        logger.error("Exception inside the application", exc_info=error)
        if gone:
            return
        if protocol._response_started:
            protocol.channel.transport.abortConnection()  # so that nobody takes it for complete
        else:
            protocol.handle_exception(error)

    # --- Applications that outlive their client ---------------------------------------------------

    def _client_gone(self, to: Any) -> None:
        if to in self._running:
            self._gone.setdefault(to, time.monotonic())

    def _forget(self, to: Any) -> bool:
        """Its application has ended; whether its client had gone before."""
        del self._running[to]
        return self._gone.pop(to, None) is not None

    def _look_after(self) -> None:
        """Once a second, at what is overdue alone: nothing here walks over all connections."""
        now = time.monotonic()
        for to, since in list(self._gone.items()):
            if now - since > ABANDONED_TIMEOUT:
                logger.warning("The application went on %s s after %s", ABANDONED_TIMEOUT, to)
                self._running[to].cancel()
        for websocket, since in list(self._handshakes.items()):
            if now - since < HANDSHAKE_TIMEOUT:
                break  # the rest is younger
            websocket.abort()
        for doorstep, since in list(self._speechless.items()):
            if now - since < SPEECHLESS_TIMEOUT:
                break
            self.left_door(doorstep)
            doorstep.let_go()
        self._loop.call_later(1, self._look_after)
