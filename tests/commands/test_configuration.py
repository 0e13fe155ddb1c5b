"""Wrong configuration stops the site at its start, with one clear sentence."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.part import free_port
from tests.parts.site import ROOT, site_environment


def start(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a management command that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=site_environment(**settings), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def serve(processes: int = 1, **settings: str) -> subprocess.CompletedProcess[str]:
    """Try to start the server."""
    return start(
        "serve", "--bind", f"127.0.0.1:{free_port()}", "--processes", str(processes), **settings
    )


def assert_refused(done: subprocess.CompletedProcess[str], sentence: str) -> None:
    """Fail unless a command ended with one line that matches ``sentence``, and a failure's code."""
    assert done.returncode != 0
    said = (done.stderr + done.stdout).strip()
    assert re.search(sentence, said), said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a migrated SQLite database."""
    url = f"sqlite:///{tmp_path}/chat.sqlite3"
    assert start("migrate", "--verbosity", "0", DATABASE_URL=url).returncode == 0
    return url


@pytest.mark.parametrize("command", ["serve", "migrate", "check"])
def test_outside_debug_a_secret_is_needed(command: str) -> None:
    assert_refused(start(command, SECRET_KEY=""), "SECRET_KEY is not set")


@pytest.mark.parametrize(
    "secret",
    ["development-only-secret-key-never-for-a-site-that-others-can-reach", "django-insecure-x7u2k",
     "x" * 50],
)  # fmt: skip
def test_a_secret_that_others_know_or_guess_is_none(secret: str) -> None:
    assert_refused(start("check", SECRET_KEY=secret), "SECRET_KEY")


@pytest.mark.parametrize(
    "settings", [{"ALLOWED_HOSTS": "localhost,chat.example.org"}, {"ALLOWED_HOSTS": "*"},
                 {"ALLOWED_HOSTS": "8.8.8.8"}, {"DYNO": "web.1"}],
)  # fmt: skip
def test_debug_is_refused_where_others_can_reach_it(settings: dict[str, str]) -> None:
    assert_refused(start("check", DEBUG="on", **settings), "DEBUG is for development alone")


def test_debug_is_fine_on_this_machine_and_in_a_private_network() -> None:
    hosts = "localhost,chat.localhost,127.0.0.1,[::1],192.168.1.5,laptop.local"
    done = start("check", DEBUG="on", ALLOWED_HOSTS=hosts)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("SITE_URL", "chat.example.org"), ("SITE_URL", "https://chat.example.org/there"),
     ("ADMIN_PATH", "a/b"), ("ADMIN_PATH", "api"), ("STAFF_TWO_FACTOR", "perhaps")],
)  # fmt: skip
def test_an_address_or_switch_that_makes_no_sense(name: str, value: str) -> None:
    assert_refused(start("check", **{name: value}), name)


def test_links_in_mails_need_a_host_that_has_a_name() -> None:
    done = start("check", ALLOWED_HOSTS=".herokuapp.com", EMAIL_URL="smtp://mail.example.org:25")
    assert_refused(done, "SITE_URL is not set")


def test_the_admin_is_where_it_was_configured_with_its_limits_and_nowhere_else(
    database: str,
) -> None:
    script = """
from django.test import Client
from accounts.middleware import STRANGERS_AT_ADMIN
knocking = Client()
told = [knocking.get(f"/{path}/login/").status_code for path in
        ["admin", *["backstage"] * (STRANGERS_AT_ADMIN.most + 1)]]
print(*dict.fromkeys(told))
"""
    done = start("shell", "-c", script, DATABASE_URL=database, ADMIN_PATH="backstage", DEBUG="on")
    assert done.stdout.splitlines()[-1] == "404 302 429", done.stdout + done.stderr


@pytest.mark.parametrize(
    "url",
    ["nonsense", "nonsense://x", "mysql://chat@localhost/chat", "postgres://chat@host:port/chat",
     "postgres//chat", "http://localhost/chat"],
)  # fmt: skip
def test_a_database_address_that_makes_no_sense(url: str) -> None:
    assert_refused(serve(DATABASE_URL=url), "DATABASE_URL")


@pytest.mark.parametrize("url", ["nonsense", "http://localhost:6379", "localhost:6379", "redis//x"])
def test_a_redis_address_that_makes_no_sense(url: str, database: str) -> None:
    assert_refused(serve(DATABASE_URL=database, REDIS_URL=url), "REDIS_URL")


def test_a_mail_address_that_makes_no_sense(database: str) -> None:
    assert_refused(serve(DATABASE_URL=database, EMAIL_URL="nonsense"), "EMAIL_URL")


def test_two_processes_without_redis(database: str) -> None:
    assert_refused(serve(2, DATABASE_URL=database), "2 processes need Redis.*REDIS_URL")


@pytest.mark.parametrize("processes", [0, -1])
def test_no_process_at_all(processes: int, database: str) -> None:
    assert_refused(serve(processes, DATABASE_URL=database), "--processes")


def test_a_postgres_that_does_not_answer() -> None:
    url = f"postgres://chat@127.0.0.1:{free_port()}/chat"
    assert_refused(serve(DATABASE_URL=url), "database")


def test_a_directory_that_does_not_exist(tmp_path: Path) -> None:
    assert_refused(serve(DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/chat.sqlite3"), "database")


def test_a_database_without_its_tables(tmp_path: Path) -> None:
    assert_refused(serve(DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3"), "manage.py migrate")


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEBUG", "perhaps"), ("HTTPS", "perhaps"), ("RATE_LIMITS", "perhaps"),
     ("TRUSTED_PROXY_COUNT", "some"), ("TRUSTED_PROXY_COUNT", "-1"),
     ("LOG_LEVEL", "loud")],
)  # fmt: skip
def test_a_variable_of_the_wrong_kind_is_named(name: str, value: str, database: str) -> None:
    assert_refused(serve(DATABASE_URL=database, **{name: value}), name)


@pytest.mark.parametrize("command", [["migrate"], ["seed", "--yes"], ["demo"]])
def test_commands_too_say_that_the_database_does_not_answer(command: list[str]) -> None:
    if command[0] == "seed":
        command += ["--members=1", "--rooms=1", "--rooms-per-member=1", "--messages=1"]
    url = f"postgres://chat@127.0.0.1:{free_port()}/chat"
    done = start(*command, DATABASE_URL=url)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "The database cannot be reached" in done.stderr.splitlines()[-1]


def test_the_static_files_are_collected_without_database_redis_or_secret(tmp_path: Path) -> None:
    """As a platform does it when it builds."""
    done = start(
        "collectstatic", "--noinput", "--verbosity", "0",
        SECRET_KEY="", STATIC_ROOT=str(tmp_path),
        DATABASE_URL="postgres://chat@127.0.0.1:1/chat", REDIS_URL="redis://127.0.0.1:1/0",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "staticfiles.json").exists()


def test_a_deployed_sites_settings_pass_djangos_own_check() -> None:
    done = start(
        "check", "--deploy", "--fail-level", "WARNING",
        HTTPS="on", ALLOWED_HOSTS="chat.example.org",
        DATABASE_URL="postgres://chat@127.0.0.1:1/chat", REDIS_URL="rediss://127.0.0.1:1/0",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_example_names_every_variable_that_the_site_reads() -> None:
    reading = r'(?:env\.\w+|flag|number|environ\.get)\(\s*"([A-Z_]+)"'
    read = {
        name
        for path in (ROOT / "chatsite").glob("*.py")
        for name in re.findall(reading, path.read_text())
    }
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} <= read
    assert named == read
