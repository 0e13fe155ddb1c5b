"""The parent: it starts processes, starts them again, and says what it does."""

import errno
import json
import os
import signal
import socket

import pytest
from websockets.asyncio.client import connect

from chatsite.supervisor import CannotListen, how_it_ended, listen, parse_address, url_of
from tests.parts.part import PartFailed
from tests.server.raw import wait_for
from tests.server.small_site import SmallSite


async def sockets_by_process(site: SmallSite, processes: int) -> dict[int, object]:
    """A socket to each server process."""
    sockets: dict[int, object] = {}
    while len(sockets) < processes:
        one = await connect(f"{site.ws_url}/echo")
        pid = json.loads(await one.recv())["pid"]
        if pid in sockets:
            await one.close()
        else:
            sockets[pid] = one
    return sockets


async def test_processes_share_the_address_and_are_children_of_the_parent() -> None:
    with SmallSite(2) as site:
        sockets = await sockets_by_process(site, 2)
        assert set(sockets) == site.children()
        for one in sockets.values():
            await one.close()


async def test_a_killed_process_is_started_again_and_the_others_notice_nothing() -> None:
    with SmallSite(2) as site:
        sockets = await sockets_by_process(site, 2)
        killed, survivor = sockets
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: len(site.children() - {killed}) == 2, "another in its place")
        await sockets[survivor].send("still here")
        assert await sockets[survivor].recv() == "still here"
        assert f"(pid {killed}) was killed by SIGKILL; starting another at once" in site.said()
        again = await sockets_by_process(site, 2)
        assert killed not in again
        for one in (sockets[survivor], *again.values()):
            await one.close()
        assert site.stop() == 0


def test_one_that_dies_again_and_again_is_started_less_and_less_often() -> None:
    with SmallSite(1) as site:
        for _ in range(3):
            [pid] = site.children()
            wait_for(lambda: site.get()["pid"], "it answers")
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda pid=pid: site.children() - {pid}, "another")
        for when in ("at once", "in 0.1 s", "in 0.2 s"):
            assert f"starting another {when}\n" in site.said()


def test_processes_that_cannot_start_are_given_up() -> None:
    site = SmallSite(2, NEVER_READY="1")
    with pytest.raises(PartFailed, match="does not start; giving up"):
        site.start()
    assert site.process.wait() == 1
    site.close()


def test_a_process_that_does_not_end_is_killed_when_asked_twice() -> None:
    with SmallSite(1) as site:
        [pid] = site.children()
        os.kill(pid, signal.SIGSTOP)
        site.signal(signal.SIGTERM)
        wait_for(lambda: "Asked to end" in site.said(), "it has begun to end")
        site.signal(signal.SIGTERM)
        assert site.process.wait(5) == 1


def test_a_burst_of_connections_is_shared() -> None:
    with SmallSite(2) as site:
        waiting = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(300)]
        for one in waiting:
            one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        counts: dict[int, int] = {}
        for one in waiting:
            one.settimeout(10)
            answer = b""
            while data := one.recv(65536):
                answer += data
            pid = json.loads(answer.split(b"\r\n")[-4])["pid"]
            counts[pid] = counts.get(pid, 0) + 1
        assert len(counts) == 2
        assert min(counts.values()) >= 30, counts


@pytest.mark.parametrize("address", ["8000", "localhost", "127.0.0.1:http", "127.0.0.1:70000", ":"])
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(CannotListen, match="write HOST:PORT"):
        parse_address(address)


def test_a_port_in_use_is_named() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Port {port} on 127.0.0.1 is already in use."):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(CannotListen, match="192.0.2.1 is not an address of this machine"):
        listen("192.0.2.1", 8000)


def test_port_0_takes_a_free_one() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_ipv6_is_written_in_brackets() -> None:
    try:
        listener = listen(*parse_address("[::1]:0"))
    except CannotListen:
        pytest.skip(f"no IPv6 here ({errno.errorcode[errno.EADDRNOTAVAIL]})")
    with listener:
        assert url_of(listener).startswith("http://[::1]:")


def test_exit_codes_are_told_in_words() -> None:
    assert how_it_ended(-11) == "was killed by SIGSEGV"
    assert how_it_ended(3) == "ended with code 3"
