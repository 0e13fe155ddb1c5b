"""Who may do what in the admin: moderators moderate, superusers run the site."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import ApiToken, User
from chat.models import Membership, Message, Room
from tests.admin.conftest import Browser
from tests.factories import make_member, make_message, make_room, make_token

pytestmark = pytest.mark.django_db

LISTS = [
    "accounts/user/", "chat/room/", "chat/message/", "chat/membership/", "chat/connection/",
    "chat/serverprocess/", "chat/auditentry/", "chat/sanction/", "chat/report/", "chat/filter/",
    "chat/heldmessage/",
]  # fmt: skip


@pytest.fixture
def room(ada):
    return make_room("private", owner=ada)


def test_staff_sign_in_where_everybody_does():
    response = Client().get("/admin/login/?next=/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["", *LISTS])
def test_a_plain_member_sees_nothing(ada, path):
    assert Browser(ada).get(f"/admin/{path}", follow=True).status_code == 403


@pytest.mark.parametrize("path", ["", *LISTS])
def test_a_moderator_sees_all_that_is_moderated(browser, path):
    browser.page(path)


@pytest.mark.parametrize("path", ["accounts/apitoken/", "auth/group/", "accounts/user/add/"])
def test_a_moderator_sees_nothing_of_how_the_site_is_run(browser, path):
    assert browser.get(f"/admin/{path}").status_code == 403


def test_staff_who_may_only_look_change_nothing(ada, room):
    looker = make_member(is_staff=True)
    looker.user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    browser = Browser(looker)
    message = make_message(room, ada)
    for path in LISTS:
        browser.page(path)
    seat = Membership.objects.get(room=room)
    for path in (
        f"chat/room/{room.pk}", f"accounts/user/{ada.id}", f"chat/membership/{seat.pk}",
    ):  # fmt: skip
        browser.page(f"{path}/change/")
        assert browser.post(f"/admin/{path}/change/", {"name": "x"}).status_code == 403
    assert browser.post(f"/admin/chat/message/{message.pk}/delete/", {"post": 1}).status_code == 403
    browser.act("chat/room/", "lock", room)
    browser.act("accounts/user/", "ban", ada.user)
    browser.act("chat/membership/", "remove", seat)
    assert not Room.objects.get(pk=room.pk).locked
    assert User.objects.get(pk=ada.id).banned_at is None
    assert Membership.objects.get(pk=seat.pk).left_at is None
    assert Message.objects.get(pk=message.pk).deleted_at is None


def test_a_moderator_gives_nobody_rights_not_even_themselves(browser, moderator):
    fields = {"is_superuser": "on", "is_staff": "on", "username": "changed"}
    browser.post(f"/admin/accounts/user/{moderator.id}/change/", fields)
    stored = User.objects.get(pk=moderator.id)
    assert not stored.is_superuser
    assert stored.username == moderator.username


def test_a_moderator_sets_nobodys_password(browser, ada):
    assert browser.get(f"/admin/accounts/user/{ada.id}/password/").status_code == 403
    fields = {"password1": "hunter2hunter2", "password2": "hunter2hunter2"}
    assert browser.post(f"/admin/accounts/user/{ada.id}/password/", fields).status_code == 403


@pytest.mark.parametrize("noun", ["room", "membership", "connection", "serverprocess"])
def test_nothing_is_added_or_deleted_past_the_services(superuser, room, noun):
    assert superuser.get(f"/admin/chat/{noun}/add/").status_code == 403
    key = {"room": room.pk, "membership": Membership.objects.get(room=room).pk}.get(noun, 1)
    response = superuser.post(f"/admin/chat/{noun}/{key}/delete/", {"post": "yes"})
    assert response.status_code in (302, 403)  # 302: there is none by that number
    assert Room.objects.filter(pk=room.pk).exists()
    assert Membership.objects.filter(room=room).exists()


def test_members_are_never_deleted(superuser, ada):
    response = superuser.post(f"/admin/accounts/user/{ada.id}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert "delete_selected" not in superuser.page("accounts/user/").content.decode()


def test_a_token_is_revoked_but_never_shown_or_made(superuser, ada):
    secret = make_token(ada)
    token = ApiToken.objects.get(user=ada.user)
    for path in ("accounts/apitoken/", f"accounts/apitoken/{token.pk}/change/"):
        page = superuser.page(path).content.decode()
        assert secret not in page
        assert token.digest not in page
    assert superuser.get("/admin/accounts/apitoken/add/").status_code == 403
    superuser.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert ApiToken.objects.user_for(secret) is None


def test_the_group_comes_and_goes_with_its_migration():
    migration = import_module("chat.migrations.0002_moderators")
    migration.remove_group(apps, None)
    assert not Group.objects.filter(name="Moderators").exists()
    migration.make_group(apps, None)
    group = Group.objects.get(name="Moderators")
    assert {"moderate", "view_message"} <= set(group.permissions.values_list("codename", flat=True))
