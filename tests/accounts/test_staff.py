"""Staff: a second step where the site wants one, and an admin that has limits of its own."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from accounts.middleware import CHANGES_IN_ADMIN, STRANGERS_AT_ADMIN
from accounts.models import User
from tests.admin.conftest import Browser
from tests.factories import make_member, make_message, make_moderator, make_room

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def two_factor(settings):
    settings.STAFF_TWO_FACTOR = True


def test_staff_without_a_second_step_are_led_to_where_it_is_set_up(two_factor):
    admin = make_moderator()
    response = Browser(admin).get("/admin/chat/room/", follow=True)
    assert response.redirect_chain[0][0] == reverse("mfa_index")
    assert b"Staff need a second step" in response.content


def test_with_a_second_step_the_admin_opens(two_factor):
    admin = make_moderator()
    TOTP.activate(admin.user, SECRET)
    Browser(admin).page("")


def test_until_then_they_moderate_nowhere_else_either(two_factor):
    admin = make_moderator()
    assert not admin.user.is_moderator
    TOTP.activate(admin.user, SECRET)
    assert User.objects.get(pk=admin.id).is_moderator


def test_members_need_none(two_factor):
    assert Browser(make_member()).get("/rooms/").status_code == 200


def test_where_it_is_not_wanted_staff_go_without():
    Browser(make_moderator()).page("")


def test_strangers_who_keep_knocking_at_the_admin_are_told_to_wait():
    stranger, member, admin = Client(), Browser(make_member()), Browser(make_moderator())
    for _ in range(STRANGERS_AT_ADMIN.most // 2):
        stranger.get("/admin/login/")
        member.get("/admin/")
    assert stranger.get("/admin/login/").status_code == 429
    assert member.get("/admin/").status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.5").get("/admin/login/").status_code == 302
    admin.page("")


def test_changes_in_the_admin_have_a_limit_and_looking_has_none(monkeypatch):
    monkeypatch.setattr(CHANGES_IN_ADMIN, "most", 2)
    ada = make_member()
    message = make_message(make_room(owner=ada), ada)
    admin = Browser(make_moderator())
    for _ in range(2):
        assert admin.post("/admin/chat/message/", {}).status_code in (200, 302)
    assert admin.post("/admin/chat/message/", {}).status_code == 429
    admin.page(f"chat/message/{message.pk}/change/")
