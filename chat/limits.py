"""How often one member may change or search something over HTTP, all processes together."""

from accounts.limits import Limit
from chat.errors import RateLimited

WRITES = Limit("api-writes", 40, 10)
SEARCHES = Limit("searches", 30, 10)
MESSAGE_SEARCHES = Limit("message-searches", 60, 60)


def count_write(user_id: int) -> None:
    """Count a write of that member. Raises RateLimited."""
    _count(WRITES, user_id)


def count_search(user_id: int) -> None:
    """Count a search of that member, which costs more than reading. Raises RateLimited."""
    _count(SEARCHES, user_id)


def count_message_search(user_id: int) -> None:
    """Count a search of that member for messages, which costs most. Raises RateLimited."""
    _count(MESSAGE_SEARCHES, user_id)


def _count(limit: Limit, user_id: int) -> None:
    wait = limit.count(str(user_id))
    if wait is not None:
        raise RateLimited(retry_after=wait)
