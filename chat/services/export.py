"""The audit trail as a file: CSV for a table, JSON lines for a program."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from chat import rows
from chat.models import AuditEntry

COLUMNS = [
    "id", "at", "verb", "by", "member", "room", "message", "reason", "before", "after",
]  # fmt: skip
AT_ONCE = 500  # rows read from the database at a time
# A table program would take a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def json_lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    """Yield ``entries``, the oldest first, as one JSON object a line."""
    for row in _rows(entries):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def csv_lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    """Yield ``entries``, the oldest first, as lines of CSV under a heading."""
    yield _csv_line(COLUMNS)
    for row in _rows(entries):
        yield _csv_line([_cell(row[name]) for name in COLUMNS])


def _rows(entries: QuerySet[AuditEntry]) -> Iterator[dict[str, Any]]:
    found = entries.order_by("pk").select_related("actor", "user", "room")
    last = 0
    # Page by page along the key: a cursor over all of them would be one statement, and that ends
    # after ten seconds.
    while page := list(found.filter(pk__gt=last)[:AT_ONCE]):
        yield from map(_row, page)
        last = page[-1].pk


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": rows.wire_time(entry.at),
        "verb": entry.verb,
        "by": entry.actor.username if entry.actor else None,
        "member": entry.user.username if entry.user else None,
        "room": entry.room.slug if entry.room else None,
        "message": entry.message_id,
        "reason": entry.reason,
        "before": entry.before,
        "after": entry.after,
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
