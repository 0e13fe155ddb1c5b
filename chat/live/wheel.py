"""Things that are each looked at once in a while, a part of them at a time."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)


class Wheel(Generic[Thing]):
    """Holds things in ``turns`` parts. Nothing walks over all of them at once."""

    def __init__(self, turns: int) -> None:
        self._parts: list[set[Thing]] = [set() for _ in range(turns)]
        self._now = 0

    def add(self, thing: Thing) -> None:
        """Put a thing where its turn comes, within as many turns as there are parts."""
        self._part_of(thing).add(thing)

    def discard(self, thing: Thing) -> None:
        """Take a thing out, if it is in."""
        self._part_of(thing).discard(thing)

    def turn(self) -> list[Thing]:
        """Return those whose turn it is now."""
        self._now = (self._now + 1) % len(self._parts)
        return list(self._parts[self._now])

    def _part_of(self, thing: Thing) -> set[Thing]:
        # Mixed, because objects of one size lie, and so hash, at equal distances.
        mixed = (hash(thing) * 0x9E3779B1) >> 16
        return self._parts[mixed % len(self._parts)]
