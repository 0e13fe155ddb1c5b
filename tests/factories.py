"""Members with real sessions, and rooms: what tests need before they begin.

Every name is new, so tests can share a database that nobody empties.
"""

import itertools
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import ApiToken, User
from chat.models import Mention, Message, Room
from chat.services import members as memberships
from chat.services import messages, rooms

PASSWORD = "correct-horse-battery"
# What was handed out in this run, and must be in no log: cookies of sessions, and tokens.
SECRETS: set[str] = set()
_numbers = itertools.count(1)
# Several runs may share a database: their names must differ too.
_run = secrets.token_hex(3)


def new_name(what: str) -> str:
    """Return a name beginning with ``what`` that nothing else has."""
    return f"{what}-{_run}-{next(_numbers)}"


@dataclass(frozen=True)
class Member:
    """A member as a test plays one: their account, and a session as a browser would hold it."""

    user: User
    cookie: str
    cookies: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cookies", {settings.SESSION_COOKIE_NAME: self.cookie})

    @property
    def id(self) -> int:
        """The user id, as `hello` tells it."""
        return int(self.user.pk)

    @property
    def name(self) -> str:
        """What others see."""
        return self.user.name

    @property
    def username(self) -> str:
        """The handle."""
        return self.user.username


def make_user(**attributes: Any) -> User:
    """Return a new member's account, its password PASSWORD unless ``password`` is given."""
    attributes.setdefault("username", new_name("member"))
    attributes.setdefault("shown_around", True)  # what is shown once would be in the way
    return User.objects.create_user(password=attributes.pop("password", PASSWORD), **attributes)


def sign_in(user: User) -> str:
    """Return the cookie of a new session of ``user``."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    SECRETS.add(str(session.session_key))
    return str(session.session_key)


def make_member(**attributes: Any) -> Member:
    """Return a new member who is signed in."""
    user = make_user(**attributes)
    return Member(user, sign_in(user))


def make_moderator(**attributes: Any) -> Member:
    """Return a signed-in member who looks after all rooms of the site."""
    return make_member(is_staff=True, is_superuser=True, **attributes)


def make_token(member: Member) -> str:
    """Return the secret of a new Bearer token of ``member``."""
    secret = ApiToken.issue(member.user, new_name("token"))[1]
    SECRETS.add(secret)
    return secret


def make_room(
    kind: str = "public",
    members: Sequence[Member] = (),
    *,
    owner: Member | None = None,
    **attributes: Any,
) -> Room:
    """Return a new room of ``members``. ``owner`` made it; without one, somebody not among them.

    A direct room is that of ``members`` alone.
    """
    if kind == "direct":
        return rooms.direct(members[0].user, [member.id for member in members[1:]])
    maker = owner or make_member()
    attributes.setdefault("name", new_name("Room"))
    room = rooms.create(maker.user, kind=kind, **attributes)
    for member in members:
        if member is not maker:
            add_member(room, member, by=maker)
    room.refresh_from_db()
    return room


def add_member(room: Room, member: Member, *, by: Member) -> None:
    """Let ``member`` join ``room``, invited by its owner ``by`` where it is not public."""
    if room.kind == Room.Kind.PUBLIC:
        memberships.join(member.user, room.pk)
    else:
        memberships.invite(by.user, room.pk, member.id)


def make_history(
    room: Room,
    authors: Sequence[Member],
    count: int,
    body: str | Callable[[int], str] = "so it was",
    *,
    mentioning: Member | None = None,
) -> None:
    """Store ``count`` messages in bulk, the authors taking turns.

    They say ``body``, or what it says for their number, from 1 on; words alone, no Markdown.
    Nobody is told and no read position moves: do it before anyone looks.
    """
    room.refresh_from_db()
    say = body if callable(body) else lambda number: body
    made = Message.objects.bulk_create(
        Message(
            room=room,
            seq=room.last_seq + number,
            version=room.version + number,
            posted_version=room.version + number,
            author=authors[number % len(authors)].user,
            client_id=uuid4(),
            body=say(number),
            html=f"<p>{say(number)}</p>",
        )
        for number in range(1, count + 1)
    )
    if mentioning:
        Mention.objects.bulk_create(
            Mention(message=message, user=mentioning.user, room=room, seq=message.seq)
            for message in made
        )
    Room.objects.filter(pk=room.pk).update(
        version=room.version + count, last_seq=room.last_seq + count
    )
    room.refresh_from_db()


def make_message(room: Room, author: Member, body: str = "", **fields: Any) -> Message:
    """Return a new message of ``author``, who must be in ``room``."""
    ack = messages.post(
        author.user, room.pk, fields.pop("client_id", uuid4()), body or new_name("hi"), **fields
    )
    return Message.objects.get(pk=ack.id)
