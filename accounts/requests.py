"""Requests whose sender is known."""

from django.http import HttpRequest

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request that a signed-in member sent: what a view behind login_required gets."""

    user: User
