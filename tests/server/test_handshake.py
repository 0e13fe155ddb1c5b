"""The opening handshake, right and wrong."""

import json

import pytest

from chatsite.opening import switching_protocols
from tests.server.raw import ACCEPT, HANDSHAKE, KEY, RawClient, connected, wait_for
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


def test_a_client_that_leaves_during_its_handshake_is_noticed(small_site: SmallSite) -> None:
    raw = RawClient(small_site)
    raw.send(b"GET /patient HTTP/1.1\r\n")
    for name, value in HANDSHAKE.items():
        raw.send(f"{name}: {value}\r\n".encode())
    raw.send(b"\r\n")
    wait_for(lambda: "patient: waiting" in small_site.said(), "the application was asked")
    raw.socket.close()
    wait_for(lambda: "patient: websocket.disconnect 1006" in small_site.said(), "it heard the end")


def test_the_scope_names_the_client_and_the_path(small_site: SmallSite) -> None:
    with connected(small_site, "/scope?a=b") as raw:
        raw.read_frame()
        facts = json.loads(raw.read_frame()[1])
    assert facts["client"][0] == "127.0.0.1"
    assert (facts["scheme"], facts["path"]) == ("ws", "/scope")
