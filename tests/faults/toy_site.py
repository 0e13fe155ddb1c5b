"""A site small enough to be seen to be right: one list of changes a room, no I/O, no concurrency.

The checker and the client's rule are proved on it, because here a bug can be put in by hand and
nothing else can be wrong. Messages of a toy hub pass through `tamper`, which may drop, double or
change a frame on its way to one client.
"""

from __future__ import annotations

import copy
import uuid
from collections import defaultdict
from collections.abc import Callable

from tests.faults.client_state import ClientState, Frame
from tests.faults.history import (
    Closed,
    Dump,
    Healed,
    History,
    Moved,
    Opened,
    RoomDump,
    Row,
)
from tests.faults.recorder import Interner, Recorder

PAGE = 4  # rows in one page of sync
RESET_AFTER = 30  # versions behind
NEWEST = 5  # messages in a reset

Tamper = Callable[[str, Frame], list[Frame]]


class ToyRoom:
    """Rows with versions, and the counter they are taken from."""

    def __init__(self, number: int) -> None:
        self.id = number
        self.version = 1
        self.last_seq = 0
        self.info: Row = {"id": number, "name": f"room {number}", "version": 1}
        self.messages: dict[int, Row] = {}
        self.members: dict[int, Row] = {}
        self.posted: dict[int, int] = {}
        self.bodies: dict[int, list[str]] = defaultdict(list)

    def take_version(self) -> int:
        """The next version."""
        self.version += 1
        return self.version

    def changes(self, start: int, to: int | None = None) -> Frame:
        """What changed after `start`, as the rows stand now."""
        to = self.version if to is None else to

        def pick(rows: dict[int, Row]) -> list[Row]:
            return [copy.deepcopy(row) for row in rows.values() if start < row["version"] <= to]

        info = self.info if start < self.info["version"] <= to else None
        return changes_frame(self.id, start, to, pick(self.messages), pick(self.members), info)

    def dump(self) -> RoomDump:
        """The room as the checker reads it from a database."""
        return RoomDump(
            id=self.id,
            version=self.version,
            last_seq=self.last_seq,
            info=dict(self.info),
            messages=copy.deepcopy(list(self.messages.values())),
            members=copy.deepcopy(list(self.members.values())),
            posted=dict(self.posted),
            bodies={key: list(bodies) for key, bodies in self.bodies.items()},
        )


def changes_frame(
    room: int,
    start: int,
    to: int,
    messages: list[Row],
    members: list[Row] | None = None,
    info: Row | None = None,
) -> Frame:
    """A `changes` frame with the protocol's fields."""
    return {
        "type": "changes",
        "room": room,
        "from": start,
        "to": to,
        "messages": sorted(messages, key=lambda row: row["version"]),
        "members": members or [],
        "info": copy.deepcopy(info),
        "more": False,
        "reset": False,
        "ref": None,
    }


class ToyClient:
    """A client's rule on a wire that the test holds in its hands."""

    def __init__(self, site: ToySite, name: str, user: int, *, cold: bool) -> None:
        self.site = site
        self.name = name
        self.user = user
        self.recorder = Recorder(site.history, name, user, site.interner, site.now)
        self.state = ClientState(self.recorder, cold=cold)

    def connect(self) -> None:
        """Open a socket and get hello."""
        self.recorder.socket += 1
        self.site.history.add(
            Opened(at=self.site.now, client=self.name, socket=self.recorder.socket)
        )
        self.state.opened(self.site.now)
        self.get(self.site.hello(self.user))

    def disconnect(self, code: int = 1006) -> None:
        """Lose the socket."""
        self.site.history.add(
            Closed(at=self.site.now, client=self.name, socket=self.recorder.socket, code=code)
        )
        self.state.closed(code, self.site.now)

    def get(self, *frames: Frame) -> None:
        """Receive frames, and let the site answer what the client then says."""
        for frame in frames:
            self.state.received(copy.deepcopy(frame), self.site.now)
        self.talk()

    def talk(self) -> None:
        """Let the site answer what the client wants to say, until it is silent."""
        while output := self.state.take_output():
            for frame in output:
                for answer in self.site.answer(self, frame):
                    self.state.received(answer, self.site.now)

    def send(self, room: int, body: str, client_id: str | None = None) -> str:
        """Post through the outbox."""
        client_id = client_id or str(uuid.UUID(int=self.site.next_id()))
        self.recorder.sent(room, client_id, body, self.site.now)
        self.state.send(room, client_id, body, self.site.now)
        self.talk()
        return client_id

    def command(
        self, verb: str, message: int, room: int, value: str = "", **fields: object
    ) -> None:
        """Edit, delete or react."""
        ref = self.state.command({"type": verb, "message": message, **fields}, self.site.now)
        assert ref is not None, "not connected"
        self.recorder.commanded(ref, room, verb, message, value, self.site.now)
        self.talk()


