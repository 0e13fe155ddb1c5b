"""Signing up, with and without mail."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, make_room, make_user, new_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_mail(settings):
    """Let the site be one whose mail is configured."""
    settings.MAIL_CONFIGURED = True
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def sign_up(client, **fields):
    """Send the sign-up form."""
    form = {"username": new_name("new"), "password1": PASSWORD} | fields
    return client.post(reverse("account_signup"), form)


def links_in(message):
    """Return the addresses in a mail, without host."""
    return re.findall(r"https?://[^/\s]+(/\S+)", message.body)


def test_signing_up_leads_straight_into_the_room_where_everybody_begins(client, settings):
    room = make_room(slug=new_name("welcome"))
    settings.WELCOME_ROOMS = [room.slug]

    response = client.post(
        reverse("account_signup"),
        {"username": new_name("new"), "password1": PASSWORD},
        follow=True,
    )

    assert response.redirect_chain[-1][0] == reverse("chat:room", args=[room.slug])
    assert response.context["page"]["room"] == room.pk


def test_who_left_the_room_where_everybody_begins_is_not_put_back(client, settings):
    room = make_room(slug=new_name("welcome"))
    settings.WELCOME_ROOMS = [room.slug]
    handle = new_name("new")
    sign_up(client, username=handle)
    client.post(reverse("chat:leave", args=[room.slug]))
    client.post(reverse("account_logout"))

    client.post(reverse("account_login"), {"login": handle, "password": PASSWORD})

    assert client.get("/").url == reverse("chat:directory")


def test_without_a_room_to_begin_in_signing_up_leads_to_the_directory(client, settings):
    settings.WELCOME_ROOMS = [new_name("nowhere")]

    response = client.post(
        reverse("account_signup"), {"username": new_name("new"), "password1": PASSWORD}, follow=True
    )

    assert response.redirect_chain[-1][0] == reverse("chat:directory")


def test_a_handle_is_stored_in_small_letters(client):
    handle = new_name("Mixed")
    sign_up(client, username=handle)

    assert User.objects.filter(username=handle.lower()).exists()


@pytest.mark.parametrize(
    "handle",
    ["a", "has space", "ümlaut", "-dash", "dot.", "a" * 33, "everyone", "a@b.example", "<b>"],
)
def test_an_unfit_handle_is_refused_at_its_field(client, handle):
    response = sign_up(client, username=handle)

    assert response.status_code == 200
    assert "username" in response.context["form"].errors
    assert not User.objects.filter(username__iexact=handle).exists()


def test_a_handle_can_be_had_once_in_whatever_case(client):
    taken = make_user().username

    response = sign_up(client, username=taken.upper())

    assert response.context["form"].errors["username"] == ["Somebody has this handle already."]


def test_name_and_time_zone_are_stored_with_the_new_member(client):
    handle = new_name("new")
    sign_up(client, username=handle, display_name="  Ada   Lovelace ", time_zone="Europe/Berlin")

    user = User.objects.get(username=handle)
    assert (user.name, user.time_zone) == ("Ada Lovelace", "Europe/Berlin")


def test_an_unknown_time_zone_counts_as_utc(client):
    handle = new_name("new")
    sign_up(client, username=handle, time_zone="../../etc/passwd")

    assert User.objects.get(username=handle).time_zone == "UTC"


def test_a_common_password_is_refused(client):
    response = sign_up(client, password1="password")

    assert "password1" in response.context["form"].errors


def test_without_mail_an_address_is_optional_and_nothing_is_sent(client):
    sign_up(client)

    assert "_auth_user_id" in client.session
    assert mail.outbox == []


def test_with_mail_one_is_in_only_after_confirming_the_address(client, with_mail):
    response = sign_up(client, email="new@example.org")

    assert response.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session

    (message,) = mail.outbox
    (link,) = links_in(message)
    assert "Parlour" in message.subject
    client.get(link)
    client.post(link)

    assert "_auth_user_id" in client.session


def test_with_mail_an_address_must_be_given(client, with_mail):
    assert "email" in sign_up(client).context["form"].errors


def test_a_taken_address_is_not_told_to_whoever_types_it(client, with_mail):
    address = f"{new_name('taken')}@example.org"
    sign_up(client, email=address)
    mail.outbox.clear()
    cache.clear()  # one address gets no two mails within minutes

    response = sign_up(Client(), email=address)

    assert response.url == reverse("account_email_verification_sent")
    assert mail.outbox[0].subject == "You have an account on Parlour already"
    assert User.objects.filter(email=address).count() == 1


def test_a_confirmation_link_works_once_and_says_so(client, with_mail):
    sign_up(client, email=f"{new_name('once')}@example.org")
    (link,) = links_in(mail.outbox[0])
    client.post(link)

    response = Client().get(link)

    assert b"does not work any more" in response.content


def test_a_closed_site_takes_no_one_in(client, settings):
    settings.SIGNUP = False

    response = sign_up(client)

    assert b"Sign-up is closed" in response.content
    assert "_auth_user_id" not in client.session
