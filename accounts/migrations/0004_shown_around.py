from django.db import migrations, models


class Migration(migrations.Migration):
    """Who is a member already knows their way: the column begins true for them alone."""

    dependencies = [
        ("accounts", "0003_stored_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="shown_around",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AlterField(
            model_name="user",
            name="shown_around",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
