"""What happened in a run: plain facts, written down by the clients and the harness.

A history is all the checker sees besides the database. Times are seconds of the harness's own
monotonic clock, so facts of different clients can be compared. Every fact is a frozen struct that
goes to one JSON line and back, so that a failed run can be judged again later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

Row = dict[str, Any]


class Fact(msgspec.Struct, tag=True, kw_only=True):
    """Anything that happened at one moment."""

    at: float


class Enrolled(Fact):
    """A client exists: this name stands for that member, with one session of its own."""

    client: str
    user: int


class Opened(Fact):
    """A handshake succeeded. `socket` counts the client's sockets: 1, 2, 3 …"""

    client: str
    socket: int
    server: str = ""


class Closed(Fact):
    client: str
    socket: int
    code: int


class Refused(Fact):
    """A handshake failed: no socket came of it."""

    client: str
    reason: str


class Greeted(Fact):
    """A hello came: the version of each room in it."""

    client: str
    socket: int
    epoch: str
    rooms: dict[int, int]


class Arrived(Fact):
    """A `changes` frame came, before the client's rule looked at it.

    `live` is false for the answer to a sync. `low` and `high` are the lowest and highest row
    version in it (0 without rows)."""

    client: str
    socket: int
    room: int
    start: int
    to: int
    live: bool
    reset: bool = False
    low: int = 0
    high: int = 0


class Passed(Fact):
    """Something of a room that does not last came: `typing`, `read`."""

    client: str
    socket: int
    room: int
    what: str


class RoomTold(Fact):
    """A `room` event: joined (with the room's version) or left (version None)."""

    client: str
    socket: int
    room: int
    version: int | None


class Lagged(Fact):
    client: str
    socket: int
    rooms: list[int]


class Started(Fact):
    """The client's knowledge of a room begins anew at `base`: nothing held before counts.

    A `run` is what lies between two of these; the client numbers them 1, 2, 3 … over all rooms."""

    client: str
    room: int
    run: int
    base: int
    why: str


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """One row as a client applied it: kind is message, member or info; key its id."""

    kind: str
    key: int
    version: int
    row: Row


class Applied(Fact):
    """The client went from `start` to `to` by taking these rows."""

    client: str
    room: int
    run: int
    start: int
    to: int
    rows: list[Seen] = []


class Forgot(Fact):
    """The client left the room, or was told so, or found it missing in hello."""

    client: str
    room: int
    run: int


class Sent(Fact):
    """A message given to an outbox, and how it ended.

    `outcome` is ok (acked), fail (refused, `code` says why) or unknown (no answer yet)."""

    client: str
    user: int
    room: int
    client_id: str
    body: str
    outcome: str = "unknown"
    ended: float | None = None
    tries: int = 0
    id: int | None = None
    seq: int | None = None
    version: int | None = None
    code: str | None = None
    changed_ack: str | None = None


class Commanded(Fact):
    """An edit, deletion or reaction (`verb`), and how it ended, as for Sent."""

    client: str
    user: int
    room: int
    verb: str
    message: int
    value: str = ""
    outcome: str = "unknown"
    ended: float | None = None
    version: int | None = None
    code: str | None = None


class Moved(Fact):
    """A membership begun or ended on purpose. `at` is when it was asked for (0: so from the
    beginning), `ended` when the answer came, `version` what it took, where that is known."""

    user: int
    room: int
    member: bool
    version: int | None = None
    ended: float | None = None
    outcome: str = "unknown"


class Revoked(Fact):
    """This client's session or account ended: logged out, banned or deactivated."""

    client: str
    why: str


class Looked(Fact):
    """At the moment an ack came, the harness read the database for its message."""

    client: str
    room: int
    client_id: str
    version: int
    found: bool


class Healed(Fact):
    """From here on nothing is broken and nobody says anything new."""


class Measured(Fact):
    """What one part held: `when` is before or after, `what` names it (rss of a process, …)."""

    when: str
    what: str
    amount: float
    allowed_growth: float


class Final(Fact):
    """A client's state of one room when the run ended. `connected` says whether its socket was
    open and greeted."""

    client: str
    room: int
    run: int
    base: int
    local: int
    connected: bool
    messages: list[Row] = []
    members: list[Row] = []
    info: Row | None = None


FACTS = (
    Enrolled | Opened | Closed | Refused | Greeted | Arrived | Passed | RoomTold | Lagged
    | Started | Applied | Forgot | Sent | Commanded | Moved | Revoked | Looked | Healed
    | Measured | Final
)  # fmt: skip


class History:
    """The facts of one run in the order they were written down."""

    def __init__(self, facts: list[Fact] | None = None) -> None:
        self.facts: list[Fact] = facts if facts is not None else []

    def add(self, fact: Fact) -> Fact:
        """Append and give back the fact (whose outcome the caller may still fill in)."""
        self.facts.append(fact)
        return fact

    def of(self, kind: type) -> list[Any]:
        """All facts of one kind, in order."""
        return [fact for fact in self.facts if type(fact) is kind]

    def save(self, path: Path) -> None:
        """Write one JSON line a fact."""
        encode = msgspec.json.encode
        path.write_bytes(b"".join(encode(fact) + b"\n" for fact in self.facts))

    @classmethod
    def load(cls, path: Path) -> History:
        """Read what `save` wrote."""
        decode = msgspec.json.Decoder(FACTS).decode
        return cls([decode(line) for line in path.read_bytes().splitlines()])


class RoomDump(msgspec.Struct):
    """One room as the database holds it. Messages and members are wire rows; `posted` is the
    version at which each message id was posted, `bodies` its earlier bodies."""

    id: int
    version: int
    last_seq: int
    info: Row
    messages: list[Row] = []
    members: list[Row] = []
    posted: dict[int, int] = {}
    bodies: dict[int, list[str]] = {}


class Dump(msgspec.Struct):
    """The database at the end of a run, and the room versions at its beginning."""

    rooms: dict[int, RoomDump]
    began_at: dict[int, int] = {}

    def save(self, path: Path) -> None:
        """Write as one JSON document."""
        path.write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, path: Path) -> Dump:
        """Read what `save` wrote."""
        return msgspec.json.decode(path.read_bytes(), type=cls)
