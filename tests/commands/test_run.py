"""bin/run from a clean clone, on a machine that has nothing but Python."""

import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.live.client import Client, handshake
from tests.parts.part import POLL, free_port
from tests.parts.site import ROOT

INSTALLING = 300  # s, for the first start
STARTING = 5  # s, for any later one, of a processor that is ours alone
SHOULD_HAVE_ENDED = 30  # s
# What a developer's shell may have set, and a person who tries the site has not.
UNSET = ("DEBUG", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "HTTPS", "ALLOWED_HOSTS",
         "EMAIL_URL", "CSRF_TRUSTED_ORIGINS", "STATIC_ROOT", "MEDIA_ROOT", "RATE_LIMITS",
         "TRUSTED_PROXY_COUNT", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV")  # fmt: skip


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a person who has just cloned the project."""
    return {name: value for name, value in os.environ.items() if name not in UNSET} | more


class Run:
    """bin/run in a clone, from its start until it serves or ends."""

    def __init__(self, clone: Path, *arguments: str, **variables: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}/ws/chat/"
        self.printed = clone / "var" / f"printed-{self.port}"
        self.printed.parent.mkdir(exist_ok=True)
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                ["bin/run", "--port", str(self.port), *arguments],
                cwd=clone, env=environment(**variables), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def output(self) -> str:
        """What it printed so far."""
        return self.printed.read_text()

    def until_serving(self, timeout: float) -> str:
        """Return what it printed once it has printed its address; fail when it does not."""
        deadline = time.monotonic() + timeout
        while self.url not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(POLL)
        return self.output

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(SHOULD_HAVE_ENDED)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of the project: what git knows, and nothing that was made here."""
    directory = tmp_path_factory.mktemp("clone") / "chat"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, directory / name)
    return directory


@pytest.fixture(scope="module")
def first(clone: Path) -> Iterator[Run]:
    """The first start, which installs everything."""
    with Run(clone) as run:
        run.until_serving(INSTALLING)
        yield run


def passwords_in(printed: str) -> dict[str, str]:
    """Return the passwords that a first start prints, by handle."""
    return dict(re.findall(r"^  (\w+) +(\S{12})$", printed, re.MULTILINE))


def sign_in(url: str, handle: str, password: str) -> str:
    """Sign in through the form, as a person does; return the session cookie."""
    with httpx.Client(base_url=url, trust_env=False) as browser:
        form = browser.get("/accounts/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token, form
        browser.post(
            "/accounts/login/",
            data={"login": handle, "password": password, "csrfmiddlewaretoken": token[1]},
            headers={"Referer": url},
        )
        assert "sessionid" in browser.cookies, "signing in failed"
        return str(browser.cookies["sessionid"])


def test_a_clean_clone_becomes_a_site_to_try(first: Run, clone: Path) -> None:
    printed = first.output
    passwords = passwords_in(printed)
    assert {"admin", "ada", "grace"} <= passwords.keys()
    assert "changepassword" in printed
    assert httpx.get(first.url, follow_redirects=True, trust_env=False).is_success
    assert stat.S_IMODE((clone / ".secret-key").stat().st_mode) == 0o600


def test_two_members_talk_there_and_a_second_start_keeps_what_they_said(
    first: Run, clone: Path
) -> None:
    passwords = passwords_in(first.output)
    ada = sign_in(first.url, "ada", passwords["ada"])
    grace = sign_in(first.url, "grace", passwords["grace"])
    with (
        handshake(first, cookie=ada, origin=first.url) as one,
        handshake(first, cookie=grace, origin=first.url) as other,
    ):
        speaker, reader = Client(one), Client(other)
        [room] = [entry["id"] for entry in speaker.hello["rooms"] if entry["slug"] == "general"]
        ack = speaker.acked("send", room=room, client_id=str(uuid4()), body="from a clean clone")
        assert reader.message(room, id=ack["id"])["body"] == "from a clean clone"
    assert first.stop() == 0

    used = processor_time()
    with Run(clone) as second:
        printed = second.until_serving(60)
        assert passwords_in(printed) == {}
        assert "Installing" not in printed
        with handshake(second, cookie=ada, origin=second.url) as socket:
            client = Client(socket)
            page = client.ask("sync", rooms={str(room): ack["version"] - 1})
            assert [row["body"] for row in page["messages"]] == ["from a clean clone"]
        assert second.stop() == 0
    # Of the processor alone: the clock on the wall also counts what else runs on this machine.
    assert processor_time() - used < STARTING


def processor_time() -> float:
    """Return the seconds of processor that ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_nothing_that_was_made_is_for_git(first: Run, clone: Path) -> None:
    ignoring = ["git", "check-ignore", "--quiet", "--no-index"]
    for name in (".venv", "db.sqlite3", "db.sqlite3-wal", ".secret-key", "var/x"):
        assert subprocess.run([*ignoring, name], cwd=ROOT).returncode == 0, name


def ended(clone: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run bin/run where it is expected to end by itself."""
    return subprocess.run(
        ["bin/run", *arguments],
        cwd=clone, env=environment(**variables), capture_output=True, text=True,
        timeout=SHOULD_HAVE_ENDED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "many"], "--port wants a number"),
        (["--port"], "--port wants a number"),
        (["--port", ""], "--port wants a number"),
        (["--porr", "8000"], "does not know '--porr'"),
        (["8000"], "does not know '8000'"),
    ],
)
def test_what_it_does_not_understand_it_says(
    clone: Path, arguments: list[str], sentence: str
) -> None:
    done = ended(clone, *arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def bare(clone: Path, tmp_path: Path) -> Path:
    """A copy of the scripts alone, where nothing was made yet."""
    shutil.copytree(clone / "bin", tmp_path / "bin")
    return tmp_path


def python_that(tmp_path: Path, script: str) -> str:
    """Return the path of a Python that behaves as the shell ``script`` says."""
    path = tmp_path / "some-python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_an_old_python_is_named_with_what_to_do(bare: Path) -> None:
    old = python_that(bare, '[ "$1" = --version ] && echo "Python 3.8.10" || exit 1')
    done = ended(bare, PYTHON=old)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "Python 3.8.10" in done.stderr
    assert "apt install python3" in done.stderr
    assert not (bare / ".venv").exists()


def test_no_python_at_all_is_said(bare: Path) -> None:
    done = ended(bare, PYTHON=str(bare / "nowhere"))
    assert done.returncode == 1
    assert "no Python that runs" in done.stderr


def test_a_python_without_venv_is_said(bare: Path) -> None:
    lacking = python_that(
        bare, f'case "$2" in *venv*) exit 1 ;; *) exec {sys.executable} "$@" ;; esac'
    )
    done = ended(bare, PYTHON=lacking)
    assert done.returncode == 1
    assert "venv module is not" in done.stderr
    assert "apt install python3-venv" in done.stderr
