"""Guessing passwords: made slow for whoever guesses, and never the end of signing in for a member.

Failures are counted in three ways. By address, for whoever tries many accounts (django-allauth's
own limit). By account and address, for whoever tries one account from one place. And by account
alone, for whoever tries one account from everywhere: this count would let a stranger keep a member
out, so it does not hold in a browser in which that account was signed in to before, nor once the
password was reset by mail. Names that nobody has are counted, and answered, as all others are.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.limits import Limit, address_of
from accounts.models import User

FROM_ONE_PLACE = Limit("sign-in-here", 5, 300)
FROM_ANYWHERE = Limit("sign-in-anywhere", 50, 3600)

COOKIE = f"{settings.COOKIE_PREFIX}known"
COOKIE_LASTS = 400 * 24 * 60 * 60  # s, as long as browsers keep one
MARKS_MAX = 5  # accounts that a browser is remembered by
MARK_LENGTH = 32  # digits


def is_too_often(request: HttpRequest, login: str) -> bool:
    """Tell whether nobody may try ``login`` from here any more, for now."""
    if FROM_ONE_PLACE.is_reached(_here(request, login)):
        return True
    return FROM_ANYWHERE.is_reached(_name(login)) and not _is_familiar(request, login)


def failed(request: HttpRequest, login: str) -> None:
    """Count that somebody tried ``login`` with a wrong password."""
    FROM_ONE_PLACE.count(_here(request, login))
    if not _is_familiar(request, login):
        FROM_ANYWHERE.count(_name(login))


def forgive(request: HttpRequest, login: str) -> None:
    """Forget the failures: whose account it is has a new password from the mail."""
    FROM_ONE_PLACE.forget(_here(request, login))
    FROM_ANYWHERE.forget(_name(login))


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be one in which ``user`` signed in before."""
    marks = [_mark(login) for login in (user.username, user.email) if login]
    marks += [mark for mark in _marks(request) if mark not in marks]
    response.set_cookie(
        COOKIE,
        ".".join(marks[: 2 * MARKS_MAX]),
        max_age=COOKIE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _is_familiar(request: HttpRequest, login: str) -> bool:
    return _mark(login) in _marks(request)


def _marks(request: HttpRequest) -> list[str]:
    sent = request.COOKIES.get(COOKIE, "").split(".")
    return [mark for mark in sent[: 2 * MARKS_MAX] if len(mark) == MARK_LENGTH]


def _mark(login: str) -> str:
    """Return what nobody but this site can have made, and what names no account to others."""
    return salted_hmac("accounts.guessing", _name(login)).hexdigest()[:MARK_LENGTH]


def _here(request: HttpRequest, login: str) -> str:
    return f"{address_of(request)} {_name(login)}"


def _name(login: str) -> str:
    return login.strip().lower()
