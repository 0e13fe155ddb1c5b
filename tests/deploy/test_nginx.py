"""Behind a real nginx with the documented configuration, over TLS."""

import json
import re
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from chat.views.glimpse import GLIMPSED
from tests.deploy.conftest import Deployment
from tests.live.client import Client, handshake
from tests.parts.nginx import Nginx
from tests.views.test_weight import FONTS, MOST

BROWSERS_TAKE = "gzip, deflate, br"
SCRIPTS_MOST = 60_000  # bytes


def open_socket(nginx: Nginx, cookie: str) -> Client:
    """Open a socket over TLS."""
    return Client(handshake(nginx, cookie=cookie, origin=nginx.url, tls=nginx.trust))


def browser(nginx: Nginx, cookie: str = "") -> httpx.Client:
    """Return a client that trusts the certificate."""
    return httpx.Client(
        base_url=nginx.url,
        verify=nginx.trust,
        cookies={"__Host-sessionid": cookie},
        trust_env=False,
    )


def test_two_members_talk_over_wss(deployment: Deployment, nginx: Nginx) -> None:
    one, other = (open_socket(nginx, deployment.cookie(number)) for number in (0, 1))
    [room] = [entry["id"] for entry in one.hello["rooms"]]
    for speaker, reader in ((one, other), (other, one)):
        ack = speaker.acked("send", room=room, client_id=str(uuid4()), body="through nginx")
        assert reader.message(room, id=ack["id"])["body"] == "through nginx"
    one.close()
    other.close()


def test_a_frame_of_the_limit_comes_through(deployment: Deployment, nginx: Nginx) -> None:
    socket = open_socket(nginx, deployment.cookie(0))
    assert socket.ask("ping", padding="x" * 60_000)["type"] == "pong"
    socket.close()


def test_a_foreign_origin_is_refused_there_too(deployment: Deployment, nginx: Nginx) -> None:
    for origin in (None, "null", "https://elsewhere.invalid", nginx.url.replace("https", "http")):
        with pytest.raises(InvalidStatus) as refusal:
            handshake(nginx, cookie=deployment.cookie(0), origin=origin, tls=nginx.trust)
        assert refusal.value.response.status_code == 403


def test_pages_forms_and_files_work(deployment: Deployment, nginx: Nginx) -> None:
    with browser(nginx, deployment.cookie(2)) as member:
        page = member.get("/rooms/")
        assert page.status_code == 200
        assert "Strict-Transport-Security" in page.headers
        answer = member.post(
            "/accounts/logout/",
            headers={"Origin": nginx.url, "X-CSRFToken": member.cookies["__Host-csrftoken"]},
        )
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.headers["Location"]


def test_every_cookie_belongs_to_this_host_alone_and_goes_over_tls_alone(
    deployment: Deployment, nginx: Nginx
) -> None:
    with browser(nginx) as visitor:
        answers = [visitor.get("/accounts/login/")]
        token = visitor.cookies["__Host-csrftoken"]
        form = {"username": "newcomer", "password1": "a-password-of-their-own"}
        headers = {"Origin": nginx.url, "X-CSRFToken": token}
        answers.append(visitor.post("/accounts/signup/", data=form, headers=headers))
    set_cookies = [line for answer in answers for line in answer.headers.get_list("Set-Cookie")]
    named = {line.partition("=")[0]: line for line in set_cookies}
    assert {"__Host-sessionid", "__Host-csrftoken", "__Host-known"} <= named.keys()
    for name, line in named.items():
        attributes = {part.strip() for part in line.split(";")[1:]}
        assert name.startswith("__Host-")
        assert {"Secure", "Path=/", "SameSite=Lax"} <= attributes, line
        assert not any(part.startswith("Domain") for part in attributes), line
        # Scripts read the CSRF token, to show it in a header that another site cannot send.
        assert ("HttpOnly" in attributes) == (name != "__Host-csrftoken"), line


