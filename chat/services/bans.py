"""Keeping somebody off the site, and letting them back."""

from django.utils import timezone

from accounts.models import User
from chat import broadcast
from chat.errors import Forbidden, NotFound


def ban(actor: User, user_id: int, reason: str = "") -> User:
    """Ban a member from the site: their sockets close and they cannot sign in.

    Raises Forbidden, or NotFound where there is no such member.
    """
    user = _target(actor, user_id)
    if user.is_moderator or user.is_superuser:
        raise Forbidden("Moderators cannot be banned.")
    if user.banned_at is None:
        user.banned_at = timezone.now()
    user.ban_reason = reason[: User._meta.get_field("ban_reason").max_length]
    user.save(update_fields=["banned_at", "ban_reason"])
    broadcast.announce(broadcast.AccessChanged([user.pk]))
    return user


def unban(actor: User, user_id: int) -> User:
    """Let a banned member back. Raises Forbidden or NotFound."""
    user = _target(actor, user_id)
    user.banned_at, user.ban_reason = None, ""
    user.save(update_fields=["banned_at", "ban_reason"])
    return user


def _target(actor: User, user_id: int) -> User:
    if not actor.is_moderator:
        raise Forbidden("Only moderators of the site may do this.")
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such member.")
    return user
