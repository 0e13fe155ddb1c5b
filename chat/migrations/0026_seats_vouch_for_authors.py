"""On Postgres a message refers to its author's seat in its room, not to room and author apart.

The seat refers to both, so this promises the same and one thing more: whoever wrote in a room has,
or had, a seat there. It costs a third of what the two did. Postgres locks the row that is referred
to against vanishing, in a page of its own and for all to read in its log; a seat is locked already
when its member posts. On SQLite, which adds no constraint to a table that is there, and where the
two cost nothing to speak of, they stay.
"""

from typing import Any

from django.conf import settings
from django.db import migrations

SEAT = "message_of_a_seat"
# Deferred as Django's own are; checked on old rows afterwards, while others write.
REFER = (
    "ALTER TABLE chat_message ADD CONSTRAINT {name} FOREIGN KEY ({columns})"
    " REFERENCES {table} ({others}) DEFERRABLE INITIALLY DEFERRED NOT VALID"
)
VALIDATE = "ALTER TABLE chat_message VALIDATE CONSTRAINT {name}"
DROP = 'ALTER TABLE chat_message DROP CONSTRAINT IF EXISTS "{name}"'
# Seats that were given up, for authors who have none: nobody is let in by this.
MISSING_SEATS = """
    INSERT INTO chat_membership
        (room_id, user_id, role, version, read_seq, notify, joined_at, left_at)
    SELECT DISTINCT room_id, author_id, 'member', 0, 0, 'all', now(), now()
    FROM chat_message message
    WHERE NOT EXISTS (SELECT FROM chat_membership seat
        WHERE seat.room_id = message.room_id AND seat.user_id = message.author_id)
"""


def refer_to_seats(apps: Any, schema_editor: Any) -> None:
    """Add the reference to the seat, then drop those to room and author."""
    if schema_editor.connection.vendor != "postgresql":
        return
    message = apps.get_model("chat", "Message")
    apart = [
        name
        for column in ("room_id", "author_id")
        for name in schema_editor._constraint_names(message, [column], foreign_key=True)
    ]
    schema_editor.execute(MISSING_SEATS)
    _refer(schema_editor, SEAT, "room_id, author_id", "chat_membership", "room_id, user_id")
    for name in apart:
        schema_editor.execute(DROP.format(name=name))


def refer_apart(apps: Any, schema_editor: Any) -> None:
    """Add the references to room and author, then drop the one to the seat."""
    if schema_editor.connection.vendor != "postgresql":
        return
    user = apps.get_model(settings.AUTH_USER_MODEL)._meta.db_table
    _refer(schema_editor, "chat_message_room_id_fk_chat_room_id", "room_id", "chat_room", "id")
    _refer(schema_editor, "chat_message_author_id_fk_user_id", "author_id", user, "id")
    schema_editor.execute(DROP.format(name=SEAT))


def _refer(schema_editor: Any, name: str, columns: str, table: str, others: str) -> None:
    refer = REFER.format(name=name, columns=columns, table=table, others=others)
    for statement in (DROP.format(name=name), refer, VALIDATE.format(name=name)):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Each statement for itself: none keeps writers waiting for longer than it takes to note it."""

    atomic = False

    dependencies = [
        ("chat", "0025_space_for_updates"),
    ]

    operations = [migrations.RunPython(refer_to_seats, refer_apart)]
