"""The opening handshake, right and wrong."""

import fcntl
import json
import socket
import termios

import pytest

from chatsite import frames
from chatsite.opening import read_opening, switching_protocols
from tests.server.client_frames import masked
from tests.server.raw import ACCEPT, HANDSHAKE, KEY, RawClient, connected, request, wait_for
from tests.server.small_site import SmallSite


def answer(site: SmallSite, path: str = "/echo", method: str = "GET", **changes: str | None) -> int:
    """The status of the answer to a handshake in which headers are changed or left out."""
    headers = {**HANDSHAKE, **{name.replace("_", "-"): changes[name] for name in changes}}
    raw = RawClient(site)
    try:
        kept = {name: value for name, value in headers.items() if value is not None}
        return int(raw.request(path, kept, method).split()[1])
    finally:
        raw.socket.close()


def test_the_accept_header_is_the_one_of_the_rfc() -> None:
    head = switching_protocols(KEY.encode(), None).decode()
    assert f"Sec-WebSocket-Accept: {ACCEPT}\r\n" in head


def test_the_subprotocol_that_the_application_chose_is_named(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    head = raw.request("/echo", {**HANDSHAKE, "Sec-WebSocket-Protocol": "chat.v1, other"})
    assert b"Sec-WebSocket-Protocol: chat.v1\r\n" in head + b"\r\n"
    raw.socket.close()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 101),
        ({"Upgrade": "WebSocket"}, 101),
        ({"Connection": "keep-alive, Upgrade"}, 101),
        ({"Sec_WebSocket_Version": "8"}, 426),
        ({"Sec_WebSocket_Version": None}, 426),
        ({"Sec_WebSocket_Key": None}, 400),
        ({"Sec_WebSocket_Key": "short"}, 400),
        ({"Sec_WebSocket_Key": "/" * 24}, 400),
        ({"Connection": "keep-alive"}, 400),
        ({"Host": None}, 400),
    ],
)
def test_a_handshake_is_judged_by_its_headers(
    small_site: SmallSite, changes: dict[str, str | None], status: int
) -> None:
    assert answer(small_site, **changes) == status


def test_a_handshake_is_a_get(small_site: SmallSite) -> None:
    assert answer(small_site, method="POST") == 400


