"""The front door."""

import pytest
from django.urls import reverse

from tests.factories import make_room

pytestmark = pytest.mark.django_db


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get("/").url == reverse("account_login") + "?next=/"


def test_a_member_without_rooms_is_led_to_the_directory(ada, browse):
    assert browse(ada).get("/").url == reverse("chat:directory")


def test_a_member_is_led_back_to_the_room_they_were_in(ada, browse):
    rooms = [make_room(members=[ada], name=name) for name in ("Aaa", "Bbb", "Ccc")]
    browser = browse(ada)
    assert browser.get("/").url == rooms[0].get_absolute_url()

    browser.get(rooms[2].get_absolute_url())

    assert browser.get("/").url == rooms[2].get_absolute_url()


def test_a_room_that_was_left_is_not_led_back_to(ada, browse):
    stays, left = make_room(members=[ada], name="Zzz"), make_room(members=[ada], name="Aaa")
    browser = browse(ada)
    browser.get(left.get_absolute_url())
    browser.post(reverse("chat:leave", args=[left.slug]))

    assert browser.get("/").url == stays.get_absolute_url()


@pytest.mark.parametrize(
    "path",
    ["/rooms/", "/rooms/new/", "/people/", "/rooms/x/", "/rooms/x/settings/", "/accounts/profile/"],
)
def test_every_page_asks_a_stranger_to_sign_in(client, path):
    assert client.get(path).url.startswith(reverse("account_login"))
