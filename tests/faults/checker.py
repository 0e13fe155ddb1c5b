"""The one judge: does a history, beside the database, keep what the protocol promises?

`check` is a pure function. Each invariant is a generator of its own; a violation says which client,
which room and which version, in one line. What an invariant means is in docs/delivery.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from tests.faults.history import (
    Applied,
    Arrived,
    Closed,
    Commanded,
    Dump,
    Enrolled,
    Final,
    Greeted,
    Healed,
    History,
    Lagged,
    Looked,
    Measured,
    Moved,
    Opened,
    Passed,
    Revoked,
    RoomDump,
    RoomTold,
    Row,
    Seen,
    Sent,
    Started,
)

REVOCATION_GRACE = 10.0  # s after a revocation in which frames may still come
SYNC_LIMIT = 10.0  # s after healing until every client is at the database's version
LASTING = ("id", "room", "seq", "author", "client_id", "created_at", "reply_to", "thread")


@dataclass(frozen=True, order=True)
class Violation:
    """One broken invariant, explained in one line."""

    invariant: str
    text: str
    client: str = ""
    room: int = 0
    version: int = 0

    def __str__(self) -> str:
        where = ", ".join(
            part
            for part in (
                self.client and f"client {self.client}",
                self.room and f"room {self.room}",
                self.version and f"version {self.version}",
            )
            if part
        )
        return f"{self.invariant}: {self.text}" + (f" [{where}]" if where else "")


@dataclass
class Case:
    """A history and a database, indexed once for all invariants."""

    history: History
    dump: Dump
    sync_limit: float = SYNC_LIMIT
    users: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[str, int, int], Row] = field(default_factory=dict)
    bodies: dict[tuple[int, int], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.users = {fact.client: fact.user for fact in self.history.of(Enrolled)}
        for room in self.dump.rooms.values():
            for row in room.messages:
                self.rows["message", room.id, row["id"]] = row
            for row in room.members:
                self.rows["member", room.id, row["user"]] = row
            self.rows["info", room.id, room.id] = room.info
        self._collect_bodies()

    def _collect_bodies(self) -> None:
        """Every body a message may ever have shown: as stored, as sent, as edited."""
        sent = {(s.user, s.room, s.client_id): s.body for s in self.history.of(Sent)}
        for room in self.dump.rooms.values():
            for row in room.messages:
                bodies = self.bodies.setdefault((room.id, row["id"]), {row["body"]})
                bodies.update(room.bodies.get(row["id"], ()))
                first = sent.get((row["author"], room.id, row["client_id"]))
                if first is not None:
                    bodies.add(first.strip())
        for edit in self.history.of(Commanded):
            if edit.verb == "edit":
                self.bodies.setdefault((edit.room, edit.message), set()).add(edit.value.strip())

    def find(self, seen: Seen, room: int) -> Row | None:
        """The database's row for one a client applied."""
        return self.rows.get((seen.kind, room, seen.key))


def check(history: History, dump: Dump, *, sync_limit: float = SYNC_LIMIT) -> list[Violation]:
    """All violations, most telling first: a run without faults in the site gives an empty list.

    `sync_limit` is T of I7 in seconds."""
    case = Case(history, dump, sync_limit)
    return [violation for invariant in INVARIANTS for violation in invariant(case)]


# --- I1, I5: what was said


def acked_is_stored(case: Case) -> Iterator[Violation]:
    """I1: an acked message, edit, deletion or reaction is in the database."""
    stored = {
        (row["author"], room.id, row["client_id"]): (row, room)
        for room in case.dump.rooms.values()
        for row in room.messages
    }
    for sent in case.history.of(Sent):
        if sent.outcome != "ok":
            continue
        where = {"client": sent.client, "room": sent.room, "version": sent.version or 0}
        row, room = stored.get((sent.user, sent.room, sent.client_id), (None, None))
        if row is None or room is None:
            yield Violation("I1", f"{_sent(sent)} was acked and is not in the database", **where)
            continue
        told = (sent.id, sent.seq, sent.version)
        true = (row["id"], row["seq"], room.posted.get(row["id"], sent.version))
        if told != true:
            text = f"the ack of {_sent(sent)} says (id, seq, version) {told}, the database {true}"
            yield Violation("I1", text, **where)
    yield from _acked_but_not_yet_stored(case)
    yield from _acked_commands(case)


