"""Moderators say how long messages are kept."""

import pytest

from chat.models import AuditEntry, SiteState

pytestmark = pytest.mark.django_db


def test_a_rooms_time_is_set_and_taken_back(browser, room):
    path = f"chat/room/{room.pk}/change/"
    browser.change(path, kept_for=30, reason="Law")
    room.refresh_from_db()
    assert room.retention_days == 30
    assert AuditEntry.objects.latest("pk").reason == "Law"
    browser.change(path, kept_for="")
    room.refresh_from_db()
    assert room.retention_days is None


def test_the_sites_time_is_set(browser, moderator):
    assert browser.get("/admin/chat/sitestate/")["Location"].endswith("/1/change/")
    browser.change("chat/sitestate/1/change/", kept_for=365, reason="Law")
    assert SiteState.current().retention_days == 365
    assert "Ensure this value" in browser.change("chat/sitestate/1/change/", kept_for=9999)
    assert SiteState.current().retention_days == 365
