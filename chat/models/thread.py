"""Threads: who is in one, and how far they have read."""

from django.conf import settings
from django.db import models

from chat.models.message import Message


class ThreadSeat(models.Model):
    """A member in the thread that begins with ``root``: who wrote in it, began it, was mentioned.

    One who turned away from it keeps the row, so that no mention brings them back.
    """

    root = models.ForeignKey(Message, models.CASCADE, related_name="seats", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="thread_seats")
    # Only grows. A seq of the room, as the one of the room itself.
    read_seq = models.BigIntegerField(default=0)
    following = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "user"], name="thread_seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in the thread of {self.root}"
