"""Sessions of a member: ending them, and keeping the list of them true.

A session is its row in Django's table; whoever listens for that row's deletion closes the
sockets that came in on it.
"""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import User


def end_sessions(user: User) -> None:
    """Delete every session of ``user``, each row by itself so that its deletion is noticed."""
    rows = UserSession.objects.filter(user=user)
    Session.objects.filter(pk__in=rows.values("session_key")).delete()
    rows.delete()


def end_session(user: User, pk: int) -> bool:
    """Delete one session of ``user``. Return whether there was one by that number."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        return False
    row.end()
    return True
