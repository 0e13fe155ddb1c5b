"""What a hub writes to: the way to one peer, and how much of what was written it has not taken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from chat.live.frames import texts_in


class Wire(Protocol):
    """The way to one peer. Under chatsite.server, its WebSocket itself."""

    @property
    def is_behind(self) -> bool:
        """Whether anything is unsent; asked before each frame, so it should be an attribute."""

    @property
    def unsent(self) -> int:
        """Bytes that were sent and that the peer has not taken."""

    def send(self, framed: bytes) -> None:
        """Send finished WebSocket frames, without waiting. Nothing once it was closed."""

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Call back once, when nothing is unsent."""

    def close(self, code: int) -> None:
        """Close the WebSocket with ``code``."""

    def pause(self) -> None:
        """Stop reading from the peer."""

    def resume(self) -> None:
        """Go on reading."""


class AsgiWire:
    """Under any other ASGI server: one message at a time, in a task of its own."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._drained: list[Callable[[], None]] = []
        self._task = asyncio.create_task(self._write())
        self._closed = False
        self.unsent = 0

    @property
    def is_behind(self) -> bool:
        """Whether anything is unsent."""
        return self.unsent > 0

    def send(self, framed: bytes) -> None:
        """Queue the messages."""
        if self._closed:
            return
        for text in texts_in(framed):
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
