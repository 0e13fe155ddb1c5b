"""Scheduled messages: written now, to be posted later."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from chat.models.message import BODY_MAX, Message
from chat.models.room import Room

SCHEDULED_MAX = 100  # of one member at a time, failed ones included
SCHEDULED_AHEAD = timedelta(days=366)  # at most


class ScheduledMessage(models.Model):
    """What a member wants posted at ``due_at``. Once it was, the row is gone."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        FAILED = "failed"

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="scheduled", db_index=False
    )
    room = models.ForeignKey(Room, models.CASCADE, related_name="+")
    thread = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    reply_to = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    # Fixed from the start: whoever posts it, and how often, it becomes one message.
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    body = models.TextField(max_length=BODY_MAX)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["author", "due_at"], name="scheduled_list"),
            models.Index(fields=["due_at"], condition=~Q(state="failed"), name="scheduled_due"),
        ]

    def __str__(self) -> str:
        return f"message of {self.author} for {self.due_at:%Y-%m-%d %H:%M}"
