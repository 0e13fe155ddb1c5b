"""What every test may ask for: a running site, and members with real sessions in it.

Tests of services, views and the like use pytest-django's `db`. Tests that speak with the running
site from outside use `site`: there nothing is rolled back, so each makes members and rooms of its
own with the factories and never looks at all rows of a table.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models.functions import Length
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

# Helpers that assert for several tests say as much when they fail as a test itself does.
pytest.register_assert_rewrite(
    "tests.api", "tests.browser", "tests.faults", "tests.live", "tests.server", "tests.services"
)

from chat.models import Message  # noqa: E402
from chat.services import screening  # noqa: E402
from tests.factories import SECRETS  # noqa: E402
from tests.parts import backing  # noqa: E402
from tests.parts.site import Site  # noqa: E402

TELLING = 20  # characters, of a message that would not be in a log by chance


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Make the test database. pytest-django's own makes none where only `database` asks for it."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        _end_other_sessions()
        teardown_databases(made, verbosity=0)


def _end_other_sessions() -> None:
    """Let no thread that tests left behind keep the test database from being dropped."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of the test database, open to the whole run; what is written there stays."""
    with django_db_blocker.unblock():
        yield backing.url_under_test(connection.settings_dict)


@pytest.fixture(autouse=True)
def _filters_read_anew() -> None:
    """Let no test find the filters of the one before, whose transaction is undone."""
    screening.forget()


@pytest.fixture(scope="session")
def site(database: str) -> Iterator[Site]:
    """The running site that SITE names, on the test database. Its log is read at the end."""
    with Site(processes=backing.PROCESSES, **backing.site_settings(database)) as running:
        yield running
        assert_tells_nothing(running.log.read_text(errors="replace"))


def assert_tells_nothing(log: str) -> None:
    """Fail where a log has a secret of this run, or what somebody said in it."""
    said = Message.objects.annotate(length=Length("body")).filter(length__gt=TELLING)
    bodies = set(said.values_list("body", flat=True))
    assert [words for words in (*SECRETS, *bodies) if words in log] == []
