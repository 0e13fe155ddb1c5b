"""What is unread: it is read on a screen that is looked at, and nowhere else, on all devices."""

from playwright.sync_api import expect

from chat.models import Membership, Room
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, Window
from tests.factories import Member, make_message, make_room
from tests.parts.part import wait_until

# Says what the page puts on the app's icon.
BADGES = """
window.badges = [];
navigator.setAppBadge = async (count) => { badges.push(count); };
navigator.clearAppBadge = async () => { badges.push(0); };
"""
HIDE = """
Object.defineProperty(document, "visibilityState", { get: () => window.seen ?? "visible" });
Document.prototype.hasFocus = () => (window.seen ?? "visible") === "visible";
window.look = (seen) => {
  window.seen = seen;
  document.dispatchEvent(new Event("visibilitychange"));
};
"""


def position(member: Member, room: Room) -> int:
    return Membership.objects.get(room=room, user=member.user).read_seq


def ask_why(in_window: Window, room: Room) -> None:
    """Ask in the room's menu why it is unread."""
    in_window.in_list(room).click(button="right")
    in_window.page.get_by_text("Why is this unread?").click()


def test_what_arrives_on_a_screen_nobody_looks_at_stays_unread(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada), window(bob, room)
    in_ada.page.add_init_script(HIDE)
    in_ada.enter(room)
    in_bob.say("seen")
    wait_until(lambda: position(ada, room) == 1, 15, "the position")
    in_ada.page.evaluate("look('hidden')")
    in_bob.say("not seen")
    expect(in_ada.unread(room)).to_have_text("1", timeout=PATIENCE)
    in_ada.reload()  # connecting reads nothing
    in_ada.page.evaluate("look('hidden')")
    assert in_ada.page.evaluate("look('visible')") is None
    expect(in_ada.unread(room)).to_have_count(0)
    wait_until(lambda: position(ada, room) == 2, 15, "the position")


def test_marked_unread_on_one_device_it_is_on_all_until_the_member_reads_on(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    for number in range(1, 6):
        make_message(room, bob, f"message {number}.")
    phone, desk = window(ada, room), window(ada, other)
    expect(phone.unread(room)).to_have_count(0)
    wait_until(lambda: position(ada, room) == 5, 15, "the position")
    phone.act("message 3.", "Mark unread from here")
    for each in (phone, desk):
        expect(each.unread(room)).to_have_text("3", timeout=PATIENCE)
    expect(phone.page.locator(".timeline__unread + .message")).to_contain_text("message 3.")
    assert position(ada, room) == 5
    desk.reload()
    expect(desk.unread(room)).to_have_text("3")
    desk.switch_to(room)
    for each in (phone, desk):
        expect(each.unread(room)).to_have_count(0, timeout=PATIENCE)
    desk.reload()
    expect(desk.unread(room)).to_have_count(0)


def test_why_a_room_is_unread_is_told_and_one_press_away(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    make_message(room, bob, "read before")
    make_message(room, ada, "my own")
    for number in range(80):
        make_message(room, bob, f"new {number}.")
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=1)
    in_ada = window(ada, make_room("public", [bob], owner=ada))
    ask_why(in_ada, room)
    dialog = in_ada.dialog("Why is this unread?")
    expect(dialog).to_contain_text("Bob Moog")
    expect(dialog).to_contain_text("new 0.")
    dialog.get_by_role("link", name="Go to the first unread").click()
    expect(in_ada.row("new 0.")).to_be_in_viewport()
    expect(dialog).to_have_count(0)


def test_all_rooms_are_read_at_once_on_every_device(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    for each in (room, other):
        make_message(each, bob, f"@{ada.user.username} look")
    here = make_room("public", [bob], owner=ada)
    phone = window(ada)
    phone.page.add_init_script(BADGES)
    phone.enter(here)
    desk = window(ada, here)
    expect(phone.page).to_have_title(f"(2) {here.name} · Parlour")
    assert phone.page.evaluate("badges.at(-1)") == 2
    ask_why(phone, room)
    phone.page.get_by_role("button", name="Mark all rooms as read").click()
    for each in (phone, desk):
        for one in (room, other):
            expect(each.unread(one)).to_have_count(0, timeout=PATIENCE)
        expect(each.page).to_have_title(f"{here.name} · Parlour")
    assert phone.page.evaluate("badges.at(-1)") == 0
