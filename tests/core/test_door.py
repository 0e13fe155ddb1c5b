"""What a handshake shows, read from its scope."""

import pytest

from chat.live.handshake import address_in, credentials_in

KEY = "a" * 32


def scope(host="chat.example.org", scheme="wss", client="203.0.113.9", **headers):
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "websocket", "scheme": scheme, "client": [client, 5000],
        "headers": [(b"host", host.encode()), *lines],
    }  # fmt: skip


@pytest.fixture
def prefixed(settings):
    settings.COOKIE_PREFIX = "__Host-"
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"


def test_over_tls_a_session_without_the_prefix_counts_for_nothing(prefixed):
    """A neighbour under the same domain can set a cookie here, but none with that prefix."""
    assert credentials_in(scope(cookie=f"__Host-sessionid={KEY}")).session == KEY
    assert credentials_in(scope(cookie=f"sessionid={KEY}")).session == ""


def test_on_plain_loopback_the_prefix_may_be_missing(prefixed):
    for name in ("sessionid", "__Host-sessionid"):
        shown = scope("localhost:8000", "ws", cookie=f"{name}={KEY}")
        assert credentials_in(shown).session == KEY


def test_a_loopback_name_over_tls_is_no_exception(prefixed, settings):
    assert credentials_in(scope("localhost", cookie=f"sessionid={KEY}")).session == ""
    settings.TRUSTED_PROXY_COUNT = 1
    proxied = {"cookie": f"sessionid={KEY}", "x-forwarded-proto": "https"}
    assert credentials_in(scope("localhost", "ws", **proxied)).session == ""


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001:81c::200e", "2a00:1450:4001:81c::/64"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("127.0.0.1", ""),
        ("10.0.0.7", ""),
        ("::1", ""),
        ("", ""),
    ],
)
def test_sockets_are_counted_by_public_address(client, counted):
    assert address_in(scope(client=client)) == counted


def test_behind_counted_proxies_a_private_address_is_a_clients_own(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    assert address_in(scope(client="10.0.0.7")) == "10.0.0.7"


def test_a_peer_without_an_address_is_not_counted():
    assert address_in({**scope(), "client": None}) == ""
