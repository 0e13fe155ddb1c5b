"""Moderators at filters, and at what these held."""

from uuid import uuid4

import pytest
from django.utils import timezone

from chat.errors import ChatError, Held
from chat.models import Filter, HeldMessage, Message
from chat.services import filters, messages
from tests.admin.conftest import Browser
from tests.factories import make_member, make_message, make_room

pytestmark = pytest.mark.django_db

SOUND = {
    "name": "Gambling", "kind": "words", "text": "casino", "domains": "denied", "limit": 5,
    "window": 60, "newcomers": "links", "new_for": 24, "action": "hold", "mute_for": 60,
}  # fmt: skip


@pytest.fixture
def ada():
    return make_member(display_name="Ada")


@pytest.fixture
def room(ada):
    return make_room(members=[ada])


@pytest.fixture
def live(moderator):
    made = filters.save(moderator.user, SOUND)
    filters.try_out(moderator.user, made.pk)
    return filters.go_live(moderator.user, made.pk)


def say(member, room, body="casino"):
    try:
        return messages.post(member.user, room.pk, uuid4(), body)
    except ChatError as refusal:
        return refusal


@pytest.fixture
def waiting(live, room, ada):
    assert isinstance(say(ada, room, "<b>the casino</b>"), Held)
    return HeldMessage.objects.get()


def test_a_filter_is_written_tried_out_and_let_go_live(browser, moderator, room, ada):
    said = make_message(room, ada, "<b>casino</b>")
    response = browser.post("/admin/chat/filter/add/", SOUND | {"room": room.pk})
    made = Filter.objects.get()
    assert response["Location"] == f"/admin/chat/filter/{made.pk}/try/"
    assert (made.room, made.state, made.made_by) == (room, "draft", moderator.user)
    page = browser.page(f"chat/filter/{made.pk}/try/").content.decode()
    assert "Let it go live" not in page
    told = browser.act("chat/filter/", "go_live", made)
    assert "Try it out first" in told
    tried = browser.post(f"/admin/chat/filter/{made.pk}/try/", {"do": "try", "newest": 100})
    page = tried.content.decode()
    assert "&lt;b&gt;casino&lt;/b&gt;" in page
    assert f"/admin/chat/room/{room.pk}/transcript/?around={said.seq}" in page
    assert not isinstance(say(ada, room), ChatError)
    browser.post(f"/admin/chat/filter/{made.pk}/try/", {"do": "live"})
    assert isinstance(say(ada, room), Held)
    assert browser.rows("chat/filter/", state="live", q="Gamb", room=room.pk) == [made.pk]
    assert "Stopped: 1." in browser.act("chat/filter/", "stop", made)
    assert not isinstance(say(ada, room), ChatError)


def test_a_changed_filter_is_a_draft_again_and_is_said_to_be(browser, live):
    told = browser.change(f"chat/filter/{live.pk}/change/", text="lottery")
    assert "It is a draft now" in told
    live.refresh_from_db()
    assert (live.text, live.state) == ("lottery", "draft")


def test_what_is_wrong_with_a_filter_is_said_beside_the_form(browser):
    wrong = SOUND | {"kind": "patterns", "text": "(a"}
    page = browser.post("/admin/chat/filter/add/", wrong)
    assert page.status_code == 200
    assert "cannot be looked for" in page.content.decode()
    assert not Filter.objects.exists()


def test_a_filter_is_removed_and_what_it_held_stays(browser, live, waiting):
    browser.post(f"/admin/chat/filter/{live.pk}/delete/", {"post": "yes"})
    assert not Filter.objects.exists()
    assert HeldMessage.objects.get().filter is None
    browser.page(f"chat/heldmessage/{waiting.pk}/change/")


def test_held_messages_are_found_released_and_rejected(browser, room, ada, waiting):
    assert browser.rows("chat/heldmessage/", state="waiting", q=f"@{ada.username} the") == [
        waiting.pk
    ]
    assert browser.rows("chat/heldmessage/", room=room.pk, filter=waiting.filter_id)
    assert "Released: 1." in browser.act("chat/heldmessage/", "release", waiting)
    assert Message.objects.get(room=room).body == "<b>the casino</b>"
    assert "decided this one" in browser.act("chat/heldmessage/", "reject", waiting)
    say(ada, room)
    other = HeldMessage.objects.latest("pk")
    browser.change(f"chat/heldmessage/{other.pk}/change/", decision="reject", told="Not here")
    other.refresh_from_db()
    assert (other.state, other.words) == ("rejected", "Not here")
    assert browser.rows("chat/heldmessage/", state="waiting") == []


def test_a_held_message_is_read_as_text_with_the_way_to_its_room(browser, room, waiting):
    for path in ("chat/heldmessage/", f"chat/heldmessage/{waiting.pk}/change/"):
        page = browser.page(path).content.decode()
        assert "<b>the casino" not in page
        assert "&lt;b&gt;the casino" in page
    assert f"/admin/chat/room/{room.pk}/transcript/" in page


def test_the_first_page_says_how_many_wait(browser, waiting):
    assert browser.page("").context["overview"].waiting_held == 1


def test_moderators_alone_come_to_filters_and_what_they_held(live, waiting, ada):
    looker = make_member(is_staff=True, date_joined=timezone.now())
    for who in (ada, looker):
        visitor = Browser(who)
        for path in (
            "chat/filter/", "chat/filter/add/", f"chat/filter/{live.pk}/try/",
            "chat/heldmessage/", f"chat/heldmessage/{waiting.pk}/change/",
        ):  # fmt: skip
            assert visitor.get(f"/admin/{path}").status_code in (302, 403), path
    for action in ("release", "reject"):
        Browser(looker).post(
            "/admin/chat/heldmessage/", {"action": action, "_selected_action": [waiting.pk]}
        )
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_the_author_sees_what_was_held_and_what_came_of_it(browser, ada, waiting):
    author = Browser(ada)
    page = author.get("/standing/").content.decode()
    assert "&lt;b&gt;the casino" in page
    assert "waits for a moderator" in page
    browser.act("chat/heldmessage/", "reject", waiting, reason="Not here.")
    page = author.get("/standing/").content.decode()
    assert "rejected" in page
    assert "Not here." in page
