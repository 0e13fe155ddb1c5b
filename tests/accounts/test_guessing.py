"""Guessing passwords is slow, tells nothing, and keeps no member out for good."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import hashers
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.guessing import FROM_ANYWHERE, FROM_ONE_PLACE
from tests.accounts.test_signing_in import NEW_PASSWORD, is_in, reset_link
from tests.factories import PASSWORD, make_user, new_name

pytestmark = pytest.mark.django_db

HOME, AWAY = "198.51.100.7", "203.0.113.9"


def attempt(client, login, password=PASSWORD, address=HOME):
    """Send the sign-in form from ``address``; return what the page complains of."""
    form = {"login": login, "password": password}
    response = client.post(reverse("account_login"), form, REMOTE_ADDR=address)
    if response.status_code == 302:
        return []
    return response.context["form"].non_field_errors()


def attack(login, addresses):
    """Try wrong passwords for ``login`` from each address as often as one place may."""
    for address in addresses:
        for _ in range(FROM_ONE_PLACE.most):
            attempt(Client(), login, "guess", address)


def many_addresses():
    """As many as it takes for the whole site to have heard enough."""
    return [f"203.0.113.{number}" for number in range(FROM_ANYWHERE.most // FROM_ONE_PLACE.most)]


def test_after_some_failures_an_address_may_not_even_try_the_right_password(client):
    user = make_user()
    attack(user.username, [AWAY])

    [told] = attempt(client, user.username, address=AWAY)

    assert "Too many tries" in told
    assert not is_in(client)


def test_another_address_goes_on_as_if_nothing_had_been(client):
    user = make_user()
    attack(user.username, [AWAY])
    attempt(client, user.username, address=HOME)
    assert is_in(client)


def test_the_addresses_of_one_ipv6_network_are_one(client):
    user = make_user()
    for number in range(FROM_ONE_PLACE.most):
        attempt(Client(), user.username, "guess", f"2001:db8:1:2::{number}")
    attempt(client, user.username, address="2001:db8:1:2:ffff::1")
    assert not is_in(client)
    attempt(client, user.username, address="2001:db8:1:3::1")
    assert is_in(client)


def test_many_addresses_together_are_stopped_for_strangers(client):
    user = make_user()
    attack(user.username, many_addresses())
    [told] = attempt(client, user.username)
    assert "Too many tries" in told


def test_whoever_signed_in_with_this_browser_before_is_not_kept_out(client):
    user = make_user()
    attempt(client, user.username)
    client.post(reverse("account_logout"))
    attack(user.username, many_addresses())

    attempt(client, user.username)

    assert is_in(client)


def test_a_browser_that_knows_one_account_is_a_stranger_to_others(client):
    attempt(client, make_user().username)
    client.post(reverse("account_logout"))
    other = make_user()
    attack(other.username, many_addresses())
    attempt(client, other.username)
    assert not is_in(client)


def test_what_makes_a_browser_familiar_cannot_be_made_up(client):
    user = make_user()
    client.cookies["known"] = ".".join([user.username, "0" * 32])
    attack(user.username, many_addresses())
    attempt(client, user.username)
    assert not is_in(client)


def test_it_passes_by_itself(client):
    user = make_user()
    attack(user.username, [HOME, *many_addresses()])
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=FROM_ANYWHERE.window)):
        attempt(client, user.username)
        assert is_in(client)


def test_a_new_password_by_mail_ends_it(client):
    user = make_user(email=f"{new_name('me')}@example.org")
    attack(user.username, many_addresses())
    form = client.get(reset_link(client, user.email), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    attempt(client, user.username, NEW_PASSWORD)

    assert is_in(client)


def test_a_name_that_nobody_has_is_counted_and_refused_like_any_other():
    known, unknown = make_user().username, new_name("nobody")
    told = []
    for login, address in ((known, HOME), (unknown, AWAY)):
        tries = range(FROM_ONE_PLACE.most + 1)
        told.append([str(attempt(Client(), login, "guess", address)) for _ in tries])
    assert told[0] == told[1]
    assert "Too many tries" in told[0][-1]


def test_a_name_that_nobody_has_costs_the_same_work(monkeypatch):
    """One hash of a password each, and as many queries: there is no clock to read names by."""
    hashed = []
    hasher = type(hashers.get_hasher())
    encode, verify = hasher.encode, hasher.verify
    monkeypatch.setattr(hasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    monkeypatch.setattr(hasher, "verify", lambda *given: hashed.append(1) or verify(*given))
    user = make_user(email=f"{new_name('me')}@example.org")
    closed = make_user(is_active=False)
    work = []
    for login in (user.username, new_name("nobody"), closed.username):
        hashed.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            attempt(Client(), login, "guess", f"192.0.2.{len(work)}")
        work.append((len(hashed), len(queries)))
    assert work == [(1, work[0][1])] * 3


def test_a_site_without_rate_limits_keeps_nobody_out(client, settings):
    settings.RATE_LIMITS = False
    settings.ACCOUNT_RATE_LIMITS = False
    user = make_user()
    attack(user.username, [HOME, HOME])
    attempt(client, user.username)
    assert is_in(client)


# --- the link in the mail -------------------------------------------------------------------


def test_the_link_leads_to_the_configured_address_whatever_the_request_said(client, settings):
    settings.SITE_URL = "https://chat.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    user = make_user(email=f"{new_name('me')}@example.org")
    client.post(
        reverse("account_reset_password"),
        {"email": user.email},
        HTTP_HOST="evil.example",
        HTTP_X_FORWARDED_HOST="evil.example",
    )
    [sent] = mail.outbox
    assert "https://chat.example.org/accounts/password/reset/key/" in sent.body
    assert "evil" not in sent.body + sent.subject


def test_a_mail_to_an_unknown_address_leads_there_too(client, settings):
    settings.SITE_URL = "https://chat.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    unknown = f"{new_name('nobody')}@example.org"
    client.post(reverse("account_reset_password"), {"email": unknown}, HTTP_HOST="evil.example")
    assert all("evil" not in sent.body + sent.subject for sent in mail.outbox)


def test_the_link_expires(client, settings):
    user = make_user(email=f"{new_name('me')}@example.org")
    link = reset_link(client, user.email)
    late = datetime.now(UTC) + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    with time_machine.travel(late):
        response = Client().get(link, follow=True)
    assert b"does not work any more" in response.content


def test_another_password_meanwhile_ends_the_link(client):
    user = make_user(email=f"{new_name('me')}@example.org")
    link = reset_link(client, user.email)
    user.set_password(NEW_PASSWORD)
    user.save()
    assert b"does not work any more" in Client().get(link, follow=True).content


# --- the passwords themselves ---------------------------------------------------------------


@pytest.mark.parametrize(
    "weak", ["password", "12345678", "84756392", "iloveyou", "short7!", "{name}"]
)
def test_a_weak_password_is_refused_with_the_reason(client, weak):
    name = new_name("chosen")
    form = {"username": name, "password1": weak.format(name=name)}
    response = client.post(reverse("account_signup"), form)
    assert response.context["form"].errors["password1"]
    assert not is_in(client)
