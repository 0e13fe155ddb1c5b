"""The rows of the chat. Only chat.services writes them."""

from chat.models.audit import AuditEntry
from chat.models.block import Block
from chat.models.call import Call
from chat.models.draft import Draft
from chat.models.emoji import CustomEmoji
from chat.models.filter import Filter, HeldMessage
from chat.models.join_link import JoinLink
from chat.models.lease import Lease
from chat.models.membership import Membership, Notify, Role
from chat.models.message import Mention, Message, MessageEdit, Reaction
from chat.models.pin import Pin
from chat.models.poll import Poll, PollVote
from chat.models.presence import Connection, ServerProcess
from chat.models.report import Report
from chat.models.room import Callers, Room, Writers
from chat.models.sanction import Sanction
from chat.models.saved import Saved
from chat.models.saved_view import SavedView
from chat.models.scheduled import ScheduledMessage
from chat.models.search import SearchPosition, SearchText
from chat.models.site import SiteState
from chat.models.thread import ThreadSeat

__all__ = [
    "Block",
    "AuditEntry",
    "Call",
    "Callers",
    "Connection",
    "CustomEmoji",
    "Draft",
    "Filter",
    "HeldMessage",
    "JoinLink",
    "Lease",
    "Membership",
    "Mention",
    "Message",
    "MessageEdit",
    "Notify",
    "Pin",
    "Poll",
    "PollVote",
    "Reaction",
    "Report",
    "Role",
    "Room",
    "Sanction",
    "Saved",
    "SavedView",
    "ScheduledMessage",
    "SearchPosition",
    "SearchText",
    "ServerProcess",
    "SiteState",
    "ThreadSeat",
    "Writers",
]
