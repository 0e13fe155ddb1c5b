"""Passing a message on to another room, with the name of whoever wrote it."""

from uuid import UUID

import msgspec

from accounts.models import User
from chat import rows
from chat.errors import ChatError, NotFound
from chat.models import Message, Room
from chat.permissions import NO_MESSAGE
from chat.services.access import access_message
from chat.services.posting import Ack, Post, post_many


def forward(actor: User, message_id: int, room_id: int, client_id: UUID) -> Ack:
    """Post a copy of a message in another room, as ``actor``; once for one client_id.

    Of a private room the copy tells the author and the time, never the room. Raises NotFound (also
    for a tombstone), or whatever posting in that room raises.
    """
    message = access_message(actor, message_id)
    if message.is_tombstone:
        raise NotFound(NO_MESSAGE)
    copy = Post(
        actor.pk, room_id, client_id, message.body, forwarded=message.forwarded or _source(message)
    )
    [outcome] = post_many([copy])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def _source(message: Message) -> dict:
    """Return what those who read the copy learn of the original, in the shape of ForwardedRow."""
    author, room = message.author, message.room
    source = rows.ForwardedRow(author.pk, author.name, rows.wire_time(message.created_at))
    if room.kind == Room.Kind.PUBLIC:
        source = msgspec.structs.replace(
            source, room=room.pk, room_name=room.name, slug=room.slug, seq=message.seq
        )
    return msgspec.to_builtins(source)
