"""People on the page: their card, their status, blocking, who has read, and what a room says."""

import re

from playwright.sync_api import Locator, expect

from chat.models import Room
from chat.services import members, people
from tests.browser.conftest import Opening
from tests.browser.window import Window
from tests.factories import Member, make_message, make_room


def card(window: Window, name: str) -> Locator:
    """Return the card of a member that is open."""
    return window.page.get_by_role("dialog", name=name)


def test_a_card_opens_from_a_name_a_picture_and_a_mention(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    people.set_status(bob.user, "on the train", "🚂")
    make_message(room, bob, f"hello @{ada.username}")
    in_ada = window(ada, room)
    row = in_ada.row("hello")

    row.get_by_role("button", name=bob.name, exact=True).click()
    expect(card(in_ada, bob.name)).to_contain_text("on the train")
    expect(card(in_ada, bob.name)).to_contain_text(f"@{bob.username}")
    in_ada.page.keyboard.press("Escape")
    expect(card(in_ada, bob.name)).to_have_count(0)

    row.locator(".message__face").click()
    expect(card(in_ada, bob.name)).to_be_visible()
    in_ada.page.keyboard.press("Escape")

    row.locator(".mention").click()
    expect(card(in_ada, ada.name).get_by_role("link", name="Your profile")).to_be_visible()


def test_a_status_is_set_seen_by_others_at_once_and_cleared(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.page.get_by_role("button", name="Set a status").click()
    dialog = in_ada.page.get_by_role("dialog")
    dialog.get_by_role("button", name="On holiday").click()
    dialog.get_by_label("For how long").select_option("For a day")
    dialog.get_by_label("Do not disturb").select_option("For 8 hours")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)

    seen = in_bob.page.locator(f".member-list__member[data-user='{ada.id}']")
    expect(seen).to_contain_text("🌴")
    expect(seen).to_contain_text("Do not disturb")
    seen.get_by_role("button").click()
    expect(card(in_bob, ada.name)).to_contain_text(re.compile(r"On holiday\s+until "))
    in_bob.page.keyboard.press("Escape")

    in_ada.page.get_by_role("button", name="Set a status").click()
    dialog.get_by_role("button", name="Clear").click()
    expect(seen).not_to_contain_text("🌴")
    expect(seen).to_contain_text("Do not disturb")


def test_a_status_with_an_emoji_that_is_none_is_refused_in_words(
    window: Opening, ada: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    in_ada.page.get_by_role("button", name="Set a status").click()
    dialog = in_ada.page.get_by_role("dialog")
    dialog.get_by_label("Emoji").fill("train")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not an emoji")
    in_ada.complaints.clear()  # the browser's own line on a refused request


def test_blocking_takes_the_conversation_from_both_and_unblocking_gives_it_back(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    direct = make_room("direct", [ada, bob])
    in_ada, in_bob = window(ada, room), window(bob, room)
    expect(in_bob.in_list(direct)).to_be_visible()
    line = in_ada.page.locator(f".member-list__member[data-user='{bob.id}']")
    line.get_by_role("button").click()
    card(in_ada, bob.name).get_by_role("button", name="Block…").click()
    card(in_ada, bob.name).get_by_role("button", name=f"Block {bob.name}").click()
    for seen in (in_ada, in_bob):
        expect(seen.in_list(direct)).to_have_count(0)

    in_bob.say(f"@{ada.username} are you there?")
    row = in_ada.row("are you there?")
    expect(row).to_be_visible()
    expect(row).not_to_have_attribute("data-calls", re.compile(".*"))
    expect(in_bob.row("are you there?").locator(".mention")).to_be_visible()

    line.get_by_role("button").click()
    card(in_ada, bob.name).get_by_role("button", name="Unblock").click()
    for seen in (in_ada, in_bob):
        expect(seen.in_list(direct)).to_be_visible()


def test_who_has_read_a_message_is_told_from_its_menu(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada, "did you see this?")
    members.mark_read(bob.user, room.pk, message.seq)
    in_ada = window(ada, room)
    in_ada.act("did you see this?", "More")
    in_ada.page.get_by_role("menuitem", name="Seen by").click()
    expect(in_ada.page.get_by_role("dialog", name="Seen by")).to_contain_text(bob.name)


def test_a_room_says_what_it_is_and_who_is_in_it_as_what(
    window: Opening, ada: Member, bob: Member
) -> None:
    room = make_room("private", [bob], owner=ada, topic="Tuesdays at eight")
    members.set_role(ada.user, room.pk, bob.id, "moderator")
    in_bob = window(bob, room)
    in_bob.page.get_by_role("button", name="About this room").click()
    panel = in_bob.page.get_by_role("complementary", name="About this room")
    expect(panel).to_contain_text("Tuesdays at eight")
    expect(panel).to_contain_text("By invitation")
    expect(panel.locator("section").nth(0)).to_contain_text("Owners 1")
    expect(panel.locator("section").nth(0)).to_contain_text(ada.name)
    expect(panel.locator("section").nth(1)).to_contain_text("Moderators 1")
    panel.get_by_role("button", name="Pinned").click()
    expect(in_bob.page.get_by_role("complementary", name="Pinned messages")).to_be_visible()


def test_a_link_brings_a_stranger_into_a_private_room(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    private = make_room("private", owner=ada)
    in_ada, in_bob = window(ada), window(bob)
    in_ada.page.goto(f"{in_ada.site.url}/rooms/{private.slug}/settings/")
    in_ada.page.get_by_role("button", name="Make a link").click()
    address = in_ada.page.get_by_label("The new link").input_value()

    in_bob.page.goto(address)
    expect(in_bob.page.get_by_role("heading", level=1)).to_have_text(private.name)
    assert "#" not in in_bob.page.url
    in_bob.page.get_by_role("button", name="Join this room").click()
    in_bob.connected()
    in_bob.say("here I am")
    in_bob.sees("here I am")

    other = window(ada)  # it was for one
    other.page.goto(f"{in_ada.site.url}/join/#cut-short")
    expect(other.page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    other.complaints.clear()  # the browser's own line on the 404
