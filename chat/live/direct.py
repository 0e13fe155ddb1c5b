"""The short way of a socket under chatsite.server, which hands over the connection itself.

Channels would route each handshake by regular expressions and run three tasks for a consumer: as
much as everything else that a member's connecting costs. Here it is one coroutine, which ends once
the member is greeted; from then on the connection calls the hub. chat.live.consumer does the same
in Channels' way.
"""

import functools
from typing import Any

from chat.live.handshake import invitation_to
from chat.live.hub import current_hub
from chat.live.socket import Socket


async def serve_directly(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Shake hands; greet the member, or close with the reason. An ASGI application."""
    connection = scope["extensions"]["chat.wire"]
    await receive()
    invitation = invitation_to(scope)
    if invitation is None:
        await send({"type": "websocket.close"})
        return
    connection.pause()  # until there is somebody to listen
    await send({"type": "websocket.accept", "subprotocol": invitation.subprotocol})
    socket = await current_hub().admit(connection, invitation.credentials, invitation.address)
    if socket is not None:
        _leave_to_hub(connection, socket)
    connection.resume()


def _leave_to_hub(connection: Any, socket: Socket) -> None:
    """Let the connection's events go straight to the hub."""
    hub = current_hub()
    connection.on_text = functools.partial(hub.received, socket)
    connection.on_binary = functools.partial(hub.received_binary, socket)
    connection.on_close = lambda _code: hub.remove(socket)
    if not connection.is_open:  # it went while it was being greeted
        hub.remove(socket)