def _acked_but_not_yet_stored(case: Case) -> Iterator[Violation]:
    for look in case.history.of(Looked):
        if not look.found:
            yield Violation(
                "I1",
                f"message {look.client_id[:8]} was not in the database when its ack had come",
                look.client,
                look.room,
                look.version,
            )


def _acked_commands(case: Case) -> Iterator[Violation]:
    subjects: dict[tuple, list[Commanded]] = defaultdict(list)
    for command in case.history.of(Commanded):
        if command.outcome != "fail":
            subject = (command.verb, command.user, command.message, _emoji(command))
            subjects[subject].append(command)
    for commands in subjects.values():
        for command in _last_word(commands):
            row = case.rows.get(("message", command.room, command.message))
            if row is not None and not _done(case, command, row):
                yield Violation(
                    "I1",
                    f"{command.verb} {command.value!r} of message {command.message} was acked and"
                    " is not in the database",
                    command.client,
                    command.room,
                    command.version or 0,
                )


def _last_word(commands: list[Commanded]) -> list[Commanded]:
    """The acked commands on one subject that must show in the database: the last one, or none
    where another one (of another tab, or without an answer) may have been carried out later."""
    acked = [command for command in commands if command.outcome == "ok"]
    if not acked:
        return []
    if acked[0].verb == "edit":
        return acked  # earlier bodies are kept
    last = max(acked, key=lambda command: command.ended or 0)
    rivals = [c for c in commands if c.value != last.value and (c.ended or inf) >= last.at]
    return [] if rivals else [last]


def _emoji(command: Commanded) -> str:
    return command.value.partition(" ")[0] if command.verb == "react" else ""


def _done(case: Case, command: Commanded, row: Row) -> bool:
    if row["deleted"]:
        return True
    if command.verb == "delete":
        return False
    if command.verb == "edit":
        stored = case.dump.rooms[command.room].bodies.get(command.message, [])
        return command.value.strip() in (row["body"], *stored)
    emoji, _, on = command.value.partition(" ")
    there = any(r["emoji"] == emoji and command.user in r["users"] for r in row["reactions"])
    return there == (on == "on")


def one_row_per_send(case: Case) -> Iterator[Violation]:
    """I5: one row per (author, room, client_id), and every ack of it the same."""
    for room in case.dump.rooms.values():
        held: dict[tuple, Row] = {}
        for row in room.messages:
            first = held.setdefault((row["author"], row["client_id"]), row)
            if first is not row:
                text = f"messages {first['id']} and {row['id']} share client_id {row['client_id']}"
                yield Violation("I5", text, "", room.id, row["version"])
    for sent in case.history.of(Sent):
        if sent.changed_ack is not None:
            text = f"a retry of {_sent(sent)} was acked differently: {sent.changed_ack}"
            yield Violation("I5", text, sent.client, sent.room, sent.version or 0)


def _sent(sent: Sent) -> str:
    return f"message {sent.client_id[:8]}"


# --- I2: what was seen exists


def applied_is_stored(case: Case) -> Iterator[Violation]:
    """I2: every row a client applied is, or once was, the database's."""
    judged: set[tuple[int, int]] = set()
    for applied in case.history.of(Applied):
        for seen in applied.rows:
            if (applied.room, id(seen.row)) in judged:
                continue
            judged.add((applied.room, id(seen.row)))
            fault = _phantom(case, seen, applied.room)
            if fault:
                yield Violation("I2", fault, applied.client, applied.room, seen.version)


