"""Each message writes its room's row and its author's seat anew, in place where their page has space.

Without it a row moves to another page, and all its indexes are written as well: a fifth of what
storing a message cost Postgres. SQLite writes in place anyway.
"""

from typing import Any

from django.db import migrations

# Percent of a page that is filled with new rows; Postgres reuses the rest for their next versions.
FILLED = {"chat_room": 50, "chat_membership": 70}


def leave_space(apps: Any, schema_editor: Any) -> None:
    """Pages that are there already get their space as their rows move on."""
    if schema_editor.connection.vendor == "postgresql":
        for table, percent in FILLED.items():
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = {percent})")


def leave_none(apps: Any, schema_editor: Any) -> None:
    """As it was."""
    if schema_editor.connection.vendor == "postgresql":
        for table in FILLED:
            schema_editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    """No rewriting, and nobody waits: a setting for rows that are written from now on."""

    dependencies = [
        ("chat", "0024_retention"),
    ]

    operations = [migrations.RunPython(leave_space, leave_none)]
