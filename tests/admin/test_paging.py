"""The admin's lists, page by page, on a site of any size; and the views of them that are saved."""

import re

import pytest
from django.contrib import admin

from chat.admin import paging
from chat.admin.rooms import RoomAdmin
from chat.models import Message, SavedView
from chat.models.saved_view import VIEW_NAME_MAX, VIEWS_MAX
from tests.admin.conftest import Browser, text_of
from tests.factories import make_history, make_message, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    monkeypatch.setattr(admin.site._registry[Message], "list_per_page", 3)


@pytest.fixture
def elsewhere(ada):
    return make_room(owner=ada)


def links_in(response):
    """The links between pages, by their words."""
    content = response.content.decode()
    [pages] = re.findall(r'<p class="paginator pages">(.*?)</p>', content, re.S)
    found = re.findall(r'<a href="\?([^"]*)">([^<]*)</a>', pages)
    return {words: dict(pair.split("=") for pair in query.split("&amp;")) for query, words in found}


def seqs(response):
    return [row.seq for row in response.context["cl"].result_list]


@pytest.mark.parametrize("chosen", ["", "room", "author"])
def test_a_list_is_turned_to_its_end_and_back(browser, ada, room, elsewhere, chosen):
    for _ in range(8):
        make_message(elsewhere, ada)
        make_message(room, ada)
    query = {"room": room.pk} if chosen == "room" else {"author": ada.id} if chosen else {}
    everything = Message.objects.filter(**query).order_by("-pk").values_list("pk", flat=True)
    seen, pages, page = [], [], browser.page("chat/message/", **query)
    while True:
        pages.append([row.pk for row in page.context["cl"].result_list])
        seen += pages[-1]
        if "Older" not in (links := links_in(page)):
            break
        page = browser.page("chat/message/", **links["Older"])
    assert seen == list(everything)
    while "Newer" in (links := links_in(page)):
        page = browser.page("chat/message/", **links["Newer"])
        assert [row.pk for row in page.context["cl"].result_list] == pages[-2]
        pages.pop()
    assert len(pages) == 1


def test_what_came_meanwhile_moves_nothing_on_the_next_page(browser, ada, room):
    make_history(room, [ada], 6)
    first = browser.page("chat/message/", room=room.pk)
    make_history(room, [ada], 5)
    assert seqs(browser.page("chat/message/", **links_in(first)["Older"])) == [3, 2, 1]


def test_a_list_says_how_many_there_are_up_to_a_bound(browser, ada, room, monkeypatch):
    make_history(room, [ada], 3)
    assert "3 messages" in text_of(browser.page("chat/message/", room=room.pk))
    make_history(room, [ada], 2)
    assert "5 messages" in text_of(browser.page("chat/message/", room=room.pk))
    monkeypatch.setattr(paging, "COUNTED_MAX", 4)
    assert "4 or more messages" in text_of(browser.page("chat/message/", room=room.pk))


def test_a_search_looks_so_far_and_goes_on_where_one_asks(browser, ada, room, monkeypatch):
    monkeypatch.setattr(paging, "LOOKED_THROUGH", 10)
    make_history(room, [ada], 1, "needle")
    make_history(room, [ada], 12, "hay")
    make_history(room, [ada], 1, "needle")
    found = browser.page("chat/message/", q="needle", room=room.pk)
    assert seqs(found) == [14]
    further = browser.page("chat/message/", **links_in(found)["Look further back"])
    assert seqs(further) == [1]
    assert "Look further back" not in links_in(further)


def test_rooms_are_paged_through_to_the_oldest_however_many_there_are(browser, ada, monkeypatch):
    monkeypatch.setattr(RoomAdmin, "list_per_page", 2)
    monkeypatch.setattr(paging, "COUNTED_MAX", 3)
    made = [make_room(owner=ada, name="Paged").pk for _ in range(5)]
    page, seen = browser.page("chat/room/", q="Paged"), []
    while True:
        seen += [room.pk for room in page.context["cl"].result_list]
        if "Older" not in links_in(page):
            break
        page = browser.page("chat/room/", **links_in(page)["Older"])
    assert seen == made[::-1]


@pytest.mark.parametrize("page", ["o", "ox", "n-1", "1", "o" + "9" * 30, "%00"])
def test_a_page_that_makes_no_sense_is_the_first_one(browser, ada, room, page):
    message = make_message(room, ada)
    assert browser.rows("chat/message/", p=page, room=room.pk) == [message.pk]


def test_a_view_is_saved_for_oneself_found_and_forgotten(browser, superuser, ada, room):
    query = f"q=x+%26+y&deleted=no&room={room.pk}"
    saved = browser.post("/admin/chat/message/views/", {"name": " Mine ", "query": f"{query}&p=o7"})
    assert saved["Location"] == f"/admin/chat/message/?{query}"
    page = browser.page("chat/message/").content.decode()
    assert f'<a href="?{query.replace("&", "&amp;")}">Mine</a>' in page
    for visitor, path in ((superuser, "chat/message/"), (browser, "chat/room/")):
        assert ">Mine</a>" not in visitor.page(path).content.decode()
    browser.post("/admin/chat/message/views/", {"name": "Mine", "query": "deleted=yes"})
    assert SavedView.objects.get().query == "deleted=yes"
    browser.post("/admin/chat/message/views/", {"forget": "Mine", "query": "deleted=yes"})
    assert not SavedView.objects.exists()


def test_a_view_leads_to_this_list_alone_and_is_no_html(browser, room):
    for query in ('"><script>', "//evil.example", "https://evil.example/?x"):
        name = f"<b>{len(query)}"
        told = browser.post("/admin/chat/room/views/", {"name": name, "query": query})
        assert told["Location"].startswith("/admin/chat/room/?")
    page = browser.page("chat/room/").content.decode()
    assert "<script>" not in page.replace("<script src", "")
    assert "<b>" not in page


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "n" * (VIEW_NAME_MAX + 1)}, {"query": "q=" + "x" * 500}]
)
def test_a_view_that_makes_no_sense_is_refused(browser, wrong):
    browser.post("/admin/chat/room/views/", {"name": "n" * VIEW_NAME_MAX, "query": "q=x"} | wrong)
    assert not SavedView.objects.exists()


def test_so_many_views_of_a_list_and_no_more(browser):
    for number in range(VIEWS_MAX + 1):
        browser.post("/admin/chat/room/views/", {"name": f"{number}", "query": ""})
    assert SavedView.objects.count() == VIEWS_MAX


def test_nobody_saves_a_view_of_what_they_may_not_see(ada):
    answer = Browser(ada).post("/admin/chat/room/views/", {"name": "x", "query": ""})
    assert answer.status_code in (302, 403)
    assert not SavedView.objects.exists()
