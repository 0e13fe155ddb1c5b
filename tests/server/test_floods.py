"""Floods of requests are refused ahead of the application, by session and by address."""

import asyncio
import json

import pytest

from chat.live import limits
from chatsite import floods
from chatsite.floods import REQUESTS, REQUESTS_EACH, FloodGate

HOME, AWAY = "8.8.8.8", "9.9.9.9"


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
    monkeypatch.setattr(limits, "monotonic", lambda: now[0])
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


class SlowSite:
    """Answers nobody before it is told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.goes_on = asyncio.Event()

    async def __call__(self, scope, receive, send) -> None:
        self.begun.append(scope["path"])
        await self.goes_on.wait()
        await site(scope, receive, send)


async def test_no_more_are_answered_at_once_than_have_a_connection_and_a_half_of_one_member(
    settings,
):
    settings.REQUESTS_AT_ONCE = 4
    slow = SlowSite()
    gate = FloodGate(slow)
    async with asyncio.TaskGroup() as asking:
        for number in range(40):
            asking.create_task(Visitor(gate, "a" * 32).ask(f"/a{number}/"))
        await settled()
        assert slow.begun == ["/a0/", "/a1/"]
        for number in range(3):
            asking.create_task(Visitor(gate, "b" * 32).ask(f"/b{number}/"))
        await settled()
        assert slow.begun == ["/a0/", "/a1/", "/b0/", "/b1/"]
        asking.create_task(Visitor(gate, "c" * 32).ask("/c/"))
        asking.create_task(Visitor(gate, "c" * 32).ask("/static/chat.js"))
        await settled()
        assert slow.begun[4:] == ["/static/chat.js"]
        slow.goes_on.set()
    assert len(slow.begun) == 45
    assert slow.begun.index("/c/") < 10, "who waits longer comes first, and nobody twice before"


async def settled() -> None:
    """Let everything that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)
