"""The member's own list of rooms: favourites, its order, quiet rooms, folded sections."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Locator, expect

from chat.models import Membership, Room
from chat.services import people
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, Window
from tests.factories import Member, make_message, make_room


def section(window: Window, title: str) -> Locator:
    """Return a section of the list."""
    heading = window.page.get_by_role("button", name=title, exact=True)
    return window.page.locator(".room-list__section").filter(has=heading)


def names(window: Window, title: str) -> Locator:
    """Return the names in a section, in order."""
    return section(window, title).locator(".room-list__line .room-list__name")


def test_a_favourite_is_on_top_on_all_devices_at_once(
    window: Opening, ada: Member, room: Room
) -> None:
    desk, phone = window(ada, room), window(ada, room)
    desk.choose_for(room, "Favourite")
    for device in (desk, phone):
        expect(names(device, "Favourites")).to_have_text([room.name], timeout=PATIENCE)
    desk.reload()
    expect(names(desk, "Favourites")).to_have_text([room.name])
    phone.choose_for(room, "No favourite any more")
    expect(section(desk, "Favourites")).to_have_count(0)


def test_rooms_are_moved_with_the_menu_and_by_dragging(
    window: Opening, ada: Member, room: Room
) -> None:
    first, last = (make_room(owner=ada, name=name) for name in ("Aardvark", "Zebra"))
    desk, phone = window(ada, room), window(ada, room)
    expect(names(desk, "Rooms")).to_have_text([first.name, room.name, last.name])
    desk.choose_for(last, "Move up")
    for device in (desk, phone):
        expect(names(device, "Rooms")).to_have_text([first.name, last.name, room.name])
    desk.in_list(room).drag_to(desk.in_list(first))
    for device in (desk, phone):
        expect(names(device, "Rooms")).to_have_text([room.name, first.name, last.name])


def test_a_quiet_room_does_not_call(window: Opening, ada: Member, bob: Member, room: Room) -> None:
    elsewhere = make_room(owner=ada)
    desk = window(ada, elsewhere)
    desk.choose_for(room, "For an hour")
    expect(desk.in_list(room)).to_have_attribute("data-quiet", "")
    make_message(room, bob, f"@{ada.username}")
    in_bob = window(bob, room)
    in_bob.say(f"@{ada.username} again")
    expect(desk.in_list(room)).to_contain_text("2")
    expect(desk.in_list(room)).not_to_have_attribute("data-unread", "")
    expect(desk.page).not_to_have_title(re.compile(r"^\("))
    desk.choose_for(room, "Be told again")
    expect(desk.page).to_have_title(re.compile(r"^\(2\)"))


def test_what_one_wants_to_be_told_of_is_chosen_from_the_menu(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    desk = window(ada, make_room(owner=ada))
    line = desk.in_list(room)
    desk.choose_for(room, "Nothing")
    in_bob = window(bob, room)
    in_bob.say("nothing for you", f"@{ada.username} not even this")
    expect(line).to_contain_text("2", timeout=PATIENCE)
    expect(line).not_to_have_attribute("data-unread", "")
    desk.choose_for(room, "Mentions")
    expect(line).to_have_attribute("data-unread", "")
    assert Membership.objects.get(user=ada.user, room=room).notify == "mentions"


def test_a_section_folds_up_and_stays_so(window: Opening, ada: Member, room: Room) -> None:
    other = make_room(owner=ada)
    desk = window(ada, room)
    fold = desk.page.get_by_role("button", name="Rooms", exact=True)
    fold.click()
    expect(desk.in_list(other)).to_have_count(0)
    expect(desk.in_list(room)).to_be_visible()  # it is open
    desk.reload()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(desk.in_list(other)).to_have_count(0)
    fold.click()
    expect(desk.in_list(other)).to_be_visible()


def test_who_is_not_to_be_disturbed_is_not_called(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    desk = window(ada, make_room(owner=ada))
    user = people.do_not_disturb(ada.user, timezone.now() + timedelta(hours=1))
    in_bob = window(bob, room)
    in_bob.say(f"@{ada.username} wake up")
    expect(desk.in_list(room)).to_contain_text("1")
    expect(desk.page).not_to_have_title(re.compile(r"^\("))
    people.do_not_disturb(user, None)
    expect(desk.page).to_have_title(re.compile(r"^\(1\)"), timeout=PATIENCE)
