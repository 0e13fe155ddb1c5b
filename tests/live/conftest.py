"""The people and the place of most scenes: ada and bob in a room, eve on the site but not in it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import httpx
import pytest

from chat.live.limits import SOCKETS_MAX
from chat.models import Connection, Room
from tests.factories import Member, make_member, make_room
from tests.live.client import TIMEOUT, Client, origin_of
from tests.parts import backing
from tests.parts.site import Site

Connect = Callable[..., Client]
OnEveryProcess = Callable[[Member], list[Client]]
Browse = Callable[[Member], httpx.Client]


@pytest.fixture(scope="session")
def loud_site(database: str) -> Iterator[Site]:
    """A site without limits that writes down as much as it ever does, as one is deployed."""
    settings = backing.site_settings(database) | {
        "DEBUG": "off", "LOG_LEVEL": "DEBUG", "RATE_LIMITS": "off",
    }  # fmt: skip
    with Site(processes=backing.PROCESSES, **settings) as running:
        yield running


@pytest.fixture
def connect(site: Site) -> Iterator[Connect]:
    """Open sockets of members: ``connect(ada)``. They are closed after the test."""
    opened: list[Client] = []

    def open_one(member: Member, **options: Any) -> Client:
        opened.append(Client.of(site, member, **options))
        return opened[-1]

    yield open_one
    for client in opened:
        with suppress(OSError):
            client.close()


@pytest.fixture
def on_every_process(connect: Connect) -> OnEveryProcess:
    """Open a member's sockets until each server process has one: ``on_every_process(ada)``."""

    def open_some(member: Member) -> list[Client]:
        opened: list[Client] = []
        while processes_of(opened) < backing.PROCESSES:
            assert len(opened) < SOCKETS_MAX, "one process gets all sockets"
            opened.append(connect(member))
        return opened

    return open_some


def processes_of(sockets: list[Client]) -> int:
    """Return on how many server processes these sockets are."""
    ids = [socket.hello["connection"] for socket in sockets]
    return Connection.objects.filter(pk__in=ids).values("process").distinct().count()


@pytest.fixture
def browse(site: Site) -> Iterator[Browse]:
    """Speak HTTP as a member's browser does: ``browse(ada).post("/api/v1/…")``."""
    with ExitStack() as stack:

        def browser_of(member: Member) -> httpx.Client:
            token = "c" * 32
            return stack.enter_context(
                httpx.Client(
                    base_url=site.url,
                    cookies={**member.cookies, "csrftoken": token},
                    headers={"X-CSRFToken": token, "Origin": origin_of(site)},
                    timeout=TIMEOUT,
                    trust_env=False,
                )
            )

        yield browser_of


@pytest.fixture
def ada(database: str) -> Member:
    """A member of `room`, its owner."""
    return make_member(display_name="Ada")


@pytest.fixture
def bob(database: str) -> Member:
    """A plain member of `room`."""
    return make_member(display_name="Bob")


@pytest.fixture
def eve(database: str) -> Member:
    """A member of the site who is in no room."""
    return make_member(display_name="Eve")


@pytest.fixture
def room(ada: Member, bob: Member) -> Room:
    """A public room of ada, who owns it, and bob."""
    return make_room("public", [bob], owner=ada)


@pytest.fixture
def private_room(ada: Member, bob: Member) -> Room:
    """A private room of ada, who owns it, and bob."""
    return make_room("private", [bob], owner=ada)
