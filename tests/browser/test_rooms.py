"""Rooms, as those see it who find them, come in by a link, look after them, and leave."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from chat.models import JoinLink, Room
from chat.services.rooms import DIRECT_MAX
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, Window
from tests.factories import Member, make_member, make_room, new_name


@pytest.fixture
def cy(database: str) -> Member:
    """A member of the site who is not in `room`."""
    return make_member(display_name="Cy Twombly")


def find(in_window: Window, what: str, words: str) -> None:
    """Search on the page of rooms or people."""
    in_window.page.get_by_role("searchbox", name=what).fill(words)
    in_window.page.get_by_role("button", name="Find", exact=True).click()


def names(in_window: Window) -> Locator:
    """What a page lists."""
    return in_window.page.locator("main .row__name")


def expect_closed(in_window: Window, why: str) -> None:
    """Nothing can be written, and it is said why."""
    expect(in_window.page.locator(".composer__closed")).to_contain_text(why, timeout=PATIENCE)
    expect(in_window.field).to_have_count(0)


def test_a_room_is_found_by_a_word_of_its_topic_joined_and_left_again(
    window: Opening, ada: Member, cy: Member
) -> None:
    word = new_name("marmalade")
    room = make_room(owner=ada, topic=f"All about {word}")
    make_room("private", owner=ada, topic=f"No word about {word}")
    in_ada, in_cy = window(ada, room), window(cy)
    in_cy.go("/rooms/")
    find(in_cy, "Find a room", f"no-{word}")
    expect(in_cy.page.get_by_role("heading", level=2)).to_contain_text("No room about")
    find(in_cy, "Find a room", word)
    expect(names(in_cy)).to_have_text([room.name])
    in_cy.page.get_by_role("button", name=f"Join {room.name}").click()
    in_cy.connected()
    expect(in_ada.member(cy)).to_have_attribute("data-state", "online", timeout=PATIENCE)
    in_cy.say("good morning")
    in_ada.sees("good morning")
    in_cy.choose_for(room, "Leave")
    in_cy.dialog().get_by_role("button", name="Leave").click()
    expect(in_cy.heading).to_have_text("You are not in this room", timeout=PATIENCE)
    expect(in_cy.in_list(room)).to_have_count(0)
    expect(in_ada.member(cy)).to_have_count(0)


def test_links_bring_in_as_many_as_they_are_for_and_say_why_they_bring_no_more(
    window: Opening, ada: Member, bob: Member, cy: Member
) -> None:
    private = make_room("private", owner=ada)
    in_ada, in_bob, in_cy = window(ada), window(bob), window(cy)
    in_ada.go(f"/rooms/{private.slug}/settings/")
    addresses = []
    for _ in range(3):
        in_ada.page.get_by_role("button", name="Make a link").click()
        addresses.append(in_ada.page.get_by_label("The new link").input_value())
    for_one, revoked, expired = addresses

    in_bob.page.goto(for_one)
    expect(in_bob.heading).to_have_text(private.name)
    assert "#" not in in_bob.page.url
    in_bob.page.get_by_role("button", name="Join this room").click()
    in_bob.connected().say("here I am")
    in_bob.sees("here I am")

    def is_told(why: str) -> None:
        expect(in_cy.heading).to_have_text("This link does not work")
        expect(in_cy.page.locator("main")).to_contain_text(why)

    in_cy.page.goto(for_one)
    is_told("used up")
    in_cy.page.goto(revoked)
    expect(in_cy.heading).to_have_text(private.name)
    in_ada.go(f"/rooms/{private.slug}/settings/")
    revoking = in_ada.page.get_by_role("button", name="Revoke")
    expect(revoking).to_have_count(2)  # the one that is used up is not listed
    revoking.last.click()
    expect(revoking).to_have_count(1)
    in_cy.page.get_by_role("button", name="Join this room").click()  # revoked meanwhile
    is_told("revoked")
    usable = JoinLink.objects.filter(room=private).usable(timezone.now())
    usable.update(expires_at=timezone.now() - timedelta(seconds=1))
    in_cy.page.goto(expired)
    is_told("expired")
    in_cy.go("/join/#cut-short")
    is_told("leads nowhere")
    in_cy.complaints.clear()  # the browser's own lines on what was refused


def test_ten_talk_together_and_eleven_are_told_that_they_are_too_many(
    window: Opening, ada: Member, room: Room
) -> None:
    word = new_name("Ensemble")
    others = [make_member(display_name=f"{word} {number:02}") for number in range(DIRECT_MAX)]
    first, last = others[0], others[-1]
    home = make_room("public", [first, last])
    in_ada, in_first, in_last = window(ada), window(first, home), window(last, home)
    in_ada.go("/people/")
    find(in_ada, "Find a member", word)
    expect(names(in_ada)).to_have_count(DIRECT_MAX)
    for box in in_ada.page.get_by_role("checkbox").all():
        box.check()
    together = in_ada.page.get_by_role("button", name="Talk with those ticked")
    together.click()
    expect(in_ada.page.get_by_role("status")).to_contain_text(f"at most {DIRECT_MAX} members")
    expect(in_ada.page.get_by_role("checkbox", checked=True)).to_have_count(DIRECT_MAX)
    in_ada.page.get_by_role("checkbox", name=last.name).uncheck()
    together.click()
    in_ada.connected().say("are we all here?")
    direct = in_first.page.locator("a[data-room]", has_text=others[1].name)
    direct.click()
    in_first.sees("are we all here?")
    in_first.say("all but one")
    in_ada.sees("are we all here?", "all but one")
    expect(in_last.in_list(home)).to_be_visible()
    expect(in_last.page.locator("a[data-room]")).to_have_count(1)


def test_what_an_owner_changes_of_a_room_everybody_sees_at_once(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    name = new_name("Pantry")
    in_ada, in_bob = window(ada), window(bob, room)
    in_ada.go(f"/rooms/{room.slug}/settings/")

    def press(button: str) -> None:
        in_ada.page.get_by_role("button", name=button, exact=True).click()

    in_ada.page.get_by_label("Name").fill(name)
    in_ada.page.get_by_label("Topic").fill("Jam and honey")
    press("Save")
    expect(in_bob.heading).to_have_text(name, timeout=PATIENCE)
    expect(in_bob.in_list(room)).to_contain_text(name)
    expect(in_bob.page.locator(".room-header__topic")).to_have_text("Jam and honey")
    press("Lock")
    expect_closed(in_bob, "locked")
    press("Unlock")
    in_bob.say("open again")
    in_bob.sees("open again")
    in_ada.page.get_by_label("Role of Bob Moog").click()
    press("Moderator")
    in_bob.page.get_by_role("button", name="About this room").click()
    moderators = in_bob.panel("About this room").locator("section", has_text="Moderators")
    expect(moderators).to_contain_text(bob.name)
    press("Archive")
    expect_closed(in_bob, "archived")
    in_bob.tab().go(f"/rooms/?q={name}").page.get_by_text("No room about").wait_for()
    press("Bring it back")
    expect(in_bob.field).to_be_visible(timeout=PATIENCE)
