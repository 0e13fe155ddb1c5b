"""What happens around an account: the profile changed, or its sessions must end."""

from typing import Any

from django.db.models.signals import post_save, pre_save
from django.dispatch import Signal, receiver

from accounts.models import User
from accounts.sessions import end_sessions

# Sent with ``user`` after the name, picture or status that others see was changed.
profile_changed = Signal()

# Fields whose change ends the sessions of a member.
GUARDING_FIELDS = {"password", "is_active"}


@receiver(pre_save, sender=User)
def notice_what_ends_sessions(
    instance: User, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Compare with what is stored, so that it does not matter who changes an account, or where."""
    instance.__dict__.pop("_ends_sessions", None)
    if raw or instance.pk is None:
        return
    if update_fields is not None and not GUARDING_FIELDS & set(update_fields):
        return
    stored = User.objects.filter(pk=instance.pk).values("password", "is_active").first()
    if stored is None:
        return
    deactivated = stored["is_active"] and not instance.is_active
    instance.__dict__["_ends_sessions"] = deactivated or stored["password"] != instance.password


@receiver(post_save, sender=User)
def end_sessions_of_changed_account(instance: User, **kwargs: Any) -> None:
    """Sign a member out everywhere once the password changed or the account was closed.

    The session in which a member changes their own password goes on under a new key, which
    Django gives it.
    """
    if instance.__dict__.pop("_ends_sessions", False):
        end_sessions(instance)
