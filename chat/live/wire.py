"""What a hub writes to: the way to one peer, and how much of what was written it has not taken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol


class Wire(Protocol):
    """The way to one peer. ``framed`` holds ``texts`` as finished WebSocket frames."""

    def send(self, texts: tuple[bytes, ...], framed: bytes) -> None:
        """Send text messages, in order, without waiting. Nothing once it was closed."""

    @property
    def unsent(self) -> int:
        """Bytes that were sent and that the peer has not taken."""

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Call back once, when nothing is unsent."""

    def close(self, code: int) -> None:
        """Close the WebSocket with ``code``."""

    def pause(self) -> None:
        """Stop reading from the peer."""

    def resume(self) -> None:
        """Go on reading."""


class DirectWire:
    """Under chatsite.server: the same bytes go straight to each socket."""

    __slots__ = ("_server", "_write", "close", "pause", "resume", "when_drained")

    def __init__(self, server: Any) -> None:
        self._server = server
        self._write = server.send
        self.close = server.close
        self.pause = server.pause
        self.resume = server.resume
        self.when_drained = server.when_drained

    def send(self, texts: tuple[bytes, ...], framed: bytes) -> None:
        """Write the frames as they are."""
        self._write(framed)

    @property
    def unsent(self) -> int:
        """Bytes that wait in this process."""
        return self._server.unsent


class AsgiWire:
    """Under any other ASGI server: one message at a time, in a task of its own."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._drained: list[Callable[[], None]] = []
        self._task = asyncio.create_task(self._write())
        self._closed = False
        self.unsent = 0

    def send(self, texts: tuple[bytes, ...], framed: bytes) -> None:
        """Queue the messages."""
        if self._closed:
            return
        for text in texts:
            self.unsent += len(text)
            self._queue.put_nowait({"type": "websocket.send", "text": text.decode()})

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Call back once the queue is empty, at once if it is."""
        if self.unsent:
            self._drained.append(callback)
        else:
            callback()

    def close(self, code: int) -> None:
        """Close after what is queued."""
        self._closed = True
        self._queue.put_nowait({"type": "websocket.close", "code": code})

    def stop(self) -> None:
        """Forget what is queued: the peer is gone."""
        self._task.cancel()

    def pause(self) -> None:
        """ASGI has no word for it."""

    def resume(self) -> None:
        """ASGI has no word for it."""

    async def _write(self) -> None:
        while True:
            message = await self._queue.get()
            await self._send(message)
            self.unsent -= len(message.get("text", "").encode())
            if not self.unsent:
                drained, self._drained = self._drained, []
                for callback in drained:
                    callback()
