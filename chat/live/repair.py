"""Repair: what the events did not tell of a room is found in the database.

A gap in the versions shows that something is missing; after the last change no gap can show, and
a comparison of the versions does.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from chat import broadcast
from chat.errors import ChatError
from chat.live.feed import RoomFeed
from chat.services import reading

if TYPE_CHECKING:
    from chat.live.hub import Hub

GAP_PATIENCE = 0.1  # s that a missing change may take before it is read from the database


class Repair:
    """Reads what the feeds of one process are missing, for its hub: once for all their sockets."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._under_way: set[int] = set()
        self._missing_after: dict[int, int | None] = {}  # by room, the version before its gap

    def gap_seen(self, feed: RoomFeed) -> None:
        """Read what ``feed`` is missing, unless it gets on within GAP_PATIENCE.

        Where several processes write to a busy room there is nearly always some gap, each closed by
        the next event; only one that stays is a change that got lost.
        """
        if self._missing_after.get(feed.room) != feed.version:
            self._missing_after[feed.room] = feed.version
            loop = asyncio.get_running_loop()
            loop.call_later(GAP_PATIENCE, self._close_gap, feed.room, feed.version)

    def soon(self, room: int) -> None:
        """Read what ``room`` is missing, unless that is under way."""
        if room not in self._under_way:
            self._under_way.add(room)
            self._hub.spawn(self._repair(room))

    def confirmed(self, groups: set[str]) -> None:
        """Compare the rooms of newly joined groups: they may have changed before."""
        rooms = [room for room in self._hub.feeds if broadcast.room_group(room) in groups]
        if rooms:
            self._hub.spawn(self.compare(rooms))

    async def compare(self, rooms: Iterable[int]) -> None:
        """Repair those of ``rooms`` that are not at the database's version."""
        versions = await self._hub.database(reading.versions_of, list(rooms))
        for room, version in versions.items():
            feed = self._hub.feeds.get(room)
            if feed is not None and feed.version is not None and feed.version != version:
                self.soon(room)

    def _close_gap(self, room: int, version: int | None) -> None:
        if self._missing_after.get(room) == version:
            del self._missing_after[room]
        feed = self._hub.feeds.get(room)
        if feed is not None and feed.has_gap and feed.version == version:
            self.soon(room)

    async def _repair(self, room: int) -> None:
        try:
            more = True
            while more and (feed := self._hub.feeds.get(room)) and feed.version is not None:
                held = feed.version
                changes = await self._hub.database(_changes_after, room, held)
                if changes is None:
                    return
                if changes.event.to < held:
                    self._go_back(feed, changes.event.to)
                    return
                if self._hub.feeds.get(room) is not feed:
                    continue  # everybody left, and somebody came: it has begun anew
                feed.offer(changes.event)
                self._hub.mark(feed)
                more = changes.more
        except ChatError:
            pass  # the next comparison finds it behind again
        finally:
            self._under_way.discard(room)

    def _go_back(self, feed: RoomFeed, version: int) -> None:
        """The database was replaced by an older one: have the clients begin anew."""
        feed.restart(version)
        self._hub.have_synced(feed)


def _changes_after(room: int, version: int) -> reading.Changes | None:
    found = reading.current_rooms([room]).get(room)
    if found is None:
        return None
    if found.version < version:
        return reading.Changes(broadcast.RoomChanged(room, version, found.version))
    return reading.changes_in(found, version, may_reset=False)
