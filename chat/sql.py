"""SQL by hand: for questions so frequent that composing them costs more than the answer.

Only numbers and UUIDs are ever written into a statement; everything else is a parameter.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models


def fetch(statement: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query as the database's driver has them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def write_loosely(statement: str) -> None:
    """Carry out a statement, without waiting until it outlives a power cut.

    For what is told to others but may be lost with the machine. On Postgres it is one round trip.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = "SET LOCAL synchronous_commit TO off; " + statement
        cursor.execute(statement)


def commit_loosely() -> None:
    """Let this transaction end without waiting until it outlives a power cut."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def limit_time(milliseconds: int) -> None:
    """Let no statement of this transaction take longer, on Postgres."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout TO {int(milliseconds)}")


def table(model: type[models.Model]) -> str:
    """Return the table of ``model`` as it is named in a statement."""
    return connection.ops.quote_name(model._meta.db_table)


def numbers(ids: Iterable[int]) -> str:
    """Return ids for the brackets of an IN; of none, something that is in nothing."""
    return ",".join([str(int(number)) for number in ids]) or "NULL"


def placeholders(values: Sequence[Any]) -> str:
    """Return as many placeholders for the brackets of an IN as there are values."""
    return ",".join(["%s"] * len(values))


def moment(value: datetime | str | None) -> datetime | None:
    """Return a time as it was read; SQLite keeps it as text, in UTC, which its driver may read."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is not None and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
