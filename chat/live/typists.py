"""Who is typing in a room. No I/O."""

TYPING_EXPIRES = 6  # s after the last word of it
TYPING_PAUSE = 1  # s at least between two tellings of one room


class Typists:
    """The members typing in one room, and when that was last told."""

    __slots__ = ("_told", "_told_at", "_until")

    def __init__(self) -> None:
        self._until: dict[int, float] = {}
        self._told: list[int] = []
        self._told_at = float("-inf")

    def note(self, user: int, on: bool, now: float) -> None:
        """Note that ``user`` types, or ceased to."""
        if on:
            self._until[user] = now + TYPING_EXPIRES
        else:
            self._until.pop(user, None)

    def now(self, now: float) -> list[int]:
        """Return who is typing."""
        for user, until in list(self._until.items()):
            if until <= now:
                del self._until[user]
        return sorted(self._until)

    def news(self, now: float) -> list[int] | None:
        """Return who is typing if that is to be told now, otherwise None."""
        users = self.now(now)
        if users == self._told or now - self._told_at < TYPING_PAUSE:
            return None
        self._told, self._told_at = users, now
        return users

    @property
    def is_quiet(self) -> bool:
        """Whether nobody types and everybody knows."""
        return not self._until and not self._told
