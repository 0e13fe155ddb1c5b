"""Signing in and out, resetting the password, the second step."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, make_user, new_name

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another-long-password"


def sign_in(client, login, password=PASSWORD):
    """Send the sign-in form."""
    return client.post(reverse("account_login"), {"login": login, "password": password})


def is_in(client):
    """Tell whether the client is signed in, as the site sees it."""
    return client.get(reverse("accounts:profile")).status_code == 200


def code_now(secret):
    """Return what an authenticator app would show."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_a_member_signs_in_by_handle_in_any_case(client):
    user = make_user()

    sign_in(client, user.username.upper())

    assert is_in(client)


def test_a_member_signs_in_by_mail_address(client):
    user = make_user(email=f"{new_name('me')}@example.org")

    sign_in(client, user.email)

    assert is_in(client)


def test_a_wrong_password_and_an_unknown_handle_are_answered_alike(client):
    user = make_user()

    wrong = sign_in(client, user.username, "not-it")
    unknown = sign_in(client, new_name("nobody"), "not-it")

    assert not is_in(client)
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_signing_in_makes_a_new_session_key(client):
    client.get(reverse("account_login"))
    before = client.session.session_key
    sign_in(client, make_user().username)

    assert client.session.session_key != before


def test_signing_out_takes_a_post_and_deletes_the_session(client):
    sign_in(client, make_user().username)
    key = client.session.session_key

    client.get(reverse("account_logout"))
    assert is_in(client)
    client.post(reverse("account_logout"))

    assert not is_in(client)
    assert not Session.objects.filter(pk=key).exists()


def test_a_closed_account_is_let_in_no_more(client):
    user = make_user(is_active=False)

    sign_in(client, user.username)

    assert not is_in(client)


def test_a_banned_member_is_told_the_reason_and_not_let_in(client):
    user = make_user(banned_at=timezone.now(), ban_reason="Sold <b>watches</b>.")

    response = sign_in(client, user.username)

    assert response.status_code == 403
    assert b"Sold &lt;b&gt;watches&lt;/b&gt;." in response.content
    assert "_auth_user_id" not in client.session


def test_the_ban_of_a_signed_in_member_meets_them_on_every_page(client):
    user = make_user()
    sign_in(client, user.username)
    type(user).objects.filter(pk=user.pk).update(banned_at=timezone.now(), ban_reason="Enough.")

    page = client.get(reverse("chat:directory"))
    api = client.get("/api/v1/me")

    assert (page.status_code, api.status_code) == (403, 403)
    assert b"Enough." in page.content
    assert api.json()["code"] == "forbidden"


def test_after_signing_in_one_is_led_where_one_wanted_to_go(client):
    response = client.post(
        reverse("account_login") + "?next=/people/",
        {"login": make_user().username, "password": PASSWORD, "next": "/people/"},
    )
    assert response.url == "/people/"


def test_one_is_never_led_to_another_site(client):
    response = client.post(
        reverse("account_login"),
        {"login": make_user().username, "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert response.url == "/"


# --- a forgotten password -------------------------------------------------------------------


def reset_link(client, address):
    """Ask for a new password, and return the link that was mailed."""
    client.post(reverse("account_reset_password"), {"email": address})
    return re.findall(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[
        0
    ]


def test_a_mail_says_the_same_as_text_and_in_the_sites_looks(client, settings):
    settings.SITE_NAME = "Tea & <Talk>"
    user = make_user(email=f"{new_name('me')}@example.org")
    link = reset_link(client, user.email)

    text, (html, kind) = mail.outbox[-1].body, mail.outbox[-1].alternatives[0]

    assert kind == "text/html"
    assert f"@{user.username}" in text
    assert f"@{user.username}" in html
    assert html.count(f'{link}"') == 2  # a button, and the address for who cannot press it
    assert "Tea &amp; &lt;Talk&gt;" in html
    assert "<Talk>" not in html
    assert "<link" not in html  # nothing is loaded from anywhere
    assert "<img" not in html


def test_a_forgotten_password_is_replaced_by_way_of_the_mail(client):
    user = make_user(email=f"{new_name('me')}@example.org")
    form = client.get(reset_link(client, user.email), follow=True)

    response = client.post(
        form.redirect_chain[-1][0],
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        follow=True,
    )

    assert b"Your password is changed" in response.content
    sign_in(client, user.username, NEW_PASSWORD)
    assert is_in(client)


def test_a_reset_link_works_once(client):
    user = make_user(email=f"{new_name('me')}@example.org")
    link = reset_link(client, user.email)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    response = Client().get(link, follow=True)

    assert b"does not work any more" in response.content


def test_a_reset_ends_every_session(client):
    user = make_user(email=f"{new_name('me')}@example.org")
    elsewhere = Client()
    sign_in(elsewhere, user.username)
    key = elsewhere.session.session_key
    form = client.get(reset_link(client, user.email), follow=True).redirect_chain[-1][0]

    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert not Session.objects.filter(pk=key).exists()
    assert not is_in(elsewhere)


def test_asking_for_an_unknown_address_is_answered_alike(client):
    known = make_user(email=f"{new_name('me')}@example.org")

    first = client.post(reverse("account_reset_password"), {"email": known.email}, follow=True)
    second = client.post(
        reverse("account_reset_password"), {"email": "nobody@example.org"}, follow=True
    )

    assert first.content == second.content


# --- the second step ------------------------------------------------------------------------


def test_an_authenticator_app_is_set_up_and_then_asked_for(client):
    user = make_user()
    sign_in(client, user.username)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    setup = client.post(asked.url, {"password": PASSWORD}, follow=True)
    assert b"data:image/svg+xml" in setup.content

    secret = setup.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}, follow=True)
    assert len(done.context["unused_codes"]) == 10

    elsewhere = Client()
    assert sign_in(elsewhere, user.username).url == reverse("mfa_authenticate")
    assert not is_in(elsewhere)
    wrong = elsewhere.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.context["form"].errors
    assert not is_in(elsewhere)


def test_the_code_of_the_app_lets_one_in(client):
    user = make_user()
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)

    sign_in(client, user.username)
    client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})

    assert is_in(client)


def test_a_recovery_code_lets_one_in_once(client):
    user = make_user()
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(user).get_unused_codes()[0]

    sign_in(client, user.username)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)

    elsewhere = Client()
    sign_in(elsewhere, user.username)
    elsewhere.post(reverse("mfa_authenticate"), {"code": code})
    assert not is_in(elsewhere)


@pytest.fixture
def with_mail(settings):
    """Let the site be one whose mail is configured."""
    settings.MAIL_CONFIGURED = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def test_with_mail_one_without_an_address_comes_in_and_is_told_to_add_one(client, with_mail):
    response = client.post(
        reverse("account_login"),
        {"login": make_user().username, "password": PASSWORD, "next": reverse("accounts:profile")},
        follow=True,
    )

    assert is_in(client)
    assert b"Your account has no email address" in response.content
    assert mail.outbox == []


def test_with_mail_an_address_must_be_confirmed_first(client, with_mail):
    user = make_user(email=f"{new_name('me')}@example.org")

    response = client.post(
        reverse("account_login"), {"login": user.username, "password": PASSWORD}, follow=True
    )

    assert not is_in(client)
    assert b"We sent you a link" in response.content
    [sent] = mail.outbox
    assert sent.to == [user.email]
