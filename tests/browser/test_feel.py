"""How it feels: under a finger, in the list of rooms, and where one does not look."""

from playwright.sync_api import expect

from chat.models import Room
from tests.browser.conftest import Opening
from tests.browser.window import Window
from tests.factories import Member, make_message, make_room, new_name

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


# What a finger tells the page. The browser's own gestures, which a test cannot wait for, stay out.
SWIPE = """([across, down]) => {
  const x = (innerWidth - across) / 2;
  const target = document.elementFromPoint(innerWidth / 2, 200);
  const touch = (type, clientX, clientY) => {
    const finger = new Touch({ identifier: 1, target, clientX, clientY });
    const touches = type === "touchend" ? [] : [finger];
    const told = { touches, changedTouches: [finger], bubbles: true };
    target.dispatchEvent(new TouchEvent(type, told));
  };
  touch("touchstart", x, 200);
  touch("touchend", x + across, 200 + down);
}"""


def swipe(in_window: Window, across: int, *, down: int = 0) -> None:
    """Draw a finger over the middle of the screen, quickly."""
    in_window.page.evaluate(SWIPE, [across, down])


def test_a_finger_swipes_between_rooms_conversation_and_members(
    window: Opening, ada: Member, room: Room
) -> None:
    in_ada = window(ada, room, **PHONE)
    members, rooms = in_ada.page.locator("member-list"), in_ada.in_list(room)
    expect(in_ada.field).to_be_visible()

    swipe(in_ada, 160, down=150)  # mostly down: it scrolls
    expect(rooms).to_be_hidden()
    swipe(in_ada, 160)
    expect(rooms).to_be_visible()
    swipe(in_ada, -160)
    expect(in_ada.field).to_be_visible()
    swipe(in_ada, -160)
    expect(members).to_be_visible()
    swipe(in_ada, 160)
    expect(in_ada.field).to_be_visible()


def test_the_list_of_rooms_is_searched_and_what_is_unread_put_first(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    first, last = (make_room(owner=ada, members=[bob], name=new_name(f"{x}a-part")) for x in "AZ")
    in_ada = window(ada, room)
    lines = in_ada.page.locator(".room-list__line .room-list__name")
    wanted = in_ada.page.get_by_role("searchbox", name="Find in your rooms")

    make_message(last, bob, f"@{ada.username} look")
    expect(in_ada.in_list(last)).to_have_attribute("data-unread", "")
    expect(lines.first).to_have_text(first.name)
    in_ada.page.get_by_role("button", name="Unread first").click()
    expect(lines.first).to_have_text(last.name)

    wanted.fill("A-PART")
    expect(lines).to_have_text([last.name, first.name])
    wanted.fill(first.name[1:])
    expect(lines).to_have_text([first.name])
    wanted.press("Enter")
    expect(in_ada.page.get_by_role("heading", level=1)).to_have_text(first.name)
    expect(wanted).to_have_value("")
    expect(in_ada.in_list(room)).to_be_visible()


def test_the_tab_is_lit_and_heard_where_one_is_called_and_does_not_look(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    elsewhere = make_room(owner=ada, members=[bob])
    in_ada = window(ada, room)
    sign = in_ada.page.locator("link[rel=icon]")
    in_ada.page.get_by_role("button", name="Set a status").click()
    with in_ada.page.expect_request("**/sounds/call*.wav"):  # what it will sound like
        in_ada.page.get_by_label("Sounds on this device").check()
    in_ada.page.get_by_role("button", name="Cancel").click()
    calm = sign.get_attribute("href")

    in_ada.page.evaluate("document.hasFocus = () => false")
    played = "window.played = []; HTMLMediaElement.prototype.play = async function () "
    in_ada.page.evaluate(played + "{ played.push(this.src); }; null")
    make_message(elsewhere, bob, f"@{ada.username} look")

    expect(sign).not_to_have_attribute("href", calm or "")
    in_ada.page.wait_for_function("played.some((address) => address.includes('/sounds/call'))")
    in_ada.page.evaluate("delete document.hasFocus")
    in_ada.switch_to(elsewhere)
    expect(sign).to_have_attribute("href", calm or "")
