"""Who may have a socket, and which rooms it carries: answered for many handshakes at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import ApiToken, User
from chat import rows
from chat.live.session import Close
from chat.models import Membership, SiteState
from chat.services import presence, reading
from chat.services.presence import Process

# Wider than any transaction is long: a seat is looked for by the database's clock, and what was
# changed may have been committed a while later.
SEATS_OVERLAP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client showed at the door: a session's key, or a token's secret."""

    session: str = ""
    token: str = ""


@dataclass(slots=True)
class Guest:
    """Who stands behind some credentials, or with which code the socket is closed."""

    credentials: Credentials
    user: User | None = None
    close: int | None = None
    rooms: set[int] = field(default_factory=set)


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
    guests = recognise(credentials)
    users = {guest.user.pk for guest in guests if guest.user}
    rooms: dict[int, set[int]] = {}
    seats = Membership.objects.active().filter(user__in=users).values_list("user", "room")
    for user, room in seats if users else ():
        rooms.setdefault(user, set()).add(room)
    for guest in guests:
        if guest.user is not None:
            guest.rooms = set(rooms.get(guest.user.pk, ()))
    return guests


def recognise(credentials: Sequence[Credentials]) -> list[Guest]:
    """Return who stands behind each of ``credentials``: in two or three queries, however many."""
    holders = _session_holders({shown.session for shown in credentials if shown.session})
    tokens = {shown.token for shown in credentials if shown.token}
    bots = {token: ApiToken.objects.user_for(token) for token in tokens}
    guests = []
    for shown in credentials:
        user = bots.get(shown.token) if shown.token else holders.get(shown.session)
        guests.append(_judge(shown, user))
    return guests


def welcome(process: Process, arrivals: Sequence[Arrival]) -> list[Welcome]:
    """Return what hello tells at each of these sockets of ``process``; note their presence."""
    opened = {arrival.socket: (arrival.user, True) for arrival in arrivals}
    presence.store(process, opened)
    epoch = SiteState.current().epoch
    rooms = reading.rooms_of_many({arrival.user for arrival in arrivals})
    return [Welcome(epoch, rooms[arrival.user]) for arrival in arrivals]


def seats_changed_lately() -> list[tuple[int, int, bool]]:
    """Return (user, room, whether they are in it) of all seats that changed lately."""
    seats = Membership.objects.filter(changed_at__gt=Now() - SEATS_OVERLAP)
    return [
        (user, room, left_at is None)
        for user, room, left_at in seats.values_list("user", "room", "left_at")
    ]


def _judge(shown: Credentials, user: User | None) -> Guest:
    if user is None or not user.is_active:
        return Guest(shown, close=Close.SIGN_IN)
    if user.banned_at is not None:
        return Guest(shown, close=Close.BANNED)
    return Guest(shown, user)


def _session_holders(keys: set[str]) -> dict[str, User]:
    """Return the members whose sessions these are, by key, as Django's get_user would."""
    if not keys:
        return {}
    held = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    contents = {session.session_key: _contents(session) for session in held}
    ids = {int(data[SESSION_KEY]) for data in contents.values() if SESSION_KEY in data}
    users = User.objects.in_bulk(ids)
    return {
        key: user
        for key, data in contents.items()
        if SESSION_KEY in data
        and BACKEND_SESSION_KEY in data
        and (user := users.get(int(data[SESSION_KEY])))
        and _hash_is_right(user, data.get(HASH_SESSION_KEY, ""))
    }


def _contents(session: Session) -> dict:
    return SessionStore(session.session_key).decode(session.session_data)


def _hash_is_right(user: User, session_hash: str) -> bool:
    """Tell whether the session was made under the member's present password."""
    if constant_time_compare(session_hash, user.get_session_auth_hash()):
        return True
    fallbacks = user.get_session_auth_fallback_hash()
    return any(constant_time_compare(session_hash, fallback) for fallback in fallbacks)
