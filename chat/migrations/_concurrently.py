"""Indexes on tables that are busy: made without keeping anybody from writing."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex


class AddIndexQuietly(AddIndexConcurrently):
    """AddIndexConcurrently on Postgres, AddIndex elsewhere. The migration must not be atomic."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Make the index."""
        self._operation(schema_editor).database_forwards(self, app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Remove the index."""
        self._operation(schema_editor).database_backwards(self, app_label, schema_editor, *states)

    @staticmethod
    def _operation(schema_editor: Any) -> type[AddIndex]:
        is_postgres = schema_editor.connection.vendor == "postgresql"
        return AddIndexConcurrently if is_postgres else AddIndex
