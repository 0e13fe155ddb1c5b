"""Guests: members who are let into rooms by name, and know of nothing else on the site."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast
from chat.errors import Forbidden, NotFound
from chat.models.audit import Verb
from chat.services import audit


@transaction.atomic
def set_guest(actor: User, user_id: int, on: bool, reason: str = "") -> User:
    """Make a member a guest, or a guest a member. Moderators of the site may.

    A guest keeps the rooms they are in. Raises Forbidden, TooLarge or NotFound.
    """
    reason = audit.clean_reason(reason)
    if not actor.is_moderator:
        raise Forbidden(_("Only moderators of the site may do this."))
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such member."))
    if on and (user.is_moderator or user.is_superuser):
        raise Forbidden(_("Moderators cannot be guests."))
    if user.is_guest != on:
        user.is_guest = on
        user.save(update_fields=["is_guest"])
        audit.record(
            actor, Verb.CHANGE_GUEST, reason, user=user, before={"guest": not on},
            after={"guest": on},
        )  # fmt: skip
        broadcast.announce(broadcast.AccessChanged([user.pk]))
    return user
