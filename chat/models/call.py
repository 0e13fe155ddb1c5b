"""Calls: messages that ask for everybody in a room, or for everybody who is there."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from chat.models.block import Block
from chat.models.message import Mention, Message
from chat.models.room import Room


class CallQuerySet(models.QuerySet["Call"]):
    """Calls by whom they are for."""

    def calling(self, user: Any) -> "CallQuerySet":
        """Those that call ``user``, an id or an expression that yields one, if they are a member.

        Nobody calls themselves, nor one who is apart from them by a block. Who is named besides has
        a mention of their own, which counts.
        """
        listed = Concat(Value(","), Cast(user, models.CharField()), Value(","))
        called = Q(kind=Call.Kind.ROOM) | Q(members__contains=listed)
        within = OuterRef(user) if isinstance(user, OuterRef) else user
        apart = Block.objects.filter(
            Q(blocker=OuterRef("author"), blocked=within)
            | Q(blocker=within, blocked=OuterRef("author"))
        )
        named = Mention.objects.filter(message=OuterRef("pk"), user=within)
        return self.filter(called, ~Exists(named), ~Exists(apart)).exclude(author=user)


class Call(models.Model):
    """``@room`` or ``@here`` in a message: one row, however many it calls.

    A row for each of thousands of members would be written while the room waits. So who is called
    by ``@room`` follows from who is in the room, and ``@here`` keeps the ids of those who were
    connected in one text.
    """

    class Kind(models.TextChoices):
        HERE = "here"
        ROOM = "room"

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="call")
    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=4, choices=Kind)
    # Of ``@here``: ",3,7,".
    members = models.TextField(blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["room", "seq"], name="call_unread"),
            models.Index(fields=["room", "seq"], condition=Q(kind="here"), name="call_here"),
        ]

    def __str__(self) -> str:
        return f"@{self.kind} in {self.message}"

    @staticmethod
    def listed(user_ids: list[int]) -> str:
        """Return what ``members`` holds for these."""
        return f",{','.join(map(str, sorted(user_ids)))}," if user_ids else ""
