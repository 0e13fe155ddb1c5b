"""The consumer: the live protocol's place in Channels. It only moves bytes.

What comes from the client goes to the hub of this process, which answers through the socket's wire.
Under chatsite.server the bytes pass by Channels' dispatch and this coroutine ends once the member
is greeted; under any other ASGI server they come through ``receive``.
"""

import functools
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from chat.live.frames import SUBPROTOCOL
from chat.live.handshake import credentials_in, origin_is_ours
from chat.live.hub import current_hub
from chat.live.socket import Socket
from chat.live.wire import AsgiWire, DirectWire


class ChatConsumer(AsyncJsonWebsocketConsumer):
    """One socket of one member, carrying all their rooms."""

    # Rooms are joined through the hub, which has one channel for all sockets of the process; and no
    # handshake waits for Redis.
    channel_layer_alias = None

    socket: Socket | None = None
    _asgi: AsgiWire | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle an event here on the loop: no handler of ours leaves a connection behind."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        """Shake hands; greet the member, or close with the reason."""
        offered = self.scope["subprotocols"]
        credentials = credentials_in(self.scope)
        if (offered and SUBPROTOCOL not in offered) or not origin_is_ours(self.scope):
            await self.close()
            return
        direct = self.scope.get("extensions", {}).get("chat.wire")
        if direct is not None:
            direct.pause()  # until there is somebody to listen
        await self.accept(SUBPROTOCOL if offered else None)
        if direct is None:
            self._asgi = AsgiWire(self.base_send)
        hub = current_hub()
        self.socket = await hub.admit(self._asgi or DirectWire(direct), credentials)
        if direct is not None:
            self._leave_to_hub(direct)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Hand a message to the hub. Who was not greeted is not listened to."""
        if self.socket is None:
            return
        if text_data is None:
            current_hub().received_binary(self.socket)
        else:
            current_hub().received(self.socket, text_data.encode())

    async def disconnect(self, code: int) -> None:
        """Forget the socket."""
        if self._asgi is not None:
            self._asgi.stop()
        if self.socket is not None:
            current_hub().remove(self.socket)

    def _leave_to_hub(self, direct: Any) -> None:
        """Let the connection's events go straight to the hub, and end this coroutine."""
        hub, socket = current_hub(), self.socket
        if socket is not None:
            direct.on_text = functools.partial(hub.received, socket)
            direct.on_binary = functools.partial(hub.received_binary, socket)
            direct.on_close = lambda _code: hub.remove(socket)
            if not direct.is_open:  # it went while it was being greeted
                hub.remove(socket)
        direct.resume()
        raise StopConsumer
