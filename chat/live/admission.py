"""Who may have a socket, and which rooms it carries: answered for many handshakes at once.

A storm of reconnecting members goes through here, so the statements are written by hand.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import ApiToken, User
from chat import rows, sql
from chat.live.session import Close
from chat.models import Membership, SiteState
from chat.services import bans, presence, reading
from chat.services.presence import Process

# Wider than any transaction is long: a seat is looked for by the database's clock, and what was
# changed may have been committed a while later.
SEATS_OVERLAP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client showed at the door: a session's key, or a token's secret."""

    session: str = ""
    token: str = ""
    language: str = ""  # that the browser asks for, as far as the site speaks it

    @property
    def shown(self) -> str:
        """By what its bearer is told apart before the session is looked up."""
        return self.token or self.session


@dataclass(slots=True)
class Guest:
    """Who stands behind some credentials, or with which code the socket is closed.

    ``stamp`` changes with what a session holds and with its member's password; a token has none.
    """

    credentials: Credentials
    user: User | None = None
    close: int | None = None
    rooms: set[int] = field(default_factory=set)
    stamp: str = ""

    @property
    def language(self) -> str:
        """The member's own, or the browser's; "" where neither is known."""
        return (self.user.language if self.user else "") or self.credentials.language


class Shown(NamedTuple):
    """What a socket was let in with: a session, whose it was, and its stamp then."""

    session: str
    user: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A socket that has joined its member's rooms and is to be greeted."""

    user: int
    socket: UUID


@dataclass(frozen=True, slots=True)
class Welcome:
    """What hello tells a member."""

    epoch: str
    rooms: list[rows.RoomRow]


def identify(credentials: Sequence[Credentials]) -> list[Guest]:
    """Return who stands behind each of ``credentials``, with the ids of their rooms."""
    sessions = _sessions({shown.session for shown in credentials if shown.session})
    tokens = ApiToken.objects.users_for({shown.token for shown in credentials if shown.token})
    ids = {session.user for session in sessions.values()} | {bot.pk for bot in tokens.values()}
    members = _members(ids)
    guests = []
    for shown in credentials:
        if shown.token:
            bot = tokens.get(shown.token)
            guests.append(_judge(shown, members.get(bot.pk) if bot else None))
        else:
            guests.append(_judge_session(shown, sessions.get(shown.session), members))
    return guests


def sessions_changed(shown: Sequence[Shown]) -> set[str]:
    """Return which of these sessions are not what they were: ended, expired, altered; or whose
    member was barred or has another password.

    One query, which answers with nothing as a rule: it is asked again and again of every socket.
    """
    if not shown:
        return set()
    values = ",".join([f"(%s,{int(user)},%s)" for _, user, _ in shown])
    parameters: list[Any] = []
    for session, _, stamp in shown:
        parameters += (session, stamp)
    statement = _CHANGED.format(values=values, session=sql.table(Session), member=sql.table(User))
    return {key for (key,) in sql.fetch(statement, [*parameters, _in_database(timezone.now())])}


def welcome(process: Process, arrivals: Sequence[Arrival]) -> list[Welcome]:
    """Return what hello tells at each of these sockets of ``process``; note their presence."""
    opened = {arrival.socket: (arrival.user, True) for arrival in arrivals}
    presence.store(process, opened)
    epoch = _epoch()
    rooms = reading.rooms_of_many({arrival.user for arrival in arrivals})
    return [Welcome(epoch, rooms[arrival.user]) for arrival in arrivals]


def seats_changed_lately() -> list[tuple[int, int, bool]]:
    """Return (user, room, whether they are in it) of all seats that changed lately."""
    seats = Membership.objects.filter(changed_at__gt=Now() - SEATS_OVERLAP)
    return [
        (user, room, left_at is None)
        for user, room, left_at in seats.values_list("user", "room", "left_at")
    ]


class _Held(NamedTuple):
    """What a session says."""

    user: int
    backend: bool
    hash: str
    data: str


class _Member(NamedTuple):
    user: User
    rooms: set[int]


_SESSIONS = """
SELECT session_key, session_data FROM {session}
WHERE session_key IN ({keys}) AND expire_date > %s
"""

