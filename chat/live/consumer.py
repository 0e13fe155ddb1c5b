"""The consumer: the live protocol's place in Channels, under any ASGI server. It only moves bytes.

What comes from the client goes to the hub of this process, which answers through the socket's wire.
Under chatsite.server sockets take the short way instead: chat.live.direct.
"""

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from chat.live.handshake import invitation_to
from chat.live.hub import current_hub
from chat.live.socket import Socket
from chat.live.wire import AsgiWire


class ChatConsumer(AsyncJsonWebsocketConsumer):
    """One socket of one member, carrying all their rooms."""

    # Rooms are joined through the hub, which has one channel for all sockets of the process; and no
    # handshake waits for Redis.
    channel_layer_alias = None

    socket: Socket | None = None
    _wire: AsgiWire | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle an event here on the loop: no handler of ours leaves a connection behind."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        """Shake hands; greet the member, or close with the reason."""
        invitation = invitation_to(self.scope)
        if invitation is None:
            await self.close()
            return
        await self.accept(invitation.subprotocol)
        self._wire = AsgiWire(self.base_send)
        self.socket = await current_hub().admit(
            self._wire, invitation.credentials, invitation.address
        )

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
        if self._wire is not None:
            self._wire.stop()
        if self.socket is not None:
            current_hub().remove(self.socket)
