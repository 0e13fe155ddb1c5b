"""Keeping somebody off the site, and letting them back."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chat import broadcast, rows
from chat.errors import Forbidden, NotFound
from chat.models.audit import Verb
from chat.services import audit


@transaction.atomic
def ban(actor: User, user_id: int, reason: str = "") -> User:
    """Ban a member from the site: their sockets close and they cannot sign in.

    Raises Forbidden, TooLarge, or NotFound where there is no such member.
    """
    user = _target(actor, user_id)
    if user.is_moderator or user.is_superuser:
        raise Forbidden("Moderators cannot be banned.")
    before = _facts(user)
    if user.banned_at is None:
        user.banned_at = timezone.now()
    user.ban_reason = audit.clean_reason(reason)
    user.save(update_fields=["banned_at", "ban_reason"])
    audit.record(actor, Verb.BAN, user.ban_reason, user=user, before=before, after=_facts(user))
    broadcast.announce(broadcast.AccessChanged([user.pk]))
    return user


@transaction.atomic
def unban(actor: User, user_id: int, reason: str = "") -> User:
    """Let a banned member back. Raises Forbidden, TooLarge or NotFound."""
    user = _target(actor, user_id)
    if user.banned_at is None:
        return user
    before = _facts(user)
    user.banned_at, user.ban_reason = None, ""
    user.save(update_fields=["banned_at", "ban_reason"])
    reason = audit.clean_reason(reason)
    audit.record(actor, Verb.UNBAN, reason, user=user, before=before, after=_facts(user))
    return user


def _facts(user: User) -> audit.Facts:
    return {"banned_at": user.banned_at and rows.wire_time(user.banned_at)}


def _target(actor: User, user_id: int) -> User:
    """Return the member, locked, so that two moderators judge one after the other."""
    if not actor.is_moderator:
        raise Forbidden("Only moderators of the site may do this.")
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such member.")
    return user
