"""Join links on pages: made and revoked in the settings, used signed in or before that."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chat.models import JoinLink, Membership
from chat.services import links
from tests.factories import PASSWORD, make_member, make_room, make_user

pytestmark = pytest.mark.django_db

JOIN = "/join/"


@pytest.fixture
def room(ada):
    """A private room of Ada's."""
    return make_room("private", owner=ada)


def settings_of(room, name="chat:room_settings", *args):
    """Return an address of the room's settings."""
    return reverse(name, args=[room.slug, *args])


def is_in(user, room):
    """Tell whether the user is in the room."""
    return Membership.objects.active().filter(user=user, room=room).exists()


def secret_on(page):
    """Return the secret of the link that a page shows."""
    return re.search(r"/join/#([\w-]+)", page.content.decode())[1]


def test_a_link_is_shown_once_used_once_and_then_says_so(ada, bob, room, browse):
    owner = browse(ada)
    made = owner.post(settings_of(room, "chat:room_new_link"), {"expires_in": 1800, "uses_max": 1})
    secret = secret_on(made)
    assert secret not in owner.get(settings_of(room)).content.decode()

    guest = browse(bob)
    shown = guest.post(JOIN, {"token": secret}, follow=True)
    assert room.name in shown.content.decode()
    assert not is_in(bob.user, room)
    entered = guest.post(reverse("chat:use_join_link"))
    assert entered.url == reverse("chat:room", args=[room.slug])
    assert is_in(bob.user, room)

    late = browse(make_member())
    refused = late.post(JOIN, {"token": secret}, follow=True)
    assert refused.status_code == 403
    assert b"used up" in refused.content
    assert late.post(reverse("chat:use_join_link")).status_code == 403


def test_a_link_outlives_signing_in_and_only_its_digest_is_kept(ada, room):
    _, secret = links.create(ada.user, room.pk)
    user = make_user()
    client = Client()

    asked = client.post(JOIN, {"token": secret}, follow=True)
    assert asked.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert secret not in str(dict(client.session))
    form = {"login": user.username, "password": PASSWORD, "next": reverse("chat:join_link_target")}
    shown = client.post(reverse("account_login"), form, follow=True)
    assert room.name in shown.content.decode()
    client.post(reverse("chat:use_join_link"))
    assert is_in(user, room)


def test_a_revoked_link_says_so(ada, bob, room, browse):
    link, secret = links.create(ada.user, room.pk)
    browse(ada).post(settings_of(room, "chat:room_revoke_link", link.pk))

    refused = browse(bob).post(JOIN, {"token": secret}, follow=True)

    assert b"revoked" in refused.content


def test_a_link_that_was_cut_short_leads_nowhere(bob, browse):
    refused = browse(bob).post(JOIN, {"token": "cut"}, follow=True)
    assert refused.status_code == 404
    assert b"leads nowhere" in refused.content
    assert browse(bob).get(reverse("chat:join_link_target")).status_code == 404


def test_links_are_not_offered_to_plain_members(ada, bob, browse):
    room = make_room(members=[bob], owner=ada)
    browser = browse(bob)
    assert b"Make a link" not in browser.get(settings_of(room)).content
    new = settings_of(room, "chat:room_new_link")
    assert browser.post(new, {"expires_in": 1800}).status_code == 403
    assert not JoinLink.objects.filter(room=room).exists()


@pytest.mark.parametrize("uses", ["0", "1001", "-1", "many"])
def test_a_number_of_uses_that_is_none_is_told_at_its_field(ada, room, browse, uses):
    answer = browse(ada).post(
        settings_of(room, "chat:room_new_link"), {"expires_in": 1800, "uses_max": uses}
    )
    assert answer.status_code == 400
    assert answer.context["link_form"].errors["uses_max"]


def test_an_owner_moves_a_room_to_another_address(ada, room, browse):
    other = make_room(owner=ada)
    browser, change = browse(ada), settings_of(room, "chat:room_address")
    taken = browser.post(change, {"slug": other.slug})
    assert taken.status_code == 400
    assert b"another room has this address" in taken.content.lower()
    moved = browser.post(change, {"slug": f"{room.slug}-moved"})
    assert moved.url == reverse("chat:room_settings", args=[f"{room.slug}-moved"])
