"""The language in which a member reads the site."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_guests")]

    operations = [
        migrations.AddField(
            "user", "language", models.CharField(blank=True, db_default="", max_length=16)
        )
    ]
