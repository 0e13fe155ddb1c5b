"""Writes down what one client met, as facts of the run's history."""

from __future__ import annotations

import msgspec

from tests.faults.client_state import ClientState, Frame, Pending, RoomState
from tests.faults.history import (
    Applied,
    Arrived,
    Commanded,
    Enrolled,
    Final,
    Forgot,
    Greeted,
    History,
    Lagged,
    Passed,
    RoomTold,
    Row,
    Seen,
    Sent,
    Started,
)


class Interner:
    """Equal rows become one object: a thousand clients that saw a row hold it once."""

    def __init__(self) -> None:
        self._rows: dict[tuple, list[Row]] = {}

    def intern(self, seen: Seen) -> Seen:
        """Return the row with its content shared."""
        held = self._rows.setdefault((seen.kind, seen.key, seen.version), [])
        for row in held:
            if row == seen.row:
                return Seen(seen.kind, seen.key, seen.version, row)
        held.append(seen.row)
        return seen


class Recorder:
    """The `Observer` of one client. `socket` is the number of its present socket."""

    def __init__(
        self, history: History, client: str, user: int, interner: Interner, at: float = 0.0
    ) -> None:
        self.history = history
        self.client = client
        self.user = user
        self.interner = interner
        self.socket = 0
        self.sends: dict[str, Sent] = {}
        self.commands: dict[int, Commanded] = {}
        self.fresh_acks: list[Sent] = []  # for whoever wants to look at the database at once
        history.add(Enrolled(at=at, client=client, user=user))

    # --- what the person does

    def sent(self, room: int, client_id: str, body: str, now: float) -> Sent:
        """A message was given to the outbox."""
        fact = Sent(
            at=now,
            client=self.client,
            user=self.user,
            room=room,
            client_id=client_id,
            body=body,
        )
        self.sends[client_id] = fact
        self.history.add(fact)
        return fact

    def commanded(
        self, ref: int, room: int, verb: str, message: int, value: str, now: float
    ) -> Commanded:
        """A command was written with this ref."""
        fact = Commanded(
            at=now,
            client=self.client,
            user=self.user,
            room=room,
            verb=verb,
            message=message,
            value=value,
        )
        self.commands[ref] = fact
        self.history.add(fact)
        return fact

    # --- what the client's rule tells

    def greeted(self, epoch: str, rooms: dict[int, int], now: float) -> None:
        self.history.add(
            Greeted(at=now, client=self.client, socket=self.socket, epoch=epoch, rooms=rooms)
        )

    def arrived(self, frame: Frame, live: bool, now: float) -> None:
        versions = [row["version"] for row in (*frame["messages"], *frame["members"])]
        if frame["info"] is not None:
            versions.append(frame["info"]["version"])
        self.history.add(
            Arrived(
                at=now,
                client=self.client,
                socket=self.socket,
                room=frame["room"],
                start=frame["from"],
                to=frame["to"],
                live=live,
                reset=frame["reset"],
                low=min(versions, default=0),
                high=max(versions, default=0),
            )
        )

    def passed(self, room: int, what: str, now: float) -> None:
        self.history.add(
            Passed(at=now, client=self.client, socket=self.socket, room=room, what=what)
        )

    def room_told(self, room: int, version: int | None, now: float) -> None:
        self.history.add(
            RoomTold(at=now, client=self.client, socket=self.socket, room=room, version=version)
        )

    def lagged(self, rooms: list[int], now: float) -> None:
        self.history.add(Lagged(at=now, client=self.client, socket=self.socket, rooms=rooms))

    def started(self, room: RoomState, why: str, now: float) -> None:
        self.history.add(
            Started(at=now, client=self.client, room=room.id, run=room.run, base=room.base, why=why)
        )

    def applied(self, room: RoomState, start: int, rows: list[Seen], now: float) -> None:
        shared = [self.interner.intern(seen) for seen in rows]
        for seen in shared:
            self._share(room, seen)
        self.history.add(
            Applied(
                at=now,
                client=self.client,
                room=room.id,
                run=room.run,
                start=start,
                to=room.local,
                rows=shared,
            )
        )

    def _share(self, room: RoomState, seen: Seen) -> None:
        """Let the client's own state hold the shared row too."""
        if seen.kind == "info":
            room.info = seen.row
            return
        store = room.messages if seen.kind == "message" else room.members
        if seen.key in store and store[seen.key]["version"] == seen.version:
            store[seen.key] = seen.row

    def forgot(self, room: RoomState, now: float) -> None:
        self.history.add(Forgot(at=now, client=self.client, room=room.id, run=room.run))

    def answered(self, send: Pending, frame: Frame, now: float) -> None:
        fact = self.sends[send.client_id]
        told = (frame["id"], frame["seq"], frame["version"])
        if fact.outcome == "ok" and told != (fact.id, fact.seq, fact.version):
            fact.changed_ack = f"{(fact.id, fact.seq, fact.version)}, then {told}"
            return
        fact.outcome, fact.ended, fact.tries = "ok", now, send.tries
        fact.id, fact.seq, fact.version = told
        self.fresh_acks.append(fact)

    def refused(self, send: Pending, frame: Frame, now: float) -> None:
        fact = self.sends[send.client_id]
        fact.outcome, fact.ended, fact.tries = "fail", now, send.tries
        fact.code = frame["code"]

    def command_ended(self, ref: int, frame: Frame, now: float) -> None:
        fact = self.commands.pop(ref)
        fact.ended = now
        if frame["type"] == "ack":
            fact.outcome, fact.version = "ok", frame["version"]
        elif frame["code"] == "unavailable":
            fact.code = frame["code"]  # it may have been done: the outcome stays unknown
        else:
            fact.outcome, fact.code = "fail", frame["code"]

    # --- the end

    def final(self, state: ClientState, now: float) -> None:
        """Write down what the client holds of each room."""
        for room in state.rooms.values():
            self.history.add(
                Final(
                    at=now,
                    client=self.client,
                    room=room.id,
                    run=room.run,
                    base=room.base,
                    local=room.local,
                    connected=state.greeted,
                    messages=list(room.messages.values()),
                    members=list(room.members.values()),
                    info=room.info,
                )
            )


def decode_frame(text: str | bytes) -> Frame | list[Frame]:
    """Parse one text frame from the server."""
    return msgspec.json.decode(text)
