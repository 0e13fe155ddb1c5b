"""The site itself, as its users run it: a server on a private port."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.parts.part import Part, PartFailed, answers

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET_KEY = "of-the-tests-and-long-enough-for-check-deploy-0123456789"


def site_environment(**settings: str) -> dict[str, str]:
    """Return a site's environment: ours without what would configure it, and ``settings``.

    What is not set is set empty, so that a developer's own .env plays no part in tests.
    """
    configuring = {
        "DATABASE_URL": "", "REDIS_URL": "", "EMAIL_URL": "", "CSRF_TRUSTED_ORIGINS": "",
        "SITE_URL": "", "ADMIN_PATH": "", "STAFF_TWO_FACTOR": "off", "TRUSTED_PROXY_COUNT": "0",
        "RATE_LIMITS": "on", "DEBUG": "off", "HTTPS": "off",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver", "SECRET_KEY": SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "chatsite.settings", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    return {**os.environ, **configuring, **settings}


@cache
def collected() -> str:
    """Return the directory with the static files as a deployed site serves them.

    Outside DEBUG pages name them by their content, which collectstatic finds out in some ten
    seconds: once for all sites of this run.
    """
    directory, owner = tempfile.mkdtemp(prefix="chat-static-"), os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(directory, ignore_errors=True))
    manage(
        site_environment(STATIC_ROOT=directory), "collectstatic", "--noinput", "--verbosity", "0"
    )
    return directory


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a management command; return what it printed. Raises PartFailed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise PartFailed(f"manage.py {' '.join(arguments)}: {done.stderr}{done.stdout}")
    return done.stdout


class Site(Part):
    """``url`` and ``ws_url`` are its addresses. Needs a migrated database.

    With ``plain_daphne`` it runs under stock Daphne instead of ``manage.py serve``.
    """

    def __init__(self, *, processes: int = 1, plain_daphne: bool = False, **settings: str) -> None:
        super().__init__()
        self.processes = processes
        self.plain_daphne = plain_daphne
        self.settings = {
            "MEDIA_ROOT": str(self.directory / "media"),
            **settings,
        }

    @property
    def host(self) -> str:
        """Host and port, as a browser's address bar has them."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where pages are; no slash at the end."""
        return f"http://{self.host}"

    @property
    def ws_url(self) -> str:
        """Where the live protocol is spoken."""
        return f"ws://{self.host}/ws/chat/"

    @property
    def working_directory(self) -> Path:
        return ROOT

    def environment(self) -> dict[str, str]:
        return site_environment(**self.settings)

    def command(self) -> list[str]:
        if self.plain_daphne:
            return [
                sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port),
                "chatsite.asgi:application",
            ]  # fmt: skip
        return [
            sys.executable, "manage.py", "serve",
            "--bind", self.host, "--processes", str(self.processes),
        ]  # fmt: skip

    def prepare(self) -> None:
        if self.settings.get("DEBUG") != "on":
            self.settings.setdefault("STATIC_ROOT", collected())

    def manage(self, *arguments: str) -> str:
        """Run a management command with this site's settings; return what it printed."""
        return manage(self.environment(), *arguments)

    def ready(self) -> bool:
        return answers(f"{self.url}/healthz")