_MEMBERS = """
SELECT {fields}, seat.room_id
FROM {member} member
LEFT JOIN {membership} seat ON seat.user_id = member.id AND seat.left_at IS NULL
WHERE member.id IN ({users})
"""
# What admission looks at, in the order in which a User takes them.
_MEMBER_FIELDS = [
    field.attname
    for field in User._meta.concrete_fields
    if field.name
    in {
        "id",
        "password",
        "username",
        "display_name",
        "is_active",
        "is_guest",
        "banned_at",
        "language",
    }
]

_CHANGED = """
WITH shown (session_key, member, stamp) AS (VALUES {values})
SELECT shown.session_key FROM shown
LEFT JOIN {session} held ON held.session_key = shown.session_key AND held.expire_date > %s
LEFT JOIN {member} member
    ON member.id = shown.member AND member.is_active AND member.banned_at IS NULL
WHERE held.session_key IS NULL OR member.id IS NULL
    OR md5(held.session_data || member.password) <> shown.stamp
"""


def _sessions(keys: set[str]) -> dict[str, _Held]:
    """Return what the sessions with these keys say, as far as they have not expired."""
    if not keys:
        return {}
    listed = sorted(keys)
    statement = _SESSIONS.format(session=sql.table(Session), keys=sql.placeholders(listed))
    store = SessionStore()
    found = {}
    for key, data in sql.fetch(statement, [*listed, _in_database(timezone.now())]):
        content = store.decode(data)
        if SESSION_KEY in content:
            found[key] = _Held(
                int(content[SESSION_KEY]),
                BACKEND_SESSION_KEY in content,
                content.get(HASH_SESSION_KEY, ""),
                data,
            )
    return found


def _members(ids: Iterable[int]) -> dict[int, _Member]:
    """Return members with the ids of their rooms; of the user, what admission looks at."""
    found: dict[int, _Member] = {}
    statement = _MEMBERS.format(
        fields=", ".join([f"member.{name}" for name in _MEMBER_FIELDS]),
        member=sql.table(User),
        membership=sql.table(Membership),
        users=sql.numbers(ids),
    )
    for row in sql.fetch(statement) if ids else ():
        values, room = row[:-1], row[-1]
        member = found.get(values[0])
        if member is None:
            user = User.from_db(connection.alias, _MEMBER_FIELDS, values)
            member = found[user.pk] = _Member(user, set())
        if room is not None:
            member.rooms.add(room)
    return found


def _judge_session(shown: Credentials, held: _Held | None, members: dict[int, _Member]) -> Guest:
    """Judge as Django's get_user would."""
    member = members.get(held.user) if held is not None and held.backend else None
    if held is None or member is None or not _hash_is_right(member.user, held.hash):
        return _judge(shown, None)
    guest = _judge(shown, member)
    guest.stamp = _stamp(held.data, member.user.password)
    return guest


def _judge(shown: Credentials, member: _Member | None) -> Guest:
    if member is None or not member.user.is_active:
        return Guest(shown, close=Close.SIGN_IN)
    if bans.is_kept_out(member.user):
        return Guest(shown, close=Close.BANNED)
    return Guest(shown, member.user, rooms=set(member.rooms))


def _hash_is_right(user: User, session_hash: str) -> bool:
    """Tell whether the session was made under the member's present password."""
    if constant_time_compare(session_hash, user.get_session_auth_hash()):
        return True
    fallbacks = user.get_session_auth_fallback_hash()
    return any(constant_time_compare(session_hash, fallback) for fallback in fallbacks)


def _stamp(session_data: str, password: str) -> str:
    """Return what ``_CHANGED`` compares with. It tells changes, and keeps no secret."""
    return hashlib.md5((session_data + password).encode(), usedforsecurity=False).hexdigest()


def _epoch() -> str:
    found = sql.fetch(f"SELECT epoch FROM {sql.table(SiteState)}")
    return found[0][0] if found else SiteState.current().epoch


def _in_database(moment: datetime) -> Any:
    """Return ``moment`` as a parameter of a statement."""
    return connection.ops.adapt_datetimefield_value(moment)
