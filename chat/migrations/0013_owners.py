"""Rooms that their last owner left get another: who has moderated, or been there, the longest."""

from django.db import migrations
from django.utils import timezone


def give_owners(apps, schema_editor):
    Room = apps.get_model("chat", "Room")
    Membership = apps.get_model("chat", "Membership")
    present = Membership.objects.filter(left_at=None)
    owned = present.filter(role="owner").values("room")
    ownerless = Room.objects.exclude(kind="direct").exclude(pk__in=owned)
    for room_id in list(ownerless.filter(pk__in=present.values("room")).values_list("pk", flat=True)):
        room = Room.objects.select_for_update().get(pk=room_id)
        seats = present.filter(room=room).order_by("joined_at", "pk")
        heir = seats.filter(role="moderator").first() or seats.first()
        if heir is not None:
            room.version += 1
            heir.role, heir.version, heir.changed_at = "owner", room.version, timezone.now()
            heir.save(update_fields=["role", "version", "changed_at"])
            room.save(update_fields=["version"])


class Migration(migrations.Migration):
    dependencies = [("chat", "0012_unread_marks")]

    operations = [migrations.RunPython(give_owners, migrations.RunPython.noop)]