class ToySite:
    """Rooms 1 … R, each with the same members at first, and a hub that tells everyone in order."""

    def __init__(self, rooms: int = 1) -> None:
        self.history = History()
        self.interner = Interner()
        self.now = 100.0
        self.rooms = {number: ToyRoom(number) for number in range(1, rooms + 1)}
        self.clients: list[ToyClient] = []
        self.tamper: Tamper = lambda client, frame: [frame]
        self.began_at = {number: room.version for number, room in self.rooms.items()}
        self._ids = 0

    def next_id(self) -> int:
        """A number never used before."""
        self._ids += 1
        return self._ids

    def client(
        self, name: str, user: int, *, cold: bool = True, connected: bool = True
    ) -> ToyClient:
        """A client; its member is in no room yet."""
        client = ToyClient(self, name, user, cold=cold)
        self.clients.append(client)
        if connected:
            client.connect()
        return client

    def wait(self, seconds: float) -> None:
        """Let time pass, and every client do what is due."""
        self.now += seconds
        for client in self.clients:
            client.state.tick(self.now)
            client.talk()

    # --- verbs

    def join(self, user: int, room: int, role: str = "member") -> None:
        """The member comes into the room; their clients are told."""
        self._take_role(user, room, role)
        self._moved(user, room, member=True)
        joined = {"id": room, "version": self.rooms[room].version}
        self._tell(user, {"type": "room", "joined": joined})
        self._announce(room)

    def leave(self, user: int, room: int) -> None:
        """The member leaves the room; from here on it is nobody else's business."""
        self._take_role(user, room, None)
        self._moved(user, room, member=False)
        self._tell(user, {"type": "room", "left": room})
        self._announce(room)

    def rename(self, room: int, name: str) -> None:
        """Change the room's own row."""
        version = self.rooms[room].take_version()
        self.rooms[room].info = {"id": room, "name": name, "version": version}
        self._announce(room)

    def post(self, user: int, number: int, client_id: str, body: str) -> Frame:
        """Store a message, once a client_id; the ack without its ref."""
        room = self.rooms[number]
        for row in room.messages.values():
            if (row["author"], row["client_id"]) == (user, client_id):
                return self._ack(room, row)
        version, room.last_seq = room.take_version(), room.last_seq + 1
        row = _message(self.next_id(), number, room.last_seq, version, user, client_id, body)
        room.messages[row["id"]], room.posted[row["id"]] = row, version
        self._announce(number)
        return self._ack(room, row)

    def change(self, user: int, frame: Frame) -> Frame:
        """Edit, delete or react; the ack or error without its ref."""
        room = next((r for r in self.rooms.values() if frame["message"] in r.messages), None)
        if room is None:
            return {"type": "error", "code": "not_found"}
        row = room.messages[frame["message"]]
        if row["deleted"] and frame["type"] != "delete":
            return {"type": "error", "code": "not_found"}
        if _change_row(row, room, user, frame):
            row["version"] = room.take_version()
            self._announce(room.id)
        return {"type": "ack", "room": room.id, "version": room.version, "seq": row["seq"],
                "id": row["id"]}  # fmt: skip

    # --- what a socket hears

    def hello(self, user: int) -> Frame:
        """The first frame for this member."""
        rooms = [
            {"id": room.id, "version": room.version} for room in self.rooms.values()
            if self._is_member(user, room)
        ]  # fmt: skip
        return {"type": "hello", "epoch": "one", "heartbeat": 25, "user": {"id": user},
                "rooms": rooms}  # fmt: skip

    def answer(self, client: ToyClient, frame: Frame) -> list[Frame]:
        """What the site answers to one frame of a client."""
        match frame["type"]:
            case "send":
                answer = self.post(client.user, frame["room"], frame["client_id"], frame["body"])
            case "edit" | "delete" | "react":
                answer = self.change(client.user, frame)
            case "sync":
                return [
                    self.sync(client.user, int(number), local, frame["ref"])
                    for number, local in frame["rooms"].items()
                ]
            case _:
                return [{"type": "pong"}]
        return [{**answer, "ref": frame["ref"]}]

    def sync(self, user: int, number: int, local: int, ref: int) -> Frame:
        """One answer to a sync: a page, or a reset."""
        room = self.rooms[number]
        if not self._is_member(user, room):
            return {"type": "error", "ref": ref, "room": number, "code": "not_found"}
        if room.version - local > RESET_AFTER or local > room.version:
            return {**self._reset(room), "ref": ref}
        frame = room.changes(local)
        rows = sorted((*frame["messages"], *frame["members"]), key=lambda row: row["version"])
        if len(rows) > PAGE:
            frame = {**room.changes(local, rows[PAGE - 1]["version"]), "more": True}
        return {**frame, "ref": ref}

    def heal(self) -> None:
        """Nothing is broken any more, and nobody says anything new."""
        self.history.add(Healed(at=self.now))

    def end(self) -> tuple[History, Dump]:
        """Finish: everyone's final state, and the database."""
        for client in self.clients:
            client.recorder.final(client.state, self.now)
        rooms = {number: room.dump() for number, room in self.rooms.items()}
        return self.history, Dump(rooms=rooms, began_at=self.began_at)

    # --- inside

    def _reset(self, room: ToyRoom) -> Frame:
        newest = [copy.deepcopy(row) for row in list(room.messages.values())[-NEWEST:]]
        members = [dict(row) for row in room.members.values() if row["role"]]
        frame = changes_frame(room.id, 0, room.version, newest, members, room.info)
        return {**frame, "reset": True}

    def _take_role(self, user: int, number: int, role: str | None) -> None:
        room = self.rooms[number]
        room.members[user] = {"user": user, "role": role, "version": room.take_version()}

    def _moved(self, user: int, room: int, *, member: bool) -> None:
        self.history.add(
            Moved(
                at=self.now,
                user=user,
                room=room,
                member=member,
                version=self.rooms[room].version,
                ended=self.now,
                outcome="ok",
            )
        )

    def _is_member(self, user: int, room: ToyRoom) -> bool:
        return room.members.get(user, {"role": None})["role"] is not None

    def _ack(self, room: ToyRoom, row: Row) -> Frame:
        return {"type": "ack", "room": room.id, "version": room.posted[row["id"]],
                "seq": row["seq"], "id": row["id"]}  # fmt: skip

    def _announce(self, number: int) -> None:
        """The hub: the last change of the room, to every connected member."""
        room = self.rooms[number]
        frame = room.changes(room.version - 1)
        for client in self.clients:
            if client.state.greeted and self._is_member(client.user, room):
                client.get(*self.tamper(client.name, frame))

    def _tell(self, user: int, frame: Frame) -> None:
        for client in self.clients:
            if client.user == user and client.state.greeted:
                client.get(frame)


