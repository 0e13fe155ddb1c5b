from django.db import migrations, models

from chat.migrations._concurrently import AddIndexQuietly


class Migration(migrations.Migration):
    """What somebody said last is found by index, wherever it was."""

    atomic = False  # as an index that is made concurrently asks

    dependencies = [
        ("chat", "0020_filters"),
    ]

    operations = [
        AddIndexQuietly(
            model_name="message",
            index=models.Index(fields=["author", "id"], name="message_author"),
        ),
    ]
