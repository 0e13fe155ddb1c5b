"""What messages are found by, beside them: new, empty tables, which the worker fills while the site runs.

On Postgres the index is of all threes of characters that follow each other in a text, and of its room:
numbers, in a GIN index as Postgres has it itself. No extension is needed, which not every hosted
database lets one install, and it takes letters as they are, whatever the locale of the database.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The cost says that asking the index is cheaper than asking this of one row after the other.
GRAMS = """
CREATE FUNCTION chat_grams(said text) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT hashtext(substr(said, place, 3))), '{}')
    FROM generate_series(1, length(said) - 2) place
$$
"""
# Without the list of what is to be added later: an edit must not have to add that of others.
INDEX = """
CREATE INDEX search_grams ON chat_searchtext
USING gin ((chat_grams(text) || hashint8(room_id))) WITH (fastupdate = off)
"""


def make_index(apps: Any, schema_editor: Any) -> None:
    """Make the function and the index, on Postgres."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GRAMS)
        schema_editor.execute(INDEX)


def drop_index(apps: Any, schema_editor: Any) -> None:
    """Drop them."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX search_grams")
        schema_editor.execute("DROP FUNCTION chat_grams(text)")


class Migration(migrations.Migration):
    """Nothing that is there is touched, and nobody waits."""

    dependencies = [
        ("chat", "0026_seats_vouch_for_authors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchPosition",
            fields=[
                ("room", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="search_position", serialize=False, to="chat.room")),
                ("seq", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("message", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to="chat.message")),
                ("said_at", models.DateTimeField()),
                ("has_link", models.BooleanField()),
                ("text", models.TextField()),
                ("author", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("room", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.room")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["room", "message"], name="search_room"),
                    models.Index(fields=["author", "message"], name="search_author"),
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
