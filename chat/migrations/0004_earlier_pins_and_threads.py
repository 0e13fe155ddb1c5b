"""Pins and threads from before they were counted."""

from django.db import migrations


def take_up(apps, schema_editor):
    """Give each pinned message its pin, and the first message of each thread its count."""
    Message = apps.get_model("chat", "Message")
    Pin = apps.get_model("chat", "Pin")
    for message in Message.objects.filter(pinned=True, pin=None).iterator():
        Pin.objects.get_or_create(message=message, defaults={"room_id": message.room_id})
    threads = Message.objects.filter(thread__isnull=False).order_by()
    for root_id in threads.values_list("thread", flat=True).distinct():
        replies = Message.objects.filter(thread=root_id, deleted_at=None)
        newest = replies.order_by("-seq").first()
        if newest is not None:
            Message.objects.filter(pk=root_id).update(
                reply_count=replies.count(),
                last_reply_seq=newest.seq,
                last_reply_at=newest.created_at,
            )


class Migration(migrations.Migration):
    dependencies = [("chat", "0003_threads_pins_saved")]

    operations = [migrations.RunPython(take_up, migrations.RunPython.noop)]
