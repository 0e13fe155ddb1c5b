"""The rows of the chat. Only chat.services writes them."""

from chat.models.audit import AuditEntry
from chat.models.block import Block
from chat.models.emoji import CustomEmoji
from chat.models.join_link import JoinLink
from chat.models.membership import Membership, Notify, Role
from chat.models.message import Mention, Message, MessageEdit, Reaction
from chat.models.pin import Pin
from chat.models.presence import Connection, ServerProcess
from chat.models.room import Room
from chat.models.saved import Saved
from chat.models.site import SiteState
from chat.models.thread import ThreadSeat

__all__ = [
    "Block",
    "AuditEntry",
    "Connection",
    "CustomEmoji",
    "JoinLink",
    "Membership",
    "Mention",
    "Message",
    "MessageEdit",
    "Notify",
    "Pin",
    "Reaction",
    "Role",
    "Room",
    "Saved",
    "ServerProcess",
    "SiteState",
    "ThreadSeat",
]
