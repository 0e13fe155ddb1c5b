"""Who is let in, and which sessions are found to have changed since."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from chat.live import admission
from chat.live.admission import Credentials, Guest, Shown
from tests.factories import sign_in


def admitted(key: str) -> Guest:
    [guest] = admission.identify([Credentials(session=key)])
    return guest


def bar(**fields: object) -> Callable[[User, str], object]:
    """Change the member's row without a word to anybody."""
    return lambda user, key: User.objects.filter(pk=user.pk).update(**fields)


def set_expiry(user: User, key: str) -> None:
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))


def rewrite(user: User, key: str) -> None:
    session = SessionStore(key)
    session["theme"] = "dark"
    session.save()


CHANGES = {
    "deleted": lambda user, key: Session.objects.filter(pk=key).delete(),
    "expired": set_expiry,
    "rewritten": rewrite,
    "another password": bar(password="other"),
    "inactive": bar(is_active=False),
    "banned": bar(banned_at=timezone.now()),
}


def test_sessions_are_as_they_were_until_something_happens(ada, bob):
    keys = [sign_in(ada.user), sign_in(bob.user)]
    guests = [admitted(key) for key in keys]
    assert [guest.user for guest in guests] == [ada.user, bob.user]
    shown = [Shown(g.credentials.session, g.user.pk, g.stamp) for g in guests]
    assert admission.sessions_changed(shown) == set()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_session_that_changed_is_named_and_others_are_not(ada, bob, change):
    keys = [sign_in(ada.user), sign_in(bob.user)]
    guests = [admitted(key) for key in keys]
    shown = [Shown(g.credentials.session, g.user.pk, g.stamp) for g in guests]
    change(ada.user, keys[0])
    assert admission.sessions_changed(shown) == {keys[0]}


@pytest.mark.parametrize(
    ("what", "close"),
    [("deleted", 4401), ("expired", 4401), ("another password", 4401), ("inactive", 4401),
     ("banned", 4403), ("rewritten", None)],
)  # fmt: skip
def test_what_is_found_changed_is_judged_anew(ada, what, close):
    key = sign_in(ada.user)
    assert admitted(key).close is None
    CHANGES[what](ada.user, key)
    after = admitted(key)
    assert after.close == close
    assert (after.user == ada.user) == (close is None)


def test_a_session_of_another_secret_key_lets_nobody_in(ada, settings):
    key = sign_in(ada.user)
    settings.SECRET_KEY = "another" * 8
    assert admitted(key).close == 4401


def test_nobody_is_asked_about_without_a_question(ada):
    assert admission.sessions_changed([]) == set()
    assert admission.identify([Credentials()])[0].close == 4401
