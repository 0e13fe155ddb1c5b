from django.db import migrations, models

from chat.migrations._concurrently import AddIndexQuietly


class Migration(migrations.Migration):
    """Calls of those who are here are few among all calls: an index of their own finds them."""

    atomic = False  # as an index that is made concurrently asks

    dependencies = [
        ("chat", "0017_moderators_see_reports"),
    ]

    operations = [
        AddIndexQuietly(
            model_name="call",
            index=models.Index(
                condition=models.Q(("kind", "here")), fields=["room", "seq"], name="call_here"
            ),
        ),
    ]
