"""Floods of requests are refused ahead of the application, by session and by address."""

import json

import pytest

from chatsite import floods
from chatsite.floods import REQUESTS, REQUESTS_EACH, FloodGate

HOME, AWAY = "198.51.100.7", "203.0.113.9"


async def site(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Visitor:
    """Asks for pages from one address, with one cookie or none."""

    def __init__(self, gate: FloodGate, cookie: str = "", address: str = HOME) -> None:
        self.gate = gate
        headers = [(b"cookie", f"sessionid={cookie}".encode())] if cookie else []
        self.scope = {"type": "http", "client": [address, 5000], "headers": headers}

    async def ask(self, path: str = "/rooms/") -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[dict] = []

        async def send(message: dict) -> None:
            sent.append(message)

        await self.gate(self.scope | {"path": path}, None, send)
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]

    async def refused_after(self, times: int) -> None:
        """Ask so often; then the next one, and no earlier one, is refused."""
        assert {(await self.ask())[0] for _ in range(times)} == {200}
        assert (await self.ask())[0] == 429


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that stands still, and no wait before a refusal."""
    now = [1000.0]
    monkeypatch.setattr(floods, "monotonic", lambda: now[0])
    monkeypatch.setattr(floods, "HELD_FOR", 0)
    return now


@pytest.fixture
def gate(settings) -> FloodGate:
    settings.RATE_LIMITS = True
    settings.SOCKETS_PER_ADDRESS = 200
    return FloodGate(site)


async def test_a_session_asks_so_often_and_is_told_when_to_come_back(gate, clock):
    visitor = Visitor(gate, "a" * 32)
    await visitor.refused_after(REQUESTS.burst)
    status, headers, body = await visitor.ask()
    told = json.loads(body)
    assert (status, told["code"], headers[b"retry-after"]) == (429, "rate_limited", b"1")
    assert (await Visitor(gate, "b" * 32).ask())[0] == 200
    clock[0] += told["retry_after"]
    assert (await visitor.ask())[0] == 200


async def test_a_made_up_session_for_each_request_helps_nobody(gate):
    most = int(REQUESTS_EACH.burst * 200)
    for number in range(most):
        assert (await Visitor(gate, f"{number:032}", AWAY).ask())[0] == 200
    assert (await Visitor(gate, "c" * 32, AWAY).ask())[0] == 429
    assert (await Visitor(gate, "d" * 32, HOME).ask())[0] == 200


async def test_what_a_proxy_that_we_know_nothing_of_sends_has_no_address(gate):
    visitor = Visitor(gate, address="10.0.0.7")
    assert {(await visitor.ask())[0] for _ in range(1000)} == {200}


async def test_files_and_a_site_without_limits_are_not_counted(gate, settings):
    visitor = Visitor(gate, "a" * 32)
    assert {(await visitor.ask("/static/chat.js"))[0] for _ in range(1000)} == {200}
    settings.RATE_LIMITS = False
    assert {(await visitor.ask())[0] for _ in range(1000)} == {200}


async def test_who_asks_on_at_each_refusal_is_refused_slowly(gate, monkeypatch):
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(floods, "sleep", sleep)
    monkeypatch.setattr(floods, "HELD_FOR", 1.0)
    await Visitor(gate, "a" * 32).refused_after(REQUESTS.burst)
    assert waited == [1.0]
