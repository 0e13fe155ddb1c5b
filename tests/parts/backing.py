"""What the tests of one run rest on, by SITE: embedded (the default) or production.

embedded: SQLite in a temporary file and nothing else, one server process.
production: a Postgres and a Redis of its own, two server processes.

The tests and the server under test share one database, pytest-django's; `url_under_test`
is its address. A worker of pytest-xdist uses the parts that the first process started.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.parts.postgres import Postgres
from tests.parts.redis import Redis
from tests.parts.site import SECRET_KEY, site_environment

KIND = os.environ.get("SITE", "embedded")
# Besides its own, the site under test trusts this one.
FURTHER_ORIGIN = "https://chat.elsewhere.example"
PROCESSES = {"embedded": 1, "production": 2}[KIND]


def provide() -> None:
    """Start what SITE names, and make the environment describe it. Once a run."""
    if os.environ.get("SITE_PROVIDED") != "yes":
        directory = Path(tempfile.mkdtemp(prefix="chat-tests-"))
        atexit.register(_remove, directory, os.getpid())
        files = {name: directory / name for name in ("STATIC_ROOT", "MEDIA_ROOT")}
        for path in files.values():
            path.mkdir()
        os.environ |= site_environment(**{name: str(path) for name, path in files.items()})
        os.environ |= _production() if KIND == "production" else _embedded(directory)
        os.environ["SITE_PROVIDED"] = "yes"
    assert os.environ["SECRET_KEY"] == SECRET_KEY


def url_under_test(connected: dict[str, Any]) -> str:
    """Return the address of the database that Django's connection settings ``connected`` name."""
    if connected["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{connected['NAME']}"
    return "postgres://{USER}@{HOST}:{PORT}/{NAME}".format_map(connected)


def site_settings(database_url: str) -> dict[str, str]:
    """Return the settings of a site on ``database_url`` and the other parts of this run."""
    # By default as bin/run has it; otherwise as a deployed one, but for TLS.
    debug = "on" if KIND == "embedded" else "off"
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ["REDIS_URL"],
        "DEBUG": debug,
        "CSRF_TRUSTED_ORIGINS": FURTHER_ORIGIN,
    }


def _production() -> dict[str, str]:
    return {"DATABASE_URL": Postgres().start().url, "REDIS_URL": Redis().start().url}


def _embedded(directory: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{directory}/chat.sqlite3"}


def _remove(directory: Path, owner: int) -> None:
    """At exit: a fork of the test process must not remove what the test process uses."""
    if os.getpid() == owner:
        shutil.rmtree(directory, ignore_errors=True)
