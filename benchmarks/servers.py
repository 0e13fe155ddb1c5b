"""The servers that are measured: how each is started and spoken to."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

from benchmarks.parts import HERE, ROOT, Parts
from tests.parts.part import Part

PEERS = HERE / "peers"
BUILD = HERE / "build"
HEALTH_TIMEOUT = 1  # s


@dataclass(frozen=True)
class Server:
    """One kind of server.

    ``protocol`` is what the load generator speaks with it (benchmarks/load); ``guess`` the
    deliveries a second with which a search for its greatest rate begins; ``settings`` what it finds
    in its environment besides PORT and REDIS_URL.
    """

    name: str
    title: str
    protocol: str
    guess: int
    command: tuple[str, ...]
    settings: Callable[[Parts], dict[str, str]] = lambda parts: {}
    cookies: Callable[[Parts], Path | None] = lambda parts: None
    is_ours: bool = False

    @property
    def acks(self) -> bool:
        """Whether a sender is told when the message is stored."""
        return self.is_ours or self.protocol.endswith("-ack")


def _stored(parts: Parts) -> dict[str, str]:
    return {"DATABASE_URL": parts.peers_url}


def _tutorial(layer: str) -> Callable[[Parts], dict[str, str]]:
    return lambda parts: {
        "SQLITE": str(parts.tutorial_database),
        "CHANNEL_LAYER": layer,
        "PYTHONPATH": str(PEERS),
    }


def _node(file: str) -> tuple[str, ...]:
    return ("node", str(PEERS / file))


DAPHNE = (sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", "{port}")
TUTORIAL = (*DAPHNE, "channels_tutorial:application")
SERVE = (sys.executable, "manage.py", "serve", "--bind", "127.0.0.1:{port}")

OURS = Server(
    "ours", "this site", "chat.v1", 30_000, (*SERVE, "--processes", "1"),
    settings=Parts.site_environment, is_ours=True,
)  # fmt: skip
OURS_TWICE = Server(
    "ours_two", "this site, two processes", "chat.v1", 40_000, (*SERVE, "--processes", "2"),
    settings=Parts.site_environment, is_ours=True,
)  # fmt: skip
# The workloads measure how much the site carries, so without its limits; but for one of them, in
# which who floods it comes from one address, as a proxy says.
OURS_LIMITED = replace(
    OURS,
    name="ours_limited",
    title="this site, with its limits",
    settings=lambda parts: {
        **parts.site_environment(),
        "RATE_LIMITS": "on",
        "TRUSTED_PROXY_COUNT": "1",
    },
)
EPOLL = Server("epoll", "C epoll, one prebuilt frame", "plain", 250_000, (str(BUILD / "epoll"),))
UVLOOP = Server(
    "uvloop", "uvloop by hand, one prebuilt frame", "plain", 200_000,
    (sys.executable, str(PEERS / "uvloop_by_hand.py")),
)  # fmt: skip
NODE_WS = Server("node_ws", "Node ws, in memory", "plain", 90_000, _node("node_ws.js"))
NODE_WS_REDIS = Server(
    "node_ws_redis", "Node ws + Redis", "plain", 90_000, _node("node_ws_redis.js")
)
NODE_WS_REDIS_PG = Server(
    "node_ws_redis_pg", "Node ws + Redis + Postgres", "plain-ack", 60_000,
    _node("node_ws_redis.js"), settings=_stored,
)  # fmt: skip
SOCKETIO_REDIS = Server(
    "socketio_redis", "Socket.IO + Redis", "socketio", 60_000, _node("socketio.js")
)
SOCKETIO_REDIS_PG = Server(
    "socketio_redis_pg", "Socket.IO + Redis + Postgres", "socketio-ack", 50_000,
    _node("socketio.js"), settings=_stored,
)  # fmt: skip
CHANNELS_CORE = Server(
    "channels_core", "Channels tutorial, core layer", "plain", 3_000, TUTORIAL,
    settings=_tutorial("core"), cookies=lambda parts: parts.tutorial_cookies,
)  # fmt: skip
CHANNELS_PUBSUB = Server(
    "channels_pubsub", "Channels tutorial, pubsub layer", "plain", 4_000, TUTORIAL,
    settings=_tutorial("pubsub"), cookies=lambda parts: parts.tutorial_cookies,
)  # fmt: skip

SERVERS = [
    EPOLL, UVLOOP, NODE_WS, NODE_WS_REDIS, SOCKETIO_REDIS, NODE_WS_REDIS_PG, SOCKETIO_REDIS_PG,
    CHANNELS_CORE, CHANNELS_PUBSUB, OURS,
]  # fmt: skip
BY_NAME = {server.name: server for server in [*SERVERS, OURS_TWICE, OURS_LIMITED]}


class RunningServer(Part):
    """A server on a private port, on some cores at some niceness."""

    def __init__(self, server: Server, parts: Parts, cores: tuple[int, ...]) -> None:
        super().__init__()
        self.server = server
        self.parts = parts
        self.cores = cores

    def command(self) -> list[str]:
        """Return the command line."""
        where = ["nice", "-n", str(self.parts.niceness), "taskset", "-c"]
        where.append(",".join(map(str, self.cores)))
        return where + [word.format(port=self.port) for word in self.server.command]

    def environment(self) -> dict[str, str]:
        """Return what it finds in its environment."""
        here = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        common = {"PORT": str(self.port), "REDIS_URL": self.parts.redis.url}
        return {**here, "NODE_ENV": "production", **common, **self.server.settings(self.parts)}

    def ready(self) -> bool:
        """Say whether it takes connections: ours listens some time before it does."""
        if not self.server.is_ours:
            return super().ready()
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=HEALTH_TIMEOUT) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @property
    def working_directory(self) -> Path:
        """Where manage.py is; the peers do not care."""
        return ROOT
