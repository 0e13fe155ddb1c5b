"""Whom the server takes for the client behind proxies."""

import json

import pytest

from chatsite.proxy import believe_proxies
from tests.server.raw import HANDSHAKE, RawClient
from tests.server.small_site import SmallSite


def seen(count: int, kind: str = "http", **headers: str | list[str]) -> tuple[list, str]:
    """Client and scheme of a scope, after `count` proxies were believed."""
    lines = [
        (name.replace("_", "-").encode(), value.encode())
        for name, values in headers.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    scheme = "ws" if kind == "websocket" else "http"
    scope = {"type": kind, "headers": lines, "client": ["10.0.0.1", 5000], "scheme": scheme}
    believe_proxies(scope, count)
    return scope["client"], scope["scheme"]


def test_without_proxies_no_header_is_believed() -> None:
    forged = {"x_forwarded_for": "1.2.3.4", "x_forwarded_proto": "https"}
    assert seen(0, **forged) == (["10.0.0.1", 5000], "http")


def test_behind_one_proxy_the_last_address_counts_whatever_was_forged_before() -> None:
    assert seen(1, x_forwarded_for="6.6.6.6, 7.7.7.7, 1.2.3.4")[0] == ["1.2.3.4", 0]


def test_behind_two_proxies_the_last_but_one_counts() -> None:
    assert seen(2, x_forwarded_for="6.6.6.6, 1.2.3.4, 10.0.0.9")[0] == ["1.2.3.4", 0]


def test_a_header_in_several_lines_is_one_list() -> None:
    assert seen(2, x_forwarded_for=["6.6.6.6", "1.2.3.4", "10.0.0.9"])[0] == ["1.2.3.4", 0]


def test_a_chain_shorter_than_our_proxies_is_not_believed() -> None:
    assert seen(2, x_forwarded_for="1.2.3.4", x_forwarded_proto="https") == (
        ["10.0.0.1", 5000],
        "http",
    )


@pytest.mark.parametrize(
    ("kind", "protocol", "scheme"),
    [
        ("http", "https", "https"),
        ("http", "http", "http"),
        ("websocket", "https", "wss"),
        ("http", "gopher", "http"),
    ],
)
def test_the_scheme_is_the_one_the_proxy_names(kind: str, protocol: str, scheme: str) -> None:
    believed = seen(1, kind, x_forwarded_for="1.2.3.4", x_forwarded_proto=protocol)
    assert believed[1] == scheme


def test_behind_two_proxies_that_append_the_outer_one_names_the_scheme() -> None:
    headers = {"x_forwarded_for": "1.2.3.4, 10.0.0.9", "x_forwarded_proto": "https, http"}
    assert seen(2, **headers)[1] == "https"


def test_pages_and_sockets_are_told() -> None:
    proxied = {"X-Forwarded-For": "6.6.6.6, 1.2.3.4", "X-Forwarded-Proto": "https"}
    with SmallSite(TRUSTED_PROXY_COUNT="1") as site:
        page = site.get(headers=proxied)
        assert (page["client"], page["scheme"]) == (["1.2.3.4", 0], "https")
        raw = RawClient(site)
        raw.request("/scope", {**HANDSHAKE, **proxied})
        raw.read_frame()
        socket = json.loads(raw.read_frame()[1])
        assert (socket["client"], socket["scheme"]) == (["1.2.3.4", 0], "wss")
        raw.socket.close()
