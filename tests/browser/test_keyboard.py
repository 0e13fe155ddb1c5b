"""Nobody needs a mouse: every test here has nothing but keys, and sees where the focus is."""

import pytest
from playwright.sync_api import Locator, expect

from accounts.models import ReadOut
from chat.models import Membership, Room
from tests.browser.conftest import Opening
from tests.browser.window import Window
from tests.factories import PASSWORD, Member, make_message, make_room

TABS_MOST = 60


def press(in_window: Window, *keys: str) -> None:
    for key in keys:
        in_window.page.keyboard.press(key)


def tab_to(in_window: Window, target: Locator, key: str = "Tab") -> None:
    """Press Tab until ``target`` has the focus."""
    for _ in range(TABS_MOST):
        press(in_window, key)
        if target.evaluate("(element) => element === document.activeElement"):
            return
    expect(target).to_be_focused()


def test_a_member_signs_in_finds_a_room_and_takes_part_without_a_mouse(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    there = make_room("public", [bob], owner=ada, name="Grüne Küche")
    for body in ("the first thing", "the last thing"):
        make_message(there, bob, body)
    in_bob = window(bob)
    page = in_bob.page
    in_bob.context.clear_cookies()
    page.goto(f"{in_bob.site.url}/accounts/login/")
    tab_to(in_bob, page.get_by_label("Handle or email"))
    page.keyboard.type(bob.username)
    tab_to(in_bob, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    press(in_bob, "Enter")
    heading = page.get_by_role("heading", level=1)
    expect(in_bob.field).to_be_focused()
    in_bob.connected()

    # finds a room
    press(in_bob, "Control+k")
    finder = page.get_by_role("combobox", name="Find a room, a person or a command")
    expect(finder).to_be_focused()
    page.keyboard.type("grukuc")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Grüne Küche")
    press(in_bob, "Enter")
    expect(heading).to_have_text("Grüne Küche")
    expect(in_bob.field).to_be_focused()

    # reads, and replies
    first, last = in_bob.row("the first thing"), in_bob.row("the last thing")
    press(in_bob, "Shift+Tab")
    expect(last).to_be_focused()
    press(in_bob, "Home")
    expect(first).to_be_focused()
    press(in_bob, "ArrowDown", "r")
    expect(in_bob.field).to_be_focused()
    page.keyboard.type("an answre")
    press(in_bob, "Enter")
    expect(in_bob.row("an answre").locator(".message__quote")).to_contain_text("the last thing")

    # edits what was written last
    expect(in_bob.row("an answre")).to_have_attribute("data-seq", "3")
    press(in_bob, "ArrowUp")
    expect(page.get_by_role("textbox", name="Change the message")).to_be_focused()
    press(in_bob, "Backspace", "Backspace")
    page.keyboard.type("er")
    press(in_bob, "Enter")
    expect(in_bob.row("an answer")).to_contain_text("edited")
    expect(in_bob.field).to_be_focused()

    # reacts
    press(in_bob, "Shift+Tab", "Home", "e")
    expect(page.get_by_role("searchbox", name="Find an emoji")).to_be_focused()
    page.keyboard.type("thumbs up")
    press(in_bob, "Enter")
    expect(first.locator(".reaction").first).to_have_text("👍 1")
    expect(first).to_be_focused()

    # chooses from a menu: by a letter, and Escape gives the focus back
    press(in_bob, "m")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    press(in_bob, "c", "c")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    press(in_bob, "Escape")
    expect(first).to_be_focused()

    # opens a thread, and comes back from it
    press(in_bob, "t")
    reply = page.get_by_role("textbox", name="Reply in the thread")
    expect(reply).to_be_focused()
    page.keyboard.type("beside the room")
    press(in_bob, "Enter")
    expect(page.locator("thread-panel .message", has_text="beside the room")).to_have_count(1)
    press(in_bob, "Escape")
    expect(page.locator("thread-panel")).to_have_count(0)
    expect(first).to_be_focused()
    press(in_bob, "Escape")
    expect(in_bob.field).to_be_focused()

    # searches, and goes to what was found
    press(in_bob, "Control+f")
    searched = page.get_by_role("searchbox", name="What to search for")
    expect(searched).to_be_focused()
    page.keyboard.type("IRST thi")
    result = page.get_by_role("link", name="the first thing")
    expect(result.locator("mark")).to_have_text(["irst", "thi"])
    expect(page.locator("search-panel [role=status]").first).to_have_text("1 message found")
    press(in_bob, "ArrowDown")
    expect(result).to_be_focused()
    press(in_bob, "Enter")
    expect(page).to_have_url(f"{in_bob.site.url}/rooms/{there.slug}/1/")
    press(in_bob, "ArrowUp")
    expect(searched).to_be_focused()
    press(in_bob, "Escape")
    expect(page.locator("search-panel")).to_have_count(0)
    expect(in_bob.field).to_be_focused()

    # leaves
    page.keyboard.type("/leave")
    press(in_bob, "Enter")
    expect(page.get_by_role("dialog", name="Leave Grüne Küche?")).to_be_visible()
    press(in_bob, "Enter")
    expect(in_bob.in_list(there)).to_have_count(0)
    assert not Membership.objects.active().filter(room=there, user=bob.user).exists()


def test_rooms_are_changed_by_keys_the_unread_ones_too(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    rooms = [make_room("public", [bob], owner=ada, name=f"{name} room") for name in "BCD"]
    Membership.objects.filter(user=ada.user, room=room).update(favourite=True)
    make_message(rooms[1], bob, "new here")
    in_ada = window(ada, room)
    heading = in_ada.page.get_by_role("heading", level=1)
    in_ada.page.keyboard.type("a draft stays")
    press(in_ada, "Alt+ArrowDown")
    expect(heading).to_have_text("B room")
    expect(in_ada.field).to_be_focused()
    press(in_ada, "Alt+ArrowUp", "Alt+Shift+ArrowDown")
    expect(heading).to_have_text("C room")
    press(in_ada, "Alt+ArrowDown", "Alt+ArrowDown")  # past the end, to the first
    expect(heading).to_have_text(room.name)
    expect(in_ada.field).to_have_value("a draft stays")
    press(in_ada, "Control+k")  # those one was in last are on top, the open one is at the end
    options = in_ada.page.get_by_role("group", name="Rooms").get_by_role("option")
    expect(options.locator("strong")).to_have_text(["D room", "C room", "B room", room.name])
    in_ada.page.keyboard.type(bob.username)
    expect(in_ada.page.get_by_role("option")).to_contain_text(["Bob Moog"])
    press(in_ada, "Enter")
    expect(heading).to_have_text("Bob Moog")
    press(in_ada, "Control+k")
    expect(in_ada.page.get_by_role("combobox")).to_be_focused()
    in_ada.page.keyboard.type(">scheduled")
    press(in_ada, "Enter")
    expect(in_ada.page.locator("scheduled-panel")).to_be_visible()
    press(in_ada, "Escape")
    expect(in_ada.field).to_be_focused()


def test_the_keys_are_listed_and_single_ones_can_be_turned_off(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    make_message(room, bob, "a row")
    in_ada = window(ada, room)
    row = in_ada.row("a row")
    press(in_ada, "?")
    expect(in_ada.field).to_have_value("?")
    press(in_ada, "Backspace", "Shift+Tab", "?")
    keys = in_ada.page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_contain_text("Reply")
    tab_to(in_ada, keys.get_by_role("checkbox", name="Single keys do something"), "Shift+Tab")
    with in_ada.page.expect_response("**/api/v1/me"):
        press(in_ada, " ")
    expect(keys.get_by_role("checkbox")).not_to_be_checked()
    press(in_ada, "Escape")
    expect(row).to_be_focused()
    in_ada.reload()
    press(in_ada, "Shift+Tab", "r", "?")
    expect(row).to_be_focused()
    expect(in_ada.page.get_by_role("dialog")).to_have_count(0)
    press(in_ada, "Control+/")
    expect(keys).to_be_visible()


@pytest.mark.parametrize("read_out", [ReadOut.MENTIONS, ReadOut.NOTHING])
def test_a_member_chooses_what_is_read_out(
    window: Opening, ada: Member, bob: Member, room: Room, read_out: ReadOut
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    said = in_ada.page.locator("chat-timeline [aria-live=polite] p")
    in_bob.say("heard", "heard")
    expect(said).to_have_text(["Bob Moog: heard"])  # each by itself
    press(in_ada, "Control+/")
    choice = in_ada.page.get_by_role("combobox", name="What a screen reader reads out")
    with in_ada.page.expect_response("**/api/v1/me"):
        choice.select_option(read_out)
    press(in_ada, "Escape")
    in_bob.say("not heard", f"@{ada.username} for you", "not heard either")
    expect(in_ada.stored).to_have_count(5)
    heard = ["heard", f"@{ada.username} for you"][-1 if read_out == ReadOut.MENTIONS else 0]
    expect(said).to_have_text([f"Bob Moog: {heard}"])
    ada.user.refresh_from_db()
    assert ada.user.read_out == read_out
