"""The index that a member's mentions across all rooms are paged by."""

from django.db import migrations, models

from chat.migrations._concurrently import AddIndexQuietly


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("chat", "0010_composing")]

    operations = [
        AddIndexQuietly(
            "mention", models.Index(fields=["user", "message"], name="mention_inbox")
        ),
    ]
