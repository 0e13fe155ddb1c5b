"""What holds for every page: no script or style inside it, and words when something is wrong."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories import make_room

pytestmark = pytest.mark.django_db

ANONYMOUS = ["account_login", "account_signup", "account_reset_password",
             "account_reset_password_done", "account_email_verification_sent"]  # fmt: skip
MEMBERS = ["chat:directory", "chat:new_room", "chat:people", "chat:search", "accounts:profile",
           "account_email", "account_change_password", "mfa_index", "usersessions_list",
           "account_logout", "account_reauthenticate"]  # fmt: skip


def assert_nothing_inline(response):
    """Fail if the page has a script or style that a strict policy would block."""
    page = response.content.decode()
    assert response.status_code == 200
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or "application/json" in script
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


@pytest.mark.parametrize("name", ANONYMOUS)
def test_a_page_for_anybody_has_nothing_inline_and_nothing_foreign(client, name):
    assert_nothing_inline(client.get(reverse(name)))


@pytest.mark.parametrize("name", MEMBERS)
def test_a_page_for_members_has_nothing_inline_and_nothing_foreign(ada, browse, name):
    assert_nothing_inline(browse(ada).get(reverse(name)))


def test_the_pages_of_a_room_have_nothing_inline_and_nothing_foreign(ada, browse):
    room = make_room(owner=ada)
    browser = browse(ada)
    assert_nothing_inline(browser.get(room.get_absolute_url()))
    assert_nothing_inline(browser.get(reverse("chat:room_settings", args=[room.slug])))


def test_every_page_has_landmarks_a_title_and_a_way_past_the_header(ada, browse):
    page = browse(ada).get("/people/").content.decode()

    assert "<title>People · Parlour</title>" in page
    assert page.index('class="skip-link" href="#content"') < page.index("<header")
    assert '<main id="content"' in page
    assert '<nav class="site-nav" aria-label="Site"' in page
    assert page.count("<h1") == 1


def test_what_is_not_there_is_said_in_words(ada, browse):
    response = browse(ada).get("/no/such/page/")

    assert response.status_code == 404
    assert b"There is nothing here" in response.content


def test_a_broken_page_says_so_without_the_database(ada, browse, monkeypatch):
    def broken(*args):
        raise RuntimeError

    browser = browse(ada)
    browser.raise_request_exception = False
    monkeypatch.setattr("chat.services.reading.directory", broken)

    response = browser.get("/rooms/")

    assert response.status_code == 500
    assert b"Something broke on our side" in response.content


def test_days_are_told_in_the_members_own_zone(ada, browse):
    ada.user.time_zone = "Pacific/Kiritimati"  # 14 hours ahead
    ada.user.save()
    browser = browse(ada)
    UserSession.objects.filter(user=ada.user).update(
        created_at=datetime(2026, 3, 1, 12, tzinfo=UTC)
    )

    assert b"since 2 March 2026" in browser.get(reverse("usersessions_list")).content


def test_a_zone_that_is_no_more_counts_as_utc(ada, browse):
    ada.user.time_zone = "Soviet/Union"
    ada.user.save()

    assert browse(ada).get("/rooms/").status_code == 200


def test_the_workshop_shows_every_style_sheet_and_is_for_developers_alone(ada, browse, settings):
    css = Path(settings.BASE_DIR) / "static" / "css"
    # Frames of whole pages, and what has no look of its own.
    elsewhere = {"layout.css", "entrance.css", "room-header.css", "site-header.css", "table.css"}
    page = render_to_string("design.html", {"icons": ["x"], "hues": range(12)})
    shown = set(" ".join(re.findall(r'class="([^"]+)"', page)).split())

    for sheet in {*css.glob("components/*.css"), *css.glob("chat/*.css")}:
        styled = set(re.findall(r"\.([a-z][\w-]*)", sheet.read_text()))
        assert sheet.name in elsewhere or shown & styled, sheet.name
    assert browse(ada).get("/design/").status_code == 404
