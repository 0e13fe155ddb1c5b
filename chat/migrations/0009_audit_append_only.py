"""The database itself refuses to change the audit trail; moderators may read it.

SQLite knows no TRUNCATE, with which a database is emptied as a whole: there deleting is refused by
the model alone.
"""

from django.db import migrations

from chat.migrations._granting import let_moderators_see

POSTGRES = [
    """
    CREATE FUNCTION chat_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit trail is written once';
    END $$
    """,
    """
    CREATE TRIGGER chat_audit_append_only BEFORE UPDATE OR DELETE ON chat_auditentry
    FOR EACH ROW EXECUTE FUNCTION chat_audit_append_only()
    """,
]
POSTGRES_BACK = [
    "DROP TRIGGER chat_audit_append_only ON chat_auditentry",
    "DROP FUNCTION chat_audit_append_only",
]
SQLITE = [
    """
    CREATE TRIGGER chat_audit_append_only BEFORE UPDATE ON chat_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit trail is written once'); END
    """
]
SQLITE_BACK = ["DROP TRIGGER chat_audit_append_only"]


def add_trigger(apps, schema_editor):
    """Have the database refuse."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRES if postgres else SQLITE:
        schema_editor.execute(statement)


def drop_trigger(apps, schema_editor):
    """Let it be."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRES_BACK if postgres else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0008_audit"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(add_trigger, drop_trigger),
        let_moderators_see(("auditentry", "audit entry")),
    ]
