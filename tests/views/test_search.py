"""The page on which messages are searched, without a script."""

import pytest

from chat.services.search import RESULTS_DEFAULT
from tests.factories import make_history, make_member, make_message, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ada, bob):
    return make_room(members=[bob], owner=ada, name="Kitchen")


def test_what_was_found_is_shown_with_its_words_marked_and_leads_to_the_message(
    ada, bob, room, browse
):
    make_message(room, bob, "Die <b>Straße</b> & das Haus")
    response = browse(ada).get("/search/", {"q": "strasse"})
    shown = response.content.decode()
    assert "&lt;b&gt;<mark>Straße</mark>&lt;/b&gt; &amp; das Haus" in shown
    assert f'href="/rooms/{room.slug}/1/"' in shown
    assert "Bob" in shown
    assert "Kitchen" in shown
    assert "1 message found" in shown


def test_older_ones_follow_page_by_page(ada, room, browse):
    make_history(room, [ada], RESULTS_DEFAULT + 2, "tea & more")
    browser = browse(ada)
    first = browser.get("/search/", {"q": "tea &"})
    older = first.context["found"].older
    assert f'href="?q=tea%20%26&amp;before={older}"' in first.content.decode()
    assert len(browser.get("/search/", {"q": "tea &", "before": older}).context["results"]) == 2


def test_what_cannot_be_searched_for_is_told_in_words(ada, browse):
    response = browse(ada).get("/search/", {"q": "ab"})
    assert response.status_code == 400
    assert "At least one word needs three letters." in response.content.decode()


def test_nothing_found_and_nothing_asked_say_what_to_do(ada, browse):
    browser = browse(ada)
    assert "Nothing found for “submarine”" in browser.get("/search/?q=submarine").content.decode()
    assert "from:@" in browser.get("/search/").content.decode()


def test_a_stranger_finds_nothing_and_a_visitor_signs_in(bob, room, browse, client, ada):
    make_message(room, ada, "tea in the kitchen")
    assert browse(make_member()).get("/search/?q=kitchen").context["results"] == []
    assert client.get("/search/?q=kitchen").status_code == 302
