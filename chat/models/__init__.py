"""The rows of the chat. Only chat.services writes them."""

from chat.models.membership import Membership, Notify, Role
from chat.models.message import Mention, Message, MessageEdit, Reaction
from chat.models.presence import Connection, ServerProcess
from chat.models.room import Room
from chat.models.site import SiteState

__all__ = [
    "Connection",
    "Membership",
    "Mention",
    "Message",
    "MessageEdit",
    "Notify",
    "Reaction",
    "Role",
    "Room",
    "ServerProcess",
    "SiteState",
]
