"""Permissions of the group of moderators, where nobody removed the group."""

from typing import Any

from django.db.migrations import RunPython

GROUP = "Moderators"


def let_moderators_see(*models: tuple[str, str]) -> RunPython:
    """Return the operation that gives moderators the view of ``models``: (model, what it is called).

    The migration has to come after ("auth", "0012_alter_user_first_name_max_length") and
    ("contenttypes", "0002_remove_content_type_name").
    """

    def permissions(apps: Any) -> list[Any]:
        """Return the permissions, which Django itself makes after all migrations ran."""
        ContentType = apps.get_model("contenttypes", "ContentType")
        Permission = apps.get_model("auth", "Permission")
        found = []
        for model, name in models:
            of, _ = ContentType.objects.get_or_create(app_label="chat", model=model)
            wanted = {"content_type": of, "codename": f"view_{model}"}
            named = {"name": f"Can view {name}"}
            found.append(Permission.objects.get_or_create(**wanted, defaults=named)[0])
        return found

    def groups(apps: Any) -> Any:
        return apps.get_model("auth", "Group").objects.filter(name=GROUP)

    def give(apps: Any, schema_editor: Any) -> None:
        for group in groups(apps):
            group.permissions.add(*permissions(apps))

    def take(apps: Any, schema_editor: Any) -> None:
        for group in groups(apps):
            group.permissions.remove(*permissions(apps))

    return RunPython(give, take)