def _phantom(case: Case, seen: Seen, room: int) -> str | None:
    stored = case.find(seen, room)
    name = f"{seen.kind} {seen.key}"
    if stored is None:
        return f"{name} was shown and is not in the database"
    if seen.version > stored["version"]:
        return f"{name} was shown at version {seen.version}, the database has {stored['version']}"
    if seen.version == stored["version"]:
        difference = first_difference(seen.row, stored)
        return f"{name} was shown with another {difference}" if difference else None
    if seen.kind == "message":
        return _impossible_past(case, seen, stored, room)
    return None


def _impossible_past(case: Case, seen: Seen, stored: Row, room: int) -> str | None:
    for name in LASTING:
        if seen.row[name] != stored[name]:
            return f"message {seen.key} was shown with another {name}: {seen.row[name]!r}"
    if not seen.row["deleted"] and seen.row["body"] not in case.bodies[room, seen.key]:
        return f"message {seen.key} was shown with a body nobody wrote: {seen.row['body']!r}"
    return None


def first_difference(shown: Row, stored: Row) -> str | None:
    """The first field in which two rows differ, said in words; None when equal.

    Fields the database dump does not know are not compared."""
    for name, value in stored.items():
        if _plain(shown.get(name)) != _plain(value):
            return f"{name}: {shown.get(name)!r}, the database has {value!r}"
    return None


