"""What the site writes in its log, at its most talkative: never a secret, never what people say."""

import re
from uuid import uuid4

import httpx
import pytest

from chat.services import links
from tests.factories import PASSWORD, Member, make_room, make_token, make_user, new_name
from tests.live.client import TIMEOUT, Client, handshake, origin_of
from tests.parts.site import Site


@pytest.fixture
def visitor(loud_site: Site) -> httpx.Client:
    """A browser that has not signed in."""
    return httpx.Client(base_url=loud_site.url, timeout=TIMEOUT, trust_env=False)


def signed_in(browser: httpx.Client, login: str, password: str) -> httpx.Response:
    """Send the sign-in form."""
    page = browser.get("/accounts/login/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = {"login": login, "password": password, "csrfmiddlewaretoken": token[1]}
    return browser.post("/accounts/login/", data=form)


def test_no_secret_and_nothing_that_was_said_is_in_the_log(
    loud_site: Site, visitor: httpx.Client, ada: Member, bob: Member
) -> None:
    secret = {
        "password": f"wrong-{uuid4()}",
        "body": f"said-{uuid4()}",
        "draft": f"draft-{uuid4()}",
    }
    room = make_room("private", [bob], owner=ada)
    user = make_user(email=f"{new_name('me')}@example.org")
    _link, secret["link"] = links.create(ada.user, room.pk, expires_in=None, uses_max=None)
    secret["token"] = make_token(bob)

    # Signing in, wrongly and rightly, and asking for a new password.
    signed_in(visitor, user.username, secret["password"])
    signed_in(visitor, user.username, PASSWORD)
    secret["session"], secret["csrf"] = visitor.cookies["sessionid"], visitor.cookies["csrftoken"]
    visitor.post(
        "/accounts/password/reset/",
        data={"email": user.email, "csrfmiddlewaretoken": secret["csrf"]},
    )
    headers = {"X-CSRFToken": secret["csrf"], "Origin": origin_of(loud_site)}
    visitor.post("/api/v1/links/use", json={"token": secret["link"]}, headers=headers)

    # Over the API: what is right, what is wrong, and what is refused.
    bearer = {"Authorization": f"Bearer {secret['token']}"}
    path = f"/api/v1/rooms/{room.pk}/messages"
    for fields in (
        {"client_id": str(uuid4()), "body": secret["body"]},
        {"client_id": secret["body"], "body": secret["body"]},
        {"client_id": str(uuid4()), "body": secret["body"], "reply_to": 10**30},
    ):
        visitor.post(path, json=fields, headers=bearer)
    visitor.put(f"/api/v1/rooms/{room.pk}/draft", json={"body": secret["draft"]}, headers=bearer)
    visitor.post(path, content=secret["body"], headers=bearer)
    visitor.get("/api/v1/users", params={"q": secret["body"]}, headers=bearer)

    # Over a socket, likewise; and one with a token that is none.
    client = Client.of(loud_site, ada)
    client.acked("send", room=room.pk, client_id=str(uuid4()), body=secret["body"])
    client.refused("send", room=10**9, client_id=str(uuid4()), body=secret["body"])
    client.socket.send(f'{{"type": "send", "body": "{secret["body"]}"')
    client.settle()
    client.close()
    secret["wrong token"] = f"wrong-{uuid4()}"
    handshake(loud_site, token=secret["wrong token"]).close()

    said = loud_site.log.read_text(errors="replace")
    assert said
    assert [name for name, value in {**secret, "cookie": ada.cookie}.items() if value in said] == []
    assert "password/reset/key/" not in said
