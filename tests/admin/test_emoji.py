"""Moderators add and remove the site's own emoji."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from chat.models import CustomEmoji

pytestmark = pytest.mark.django_db
PATH = "/admin/chat/customemoji/"


def upload(content=None):
    data = io.BytesIO()
    Image.new("RGB", (64, 64)).save(data, "PNG")
    return SimpleUploadedFile("p.png", content or data.getvalue())


def test_a_moderator_adds_an_emoji_and_removes_it(browser, moderator):
    browser.post(f"{PATH}add/", {"name": "party", "upload": upload()})
    row = CustomEmoji.objects.get(name="party")
    assert row.added_by == moderator.user
    page = browser.page("chat/customemoji/").content.decode()
    assert ":party:" in page
    assert "/emoji/party.webp" in page
    assert browser.page(f"chat/customemoji/{row.pk}/change/")
    browser.post(f"{PATH}{row.pk}/delete/", {"post": "yes"})
    assert not CustomEmoji.objects.exists()


def test_several_emoji_are_removed_at_once(browser):
    made = [CustomEmoji.objects.create(name=f"e{n}", picture=b"x") for n in range(2)]
    fields = {"action": "delete_selected", "_selected_action": [row.pk for row in made]}
    browser.post(PATH, fields | {"post": "yes"})
    assert not CustomEmoji.objects.exists()


def test_what_is_no_picture_is_refused_in_words(browser):
    answer = browser.post(f"{PATH}add/", {"name": "odd", "upload": upload(b"MZ")}, follow=True)
    assert "no picture" in answer.content.decode()
    answer = browser.post(f"{PATH}add/", {"name": "a b", "upload": upload()})
    assert "Use small letters" in answer.content.decode()
    assert not CustomEmoji.objects.exists()
