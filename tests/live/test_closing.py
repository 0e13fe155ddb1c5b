"""The remaining ways in which the server ends a socket: silence, slowness, too many, a restart."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from chat.models import Room
from tests.factories import Member, make_member
from tests.live.client import ABNORMAL, Client, handshake, origin_of
from tests.live.test_presence import OFFLINE_WITHIN, focus, until_told
from tests.parts import backing
from tests.parts.site import Site

HEARTBEAT = 25  # s
MANY = 200  # sockets of one member, more than anyone needs
CUT_WITHIN = 15  # s, for one who does not read
BODY = "漢" * 4000  # 24 kB with its HTML
ENOUGH = 240  # of these, 6 MB: more than a kernel takes (4 MiB) and a process keeps (1 MiB)
AT_ONCE = 20  # of these, so that the one who sends them keeps up with reading them
RECEIVED_MAX = 4096  # bytes that the kernel of a slow reader takes, so that it is soon behind


@pytest.fixture(scope="module", autouse=True)
def silent(site: Site) -> Iterator[Client]:
    """A socket whose client says nothing, opened while other tests run."""
    with handshake(site, cookie=make_member().cookie, origin=origin_of(site)) as opened:
        yield Client(opened)


@pytest.fixture(scope="module")
def unlimited(database: str) -> Iterator[Site]:
    """A server of our own on the same database, without limits on how much one may say."""
    settings = {**backing.site_settings(database), "RATE_LIMITS": "off"}
    with Site(processes=backing.PROCESSES, **settings) as running:
        yield running


def say_much(speaker: Client, room: Room) -> int:
    """Send more than a deaf socket can hold; return the version of the last."""
    version = 0
    for _ in range(ENOUGH // AT_ONCE):
        refs = [
            speaker.send("send", room=room.pk, client_id=str(uuid4()), body=BODY)
            for _ in range(AT_ONCE)
        ]
        version = max(int(speaker.answer(ref)["version"]) for ref in refs)
    return version


def not_reading(site: Site, member: Member) -> Client:
    """A socket of ``member`` that takes only what is asked of it."""
    address = urlsplit(site.ws_url)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_MAX)
    sock.connect((address.hostname, address.port))
    return Client.of(site, member, sock=sock, max_queue=1)


def test_one_who_reads_too_late_is_told_what_to_sync(
    unlimited: Site, ada: Member, bob: Member, room: Room
) -> None:
    speaker = Client.of(unlimited, ada)
    slow = not_reading(unlimited, bob)
    version = say_much(speaker, room)
    assert slow.expect("lagged") == {"type": "lagged", "rooms": [room.pk]}
    at = slow.changes(room.pk)[-1]["to"]
    assert at < version, "it really missed something"
    while at < version:
        page = slow.ask("sync", rooms={str(room.pk): at})
        at = page["to"]
    follow = speaker.acked("send", room=room.pk, client_id=str(uuid4()), body="and on")
    slow.message(room.pk, id=follow["id"])
    speaker.close()
    slow.close()


def test_one_who_does_not_read_is_cut_and_nobody_waits_for_them(
    unlimited: Site, ada: Member, bob: Member, room: Room
) -> None:
    speaker = Client.of(unlimited, ada)
    deaf = not_reading(unlimited, bob)
    focus(speaker, room)
    say_much(speaker, room)
    until_told(speaker, "offline", bob, CUT_WITHIN + OFFLINE_WITHIN)
    # What was on its way is still read before the end.
    assert deaf.close_code() in {4410, ABNORMAL}
    speaker.close()


def test_too_many_sockets_of_one_member_are_closed(site: Site, ada: Member) -> None:
    with ExitStack() as stack:
        for _ in range(MANY):
            opened = stack.enter_context(handshake(site, cookie=ada.cookie, origin=origin_of(site)))
            try:
                Client(opened)
            except ConnectionClosed:
                break
        assert opened.close_code == 4429


def test_a_restart_closes_with_4412(database: str, ada: Member) -> None:
    """Of a server of our own, on the same database."""
    with Site(**backing.site_settings(database)) as other:
        client = Client.of(other, ada)
        assert other.stop() == 0
        assert client.close_code() == 4412


def test_a_silent_socket_is_closed(silent: Client) -> None:
    """Silent are its client's frames: the pongs of its WebSocket library do not count."""
    assert silent.hello["heartbeat"] == HEARTBEAT
    assert silent.close_code(2 * HEARTBEAT + 15) == 4408