def test_the_version_we_speak_is_named_in_the_refusal(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    head = raw.request("/echo", {**HANDSHAKE, "Sec-WebSocket-Version": "8"})
    assert b"sec-websocket-version: 13" in head.lower()
    raw.socket.close()


def test_an_application_that_closes_instead_refuses(small_site: SmallSite) -> None:
    assert answer(small_site, "/refusing") == 403


def test_an_application_that_fails_before_it_accepts_is_500(small_site: SmallSite) -> None:
    assert answer(small_site, "/broken") == 500


def test_an_application_that_returns_without_an_answer_is_500(small_site: SmallSite) -> None:
    assert answer(small_site, "/silent") == 500


def test_the_connection_ends_with_a_refusal(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    raw.request("/refusing", HANDSHAKE)
    assert raw.is_cut_off()


def heard(site: SmallSite, words: str) -> int:
    """How often the application has said ``words``."""
    return site.said().count(words)


@pytest.mark.parametrize("pieces", [1, 4], ids=["whole", "in pieces"])
def test_a_client_that_leaves_during_its_handshake_is_noticed(
    small_site: SmallSite, pieces: int
) -> None:
    waiting, ended = "patient: waiting", "patient: websocket.disconnect 1006"
    began, over = heard(small_site, waiting), heard(small_site, ended)
    raw = RawClient(small_site)
    send_in_pieces(raw, request("/patient", HANDSHAKE), pieces)
    wait_for(lambda: heard(small_site, waiting) > began, "the application was asked")
    raw.socket.close()
    wait_for(lambda: heard(small_site, ended) > over, "it heard the end")


def send_in_pieces(raw: RawClient, data: bytes, pieces: int) -> None:
    """Send ``data`` in so many pieces, each in a packet of its own."""
    raw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    size = len(data) // pieces + 1
    for start in range(0, len(data), size):
        raw.send(data[start : start + size])
        if pieces > 1:
            # Read together they would be whole again: wait until the first was taken.
            wait_until_taken(raw)


def wait_until_taken(raw: RawClient) -> None:
    """Wait until the server's kernel has acknowledged what was sent."""
    wait_for(
        lambda: fcntl.ioctl(raw.socket, termios.TIOCOUTQ, bytes(4)) == bytes(4), "it was taken"
    )


def test_a_handshake_in_pieces_opens_a_websocket(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    send_in_pieces(raw, request("/echo", HANDSHAKE), 4)
    assert raw.read_head().split()[1] == b"101"
    assert b"pid" in raw.read_frame()[1]
    raw.socket.close()


def test_a_handshake_may_follow_another_request_on_its_connection(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    head = raw.request("/", {"Host": "example.com"})
    assert head.split()[1] == b"200"
    assert raw.read_head().endswith(b"\r\n0"), "the body, in chunks, has come"
    assert raw.request("/echo", HANDSHAKE).split()[1] == b"101"
    raw.socket.close()


def test_a_frame_may_come_with_the_handshake(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    raw.send(request("/echo", HANDSHAKE) + masked(frames.TEXT, b"early"))
    assert raw.read_head().split()[1] == b"101"
    assert b"pid" in raw.read_frame()[1]
    assert raw.read_frame()[1] == b"early"
    raw.socket.close()


def test_one_who_is_slow_to_speak_is_served(small_site: SmallSite) -> None:
    quiet = RawClient(small_site)
    assert small_site.get("/")
    assert quiet.request("/echo", HANDSHAKE).split()[1] == b"101"
    quiet.socket.close()


WHOLE = request("/ws?a=b", {**HANDSHAKE, "Origin": "http://example.com"})


def test_a_handshake_is_read_and_what_follows_left() -> None:
    opening, size = read_opening(WHOLE + b"more")
    assert (opening.method, opening.target, opening.version) == (b"GET", b"/ws?a=b", b"HTTP/1.1")
    assert (b"origin", b"http://example.com") in opening.headers
    assert size == len(WHOLE)


@pytest.mark.parametrize("size", range(0, len(WHOLE), 7))
def test_a_part_of_a_handshake_is_left_to_others(size: int) -> None:
    assert read_opening(WHOLE[:size]) is None


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"GET /ws", b"POST /ws"),
        (b"GET /ws", b"GET http://example.com/ws"),
        (b"GET /ws", b"GET  /ws"),
        (b"/ws", b"/w\xc3\xa9"),
        (b"HTTP/1.1", b"HTTP/1.0"),
        (b"websocket", b"h2c"),
        (b"Origin: ", b"Origin : "),
        (b"Origin: ", b"Origin\r\n : "),
        (b"Origin: ", b" Origin: "),
        (b"Origin: ", b"Host: "),
        (b"Origin: http", b"Origin: \nhttp"),
        (b"Origin: http", b"Origin: \x00http"),
        (b"Origin: http://example.com", b"Content-Length: 3"),
        (b"Origin: http://example.com", b"Transfer-Encoding: chunked"),
        (KEY.encode(), b"short"),
        (b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 8"),
    ],
)
def test_a_handshake_with_a_fault_in_it_is_left_to_others(part: bytes, other: bytes) -> None:
    assert WHOLE.count(part) == 1
    assert read_opening(WHOLE.replace(part, other)) is None


def test_the_scope_names_the_client_and_the_path(small_site: SmallSite) -> None:
    with connected(small_site, "/scope?a=b") as raw:
        raw.read_frame()
        facts = json.loads(raw.read_frame()[1])
    assert facts["client"][0] == "127.0.0.1"
    assert (facts["scheme"], facts["path"]) == ("ws", "/scope")
