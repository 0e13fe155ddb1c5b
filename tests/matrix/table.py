"""Who may do what, in which kind of room: the one table from which the cases are generated.

To add a role, give every rule a column for it and say in `people.py` how one becomes it. To add an
action, name its rule and how it is done over each face; an operation of the API that touches a room
and is missing here fails `test_matrix`.

    y  it is done                       f  it is known, and forbidden
    h  as if it had never been          s  sign in first
    b  banned from the site: so told    .  there is no such person in such a room

A rule without a line for rooms that are read-only is not asked about them: they are as public ones.
"""

from dataclasses import dataclass, field
from typing import Any

ROLES = (
    "visitor",  # not signed in
    "expelled",  # banned from the site, and a member until then
    "stranger",  # signed in, and not in the room
    "guest",  # signed in, let into another room by name, and not in this one
    "outcast",  # banned from the room
    "member",
    "muted",
    "author",  # of the message, the poll and what is scheduled; a plain member
    "moderator",
    "owner",
    "keeper",  # moderates the site, and is not in the room
)
KINDS = ("public", "private", "direct", "read-only", "locked", "archived")

GRIDS = {
    # Read, also without joining: what is public, for whoever is signed in.
    "see": """
        public    s b y h y y y y y y y
        private   s b h h h y y y y y h
        direct    s b h h . y . y . . h
        locked    s b y h y y y y y y y
        archived  s b y h y y y y y y y
    """,
    # What members alone do, and what changes nothing for others.
    "be in": """
        public    s b f h f y y y y y f
        private   s b h h h y y y y y h
        direct    s b h h . y . y . . h
        read-only s b f h f y y y y y f
        locked    s b f h f y y y y y f
        archived  s b f h f y y y y y f
    """,
    # Say something.
    "speak": """
        public    s b f h f y f y y y f
        private   s b h h h y f y y y h
        direct    s b h h . y . y . . h
        read-only s b f h f f f f y y f
        locked    s b f h f f f f f f f
        archived  s b f h f f f f f f f
    """,
    # Change what one said, and nobody else.
    "amend": """
        public    s b f h f f f y f f f
        private   s b h h h f f y f f h
        direct    s b h h . f . y . . h
        read-only s b f h f f f f f f f
        locked    s b f h f f f f f f f
        archived  s b f h f f f f f f f
    """,
    "delete": """
        public    s b f h f f f y y y y
        private   s b h h h f f y y y y
        direct    s b h h . f . y . . y
        read-only s b f h f f f y y y y
        locked    s b f h f f f f y y y
        archived  s b f h f f f f y y y
    """,
    # Look after the room.
    "tend": """
        public    s b f h f f f f y y y
        private   s b h h h f f f y y y
        direct    s b h h . f . f . . f
        locked    s b f h f f f f y y y
        archived  s b f h f f f f y y y
    """,
    # Let somebody in: nobody can come into a closed room.
    "invite": """
        public    s b f h f f f f y y f
        private   s b h h h f f f y y h
        direct    s b h h . f . f . . h
        locked    s b f h f f f f f f f
        archived  s b f h f f f f f f f
    """,
    "link": """
        public    s b f h f f f f y y y
        private   s b h h h f f f y y y
        direct    s b h h . f . f . . f
        locked    s b f h f f f f f f f
        archived  s b f h f f f f f f f
    """,
    # What a page does finds the room by its address: for who may see it.
    "tend on a page": """
        public    s b f h f f f f y y y
        private   s b h h h f f f y y h
        direct    s b h h . f . f . . h
        locked    s b f h f f f f y y y
        archived  s b f h f f f f y y y
    """,
    "own on a page": """
        public    s b f h f f f f f y y
        private   s b h h h f f f f y h
        direct    s b h h . f . f . . h
        locked    s b f h f f f f f y y
        archived  s b f h f f f f f y y
    """,
    "join": """
        public    s b y h f y y y y y y
        private   s b h h h y y y y y h
        direct    s b h h . y . y . . h
        locked    s b y h f y y y y y y
        archived  s b f h f y y y y y f
    """,
    # The last owner stays.
    "leave": """
        public    s b f h f y y y y f f
        private   s b h h h y y y y f h
        direct    s b h h . f . f . . h
        locked    s b f h f y y y y f f
        archived  s b f h f y y y y f f
    """,
    "report": """
        public    s b y h y y y f y y y
        private   s b h h h y y f y y h
        direct    s b h h . y . f . . h
        locked    s b y h y y y f y y y
        archived  s b y h y y y f y y y
    """,
    # One who is neither told of a report nor may judge it, and one who may.
    "judge": """
        public    s b h h h h h h y y y
        private   s b h h h h h h y y y
        direct    s b h h . h . h . . y
        read-only s b h h h h h h y y y
        locked    s b h h h h h h y y y
        archived  s b h h h h h h y y y
    """,
    # What is one's own alone, of the author.
    "mine": """
        public    s b h h h h h y h h h
        private   s b h h h h h y h h h
        direct    s b h h . h . y . . h
        locked    s b h h h h h y h h h
        archived  s b h h h h h y h h h
    """,
    "administer": """
        public    s b f f f f f f f f y
        private   s b f f f f f f f f y
        direct    s b f f . f . f . . y
        locked    s b f f f f f f f f y
        archived  s b f f f f f f f f y
    """,
    "own": """
        public    s b f h f f f f f y y
        private   s b h h h f f f f y y
        direct    s b h h . f . f . . f
        locked    s b f h f f f f f y y
        archived  s b f h f f f f f y y
    """,
}


