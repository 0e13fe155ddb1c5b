"""Where sockets are opened."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import URLRouter
from django.urls import path

from chat.live.consumer import ChatConsumer
from chat.live.direct import serve_directly

_router = URLRouter([path("ws/chat/", ChatConsumer.as_asgi())])


async def live_application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Serve ``/ws/chat/``; refuse a socket for any other address in its handshake."""
    if scope["path"] != "/ws/chat/":
        await send({"type": "websocket.close"})
        return
    if "chat.wire" in scope.get("extensions", ()):
        await serve_directly(scope, receive, send)
    else:
        await _router(scope, receive, send)
