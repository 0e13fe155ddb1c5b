"""Messages that a member keeps for themselves. Nobody is told."""

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import rows
from chat.errors import Invalid, NotFound
from chat.models import Room, Saved
from chat.models.saved import SAVED_MAX
from chat.permissions import NO_MESSAGE
from chat.services.access import access_message
from chat.services.room_names import names_for


class SavedMessage(msgspec.Struct, frozen=True):
    """A saved message, who wrote it, and in which room."""

    message: rows.MessageRow
    author: rows.PersonRow
    room_name: str
    slug: str
    saved_at: str


class SavedMessages(msgspec.Struct, frozen=True):
    """What a member saved, the newest first; there can be ``most`` of them."""

    saved: list[SavedMessage]
    most: int


class SavedIds(msgspec.Struct, frozen=True):
    """The ids of the messages that a member saved."""

    ids: list[int]


def save(actor: User, message_id: int, on: bool) -> None:
    """Keep a message for oneself, or no longer. Doing so twice changes nothing.

    Raises NotFound (also for a tombstone), or Invalid where there are SAVED_MAX already.
    """
    if not on:
        Saved.objects.filter(user=actor, message=message_id).delete()
        return
    message = access_message(actor, message_id)
    if message.is_tombstone:
        raise NotFound(NO_MESSAGE)
    with transaction.atomic():
        # One at a time a member, so that the limit holds.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if Saved.objects.filter(user=actor, message=message).exists():
            return
        if Saved.objects.filter(user=actor).count() >= SAVED_MAX:
            raise Invalid(
                _("One can save at most %(most)s messages: remove another one first."),
                most=SAVED_MAX,
            )
        Saved.objects.create(user=actor, message=message)


def saved_by(user: User) -> SavedMessages:
    """Return what ``user`` saved and may still read, the newest first."""
    kept = list(
        _readable(user)
        .select_related("message__author", "message__room")
        .prefetch_related("message__mentions", "message__reactions")
    )
    names = names_for(user, {one.message.room for one in kept})
    return SavedMessages(
        [
            SavedMessage(
                rows.message_row(one.message, reader=user.pk),
                rows.person_row(one.message.author),
                names[one.message.room_id],
                one.message.room.slug,
                rows.wire_time(one.saved_at),
            )
            for one in kept
        ],
        SAVED_MAX,
    )


def saved_ids(user: User) -> SavedIds:
    """Return the ids of the messages that ``user`` saved and may still read."""
    return SavedIds(list(_readable(user).values_list("message", flat=True)))


def _readable(user: User) -> QuerySet[Saved]:
    rooms = Room.objects.visible_to(user)
    return Saved.objects.filter(
        user=user, message__deleted_at=None, message__room__in=rooms.values("pk")
    )
