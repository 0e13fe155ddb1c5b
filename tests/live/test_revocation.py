"""A session that ends takes its sockets with it; one who is banned is off at once."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from accounts.models import ApiToken
from chat.models import Room, Sanction
from chat.services import bans
from tests.factories import PASSWORD, Member, make_moderator, make_token, sign_in
from tests.live.client import Client, close_code_of, handshake
from tests.live.conftest import Browse, Connect, OnEveryProcess
from tests.parts.site import Site

# s; what no event tells is found by the hub's clock
WITHIN = 10


def assert_lives(client: Client) -> None:
    """Fail unless the socket still answers."""
    assert client.ask("ping")["type"] == "pong"


def test_signing_out_closes_the_sockets_of_that_session_alone(
    connect: Connect, browse: Browse, ada: Member
) -> None:
    elsewhere = Member(ada.user, sign_in(ada.user))
    phone, tablet = connect(ada), connect(ada)
    desk = connect(elsewhere)
    assert browse(ada).post("/accounts/logout/").status_code < 400
    assert phone.close_code(WITHIN) == 4401
    assert tablet.close_code(WITHIN) == 4401
    assert_lives(desk)


def test_ending_another_session_closes_its_sockets(
    connect: Connect, browse: Browse, ada: Member
) -> None:
    elsewhere = Member(ada.user, sign_in(ada.user))
    assert browse(elsewhere).get("/rooms/").is_success, "the site has seen this session"
    lost, desk = connect(elsewhere), connect(ada)
    browser = browse(ada)
    assert browser.get("/rooms/").is_success
    seen = UserSession.objects.get(session_key=elsewhere.cookie)
    answer = browser.post(f"/accounts/sessions/{seen.pk}/end/")
    assert answer.status_code < 400, answer.text
    assert lost.close_code(WITHIN) == 4401
    assert_lives(desk)


def test_another_password_closes_the_sockets_of_all_other_sessions(
    connect: Connect, browse: Browse, ada: Member
) -> None:
    elsewhere = Member(ada.user, sign_in(ada.user))
    lost = connect(elsewhere)
    answer = browse(ada).post(
        "/accounts/password/change/",
        data={"oldpassword": PASSWORD, "password1": "yellow-submarine-42",
              "password2": "yellow-submarine-42"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    assert lost.close_code(WITHIN) == 4401


def test_a_password_set_by_a_command_closes_the_sockets(connect: Connect, ada: Member) -> None:
    """Nobody announces it: the hub finds out by itself."""
    socket = connect(ada)
    ada.user.set_password("another-password-altogether")
    ada.user.save()
    assert socket.close_code(WITHIN) == 4401


def test_a_deactivated_members_sockets_close(connect: Connect, ada: Member) -> None:
    socket = connect(ada)
    type(ada.user).objects.filter(pk=ada.id).update(is_active=False)
    assert socket.close_code(WITHIN) == 4401


def test_a_session_gone_from_the_database_closes_its_sockets(connect: Connect, ada: Member) -> None:
    socket = connect(ada)
    Session.objects.filter(pk=ada.cookie).delete()
    assert socket.close_code(WITHIN) == 4401


def test_a_banned_members_sockets_close_with_4403_on_every_process(
    on_every_process: OnEveryProcess, ada: Member
) -> None:
    sockets = on_every_process(ada)
    bans.ban(make_moderator().user, ada.id, "spam")
    assert [socket.close_code(WITHIN) for socket in sockets] == [4403] * len(sockets)


def test_a_ban_that_is_over_keeps_no_token_from_a_socket(site: Site, ada: Member) -> None:
    token = make_token(ada)
    bans.ban(make_moderator().user, ada.id, "spam", timezone.now() + timedelta(hours=1))
    with handshake(site, token=token) as socket:
        assert close_code_of(socket) == 4403
    Sanction.objects.filter(user=ada.user).update(ends_at=timezone.now() - timedelta(hours=1))
    with handshake(site, token=token) as socket:
        assert Client(socket).hello["user"]["id"] == ada.id


def test_a_revoked_token_closes_its_sockets(site: Site, ada: Member) -> None:
    token = make_token(ada)
    with handshake(site, token=token) as socket:
        client = Client(socket)
        ApiToken.objects.filter(user=ada.id).delete()
        assert client.close_code(WITHIN) == 4401


def test_nothing_is_sent_after_the_end(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    leaver, speaker = connect(bob), connect(ada)
    browse(bob).post("/accounts/logout/")
    sent = []
    with suppress(ConnectionClosed):
        leaver.close_code(WITHIN)
    for _ in range(3):
        sent.append(speaker.acked("send", room=room.pk, client_id=str(uuid4()), body="hi")["id"])
    assert not set(sent) & {row["id"] for row in leaver.messages(room.pk)}


def test_commands_after_the_end_change_nothing(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    socket = connect(bob)
    browse(bob).post("/accounts/logout/")
    with suppress(ConnectionClosed):
        socket.close_code(WITHIN)
        socket.send("send", room=room.pk, client_id=str(uuid4()), body="from beyond")
    room.refresh_from_db()
    assert room.last_seq == 0
