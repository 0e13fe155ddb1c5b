"""Where a room stands in a member's own list, and until when it is to be quiet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_earlier_pins_and_threads")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="favourite",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="membership",
            name="place",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="quiet_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
