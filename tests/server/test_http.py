"""HTTP beside the sockets."""

from pathlib import Path

import httpx
import pytest

from tests.server.raw import HANDSHAKE, RawClient, request, settled
from tests.server.small_site import SmallSite


def test_a_page_is_answered(small_site: SmallSite) -> None:
    assert small_site.get()["pid"] in small_site.children()


def test_a_client_cannot_set_the_root_path(small_site: SmallSite) -> None:
    assert small_site.get(headers={"Daphne-Root-Path": "/evil"})["root_path"] == ""


def test_one_connection_carries_many_requests(small_site: SmallSite) -> None:
    with httpx.Client(base_url=small_site.url) as client:
        clients = {client.get("/").json()["client"][1] for _ in range(20)}
    assert len(clients) == 1


def test_a_broken_page_is_500(small_site: SmallSite) -> None:
    assert httpx.get(f"{small_site.url}/broken").status_code == 500


def test_a_page_that_breaks_half_way_does_not_pass_for_whole(small_site: SmallSite) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{small_site.url}/broken-half")


def test_a_large_response_waits_for_a_slow_client(small_site: SmallSite, unsent: Path) -> None:
    raw = RawClient(small_site, receive_buffer=65536)
    raw.request("/large", {"Host": "a"})
    assert settled(unsent) < 200
    received = len(raw.data)
    while received < 1000 * 65536:
        received += len(raw.socket.recv(1 << 20))
    raw.socket.close()
    assert settled(unsent) == 1000


def test_a_client_that_leaves_a_large_response_ends_it(small_site: SmallSite, unsent: Path) -> None:
    raw = RawClient(small_site, receive_buffer=65536)
    raw.request("/large", {"Host": "a"})
    settled(unsent)
    raw.socket.close()
    # Nothing holds the application any more: what it still sends goes nowhere.
    assert settled(unsent) == 1000


def test_a_request_head_without_end_is_refused(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    raw.send(b"GET / HTTP/1.1\r\n")
    endless = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 100) for n in range(100_000))
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        raw.send(endless)


def test_a_handshake_may_follow_a_page_on_the_same_connection(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    raw.send(request("/", {"Host": "a"}) + request("/echo", HANDSHAKE))
    assert raw.read_head().startswith(b"HTTP/1.1 200 ")
    assert raw.read_head().endswith(b"\r\n0")  # the page's body, in chunks
    assert raw.read_head().startswith(b"HTTP/1.1 101 ")
    raw.socket.close()
