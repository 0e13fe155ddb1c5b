"""/healthz and /readyz, as whoever runs the site sees them."""

import asyncio
import json
import threading
import time

import pytest

from chatsite.health import HealthChecks, NotConfigured, Probe


async def site(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


async def get(application: HealthChecks, path: str) -> tuple[int, dict]:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    await application({"type": "http", "path": path}, None, send)
    assert (b"cache-control", b"no-store") in sent[0]["headers"] or sent[0]["status"] == 418
    return sent[0]["status"], json.loads(sent[1]["body"])


def checks(database=lambda: None, redis=lambda: None) -> HealthChecks:
    application = HealthChecks(site)
    application._database = Probe("The database", database, 0.3)
    application._redis = Probe("Redis", redis, 0.3)
    return application


def fails() -> None:
    raise ConnectionRefusedError("secret-host:5432 refused")


async def test_the_process_is_alive_whatever_the_rest() -> None:
    assert await get(checks(database=fails, redis=fails), "/healthz") == (200, {"status": "ok"})


async def test_ready_when_all_answer() -> None:
    assert await get(checks(), "/readyz") == (
        200,
        {"status": "ok", "database": "ok", "redis": "ok"},
    )


async def test_not_ready_without_the_database_and_no_secret_is_told() -> None:
    status, facts = await get(checks(database=fails), "/readyz")
    assert (status, facts["status"]) == (503, "unavailable")
    assert facts["database"] == "cannot be reached"


async def test_degraded_without_redis() -> None:
    status, facts = await get(checks(redis=fails), "/readyz")
    assert (status, facts["status"]) == (200, "degraded")
    assert facts["redis"] == "cannot be reached"


async def test_a_site_without_redis_is_whole() -> None:
    def absent() -> None:
        raise NotConfigured

    status, facts = await get(checks(redis=absent), "/readyz")
    assert (status, facts["status"], facts["redis"]) == (200, "ok", "not configured")


async def test_a_part_that_hangs_is_not_waited_for_and_asked_once_alone() -> None:
    asked, go_on = [], threading.Event()

    def hangs() -> None:
        asked.append(1)
        go_on.wait(10)

    application = checks(database=hangs)
    try:
        for _ in range(2):
            began = time.monotonic()
            answers = await asyncio.gather(*(get(application, "/readyz") for _ in range(5)))
            assert time.monotonic() - began < 2
            assert {status for status, _ in answers} == {503}
            assert answers[0][1]["database"] == "no answer within 0.3 s"
        assert asked == [1]
    finally:
        go_on.set()


async def test_an_answer_is_fresh_for_a_second() -> None:
    asked: list[int] = []
    application = checks(database=lambda: asked.append(1))
    for _ in range(20):
        await get(application, "/readyz")
    assert asked == [1]


async def test_a_failure_is_logged_once_and_so_is_the_recovery(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatsite.health.FRESH", 0)
    healthy = False

    def check() -> None:
        if not healthy:
            fails()

    application = checks(redis=check)
    for _ in range(3):
        await get(application, "/readyz")
    healthy = True
    for _ in range(3):
        await get(application, "/readyz")
    assert [record.getMessage() for record in caplog.records] == [
        "Redis: cannot be reached",
        "Redis: ok",
    ]


async def test_other_paths_are_the_sites() -> None:
    assert (await get(checks(), "/healthz/"))[0] == 418
