"""People on the page: their card, their status, blocking, who has read, and what a room says."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from chat.models import Room
from chat.services import members, people
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, Window
from tests.factories import Member, make_message, make_room


def test_a_card_opens_from_a_name_a_picture_and_a_mention(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    people.set_status(bob.user, "on the train", "🚂")
    make_message(room, bob, f"hello @{ada.username}")
    in_ada = window(ada, room)
    row = in_ada.row("hello")

    row.get_by_role("button", name=bob.name, exact=True).click()
    expect(in_ada.dialog(bob.name)).to_contain_text("on the train")
    expect(in_ada.dialog(bob.name)).to_contain_text(f"@{bob.username}")
    in_ada.page.keyboard.press("Escape")
    expect(in_ada.dialog(bob.name)).to_have_count(0)

    row.locator(".message__face").click()
    expect(in_ada.dialog(bob.name)).to_be_visible()
    in_ada.page.keyboard.press("Escape")

    row.locator(".mention").click()
    expect(in_ada.dialog(ada.name).get_by_role("link", name="Your profile")).to_be_visible()


def test_a_status_is_set_seen_by_others_at_once_and_cleared(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.page.get_by_role("button", name="Set a status").click()
    dialog = in_ada.dialog()
    dialog.get_by_role("button", name="On holiday").click()
    dialog.get_by_label("For how long").select_option("For a day")
    dialog.get_by_label("Do not disturb").select_option("For 8 hours")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)

    seen = in_bob.member(ada)
    expect(seen).to_contain_text("🌴")
    expect(seen).to_contain_text("Do not disturb")
    seen.get_by_role("button").click()
    expect(in_bob.dialog(ada.name)).to_contain_text(re.compile(r"On holiday\s+until "))
    in_bob.page.keyboard.press("Escape")

    in_ada.page.get_by_role("button", name="Set a status").click()
    dialog.get_by_role("button", name="Clear").click()
    expect(seen).not_to_contain_text("🌴")
    expect(seen).to_contain_text("Do not disturb")


def test_a_status_ends_by_itself_on_every_screen(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    people.set_status(ada.user, "back at once", "☕", timezone.now() + timedelta(seconds=5))
    for each in (in_ada, in_bob):
        expect(each.member(ada)).to_contain_text("☕", timeout=PATIENCE)
    for each in (in_ada, in_bob):
        expect(each.member(ada)).not_to_contain_text("☕", timeout=PATIENCE)


def test_a_status_with_an_emoji_that_is_none_is_refused_in_words(
    window: Opening, ada: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    in_ada.page.get_by_role("button", name="Set a status").click()
    dialog = in_ada.dialog()
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
    line = in_ada.member(bob)
    line.get_by_role("button").click()
    in_ada.dialog(bob.name).get_by_role("button", name="Block…").click()
    in_ada.dialog(bob.name).get_by_role("button", name=f"Block {bob.name}").click()
    for seen in (in_ada, in_bob):
        expect(seen.in_list(direct)).to_have_count(0)

    in_bob.say(f"@{ada.username} are you there?")
    row = in_ada.row("are you there?")
    expect(row).to_be_visible()
    expect(row).not_to_have_attribute("data-calls", re.compile(".*"))
    expect(in_bob.row("are you there?").locator(".mention")).to_be_visible()
    in_ada.say(f"@{bob.username} no answer")
    row = in_bob.row("no answer")
    expect(row).to_be_visible()
    expect(row).not_to_have_attribute("data-calls", re.compile(".*"))

    line.get_by_role("button").click()
    in_ada.dialog(bob.name).get_by_role("button", name="Unblock").click()
    for seen in (in_ada, in_bob):
        expect(seen.in_list(direct)).to_be_visible()


def test_who_has_read_a_message_is_told_from_its_menu(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada, "did you see this?")
    members.mark_read(bob.user, room.pk, message.seq)
    in_ada, in_bob = window(ada, room), window(bob)

    def seen_by(in_window: Window, what: str) -> None:
        in_window.act("did you see this?", "Seen by")
        expect(in_window.dialog("Seen by")).to_contain_text(what)
        in_window.dialog("Seen by").get_by_role("button", name="Close").click()

    seen_by(in_ada, bob.name)
    # Both ways or not at all.
    in_bob.go("/accounts/profile/")
    in_bob.page.get_by_label("Let others see what I have read").uncheck()
    in_bob.page.get_by_role("button", name="Save", exact=True).click()
    expect(in_bob.page.get_by_role("status")).to_be_visible()
    seen_by(in_ada, "Nobody yet who shows it.")
    seen_by(in_bob.enter(room), "You do not share how far you have read")
    in_bob.complaints.clear()  # the browser's own line on the 403


def test_a_room_says_what_it_is_and_who_is_in_it_as_what(
    window: Opening, ada: Member, bob: Member
) -> None:
    room = make_room("private", [bob], owner=ada, topic="Tuesdays at eight")
    members.set_role(ada.user, room.pk, bob.id, "moderator")
    in_bob = window(bob, room)
    in_bob.page.get_by_role("button", name="About this room").click()
    panel = in_bob.panel("About this room")
    her_line = panel.locator(f"[data-user='{ada.id}']")
    expect(her_line).to_have_attribute("data-state", "offline")
    window(ada, room)
    expect(her_line).to_have_attribute("data-state", "online", timeout=PATIENCE)
    expect(panel).to_contain_text("Tuesdays at eight")
    expect(panel).to_contain_text("By invitation")
    expect(panel.locator("section").nth(0)).to_contain_text("Owners 1")
    expect(panel.locator("section").nth(0)).to_contain_text(ada.name)
    expect(panel.locator("section").nth(1)).to_contain_text("Moderators 1")
    panel.get_by_role("button", name="Pinned").click()
    expect(in_bob.panel("Pinned messages")).to_be_visible()
