"""What a page says once, on top, after something was done."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class CookieNotes(CookieStorage):
    """Django's own, under a name that carries the prefix of the site's other cookies."""

    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Notes(FallbackStorage):
    """In a cookie; in the session what is too long for one."""

    storage_classes = (CookieNotes, SessionStorage)
