"""Messages, and what hangs on them: mentions, reactions, earlier bodies."""

import re

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models.block import Block
from chat.models.room import Room

BODY_MAX = 4000  # code points, after trimming
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates: Postgres takes neither
EMOJI_MAX = 32  # code points; families and flags are long


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages of a room, by position and by version."""

    def before(self, seq: int) -> "MessageQuerySet":
        """Those before ``seq``, newest first."""
        return self.filter(seq__lt=seq).order_by("-seq")

    def after(self, seq: int) -> "MessageQuerySet":
        """Those after ``seq``, oldest first."""
        return self.filter(seq__gt=seq).order_by("seq")

    def in_room(self) -> "MessageQuerySet":
        """Those that are shown in their room, not in a thread alone."""
        return self.filter(models.Q(thread=None) | models.Q(in_room=True))

    def changed_since(self, version: int) -> "MessageQuerySet":
        """Those whose row changed after ``version``, in the order of their changes."""
        return self.filter(version__gt=version).order_by("version", "seq")

    def with_rows(self) -> "MessageQuerySet":
        """With all that a message's row on the wire is made of, in a fixed number of queries.

        Whom a call is silent to follows from its author's blocks.
        """
        blocks = Block.objects.order_by()
        return self.select_related("call", "poll").prefetch_related(
            "mentions",
            "reactions",
            models.Prefetch("call__author__blocks", blocks),
            models.Prefetch("call__author__blocked_by", blocks),
        )


class Message(models.Model):
    """What a member said. A deleted one stays as a tombstone, its body empty."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages", db_index=False)
    seq = models.BigIntegerField(editable=False)
    version = models.BigIntegerField(editable=False)
    # The version of its posting, which the ack of a retry repeats.
    posted_version = models.BigIntegerField(editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages", editable=False,
        db_index=False,
    )  # fmt: skip
    client_id = models.UUIDField(editable=False)
    body = models.TextField(max_length=BODY_MAX, blank=True)
    html = models.TextField(blank=True, editable=False)
    reply_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="replies",
        db_index=False,
    )
    thread = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="threaded",
        db_index=False,
    )
    # A message in a thread that is shown in the room as well.
    in_room = models.BooleanField(default=False, db_default=False, editable=False)
    # Of the first message of a thread: those in it that were not deleted, and the newest of them.
    reply_count = models.IntegerField(default=0, db_default=0, editable=False)
    last_reply_seq = models.BigIntegerField(null=True, editable=False)
    last_reply_at = models.DateTimeField(null=True, editable=False)
    # Of a message from elsewhere: whose it was, as rows.ForwardedRow tells it.
    forwarded = models.JSONField(null=True, blank=True, editable=False)
    pinned = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="message_seq"),
            models.UniqueConstraint(
                fields=["room", "author", "client_id"], name="message_client_id"
            ),
        ]
        indexes = [
            models.Index(fields=["room", "version"], name="message_changes"),
            # What somebody said last, wherever it was.
            models.Index(fields=["author", "id"], name="message_author"),
            models.Index(
                fields=["thread", "seq"],
                condition=models.Q(thread__isnull=False),
                name="message_thread",
            ),
        ]

    def __str__(self) -> str:
        return _("#%(seq)s in %(room)s") % {"seq": self.seq, "room": self.room}

    @property
    def is_tombstone(self) -> bool:
        """Whether the message was deleted."""
        return self.deleted_at is not None


class MessageEdit(models.Model):
    """An earlier body of a message, kept when it was edited or deleted."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="edits")
    body = models.TextField()
    # When this body was replaced, and by whom.
    replaced_at = models.DateTimeField(default=timezone.now)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"earlier body of {self.message}"


class Mention(models.Model):
    """A member named in a message. Room and seq are copied: unread mentions are one index."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions", db_index=False
    )
    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    # The member and the author are blocked: everybody else sees a mention, the member does not.
    silent = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="mention_once"),
        ]
        indexes = [
            models.Index(fields=["user", "room", "seq"], name="mention_unread"),
            models.Index(fields=["user", "message"], name="mention_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.message}"


class Reaction(models.Model):
    """One member's emoji on a message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=EMOJI_MAX)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="reaction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} on {self.message}"
