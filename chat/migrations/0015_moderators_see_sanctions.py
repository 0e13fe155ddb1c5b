"""The group of moderators sees sanctions, where nobody removed the group."""

from django.db import migrations

from chat.migrations._granting import let_moderators_see


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0014_sanctions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [let_moderators_see(("sanction", "sanction"))]
