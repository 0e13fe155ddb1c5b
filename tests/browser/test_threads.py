"""Threads beside their room, as two members see them."""

import pytest
from playwright.sync_api import Locator, expect

from chat.models import Room
from chat.services import messages
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, PHONE, Window
from tests.factories import Member, make_message


def panel(in_window: Window) -> Locator:
    """The thread that is open."""
    return in_window.page.locator("thread-panel")


def reply(in_window: Window, body: str, *, in_room: bool = False) -> None:
    """Write in the open thread."""
    field = panel(in_window).get_by_role("textbox", name="Reply in the thread")
    field.fill(body)
    if in_room:
        panel(in_window).get_by_role("checkbox").check()
    field.press("Enter")


def expect_thread(in_window: Window, *bodies: str) -> None:
    """Expect the open thread to hold exactly these messages, the first one among them."""
    expect(panel(in_window).locator(".message[data-seq] .message__body")).to_have_text(bodies)


def in_room(in_window: Window) -> Locator:
    """The texts of the messages in the room."""
    return in_window.page.locator("chat-timeline .message[data-seq] .message__body")


def summary(in_window: Window) -> Locator:
    """The line under the message that a thread began with."""
    return in_window.page.locator("chat-timeline .message__thread")


def test_a_thread_opens_beside_the_room_and_is_answered_from_both_sides(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say("lunch?")
    in_bob.sees("lunch?")
    in_bob.act("lunch?", "Thread")
    expect(panel(in_bob)).to_contain_text("No replies yet")
    reply(in_bob, "at noon")
    expect_thread(in_bob, "lunch?", "at noon")
    expect(summary(in_ada)).to_have_text("1 reply 1 new")
    summary(in_ada).click()
    expect_thread(in_ada, "lunch?", "at noon")
    reply(in_ada, "fine")
    expect_thread(in_bob, "lunch?", "at noon", "fine")
    for each in (in_ada, in_bob):
        expect(in_room(each)).to_have_text(["lunch?"])
        expect(summary(each)).to_contain_text("2 replies")
        expect(summary(each)).not_to_contain_text("new")
    in_bob.page.get_by_role("button", name="Close Thread").click()
    expect(panel(in_bob)).to_have_count(0)


def test_a_reply_may_be_shown_in_the_room_too(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    make_message(room, ada, "lunch?")
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_bob.act("lunch?", "Thread")
    reply(in_bob, "for all to see", in_room=True)
    reply(in_bob, "among us")
    expect_thread(in_bob, "lunch?", "for all to see", "among us")
    for each in (in_ada, in_bob):
        expect(in_room(each)).to_have_text(["lunch?", "for all to see"])
    in_ada.row("for all to see").get_by_role("button", name="From a thread").click()
    expect_thread(in_ada, "lunch?", "for all to see", "among us")


def test_what_is_new_in_ones_threads_is_counted_apart_from_the_room(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    in_ada, in_bob = window(ada, room), window(bob, room)
    entry = in_ada.page.get_by_role("button", name="Threads")
    in_bob.act("lunch?", "Thread")
    reply(in_bob, "one")
    reply(in_bob, "two")
    expect(entry.locator(".room-list__count")).to_have_text("2")
    # Whoever has the end of the room before their eyes has read the room, and not the thread.
    expect(in_ada.unread(room)).to_have_count(0)
    entry.click()
    listed = in_ada.page.locator("threads-panel .listed")
    expect(listed).to_contain_text("lunch?")
    in_ada.reload()
    expect(entry.locator(".room-list__count")).to_have_text("2")
    summary(in_ada).click()
    expect_thread(in_ada, "lunch?", "one", "two")
    expect(entry.locator(".room-list__count")).to_have_count(0)
    in_ada.page.get_by_role("button", name="Close Thread").click()
    make_message(room, bob, "three", thread=root.pk)
    expect(summary(in_ada)).to_have_text("3 replies 1 new")
    in_phone = window(ada, room)
    summary(in_phone).click()
    expect_thread(in_phone, "lunch?", "one", "two", "three")
    expect(summary(in_ada)).not_to_contain_text("new")  # read on another device


def test_one_turns_away_from_a_thread(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    make_message(room, bob, "one", thread=root.pk)
    in_ada = window(ada, room)
    summary(in_ada).click()
    panel(in_ada).get_by_role("button", name="Stop following").click()
    expect(panel(in_ada).get_by_role("button", name="Follow", exact=True)).to_be_visible()
    panel(in_ada).get_by_role("button", name="Close Thread").click()
    make_message(room, bob, "two", thread=root.pk)
    expect(summary(in_ada)).to_contain_text("2 replies")
    expect(summary(in_ada)).not_to_contain_text("new")


def test_to_the_thread_of_a_deleted_message_nothing_is_added(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    make_message(room, bob, "one", thread=root.pk)
    in_bob = window(bob, room)
    summary(in_bob).click()
    expect_thread(in_bob, "lunch?", "one")
    messages.remove(ada.user, root.pk)
    expect(panel(in_bob)).to_contain_text("nothing can be added")
    expect(panel(in_bob).get_by_role("textbox")).to_have_count(0)
    expect_thread(in_bob, "one")


def test_a_reply_that_comes_too_late_says_why(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    in_bob = window(bob, room, outage=True)
    in_bob.act("lunch?", "Thread")
    expect(panel(in_bob)).to_contain_text("No replies yet")
    in_bob.goes_offline()
    reply(in_bob, "too late")
    messages.remove(ada.user, root.pk)
    in_bob.context.set_offline(False)
    refused = panel(in_bob).locator(".message__refused")
    expect(refused).to_contain_text("was deleted", timeout=PATIENCE)


def test_a_link_to_a_reply_opens_its_thread(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    answer = make_message(room, bob, "one", thread=root.pk)
    in_ada = window(ada)
    in_ada.page.goto(f"{in_ada.site.url}/rooms/{room.slug}/{answer.seq}/")
    expect_thread(in_ada, "lunch?", "one")
    expect(in_room(in_ada)).to_have_text(["lunch?"])


def test_a_long_thread_shows_its_newest_and_grows(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    for number in range(60):
        make_message(room, bob, f"reply {number}", thread=root.pk)
    in_ada = window(ada, room)
    summary(in_ada).click()
    expect(panel(in_ada).locator(".message[data-seq]")).to_have_count(51)
    panel(in_ada).get_by_role("button", name="Show earlier ones").click()
    expect(panel(in_ada).locator(".message[data-seq]")).to_have_count(61)
    expect(panel(in_ada).get_by_text("reply 0", exact=True)).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_in_a_thread(
    window: Opening, ada: Member, bob: Member, room: Room, scheme: str, size: str
) -> None:
    root = make_message(room, ada, "lunch? **Anyone** who is hungry.")
    make_message(room, bob, "yes, at noon", thread=root.pk, in_room=True)
    make_message(room, bob, "unbreakable" * 30, thread=root.pk)
    in_ada = window(ada, room, color_scheme=scheme, **(PHONE if size == "phone" else {}))
    summary(in_ada).first.click()
    expect(panel(in_ada).locator(".message[data-seq]")).to_have_count(3)
    in_ada.is_accessible()
    if size == "phone":
        expect(in_ada.page.locator("chat-timeline")).to_be_hidden()
        panel(in_ada).get_by_role("button", name="Close Thread").click()
        expect(in_ada.page.locator("chat-timeline")).to_be_visible()


def test_one_answers_a_message_of_a_thread_with_its_words_above_and_jumps_to_it(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    for number in range(60):
        make_message(room, bob, f"idea {number}.", thread=root.pk)
    in_ada, in_bob = window(ada, room), window(bob, room)
    for each in (in_ada, in_bob):
        summary(each).click()
    last = panel(in_bob).locator(".message", has_text="idea 59.")
    last.hover()
    last.get_by_role("button", name="Reply").click()
    chip = panel(in_bob).locator(".composer__reply")
    expect(chip).to_contain_text("idea 59.")
    field = panel(in_bob).get_by_role("textbox", name="Reply in the thread")
    field.press("Escape")
    expect(chip).to_have_count(0)
    expect(panel(in_bob)).to_be_visible()
    panel(in_bob).get_by_role("button", name="Show earlier ones").click()
    first = panel(in_bob).locator(".message", has_text="idea 0.")
    first.hover()
    first.get_by_role("button", name="Reply").click()
    field.fill("that one")
    field.press("Enter")
    expect(chip).to_have_count(0)
    quote = panel(in_ada).locator(".message__quote")
    expect(quote).to_contain_text("idea 0.")
    quote.click()
    told = panel(in_ada).locator(".message", has=in_ada.page.locator(".message__body"))
    expect(told.filter(has_text="idea 0.").first).to_be_in_viewport()


def test_a_draft_in_a_thread_goes_on_on_another_device(
    window: Opening, ada: Member, room: Room
) -> None:
    root = make_message(room, ada, "lunch?")
    make_message(room, ada, "where?", thread=root.pk)
    desk, phone = window(ada, room), window(ada, room)
    fields = []
    for each in (desk, phone):
        summary(each).click()
        fields.append(panel(each).get_by_role("textbox", name="Reply in the thread"))
    fields[0].press_sequentially("half a thought")
    expect(fields[1]).to_have_value("half a thought", timeout=PATIENCE)
    expect(phone.field).to_have_value("")
    desk.page.evaluate("document.activeElement.blur()")
    fields[1].press_sequentially(" more")
    expect(fields[0]).to_have_value("half a thought more", timeout=PATIENCE)
    fields[1].press("Enter")
    expect(fields[0]).to_have_value("", timeout=PATIENCE)
    expect_thread(desk, "lunch?", "where?", "half a thought more")
