"""What members keep for themselves."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from chat.models.message import Message

SAVED_MAX = 500  # messages of one member


class Saved(models.Model):
    """A message that a member keeps for later. Nobody else learns of it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved", db_index=False
    )
    message = models.ForeignKey(Message, models.CASCADE, related_name="saved")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "message"], name="saved_once"),
        ]
        verbose_name_plural = "saved messages"

    def __str__(self) -> str:
        return f"{self.message}, saved"
