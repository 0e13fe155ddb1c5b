"""What the chat does when something happens to an account."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import profile_changed
from chat.services import members


@receiver(user_signed_up)
def welcome(user: User, **kwargs: Any) -> None:
    """Seat a new member in the rooms where everybody begins."""
    members.welcome(user)


@receiver(profile_changed)
def show_profile(user: User, **kwargs: Any) -> None:
    """Show a member's new name and picture in all their rooms."""
    members.profile_changed(user)
