"""The request as operations see it."""

from django.http import HttpRequest

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request that was let in: ``auth`` is the member who asks (chat.api.auth)."""

    auth: User
