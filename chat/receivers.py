"""What happens to members elsewhere and concerns their sockets and rooms."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import ApiToken, User
from accounts.signals import profile_changed
from chat import broadcast
from chat.services import members, succession

# Saved at each sign-in, and no reason to look at anybody's sockets.
HARMLESS_FIELDS = {"last_login"}


@receiver(post_delete, sender=Session)
def session_ended(instance: Session, **_: Any) -> None:
    """Have the sockets of a session that was ended look at their credentials."""
    user = instance.get_decoded().get("_auth_user_id")
    if user is not None:
        broadcast.announce(broadcast.AccessChanged([int(user)]))


@receiver(post_delete, sender=ApiToken)
def token_revoked(instance: ApiToken, **_: Any) -> None:
    """Have the sockets of a revoked token look at their credentials."""
    broadcast.announce(broadcast.AccessChanged([instance.user_id]))


@receiver(post_save, sender=User)
def user_saved(instance: User, created: bool, update_fields: Any, **_: Any) -> None:
    """Have a member's sockets look whether they may stay: banned, inactive, another password.

    The rooms of one who was deactivated get another owner.
    """
    if created or (update_fields and set(update_fields) <= HARMLESS_FIELDS):
        return
    broadcast.announce(broadcast.AccessChanged([instance.pk]))
    if not instance.is_active:
        succession.succeed(instance)


@receiver(profile_changed)
def show_new_profile(user: User, **_: Any) -> None:
    """Show a member's new name and picture in all their rooms."""
    members.profile_changed(user)


@receiver(user_logged_in)
def seat_new_member(user: User, **_: Any) -> None:
    """Let a member who signs in for the first time find themselves in a conversation."""
    members.welcome(user)