def _plain(value: object) -> object:
    """Lists of users and reactions are sets on the wire."""
    if isinstance(value, list):
        return sorted(repr(_plain(item)) for item in value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


# --- I3, I4: each client's way through the versions


@dataclass
class Run:
    """One client's way through one room, from one beginning to the next."""

    started: Started
    steps: list[Applied] = field(default_factory=list)

    @property
    def local(self) -> int:
        return self.steps[-1].to if self.steps else self.started.base


def runs_of(case: Case) -> list[Run]:
    """All runs of all clients, in the order they began."""
    runs: dict[tuple[str, int], Run] = {}
    for fact in case.history.facts:
        if isinstance(fact, Started):
            runs[fact.client, fact.run] = Run(fact)
        elif isinstance(fact, Applied):
            runs[fact.client, fact.run].steps.append(fact)
    return list(runs.values())


def contiguous(case: Case) -> Iterator[Violation]:
    """I3: each client's applied versions follow each other without a hole, each once."""
    for run in runs_of(case):
        yield from _holes(run)
        yield from _missing_rows(case, run)
        yield from _rows_twice(run)


def _holes(run: Run) -> Iterator[Violation]:
    local = run.started.base
    for step in run.steps:
        if step.start != local:
            text = f"went from version {local} to a frame that begins at {step.start}"
            yield Violation("I3", text, step.client, step.room, step.start)
        local = step.to


def _missing_rows(case: Case, run: Run) -> Iterator[Violation]:
    room = case.dump.rooms.get(run.started.room)
    if room is None:
        return
    taken = {(s.kind, s.key, s.version) for step in run.steps for s in step.rows}
    for kind, key, row in _stored_rows(room):
        version = row["version"]
        if run.started.base < version <= run.local and (kind, key, version) not in taken:
            text = f"is at version {run.local} and never got {kind} {key}"
            yield Violation("I3", text, run.started.client, room.id, version)


def _stored_rows(room: RoomDump) -> Iterator[tuple[str, int, Row]]:
    for row in room.messages:
        yield "message", row["id"], row
    for row in room.members:
        yield "member", row["user"], row
    yield "info", room.id, room.info


def _rows_twice(run: Run) -> Iterator[Violation]:
    taken: set[tuple[str, int, int]] = set()
    for step in run.steps:
        for seen in step.rows:
            if (seen.kind, seen.key, seen.version) in taken:
                text = f"applied {seen.kind} {seen.key} twice"
                yield Violation("I3", text, step.client, step.room, seen.version)
            taken.add((seen.kind, seen.key, seen.version))


def ordered(case: Case) -> Iterator[Violation]:
    """I4: each client's order is the database's order."""
    for run in runs_of(case):
        for step in run.steps:
            yield from _rows_out_of_frame(run, step)
    for room in case.dump.rooms.values():
        posts = sorted((row["seq"], row["id"]) for row in room.messages)
        for (_, earlier), (seq, later) in pairwise(posts):
            if room.posted.get(earlier, 0) >= room.posted.get(later, room.version + 1):
                text = f"message {later} (seq {seq}) was posted at a version before its elder's"
                yield Violation("I4", text, "", room.id, room.posted[later])


def _rows_out_of_frame(run: Run, step: Applied) -> Iterator[Violation]:
    # What was there before the client began it never held: a reset brings such rows, and so does a
    # frame that begins before the client did.
    begun = run.started.base
    for seen in step.rows:
        if seen.version > step.to or begun < seen.version <= step.start:
            text = f"{seen.kind} {seen.key} came in the frame {step.start} → {step.to}"
            yield Violation("I4", text, step.client, step.room, seen.version)


# --- I6: the room's counters


def gapless(case: Case) -> Iterator[Violation]:
    """I6: seqs and versions are 1, 2, 3 … in each room, none lost and none used twice."""
    for room in case.dump.rooms.values():
        yield from _seq_gaps(room)
        yield from _version_gaps(case, room)


def _seq_gaps(room: RoomDump) -> Iterator[Violation]:
    seqs = sorted(row["seq"] for row in room.messages)
    for expected, seq in zip(range(1, room.last_seq + 1), seqs, strict=False):
        if seq != expected:
            yield Violation("I6", f"seq {expected} is followed by a hole or a double", "", room.id)
            return
    if len(seqs) != room.last_seq:
        text = f"{len(seqs)} messages, but last_seq is {room.last_seq}"
        yield Violation("I6", text, "", room.id)


def _version_gaps(case: Case, room: RoomDump) -> Iterator[Violation]:
    known = _known_versions(case, room)
    beyond = [version for version in known if version > room.version]
    if beyond:
        text = f"the room is at version {room.version}, a row or ack beyond it"
        yield Violation("I6", text, "", room.id, max(beyond))
    posted = sorted(room.posted.values())
    for one, two in pairwise(posted):
        if one == two:
            yield Violation("I6", "two messages were posted at one version", "", room.id, one)
    began = case.dump.began_at.get(room.id, room.version)
    missing = [v for v in range(began + 1, room.version + 1) if v not in known]
    if len(missing) > _silent_changes(case, room.id):
        text = f"versions {missing[:5]} belong to no change anyone made or saw"
        yield Violation("I6", text, "", room.id, missing[0])


def _known_versions(case: Case, room: RoomDump) -> set[int]:
    known = {row["version"] for _, _, row in _stored_rows(room)} | set(room.posted.values())
    for applied in case.history.of(Applied):
        if applied.room == room.id:
            known.update(seen.version for seen in applied.rows)
    for said in (*case.history.of(Sent), *case.history.of(Commanded), *case.history.of(Moved)):
        if said.room == room.id and said.version is not None:
            known.add(said.version)
    return known


def _silent_changes(case: Case, room: int) -> int:
    """Changes whose version nobody needs to have been told: no answer came, or none has one."""
    commands = [c for c in case.history.of(Commanded) if c.outcome == "unknown"]
    moves = [m for m in case.history.of(Moved) if m.at > 0 and m.version is None]
    return sum(fact.room == room for fact in (*commands, *moves))


# --- I7, I10: where everyone stands at the end


def caught_up(case: Case) -> Iterator[Violation]:
    """I7: every connected client is at the database's version within T of healing."""
    healed = max((fact.at for fact in case.history.of(Healed)), default=0.0)
    finals = {(final.client, final.room): final for final in case.history.of(Final)}
    gone = {fact.client for fact in case.history.of(Revoked)}
    for client, user in case.users.items():
        if client in gone:
            continue
        for room in case.dump.rooms.values():
            if not _is_member(room, user):
                continue
            final = finals.get((client, room.id))
            if final is None:
                text = "is a member and does not have the room"
                yield Violation("I7", text, client, room.id, room.version)
            elif final.local != room.version:
                state = "" if final.connected else ", not connected"
                text = f"stands at {final.local}, the database at {room.version}{state}"
                yield Violation("I7", text, client, room.id, room.version)
    for (client, room_id), seconds in sync_times(case).items():
        if seconds > case.sync_limit and client not in gone:
            text = f"was synced {seconds:.1f} s after healing at {healed:.1f} s, allowed are"
            text += f" {case.sync_limit:g} s"
            version = case.dump.rooms[room_id].version
            yield Violation("I7", text, client, room_id, version)


def _is_member(room: RoomDump, user: int) -> bool:
    return any(row["user"] == user and row["role"] is not None for row in room.members)


def sync_times(case: Case) -> dict[tuple[str, int], float]:
    """Seconds from healing (or from the last change, when that came later, by a retry) until each
    client reached each room's last version; 0 when it was there before."""
    healed = max((fact.at for fact in case.history.of(Healed)), default=0.0)
    reached: dict[tuple[str, int], float] = {}
    known: dict[int, float] = {}
    for fact in case.history.facts:
        if isinstance(fact, (Applied, Started)):
            to = fact.to if isinstance(fact, Applied) else fact.base
            room = case.dump.rooms.get(fact.room)
            if room is not None and to == room.version:
                known[fact.room] = min(known.get(fact.room, fact.at), fact.at)
                reached.setdefault((fact.client, fact.room), fact.at)
            elif room is not None:
                reached.pop((fact.client, fact.room), None)
        elif isinstance(fact, (Sent, Commanded)) and fact.ended is not None:
            room = case.dump.rooms.get(fact.room)
            if room is not None and fact.version == room.version:
                known[fact.room] = min(known.get(fact.room, fact.ended), fact.ended)
    return {
        (client, room): max(0.0, at - max(healed, known[room]))
        for (client, room), at in reached.items()
    }


def same_state(case: Case) -> Iterator[Violation]:
    """I10: a client's final state is the state rebuilt from the database."""
    for final in case.history.of(Final):
        room = case.dump.rooms.get(final.room)
        if room is None or final.local != room.version:
            continue
        for kind, held, stored in (
            ("message", final.messages, {row["id"]: row for row in room.messages}),
            ("member", final.members, {row["user"]: row for row in room.members}),
            ("info", [final.info] if final.info else [], {room.id: room.info}),
        ):
            yield from _state_differences(final, kind, held, stored)


def _state_differences(
    final: Final, kind: str, held: list[Row], stored: dict[int, Row]
) -> Iterator[Violation]:
    key = {"message": "id", "member": "user", "info": "id"}[kind]
    mine = {row[key]: row for row in held}
    for number, row in mine.items():
        true = stored.get(number)
        difference = first_difference(row, true) if true else "existence: none in the database"
        if difference:
            text = f"holds {kind} {number} with another {difference}"
            yield Violation("I10", text, final.client, final.room, row["version"])
    for number, row in stored.items():
        if row["version"] > final.base and number not in mine:
            text = f"does not hold {kind} {number}"
            yield Violation("I10", text, final.client, final.room, row["version"])


# --- I8: nothing for strangers


def no_leak(case: Case) -> Iterator[Violation]:
    """I8: nothing outside membership; nothing after a revocation + 10 s."""
    spans = _membership_spans(case)
    for fact in case.history.facts:
        if isinstance(fact, (Arrived, Passed)):
            user = case.users[fact.client]
            if not any(b <= fact.at <= e + REVOCATION_GRACE for b, e in spans[user, fact.room]):
                what = f"frame {fact.start} → {fact.to}" if isinstance(fact, Arrived) else fact.what
                version = fact.to if isinstance(fact, Arrived) else 0
                text = f"got a {what} at {fact.at:.2f} s without being a member"
                yield Violation("I8", text, fact.client, fact.room, version)
    yield from _after_revocation(case)


def _membership_spans(case: Case) -> dict[tuple[int, int], list[list[float]]]:
    """For each (user, room) the times [from, to] in which they may have been a member."""
    spans: dict[tuple[int, int], list[list[float]]] = defaultdict(list)
    for move in sorted(case.history.of(Moved), key=lambda m: m.at):
        mine = spans[move.user, move.room]
        if move.member and move.outcome != "fail":
            mine.append([move.at, float("inf")])
        elif not move.member and move.outcome == "ok" and mine and move.ended is not None:
            mine[-1][1] = min(mine[-1][1], move.ended)
    return spans


def _after_revocation(case: Case) -> Iterator[Violation]:
    revoked = {fact.client: fact for fact in case.history.of(Revoked)}
    opened: dict[tuple[str, int], float] = {}
    for fact in case.history.facts:
        if isinstance(fact, Opened):
            opened[fact.client, fact.socket] = fact.at
        if not isinstance(fact, (Arrived, Passed, Greeted, RoomTold)):
            continue
        end = revoked.get(fact.client)
        if end is None:
            continue
        late = fact.at > end.at + REVOCATION_GRACE
        anew = opened.get((fact.client, fact.socket), 0.0) > end.at
        if late or anew:
            text = f"got a {type(fact).__name__.lower()} frame {fact.at - end.at:.1f} s after it"
            text += f" was {end.why}" + (", on a new socket" if anew else "")
            yield Violation("I8", text, fact.client, getattr(fact, "room", 0))


# --- I9: what it cost


def back_to_baseline(case: Case) -> Iterator[Violation]:
    """I9: memory, file descriptors, Redis keys and database connections are as before."""
    before = {fact.what: fact for fact in case.history.of(Measured) if fact.when == "before"}
    for after in case.history.of(Measured):
        first = before.get(after.what)
        if after.when != "after" or first is None:
            continue
        growth = after.amount - first.amount
        if growth > after.allowed_growth:
            text = f"{after.what} grew from {first.amount:g} to {after.amount:g}"
            yield Violation("I9", text + f", allowed is {after.allowed_growth:g} more")


# --- P1: the hub's own promise


def in_order_on_the_wire(case: Case) -> Iterator[Violation]:
    """P1: on an open socket live frames follow each other: no gap but after `lagged`, no double."""
    lines: dict[tuple[str, int], dict[int, _Line]] = {}
    for fact in case.history.facts:
        if isinstance(fact, Greeted):
            lines[fact.client, fact.socket] = {r: _Line(v) for r, v in fact.rooms.items()}
        elif isinstance(fact, Closed):
            lines.pop((fact.client, fact.socket), None)
        elif isinstance(fact, RoomTold) and fact.version is not None:
            lines.setdefault((fact.client, fact.socket), {})[fact.room] = _Line(fact.version)
        elif isinstance(fact, Lagged):
            for room in fact.rooms:
                lines.get((fact.client, fact.socket), {})[room] = _Line(None)
        elif isinstance(fact, Arrived):
            yield from _follow(lines, fact)


@dataclass
class _Line:
    """How far one socket was told of one room; None: after `lagged`, anything goes."""

    to: int | None
    live_to: int = 0


def _follow(lines: dict, frame: Arrived) -> Iterator[Violation]:
    rooms = lines.get((frame.client, frame.socket))
    where = {"client": frame.client, "room": frame.room, "version": frame.to}
    if rooms is None:
        yield Violation("P1", "a frame came before hello", **where)
        return
    line = rooms.get(frame.room)
    if line is None:
        return  # not a member: I8 judges that
    if frame.live:
        if line.to is not None and frame.start > line.to:
            text = f"a live frame {frame.start} → {frame.to} came after one to {line.to}"
            yield Violation("P1", text, **where)
        elif line.live_to >= frame.to:
            text = f"the live frame {frame.start} → {frame.to} came again"
            yield Violation("P1", text, **where)
        line.live_to = max(line.live_to, frame.to)
    if line.to is not None or frame.live:
        line.to = max(line.to or 0, frame.to)


INVARIANTS = (
    in_order_on_the_wire,
    acked_is_stored,
    applied_is_stored,
    contiguous,
    ordered,
    one_row_per_send,
    gapless,
    caught_up,
    no_leak,
    back_to_baseline,
    same_state,
)
