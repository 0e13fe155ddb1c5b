"""Pages, refusals and mails in the language of who reads them."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.api.calling import Caller
from tests.factories import PASSWORD, make_member, make_moderator, make_token, make_user, new_name

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_tries():
    """Forget what other tests did from this address."""
    cache.clear()


def test_a_member_reads_pages_in_the_language_they_chose(ada, browse):
    browser = browse(ada)
    assert 'name="language"' in browser.get(reverse("accounts:profile")).content.decode()
    profile = {"language": "ar", "time_zone": "UTC", "read_out": "everything"}
    browser.post(reverse("accounts:profile"), profile)

    page = browser.get(reverse("chat:directory"), HTTP_ACCEPT_LANGUAGE="de").content.decode()

    assert 'lang="ar"' in page
    assert 'dir="rtl"' in page
    assert "الغرف" in page


@pytest.mark.parametrize(
    ("asked", "language", "said"),
    [
        ("de-AT,de;q=0.8,en;q=0.5", "de", "Passwort"),
        ("fr,ar;q=0.5", "ar", "كلمة المرور"),
        ("fr", "en", "Password"),
        ("", "en", "Password"),
    ],
)
def test_who_is_signed_out_reads_what_their_browser_asks_for(client, asked, language, said):
    page = client.get(reverse("account_login"), HTTP_ACCEPT_LANGUAGE=asked).content.decode()
    assert f'lang="{language}"' in page
    assert said in page


def test_who_signs_up_with_a_german_browser_has_chosen_german(client):
    form = {"username": new_name("me"), "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), form, HTTP_ACCEPT_LANGUAGE="de")
    assert User.objects.get(username=form["username"]).language == "de"


def test_a_page_that_is_not_there_says_so_in_the_members_language(browse):
    browser = browse(make_member(language="de"))
    assert "Hier ist nichts" in browser.get("/nothing/").content.decode()


@pytest.mark.parametrize(("language", "day"), [("de", "seit 1. März 2026"), ("ar", "1 مارس 2026")])
def test_days_are_written_as_the_members_language_does(browse, language, day):
    reader = make_member(language=language)
    browser = browse(reader)
    UserSession.objects.filter(user=reader.user).update(created_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert day in browser.get(reverse("usersessions_list")).content.decode()


def test_moderators_read_their_tools_in_their_language(browse):
    browser = browse(make_moderator(language="de"))
    assert "Offene Meldungen" in browser.get(reverse("admin:index")).content.decode()
    listed = browser.get(reverse("admin:chat_sanction_changelist")).content.decode()
    assert "Einspruch ohne Antwort" in listed


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_the_api_refuses_in_the_members_language(by):
    reader = make_member(language="de")
    caller = Caller(token=make_token(reader)) if by == "token" else Caller(reader)
    answer = caller.post("rooms", kind="public", name="")
    assert answer.json == {"code": "invalid", "detail": "name: ein Raum braucht einen Namen."}


def test_a_mail_is_in_the_language_of_whose_address_it_is_not_of_who_asked_for_it():
    reader = make_user(language="ar", email=f"{new_name('me')}@example.org")
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)

    asked = {"email": reader.email}
    Client().post(reverse("account_reset_password"), asked, HTTP_ACCEPT_LANGUAGE="de")

    [sent] = mail.outbox
    [(html, _type)] = sent.alternatives
    assert sent.subject.startswith("اختيار كلمة مرور جديدة")
    assert "يعمل مرة واحدة" in sent.body
    assert 'lang="ar" dir="rtl"' in html
