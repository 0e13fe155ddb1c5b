"""The site deployed as the documentation says: the Procfile's own lines, Postgres, Redis, TLS."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.parts.nginx import Nginx
from tests.parts.postgres import Postgres
from tests.parts.procfile import Procfile
from tests.parts.redis import Redis

HOST = "chat.example.org"
PROCESSES = 2


@dataclass
class Deployment:
    """A deployed site: its parts, and members who are signed in to it."""

    postgres: Postgres
    redis: Redis
    web: Procfile
    released: str  # what the release printed
    seeded: dict[str, Any]  # what `seed` wrote
    static: Path

    def cookie(self, number: int) -> str:
        """Return the session cookie of a member."""
        return str(self.seeded["members"][number]["cookie"])

    def process_of(self, connection: str) -> str:
        """Return the server process that has a socket, by what its hello calls it."""
        sql = f"select process_id from chat_connection where id = '{connection}'"
        return self.postgres.query(sql).strip()


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A platform's deploy: build, release, then two server processes."""
    directory = tmp_path_factory.mktemp("deployment")
    with Postgres() as postgres, Redis() as redis:
        settings = {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "WEB_CONCURRENCY": str(PROCESSES),
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "TRUSTED_PROXY_COUNT": "1",
            "STATIC_ROOT": str(directory / "static"),
            "MEDIA_ROOT": str(directory / "media"),
        }
        release = Procfile("release", **settings)
        release.manage("collectstatic", "--noinput", "--verbosity", "0")
        released = release.run()
        sessions = directory / "sessions.json"
        release.manage(
            "seed", "--members=3", "--rooms=1", "--rooms-per-member=1", "--messages=60",
            f"--sessions={sessions}", "--yes",
        )  # fmt: skip
        release.close()
        with Procfile("web", **settings) as web:
            seeded = json.loads(sessions.read_text())
            yield Deployment(postgres, redis, web, released, seeded, directory / "static")


@pytest.fixture(scope="session")
def nginx(deployment: Deployment) -> Iterator[Nginx]:
    """The documented nginx in front of it."""
    with Nginx(deployment.web.port, deployment.static) as running:
        yield running