@dataclass(frozen=True)
class Action:
    """Something one may want to do, and how it is done over each face that has it.

    In paths and fields ``{room}``, ``{message}`` and the like stand for what is in the scene.
    """

    name: str
    rule: str
    socket: dict[str, Any] | None = None
    api: tuple[str, str] | None = None
    page: tuple[str, str] | None = None
    admin: tuple[str, str] | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    # Where this differs from its rule: {(kind, role): outcome}.
    but: dict[tuple[str, str], str] = field(default_factory=dict)

    def outcome(self, kind: str, role: str) -> str:
        """Return what is to come of it."""
        return self.but.get((kind, role)) or GRID[self.rule][kind][ROLES.index(role)]


def _grid(drawn: str) -> dict[str, list[str]]:
    rows = (line.split() for line in drawn.strip().splitlines())
    grid = {kind: letters for kind, *letters in rows}
    grid.setdefault("read-only", ["."] * len(ROLES))
    assert set(grid) == set(KINDS)
    assert all(len(letters) == len(ROLES) for letters in grid.values())
    return grid


GRID = {rule: _grid(drawn) for rule, drawn in GRIDS.items()}
UUID = "00000000-0000-4000-8000-000000000000"
LATER = "{later}"

ACTIONS = (
    # --- see
    Action("see the room", "see", api=("GET", "rooms/{room}"), page=("GET", "/rooms/{slug}/")),
    Action("read on from a message", "see", page=("GET", "/rooms/{slug}/1/")),
    Action("see how long messages are kept", "see", api=("GET", "rooms/{room}/retention")),
    Action("read its history", "see", api=("GET", "rooms/{room}/messages")),
    Action("see who is in it", "see", api=("GET", "rooms/{room}/members")),
    Action("see what is pinned", "see", api=("GET", "rooms/{room}/pins")),
    Action("find a day", "see", api=("GET", "rooms/{room}/seq?at=2026-11-21T20:00:00Z")),
    Action("read one message", "see", api=("GET", "messages/{message}")),
    Action("read what it said before", "see", api=("GET", "messages/{message}/edits")),
    Action("read its thread", "see", api=("GET", "messages/{message}/thread")),
    Action("save a message", "see", api=("POST", "messages/{message}/saved"), fields={"on": True}),
    Action("see its settings", "see", page=("GET", "/rooms/{slug}/settings/")),
    # --- be in
    Action("sync", "be in", socket={"type": "sync", "rooms": {"{room}": 0}}),
    Action("focus", "be in", socket={"type": "focus", "room": "{room}", "visible": True}),
    Action("read on", "be in", socket={"type": "read", "room": "{room}", "seq": 1},
           api=("POST", "rooms/{room}/read"), fields={"seq": 1}),
    Action("mark unread", "be in", api=("POST", "rooms/{room}/unread"), fields={"seq": 1}),
    Action("choose what to be told", "be in", api=("PATCH", "rooms/{room}/membership"),
           page=("POST", "/rooms/{slug}/notify/"), fields={"notify": "mentions"}),
    Action("search in it", "be in", api=("GET", "search?q=anything&room={room}")),
    Action("see who is absent", "be in", api=("GET", "rooms/{room}/absent?handle=x")),
    Action("see who has read a message", "be in", api=("GET", "messages/{message}/seen")),
    Action("see one's own vote", "see", api=("GET", "messages/{poll}/vote")),
    Action("read on in a thread", "be in", api=("POST", "messages/{message}/thread/read"),
           fields={"seq": 1}),
    Action("follow a thread", "be in", api=("POST", "messages/{message}/thread/follow"),
           fields={"on": True}),
    Action("join", "join", api=("POST", "rooms/{room}/membership")),
    Action("join by its page", "join", page=("POST", "/rooms/{slug}/join/")),
    Action("leave", "leave", api=("DELETE", "rooms/{room}/membership"),
           page=("POST", "/rooms/{slug}/leave/")),
    Action("report a message", "report", api=("POST", "messages/{message}/reports"),
           fields={"reason": "spam"}),
    # --- speak
    Action("forward", "see", api=("POST", "messages/{message}/forward"),
           fields={"room": "{elsewhere}", "client_id": UUID}),
    Action("keep a draft", "be in", api=("PUT", "rooms/{room}/draft"), fields={"body": "x"}),
    Action("schedule", "be in", api=("POST", "rooms/{room}/scheduled"),
           fields={"body": "x", "due_at": LATER}),
    Action("change what is scheduled", "mine", api=("PATCH", "scheduled/{scheduled}"),
           fields={"body": "y"}),
    Action("cancel what is scheduled", "mine", api=("DELETE", "scheduled/{scheduled}")),
    Action("say something", "speak",
           socket={"type": "send", "room": "{room}", "client_id": UUID, "body": "x"},
           api=("POST", "rooms/{room}/messages"), fields={"client_id": UUID, "body": "x"}),
    Action("type", "speak", socket={"type": "typing", "room": "{room}", "on": True}),
    Action("react", "speak",
           socket={"type": "react", "message": "{message}", "emoji": "👍", "on": True},
           api=("POST", "messages/{message}/reactions"), fields={"emoji": "👍", "on": True}),
    Action("ask in a poll", "speak", api=("POST", "rooms/{room}/polls"),
           fields={"client_id": UUID, "question": "x?", "options": ["a", "b"]}),
    Action("vote", "speak", api=("PUT", "messages/{poll}/vote"), fields={"choice": [0]}),
    # --- amend and delete
    Action("edit", "amend", socket={"type": "edit", "message": "{message}", "body": "y"},
           api=("PATCH", "messages/{message}"), fields={"body": "y"}),
    Action("delete", "delete", socket={"type": "delete", "message": "{message}"},
           api=("DELETE", "messages/{message}")),
    Action("close a poll", "delete", api=("POST", "messages/{poll}/poll/close")),
    # --- tend
    Action("pin", "tend", api=("POST", "messages/{message}/pin"), fields={"on": True},
           but={("direct", "keeper"): "y"}),
    Action("invite", "invite", api=("POST", "rooms/{room}/members"), fields={"user": "{newcomer}"}),
    Action("mute", "tend", api=("PATCH", "rooms/{room}/members/{other}"),
           fields={"muted_until": LATER}),
    Action("remove", "tend", api=("DELETE", "rooms/{room}/members/{other}")),
    Action("remove", "tend on a page",
           page=("POST", "/rooms/{slug}/settings/members/{other}/remove/")),
    Action("rename", "tend", api=("PATCH", "rooms/{room}"), fields={"topic": "Tea"}),
    Action("lock", "tend on a page", page=("POST", "/rooms/{slug}/settings/lock/"),
           fields={"locked": "on"}),
    Action("see links", "tend", api=("GET", "rooms/{room}/links")),
    Action("make a link", "link", api=("POST", "rooms/{room}/links"), fields={}),
    Action("revoke a link", "tend", api=("DELETE", "rooms/{room}/links/{link}")),
    Action("revoke a link", "tend on a page",
           page=("POST", "/rooms/{slug}/settings/links/{link}/revoke/")),
    Action("see sanctions", "tend", api=("GET", "rooms/{room}/sanctions"),
           but={("direct", "keeper"): "y"}),
    Action("see the trail", "tend", api=("GET", "rooms/{room}/audit"),
           but={("direct", "keeper"): "y"}),
    Action("remove and say why", "tend", api=("POST", "rooms/{room}/members/{other}/removal"),
           fields={"reason": "spam"}),
    Action("delete and say why", "delete", api=("POST", "messages/{message}/removal"),
           fields={"reason": "spam"}),
    Action("see bans", "tend", api=("GET", "rooms/{room}/bans"),
           but={("direct", "keeper"): "y"}),
    Action("ban", "tend", api=("POST", "rooms/{room}/bans"), fields={"user": "{other}"}),
    Action("let back", "tend", api=("DELETE", "rooms/{room}/bans/{banned}"),
           but={("direct", "keeper"): "h"}),
    Action("delete much", "tend", api=("POST", "rooms/{room}/members/{other}/purge"),
           fields={"hours": 1}, but={("direct", "keeper"): "y"}),
    Action("restore", "tend", api=("POST", "messages/{gone}/restore"), fields={},
           but={("direct", "keeper"): "y"}),
    Action("see reports", "tend", api=("GET", "rooms/{room}/reports"),
           but={("private", "keeper"): "h", ("direct", "keeper"): "h"}),
    Action("see what is held", "tend", api=("GET", "rooms/{room}/held"),
           but={("direct", "keeper"): "y"}),
    Action("release what is held", "judge", api=("POST", "held/{held}/release"), fields={},
           but={(kind, role): "f" for kind in ("read-only", "locked", "archived")
                for role in ("moderator", "owner", "keeper")}),
    Action("reject what is held", "judge", api=("POST", "held/{held}/reject"), fields={}),
    Action("judge a report", "judge", api=("PATCH", "reports/{report}"),
           fields={"status": "resolved"}),
    # --- own
    Action("say how long messages are kept", "own", api=("PUT", "rooms/{room}/retention"),
           fields={"days": 30}),
    Action("say how long messages are kept", "own on a page",
           page=("POST", "/rooms/{slug}/settings/retention/"), fields={"days": 30}),
    Action("give roles", "own", api=("PATCH", "rooms/{room}/members/{other}"),
           fields={"role": "moderator"}),
    Action("archive", "own on a page", page=("POST", "/rooms/{slug}/settings/archive/"),
           fields={"archived": "on"}),
    # --- administer
    *(
        Action(f"open {path}", "administer", admin=("GET", f"/admin/{path}"))
        for path in (
            "", "chat/room/", "chat/room/{room}/change/", "chat/room/{room}/transcript/",
            "chat/message/", "chat/message/{message}/change/", "chat/report/{report}/change/",
            "chat/membership/", "chat/sanction/", "chat/auditentry/", "chat/filter/",
            "chat/heldmessage/", "chat/heldmessage/{held}/change/", "chat/sitestate/1/change/",
            "accounts/user/{other}/change/",
        )
    ),
    *(
        Action(f"{act} in {path}", "administer", admin=("POST", f"/admin/{path}"),
               fields={"action": act, "_selected_action": row}, but=but)
        for path, act, row, but in (
            ("accounts/user/", "ban", "{other}", {}),
            ("chat/room/", "lock", "{room}", {}),
            ("chat/message/", "delete", "{message}", {}),
            ("chat/membership/", "remove", "{seat}", {("direct", "keeper"): "f"}),
        )
    ),
)  # fmt: skip
