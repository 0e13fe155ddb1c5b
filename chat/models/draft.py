"""Drafts: what a member has begun to write, kept for their other devices."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.models.message import Message
from chat.models.room import Room

DRAFT_MAX = 10_000  # characters; more than may be sent, since what is typed may still be shortened
DRAFTS_MAX = 200  # of one member, in rooms and threads together


class Draft(models.Model):
    """The newest state of one place where a member writes. An empty one says that it was emptied.

    Empty ones stay, so that an older text from a device that was offline does not come back.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", db_index=False
    )
    room = models.ForeignKey(Room, models.CASCADE, related_name="+")
    thread = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    body = models.TextField(max_length=DRAFT_MAX, blank=True)
    reply_to = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    # By the site's clock: devices tell how long ago it was.
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "room"], condition=Q(thread=None), name="draft_of_room"
            ),
            models.UniqueConstraint(
                fields=["user", "room", "thread"],
                condition=Q(thread__isnull=False),
                name="draft_of_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.user} in {self.room}"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it any more."""
        return not self.body and self.reply_to_id is None
