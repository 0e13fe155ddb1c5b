"""The Procfile's own lines against real Postgres and Redis: two members on two processes talk."""

import json
import re
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from tests.deploy.conftest import HOST, PROCESSES, Deployment
from tests.live.client import Client, handshake
from tests.parts.site import ROOT

TRIES = 40  # sockets until two are on different processes


@dataclass
class Router:
    """The platform's router as a client sees it: TLS ends there, and it says so to the site."""

    deployment: Deployment
    url = f"https://{HOST}"
    ws_url = f"ws://{HOST}/ws/chat/"
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}

    def socket_of(self, number: int) -> Client:
        """Open a socket of a member."""
        port = self.deployment.web.port
        return Client(
            handshake(
                self,
                cookie=self.deployment.cookie(number),
                origin=self.url,
                headers=self.headers,
                sock=socket.create_connection(("127.0.0.1", port)),
            )
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        url = f"http://127.0.0.1:{self.deployment.web.port}{path}"
        return httpx.get(url, headers={"Host": HOST, **headers}, trust_env=False)


@pytest.fixture
def router(deployment: Deployment) -> Router:
    """The way to the site."""
    return Router(deployment)


def test_the_release_migrates_the_database(deployment: Deployment) -> None:
    assert "no issues" in deployment.released
    tables = deployment.postgres.query("select count(*) from django_migrations")
    assert int(tables) > 10


def test_a_release_can_be_repeated(deployment: Deployment) -> None:
    release = type(deployment.web)("release", **deployment.web.settings)
    assert "no issues" in release.run()
    release.close()


def test_two_members_on_different_processes_talk(router: Router) -> None:
    with ExitStack() as stack:
        speaker = router.socket_of(0)
        stack.callback(speaker.close)
        there = router.deployment.process_of(speaker.hello["connection"])
        assert there
        for _ in range(TRIES):
            reader = router.socket_of(1)
            stack.callback(reader.close)
            if router.deployment.process_of(reader.hello["connection"]) != there:
                break
        assert router.deployment.process_of(reader.hello["connection"]) != there
        pids = router.deployment.postgres.query("select distinct pid from chat_serverprocess")
        assert len(pids.split()) == PROCESSES
        [room] = [entry["id"] for entry in speaker.hello["rooms"]]
        for turn in range(10):
            for one, other in ((speaker, reader), (reader, speaker)):
                body = f"number {turn}"
                ack = one.acked("send", room=room, client_id=str(uuid4()), body=body)
                assert other.message(room, id=ack["id"])["body"] == body
        for one in (speaker, reader):
            seqs = [row["seq"] for row in one.messages(room)]
            assert seqs == sorted(seqs)


def test_without_tls_one_is_sent_there(router: Router) -> None:
    answer = router.get("/accounts/login/")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{HOST}/accounts/login/"


def test_pages_have_the_headers_that_browsers_heed(router: Router) -> None:
    answer = router.get("/accounts/login/", **router.headers)
    assert answer.status_code == 200
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Secure" in answer.headers["Set-Cookie"]


def test_static_files_are_named_by_content_and_kept_for_good(router: Router) -> None:
    page = router.get("/accounts/login/", **router.headers).text
    names = re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)
    assert names
    for name in names:
        assert re.search(r"\.[a-z2-7]{6}\.", name), name
        answer = router.get(name, **router.headers)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_modules_import_each_other_by_their_hashed_names(router: Router) -> None:
    """From the entry on, every module that a browser would load is there and hashed."""
    manifest = json.loads((router.deployment.static / "staticfiles.json").read_text())["paths"]
    waiting, seen = {f"/static/{manifest['js/begin.js']}"}, set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        answer = router.get(name, **router.headers)
        assert answer.status_code == 200, name
        assert "javascript" in answer.headers["Content-Type"]
        imports = re.findall(r"""(?:from|import)\s*\(?["'](\.{1,2}/[^"']+)["']""", answer.text)
        for wanted in imports:
            path = str(httpx.URL(f"http://x{name}").join(wanted).path)
            assert re.search(r"\.[a-z2-7]{6}\.js$", path), f"{wanted} in {name}"
            waiting |= {path} - seen
    assert len(seen) > 5


def test_health_is_answered_without_tls_and_whatever_the_host(router: Router) -> None:
    for path in ("/healthz", "/readyz"):
        answer = router.get(path, Host="10.0.0.1")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ok"


def test_what_app_json_asks_for_is_what_the_procfile_uses() -> None:
    app = json.loads((ROOT / "app.json").read_text())
    procfile = (ROOT / "Procfile").read_text()
    for name in re.findall(r"\$\{?([A-Z_]+)", procfile):
        assert name == "PORT" or name in app["env"]
    assert set(app["formation"]) <= set(re.findall(r"^(\w+):", procfile, re.MULTILINE))
    example = (ROOT / ".env.example").read_text()
    for name in set(app["env"]) - {"WEB_CONCURRENCY"}:
        assert f"{name}=" in example


def test_a_dyno_that_is_asked_to_end_closes_its_sockets_in_order(router: Router) -> None:
    """The platform sends SIGTERM once a day."""
    web = type(router.deployment.web)("web", **router.deployment.web.settings)
    with web:
        client = Client(
            handshake(
                router,
                cookie=router.deployment.cookie(0),
                origin=router.url,
                headers=router.headers,
                sock=socket.create_connection(("127.0.0.1", web.port)),
            )
        )
        web.stop()
        assert client.close_code() == 4412
