"""Presence: connections belong to a server process, and only the process beats."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ServerProcess(models.Model):
    """A server process. When it stops beating, its connections are offline with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    # By the database's clock, so that the processes' own may differ.
    beat_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        verbose_name_plural = _("server processes")

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class Connection(models.Model):
    """One open socket of a member."""

    id = models.UUIDField(primary_key=True, editable=False)
    process = models.ForeignKey(ServerProcess, models.CASCADE, related_name="connections")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="connections")
    # Whether the member has the page before their eyes; one with no visible socket is away.
    visible = models.BooleanField(default=True)
    connected_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-connected_at"]

    def __str__(self) -> str:
        return f"{self.user} on {self.process}"
