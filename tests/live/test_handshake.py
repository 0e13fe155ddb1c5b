"""Who gets a socket: subprotocol, identity and origin."""

from datetime import timedelta
from http.client import HTTPConnection

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from tests.factories import Member, make_member, make_token
from tests.live.client import TIMEOUT, Client, close_code_of, handshake, origin_of
from tests.parts.backing import FURTHER_ORIGIN
from tests.parts.site import Site


def status_of_refusal(site: Site, **options: object) -> int:
    """Return the HTTP status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refusal:
        handshake(site, **options).close()
    return refusal.value.response.status_code


# --- Subprotocol ---


def test_a_client_that_offers_the_protocol_gets_it(site: Site, ada: Member) -> None:
    with handshake(site, cookie=ada.cookie, origin=origin_of(site)) as socket:
        assert socket.subprotocol == "chat.v1"
        assert Client(socket).hello["user"]["id"] == ada.id


def test_a_client_that_offers_several_gets_ours(site: Site, ada: Member) -> None:
    with handshake(
        site, cookie=ada.cookie, origin=origin_of(site), subprotocols=["chat.v9", "chat.v1"]
    ) as socket:
        assert socket.subprotocol == "chat.v1"


def test_offering_none_means_ours(site: Site, ada: Member) -> None:
    with handshake(site, cookie=ada.cookie, origin=origin_of(site), subprotocols=None) as socket:
        assert socket.subprotocol is None
        assert Client(socket).hello["user"]["id"] == ada.id


def test_offering_only_others_is_refused(site: Site, ada: Member) -> None:
    assert (
        status_of_refusal(
            site, cookie=ada.cookie, origin=origin_of(site), subprotocols=["chat.v9", "mqtt"]
        )
        == 403
    )


# --- Identity ---


def test_the_session_cookie_says_who_one_is(site: Site, ada: Member) -> None:
    with handshake(site, cookie=ada.cookie, origin=origin_of(site)) as socket:
        assert Client(socket).hello["user"] == {"id": ada.id, "name": "Ada"}


def test_a_cookie_that_cannot_be_a_sessions_keeps_nobody_else_out(site: Site, ada: Member) -> None:
    # Cookies are unescaped: this one holds a NUL, which Postgres does not take.
    poisoned = '"\\000aaaaaaaa"'
    with (
        handshake(site, cookie=poisoned, origin=origin_of(site)) as socket,
        handshake(site, cookie=ada.cookie, origin=origin_of(site)) as beside,
    ):
        assert Client(beside).hello["user"]["id"] == ada.id
        assert close_code_of(socket) == 4401


def test_a_bearer_token_says_who_one_is_and_needs_no_origin(site: Site, ada: Member) -> None:
    with handshake(site, token=make_token(ada)) as socket:
        assert Client(socket).hello["user"] == {"id": ada.id, "name": "Ada"}


@pytest.mark.parametrize("origin", ["https://elsewhere.invalid", "null"])
def test_with_a_bearer_token_the_origin_is_not_looked_at(
    site: Site, ada: Member, origin: str
) -> None:
    with handshake(site, token=make_token(ada), origin=origin) as socket:
        assert Client(socket).hello["user"]["id"] == ada.id


def test_a_token_in_the_address_counts_for_nothing(site: Site, ada: Member) -> None:
    token = make_token(ada)
    query = f"?token={token}&access_token={token}"
    with handshake(site, origin=origin_of(site), query=query) as socket:
        assert close_code_of(socket) == 4401


def test_one_without_cookie_and_token_is_let_in_and_closed_at_once(site: Site) -> None:
    with handshake(site, origin=origin_of(site)) as socket:
        assert close_code_of(socket) == 4401


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.invalid"])
def test_without_a_cookie_the_origin_is_not_judged(site: Site, origin: str | None) -> None:
    with handshake(site, origin=origin) as socket:
        assert close_code_of(socket) == 4401


@pytest.mark.parametrize("cookie", ["", "nonsense", "x" * 32, "%00", "a" * 4000])
def test_a_cookie_of_no_session_is_closed_with_4401(site: Site, cookie: str) -> None:
    with handshake(site, cookie=cookie, origin=origin_of(site)) as socket:
        assert close_code_of(socket) == 4401


@pytest.mark.parametrize("token", ["nonsense", "", "a b c"])
def test_a_token_that_was_never_issued_is_closed_with_4401(site: Site, token: str) -> None:
    with handshake(site, token=token) as socket:
        assert close_code_of(socket) == 4401


def test_an_expired_session_is_closed_with_4401(site: Site, ada: Member) -> None:
    Session.objects.filter(pk=ada.cookie).update(expire_date=timezone.now() - timedelta(seconds=1))
    with handshake(site, cookie=ada.cookie, origin=origin_of(site)) as socket:
        assert close_code_of(socket) == 4401


def test_a_session_from_before_the_password_was_changed_is_closed_with_4401(
    site: Site, ada: Member
) -> None:
    ada.user.set_password("another-password-altogether")
    ada.user.save()
    with handshake(site, cookie=ada.cookie, origin=origin_of(site)) as socket:
        assert close_code_of(socket) == 4401


def test_an_inactive_member_is_closed_with_4401(site: Site) -> None:
    member = make_member(is_active=False)
    with handshake(site, cookie=member.cookie, origin=origin_of(site)) as socket:
        assert close_code_of(socket) == 4401


def test_an_inactive_members_token_is_closed_with_4401(site: Site) -> None:
    with handshake(site, token=make_token(make_member(is_active=False))) as socket:
        assert close_code_of(socket) == 4401


def test_a_banned_member_is_closed_with_4403(site: Site) -> None:
    member = make_member(banned_at=timezone.now())
    with handshake(site, cookie=member.cookie, origin=origin_of(site)) as socket:
        assert close_code_of(socket) == 4403


def test_a_banned_members_token_is_closed_with_4403(site: Site) -> None:
    with handshake(site, token=make_token(make_member(banned_at=timezone.now()))) as socket:
        assert close_code_of(socket) == 4403


# --- Origin ---


def test_a_cookie_without_origin_is_refused(site: Site, ada: Member) -> None:
    assert status_of_refusal(site, cookie=ada.cookie, origin=None) == 403


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://{host}:{port}",
        "http://{host}",
        "http://{host}:{other_port}",
        "http://elsewhere.invalid:{port}",
        "http://{host}.elsewhere.invalid:{port}",
        "http://elsewhere{host}:{port}",
        "ws://{host}:{port}",
        "{host}:{port}",
        "http://{host}:{port}@elsewhere.invalid",
        "file://",
        "",
        "http://[",
        "http://{host}:port",
    ],
)
def test_a_cookie_with_a_foreign_origin_is_refused(site: Site, ada: Member, origin: str) -> None:
    there = origin.format(host="127.0.0.1", port=site.port, other_port=site.port + 1)
    assert there != origin_of(site), "this one really is foreign"
    assert status_of_refusal(site, cookie=ada.cookie, origin=there) == 403


def test_a_foreign_origin_is_refused_before_the_session_is_judged(site: Site) -> None:
    assert status_of_refusal(site, cookie="nonsense", origin="https://elsewhere.invalid") == 403


def test_a_host_that_is_not_the_sites_own_makes_no_origin_the_sites_own(
    site: Site, ada: Member
) -> None:
    """A name of an attacker's that leads here: its pages' origin and the Host header agree."""
    request = HTTPConnection("127.0.0.1", site.port, timeout=TIMEOUT)
    request.putrequest("GET", "/ws/chat/", skip_host=True)
    for name, value in {
        "Host": f"rebound.invalid:{site.port}",
        "Origin": f"http://rebound.invalid:{site.port}",
        "Cookie": f"sessionid={ada.cookie}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }.items():
        request.putheader(name, value)
    request.endheaders()
    assert request.getresponse().status == 403


def test_a_configured_origin_is_let_in(site: Site, ada: Member) -> None:
    with handshake(site, cookie=ada.cookie, origin=FURTHER_ORIGIN) as socket:
        assert Client(socket).hello["user"]["id"] == ada.id


def test_a_configured_host_with_another_scheme_is_refused(site: Site, ada: Member) -> None:
    foreign = FURTHER_ORIGIN.replace("https://", "http://")
    assert status_of_refusal(site, cookie=ada.cookie, origin=foreign) == 403