def _message(
    number: int, room: int, seq: int, version: int, user: int, client_id: str, body: str
) -> Row:
    return {
        "id": number, "room": room, "seq": seq, "version": version, "author": user,
        "client_id": client_id, "body": body, "html": f"<p>{body}</p>", "edited_at": None,
        "created_at": f"2026-11-21T20:00:{seq % 60:02}.000Z", "deleted": False, "reply_to": None,
        "thread": None, "pinned": False, "mentions": [], "attachments": [], "reactions": [],
    }  # fmt: skip


def _change_row(row: Row, room: ToyRoom, user: int, frame: Frame) -> bool:
    """Carry out a command on a message's row; False when it changes nothing."""
    if frame["type"] == "edit":
        if row["body"] == frame["body"]:
            return False
        room.bodies[row["id"]].append(row["body"])
        row.update(body=frame["body"], html=f"<p>{frame['body']}</p>", edited_at="later")
        return True
    if frame["type"] == "delete":
        if row["deleted"]:
            return False
        room.bodies[row["id"]].append(row["body"])
        row.update(deleted=True, body="", html="", mentions=[], attachments=[], reactions=[])
        return True
    return _react(row, user, frame["emoji"], frame["on"])


def _react(row: Row, user: int, emoji: str, on: bool) -> bool:
    users = {r["emoji"]: set(r["users"]) for r in row["reactions"]}
    mine = users.setdefault(emoji, set())
    if (user in mine) == on:
        return False
    mine.symmetric_difference_update({user})
    row["reactions"] = [
        {"emoji": name, "users": sorted(them)} for name, them in users.items() if them
    ]
    return True