def test_every_answer_carries_the_security_headers(deployment: Deployment, nginx: Nginx) -> None:
    with browser(nginx, deployment.cookie(2)) as member:
        for path in ("/rooms/", "/accounts/login/", "/nothing/", "/api/v1/me", "/admin/"):
            headers = member.get(path).headers
            assert headers["Strict-Transport-Security"].startswith("max-age=31536000"), path
            assert headers["Referrer-Policy"] == "same-origin", path
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["X-Frame-Options"] == "DENY", path
            assert "camera=()" in headers["Permissions-Policy"], path
            policy = headers["Content-Security-Policy"]
            for directive in ("object-src", "frame-ancestors", "base-uri", "default-src"):
                assert f"{directive} 'none'" in policy, path
            assert "unsafe" not in policy, path


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_static_files_come_from_nginx_compressed_and_kept_for_good(
    deployment: Deployment, nginx: Nginx, coding: str
) -> None:
    with browser(nginx) as visitor:
        [name, *_] = re.findall(
            r'href="(/static/[^"#]+\.css)"', visitor.get("/accounts/login/").text
        )
        answer = visitor.get(name, headers={"Accept-Encoding": coding})
    assert answer.status_code == 200
    assert answer.headers["Server"].startswith("nginx")
    assert answer.headers["Content-Encoding"] == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/css")


def test_static_files_come_as_they_are_where_that_is_all_there_is(
    deployment: Deployment, nginx: Nginx
) -> None:
    named = json.loads((deployment.static / "staticfiles.json").read_text())["paths"]
    font, script = named["fonts/bitter-5.3.0/latin.woff2"], named["js/chat.js"]
    with browser(nginx) as visitor:
        for name, codings in ((font, BROWSERS_TAKE), (script, "identity")):
            answer = visitor.get(f"/static/{name}", headers={"Accept-Encoding": codings})
            assert answer.content == (deployment.static / name).read_bytes()
            assert "Content-Encoding" not in answer.headers
            assert "immutable" in answer.headers["Cache-Control"]
        assert visitor.get("/static/nothing.js").status_code == 404


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_the_first_page_of_a_room_weighs_less_than_150_kilobytes(
    deployment: Deployment, nginx: Nginx, language: str
) -> None:
    named = json.loads((deployment.static / "staticfiles.json").read_text())["paths"]
    headers = {"Accept-Encoding": BROWSERS_TAKE, "Accept-Language": language}
    [room] = deployment.seeded["rooms"]
    with browser(nginx, deployment.cookie(1)) as member:
        page = member.get(f"/rooms/{room['slug']}/", headers=headers)
        assert page.text.count('class="message"') == GLIMPSED
        assert f'<html lang="{language}"' in page.text
        files = set(re.findall(r'(?:href|src|data-icons)="/static/([^"#]+)', page.text))
        files |= {named[f"fonts/{font}"] for font in FONTS}
        scripts = {name for name in files if name.endswith(".js")}
        assert len(scripts) > 50
        weight = {name: loaded(member, f"/static/{name}", headers) for name in files}
    assert sum(weight[name] for name in scripts) < SCRIPTS_MOST
    assert page.num_bytes_downloaded + sum(weight.values()) < MOST


def loaded(member: httpx.Client, path: str, headers: dict[str, str]) -> int:
    """Return the bytes of a file as it comes over the wire, without its headers."""
    answer = member.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.num_bytes_downloaded


def test_without_tls_one_is_sent_there(deployment: Deployment, nginx: Nginx) -> None:
    answer = httpx.get(f"{nginx.plain_url}/rooms/", trust_env=False)
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("https://localhost")


def test_a_forged_forwarded_header_changes_nothing(deployment: Deployment, nginx: Nginx) -> None:
    """What a client claims of itself comes before what nginx appends, and is not believed."""
    with browser(nginx) as visitor:
        answer = visitor.get(
            "/accounts/login/",
            headers={"X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1"},
        )
        assert answer.status_code == 200, "nginx says https, whatever the client says"
