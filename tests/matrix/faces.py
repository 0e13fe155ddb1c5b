"""The four ways of asking: a socket's frames, the HTTP API, the pages, the admin.

All of it in this process, on one database connection, so that what a case has changed can be taken
back: frames go through the parser, the commands and the services, without an event loop between.
"""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages import ERROR, get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.errors import ChatError
from chat.live.admission import Credentials, identify
from chat.live.commands import carry_out
from chat.live.frames import texts_in
from chat.live.limits import Allowance, Turns
from chat.live.session import Close, Refusal
from chat.live.socket import Socket
from chat.models import Membership, batch
from chat.services.members import mark_read_many
from chat.services.plain_posts import PlainPosts
from chat.services.posting import Outcome, Post, post_many
from tests.api.calling import CSRF_TOKEN
from tests.factories import Member
from tests.matrix.table import Action

STATUS = {200: "y", 302: "y", 401: "s", 403: "f", 404: "h"}
CODES = {"not_found": "h", "forbidden": "f"}
# What differs between two answers that say the same: tokens that are new each time.
FRESH = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


class Told(NamedTuple):
    """What came of it: a letter of the table, the words, and how many queries it took."""

    outcome: str
    words: Any
    queries: int


def filled(template: Any, things: dict[str, Any]) -> Any:
    """Return ``template`` with the scene's things in place of their names."""
    match template:
        case str():
            name = template.strip("{}")
            if template == f"{{{name}}}":
                return things[name]
            return template.format_map(things) if "{" in template else template
        case dict():
            return {filled(key, things): filled(value, things) for key, value in template.items()}
    return template


def by_api(action: Action, member: Member | None, things: dict[str, Any]) -> Told:
    """Ask over HTTP, as a script of a page does."""
    assert action.api
    method, path = action.api
    body = json.dumps(filled(action.fields, things))
    how = {} if method == "GET" else {"data": body, "content_type": "application/json"}
    headers = {"X-CSRFToken": CSRF_TOKEN}
    return _asked(
        lambda client: client.generic(
            method, f"/api/v1/{filled(path, things)}", headers=headers, **how
        ),
        member,
    )


def by_page(action: Action, member: Member | None, things: dict[str, Any]) -> Told:
    """Open a page, or send one of its forms."""
    assert action.page
    method, path = action.page
    form = {**filled(action.fields, things), "csrfmiddlewaretoken": CSRF_TOKEN}
    return _asked(
        lambda client: client.generic(
            method, filled(path, things), **({} if method == "GET" else _encoded(form))
        ),
        member,
    )


def by_admin(action: Action, member: Member | None, things: dict[str, Any]) -> Told:
    """Open a page of the admin, or send one of its forms."""
    assert action.admin
    method, path = action.admin
    form = {**filled(action.fields, things), "csrfmiddlewaretoken": CSRF_TOKEN}

    def ask(client: Client) -> Any:
        how = {} if method == "GET" else _encoded(form)
        response = client.generic(method, filled(path, things), **how)
        if response.status_code == 302 and response["Location"].startswith("/admin/login/"):
            return client.get(response["Location"])
        return response

    return _asked(ask, member)


def by_socket(action: Action, member: Member | None, things: dict[str, Any]) -> Told:
    """Send a frame over a socket, if one is let in at all."""
    assert action.socket
    wire = _Wire()
    [guest] = identify([Credentials(session=member.cookie if member else "")])
    if guest.close is not None:
        return Told({Close.SIGN_IN: "s", Close.BANNED: "b"}[guest.close], guest.close, 0)
    socket = Socket(wire, guest.credentials, guest.user.pk, Allowance(), 0, set())
    socket.rooms, socket.is_guest = guest.rooms, guest.user.is_guest
    socket.greet()
    frame = json.dumps({**filled(action.socket, things), "ref": 1}).encode()
    connection.queries_log.clear()  # which holds a few thousand at most
    with CaptureQueriesContext(connection) as queries:
        _AtOnce(socket).received(frame)
    errors = [sent for sent in wire.sent if sent["type"] == "error"]
    if errors:
        [error] = errors
        error.pop("room", None)  # of a sync, which names what was asked for
        return Told(CODES.get(error["code"], error["code"]), error, len(queries))
    return Told("y", None, len(queries))


def stored_the_short_way(post: Post) -> Outcome | None:
    """Return the ack of a plain post on Postgres; None where it was left to the careful way."""
    if connection.vendor != "postgresql":
        return None
    plain = PlainPosts([post])
    if plain.takes_time:
        plain.render()
    if statements := plain.statements():
        plain.take([batch.run(statement) for statement in statements][-1])
    return plain.outcomes[0]


def _asked(ask: Callable[[Client], Any], member: Member | None) -> Told:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = CSRF_TOKEN
    if member is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = member.cookie
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as queries:
        response = ask(client)
    return Told(_outcome(response), FRESH.sub(b"", response.getvalue()), len(queries))


def _outcome(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "s"
    if response.status_code == 403 and b"banned from this site" in response.getvalue().lower():
        return "b"
    if any(message.level == ERROR for message in get_messages(response.wsgi_request)):
        return "f"
    return STATUS.get(response.status_code, str(response.status_code))


def _encoded(form: dict[str, Any]) -> dict[str, str]:
    from urllib.parse import urlencode

    return {
        "data": urlencode(form, doseq=True),
        "content_type": "application/x-www-form-urlencoded",
    }


class _Wire:
    """Keeps what is sent."""

    unsent = 0

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, framed: bytes) -> None:
        self.sent += [json.loads(text) for text in texts_in(framed)]


class _AtOnce:
    """A hub for one command: every query is made here and now, and nobody else hears of anything.

    Its queries share the connection of the test, where an event loop would forbid them.
    """

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.feeds = {room: _Feed(room) for room in socket.rooms}
        self.posts = self.seats = self.onlookers = self
        self.turns = Turns(2)

    def received(self, frame: bytes) -> None:
        """Take a frame of the client."""
        outcome = self.socket.session.receive(frame, 0)
        assert not isinstance(outcome, Refusal), outcome.text
        carry_out(self, self.socket, outcome)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Carry ``work`` out: nothing in it waits."""
        try:
            work.send(None)
        except StopIteration:
            return
        raise AssertionError("a command waited for something")

    async def database(self, query: Callable[..., Any], *args: Any) -> Any:
        """Ask the database."""
        return query(*args)

    async def readings(self, reading: Any) -> Any:
        """Move one read position."""
        [outcome] = mark_read_many([reading])
        if isinstance(outcome, ChatError):
            raise outcome
        return outcome

    def submit(self, post: Post, done: Callable[[Outcome], None]) -> None:
        """Store one message, by the way that the writer has for it."""
        done(stored_the_short_way(post) or post_many([post])[0])

    def answer(self, socket: Socket, text: bytes) -> None:
        """Answer at once."""
        socket.send(text)

    def refuse(self, socket: Socket, refusal: Refusal) -> None:
        """Refuse at once."""
        socket.send(refusal.text)

    def announce(self, event: Any) -> None:
        """Nobody else is there."""

    async def look_at(self, user: int, room: int) -> None:
        """Take a seat in a room that the socket had not heard of."""
        if Membership.objects.active().filter(user=user, room=room).exists():
            self.socket.rooms.add(room)

    async def turned(self, socket: Socket, visible: bool) -> None:
        """Nobody else is there."""

    async def focused(self, socket: Socket, feed: Any) -> None:
        """Nobody else is there."""


class _Feed:
    def __init__(self, room: int) -> None:
        self.room, self.version, self.focused = room, 0, set()
        self.typists: set[int] = set()
