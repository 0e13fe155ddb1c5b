"""python manage.py serve: what it refuses in words, and the site it serves."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.postgres import Postgres
from tests.parts.redis import Redis
from tests.parts.site import ROOT, Site, site_environment
from tests.server.raw import wait_for


def refusal(*arguments: str, **settings: str) -> tuple[int, str]:
    """Exit code and words of a `serve` that must not start."""
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", *arguments],
        cwd=ROOT,
        env=site_environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    [sentence] = done.stderr.splitlines()
    return done.returncode, sentence


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated SQLite database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('serve') / 'chat.sqlite3'}"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=site_environment(DATABASE_URL=url),
        check=True,
    )
    return url


def test_two_processes_without_redis() -> None:
    code, sentence = refusal("--processes", "2")
    assert code == 2
    assert "need Redis" in sentence
    assert "REDIS_URL" in sentence


def test_no_process_at_all() -> None:
    assert refusal("--processes", "0") == (2, "CommandError: --processes must be at least 1.")


def test_no_address() -> None:
    code, sentence = refusal("--bind", "somewhere")
    assert code == 1
    assert "somewhere is not an address: write HOST:PORT" in sentence


def test_a_database_that_cannot_be_reached() -> None:
    code, sentence = refusal(DATABASE_URL="postgres://chat@127.0.0.1:1/chat")
    assert code == 1
    assert "The database cannot be reached" in sentence


def test_a_database_without_migrations(tmp_path: Path) -> None:
    code, sentence = refusal(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert code == 1
    assert "run python manage.py migrate first" in sentence


def test_a_port_in_use(migrated: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, sentence = refusal("--bind", f"127.0.0.1:{port}", DATABASE_URL=migrated)
    assert code == 1
    assert sentence == f"CommandError: Port {port} on 127.0.0.1 is already in use."


def test_a_setting_that_cannot_be_read() -> None:
    code, sentence = refusal(DATABASE_URL="mongodb://nowhere")
    assert code == 1
    assert "DATABASE_URL must begin with" in sentence


# --- With the real parts --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with Redis() as running:
        yield running


@pytest.fixture(scope="module")
def site(postgres: Postgres, redis: Redis) -> Iterator[Site]:
    """The real site in two processes."""
    parts = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "DEBUG": "on"}
    site = Site(processes=2, **parts)
    site.manage("migrate", "--verbosity", "0")
    with site:
        yield site


def get(site: Site, path: str) -> tuple[int, dict, float]:
    """Status, facts, and the time the answer took in s."""
    began = time.monotonic()
    try:
        with urllib.request.urlopen(site.url + path, timeout=10) as answer:
            return answer.status, json.load(answer), time.monotonic() - began
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused), time.monotonic() - began


def readiness(site: Site) -> str:
    return get(site, "/readyz")[1]["status"]


def test_the_address_is_printed_once_the_processes_are_ready(site: Site) -> None:
    sentence = f"Serving on http://127.0.0.1:{site.port} (2 processes)"
    wait_for(lambda: sentence in site.log.read_text(), "the address")
    assert "Traceback" not in site.log.read_text()


def test_with_all_parts_it_is_ready(site: Site) -> None:
    wait_for(lambda: readiness(site) == "ok", "ready")
    status, facts, _ = get(site, "/readyz")
    assert (status, facts) == (200, {"status": "ok", "database": "ok", "redis": "ok"})


def test_a_frozen_redis_is_told_and_the_site_stays_ready(site: Site, redis: Redis) -> None:
    redis.signal(signal.SIGSTOP)
    try:
        wait_for(lambda: readiness(site) == "degraded", "degraded")
        status, facts, seconds = get(site, "/readyz")
        assert (status, facts["redis"]) == (200, "no answer within 1.5 s")
        assert seconds < 2
    finally:
        redis.signal(signal.SIGCONT)
    wait_for(lambda: readiness(site) == "ok", "whole again")


def test_a_frozen_database_is_told_within_two_seconds(site: Site, postgres: Postgres) -> None:
    postgres.signal(signal.SIGSTOP)
    try:
        wait_for(lambda: readiness(site) == "unavailable", "unavailable")
        status, facts, seconds = get(site, "/readyz")
        assert (status, facts["database"]) == (503, "no answer within 1.5 s")
        assert seconds < 2
        assert get(site, "/healthz")[:2] == (200, {"status": "ok"})
    finally:
        postgres.signal(signal.SIGCONT)
    wait_for(lambda: readiness(site) == "ok", "whole again")


def test_it_ends_in_order_with_0(site: Site) -> None:
    assert site.stop() == 0
