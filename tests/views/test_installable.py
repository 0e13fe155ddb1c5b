"""The site as an app: what is the same for everybody, and what is shared into a room."""

import json
import re

import pytest
from django.urls import reverse

from chat.models.draft import DRAFT_MAX
from chat.services import drafts, rooms
from tests.factories import make_room
from tests.views.test_pages import assert_nothing_inline

pytestmark = pytest.mark.django_db


def site_in(worker):
    """Return what the worker's script is told of the site."""
    [told] = re.findall(r"^self\.SITE = (.*);$", worker.content.decode(), re.M)
    return json.loads(told)


def test_the_manifest_has_the_sites_name_its_icons_and_where_one_shares(client, settings):
    settings.SITE_NAME = "Ünser Chat"
    response = client.get("/manifest.webmanifest")
    told = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (told["name"], told["start_url"], told["scope"]) == ("Ünser Chat", "/", "/")
    assert {icon.get("purpose") for icon in told["icons"]} == {None, "any", "maskable"}
    assert told["share_target"]["action"] == reverse("chat:share")


def test_the_worker_reaches_the_whole_site_is_asked_for_anew_and_allowed_by_the_policy(client):
    response = client.get("/service-worker.js")  # a script's reach is the folder it lies in
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in response["Content-Security-Policy"]
    site = site_in(response)
    assert site["offline"] == "/offline/?language=en"
    assert site["signOut"] == reverse("account_logout")
    assert any("chat-app" in address for address in site["assets"])
    assert not any("admin" in address for address in site["assets"])


@pytest.mark.parametrize("address", ["/manifest.webmanifest", "/service-worker.js", "/offline/"])
def test_what_a_browser_holds_for_offline_says_nothing_of_who_asked(client, ada, browse, address):
    make_room("public", owner=ada, name="Nobody may keep this")
    member = browse(ada).get(address)
    assert member.content == client.get(address).content
    assert member.cookies == {}


def test_the_page_for_offline_has_words_and_nothing_inline(client):
    response = client.get("/offline/")
    assert_nothing_inline(response)
    assert b"You are offline" in response.content


def test_the_page_for_offline_is_in_the_language_of_who_installed_it(client, ada, browse):
    ada.user.language = "ar"
    ada.user.save()
    in_english, in_arabic = (
        site_in(browser.get("/service-worker.js")) for browser in (client, browse(ada))
    )
    assert in_arabic["version"] == in_english["version"]  # her own pages are not outdated by it
    assert in_arabic["language"] != in_english["language"]
    page = client.get(in_arabic["offline"])  # the worker asks for it without her cookies
    assert b'lang="ar"' in page.content
    assert b'dir="rtl"' in page.content
    assert page["Content-Language"] == "ar"
    assert b'lang="en"' in client.get("/offline/?language=tlh").content


def test_pages_for_who_is_not_signed_in_forget_what_was_kept(client, ada, browse):
    assert b"js/forget" in client.get(reverse("account_login")).content
    assert b"js/forget" not in browse(ada).get(reverse("account_logout")).content


def test_what_is_shared_goes_below_what_was_begun_in_the_chosen_room(ada, browse):
    room, browser = make_room("private", owner=ada), browse(ada)
    drafts.keep(ada.user, room.pk, "begun")
    shared = {"title": "A page", "text": "A page: https://example.org/", "url": "https://x.org/"}
    page = browser.get("/share/", shared)
    assert_nothing_inline(page)
    assert page.context["text"] == "A page\nA page: https://example.org/\nhttps://x.org/"
    assert drafts.drafts_of(ada.user)[0].body == "begun"  # looking changes nothing

    answer = browser.post("/share/", {"room": room.pk, "text": "A page\r\nhttps://x.org/"})

    assert answer["Location"] == room.get_absolute_url()
    assert drafts.drafts_of(ada.user)[0].body == "begun\nA page\nhttps://x.org/"


def test_nothing_is_shared_where_one_may_not_write(ada, bob, browse):
    locked, secret = make_room("public", [ada], owner=bob), make_room("private", owner=bob)
    rooms.lock(bob.user, locked.pk, True)
    browser = browse(ada)
    assert browser.get("/share/").context["rooms"] == []
    for room in (secret.pk, 0, "x"):
        refused = browser.post("/share/", {"room": room, "text": "for you"})
        assert refused.status_code == 404
    own = make_room("public", owner=ada)
    refused = browser.post("/share/", {"room": own.pk, "text": "x" * (DRAFT_MAX + 1)})
    assert refused.status_code == 413
    assert b"at most" in refused.content
    assert drafts.drafts_of(ada.user) == []
