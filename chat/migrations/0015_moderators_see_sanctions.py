"""The group of moderators sees sanctions, where nobody removed the group."""

from django.db import migrations


def permission(apps):
    ContentType = apps.get_model("contenttypes", "ContentType")
    of, _ = ContentType.objects.get_or_create(app_label="chat", model="sanction")
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=of, codename="view_sanction", defaults={"name": "Can view sanction"}
    )[0]


def let_see(apps, schema_editor):
    """Give the permission."""
    for group in apps.get_model("auth", "Group").objects.filter(name="Moderators"):
        group.permissions.add(permission(apps))


def let_no_more(apps, schema_editor):
    """Take it."""
    for group in apps.get_model("auth", "Group").objects.filter(name="Moderators"):
        group.permissions.remove(permission(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0014_sanctions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(let_see, let_no_more)]
