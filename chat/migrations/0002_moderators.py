"""A group for those who moderate the site: they need to be staff as well, to reach the admin."""

from django.db import migrations

NAME = "Moderators"
# By app and model, with the name that Django gives a permission where it does not exist yet.
PERMISSIONS = [
    ("accounts", "user", "moderate", "Can moderate every room"),
    ("accounts", "user", "view_user", "Can view member"),
    ("chat", "room", "view_room", "Can view room"),
    ("chat", "membership", "view_membership", "Can view membership"),
    ("chat", "message", "view_message", "Can view message"),
    ("chat", "connection", "view_connection", "Can view connection"),
    ("chat", "serverprocess", "view_serverprocess", "Can view server process"),
]


def make_group(apps, schema_editor):
    """Make the group. On a new database its permissions do not exist before all migrations ran."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    for app, model, codename, name in PERMISSIONS:
        of, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        permission, _ = Permission.objects.get_or_create(
            content_type=of, codename=codename, defaults={"name": name}
        )
        group.permissions.add(permission)


def remove_group(apps, schema_editor):
    """Remove the group; the permissions are Django's."""
    apps.get_model("auth", "Group").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0001_start"),
        ("accounts", "0001_start"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_group, remove_group)]
