"""What an address asks for, made safe to look up."""

from collections.abc import Iterable

from accounts.requests import MemberRequest
from chat import limits

QUERY_MAX = 100  # characters
ID_DIGITS = 18  # as many as a database integer surely holds


def query(request: MemberRequest) -> str:
    """Return what is searched for, and count the search. Postgres knows no NUL."""
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_MAX]
    if wanted:
        limits.count_search(request.user.pk)
    return wanted


def ids(values: Iterable[str]) -> list[int]:
    """Return those of the values that can be ids."""
    return [
        int(value)
        for value in values
        if value.isascii() and value.isdigit() and len(value) <= ID_DIGITS
    ]
