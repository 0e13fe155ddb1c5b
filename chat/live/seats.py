"""Who sits where: which sockets of this process hear of which room, and that members alone do.

A socket is seated first and told the room's version then; what comes in between is held for it.
"""

from typing import TYPE_CHECKING

from chat import broadcast
from chat.broadcast import RoomChanged
from chat.errors import ChatError
from chat.live import admission, frames
from chat.live.feed import RoomFeed
from chat.rows import RoomRow
from chat.services import reading

if TYPE_CHECKING:
    from chat.live.hub import Hub
    from chat.live.socket import Socket


class Seats:
    """Keeps the seats in all rooms of one process, for its hub."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    def take(self, socket: "Socket", room: int) -> None:
        """Let ``socket`` hear of ``room``; held back until it was told the room's version."""
        feed = self._hub.feeds.get(room)
        if feed is None:
            feed = self._hub.feeds[room] = RoomFeed(room)
            self._hub.relay.want(broadcast.room_group(room))
        socket.rooms.add(room)
        socket.hold(room)
        feed.sockets.add(socket)

    def release(self, socket: "Socket", room: RoomRow) -> None:
        """Let ``socket``, which was told ``room`` as it stands, hear what came after."""
        feed = self._hub.feeds[room.id]
        feed.start(room.version)
        self._hub.mark(feed)
        self._hub.flush()
        socket.release(room.id, room.version)
        if room.version < feed.started_at:
            # Another socket was told a newer version first, and the feed began after that.
            socket.send(frames.encode(frames.Lagged([room.id])))
        elif feed.version is not None and feed.version < room.version:
            self._hub.repair.soon(room.id)

    def give_up(self, socket: "Socket", room: int) -> None:
        """End what ``socket`` hears of ``room``, at once and without a word."""
        socket.rooms.discard(room)
        socket.held.pop(room, None)
        socket.lagged.discard(room)
        if socket.focus == room:
            socket.focus = None
        feed = self._hub.feeds.get(room)
        if feed is None:
            return
        feed.sockets.discard(socket)
        feed.focused.discard(socket)
        if not feed.sockets:
            self._hub.forget(feed)
            self._hub.relay.drop(broadcast.room_group(room))

    async def look_at(self, user: int, room: int) -> None:
        """Make the sockets of ``user`` hear of ``room`` if, and only if, they are a member."""
        fresh = []
        for socket in self._hub.sockets_of.get(user, ()):
            if not socket.is_greeted:
                socket.seats_to_look_at.add(room)
            elif room not in socket.rooms:
                fresh.append(socket)
        if user not in self._hub.sockets_of:
            return
        for socket in fresh:
            self.take(socket, room)
        try:
            found = await self._hub.database(reading.rooms_of_many, [user], room)
        except ChatError:
            # The next comparison with the database looks again.
            for socket in fresh:
                self.give_up(socket, room)
            return
        if not found[user]:
            for socket in fresh:
                self.give_up(socket, room)
            self._show_out(user, room)
            return
        [row] = found[user]
        for socket in fresh:
            if room in socket.rooms and not socket.closed:
                socket.send(frames.encode(frames.RoomFrame(joined=row)))
                self.release(socket, row)

    def mind(self, feed: RoomFeed, event: RoomChanged) -> None:
        """Keep up with who is in a room. One who left is sent nothing of it any more."""
        for member in event.members:
            if member.role is None:
                self._show_out(member.id, event.room)
            elif any(
                event.room not in socket.rooms for socket in self._hub.sockets_of.get(member.id, ())
            ):
                self._hub.spawn(self.look_at(member.id, event.room))
            if feed.members is not None:
                (feed.members.discard if member.role is None else feed.members.add)(member.id)

    async def compare(self) -> None:
        """Find in the database what no event told: who joined, left or was removed lately."""
        changed = await self._hub.database(admission.seats_changed_lately)
        for user, room, seated in changed:
            sockets = self._hub.sockets_of.get(user, ())
            if any((room in socket.rooms) != seated for socket in sockets):
                self._hub.spawn(self.look_at(user, room))

    def _show_out(self, user: int, room: int) -> None:
        """End what the sockets of ``user`` hear of ``room``, and tell them."""
        for socket in self._hub.sockets_of.get(user, ()):
            if room in socket.rooms:
                self.give_up(socket, room)
                socket.send(frames.encode(frames.RoomFrame(left=room)))
