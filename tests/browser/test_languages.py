"""The conversation in another language than the one it is written in."""

import re
from itertools import pairwise

from playwright.sync_api import Locator, expect

from chat.models import Room
from tests.browser.conftest import Opening
from tests.browser.test_feel import swipe
from tests.browser.window import PHONE, Window
from tests.factories import Member

ISOLATES = re.compile("[\u2066-\u2069]")  # around names, so that they keep their own order
# Of a keyboard for Arabic, on which ق stands where others have R.
REPLY_KEY = """(row) => row.dispatchEvent(
  new KeyboardEvent("keydown", { key: "ق", code: "KeyR", bubbles: true, cancelable: true }))"""


def speak(member: Member, language: str) -> None:
    """Choose the language in which a member reads the site."""
    member.user.language = language
    member.user.save(update_fields=["language"])


def heard(in_window: Window) -> Locator:
    """What a screen reader reads out of the room."""
    return in_window.page.locator("chat-timeline [aria-live=polite] p")


def test_a_conversation_is_in_arabic_from_the_right_for_one_and_in_german_for_the_other(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    speak(ada, "ar")
    speak(bob, "de")
    in_ada, in_bob = window(ada, room), window(bob, room)
    page = in_ada.page

    # from the right: rooms, conversation, members
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    places = [page.locator(name).bounding_box() for name in ("room-list", "main", "member-list")]
    assert all(first["x"] > second["x"] for first, second in pairwise(places))
    expect(page.get_by_role("button", name="عضوان")).to_be_visible()
    expect(in_bob.page.get_by_role("button", name="2 Mitglieder")).to_be_visible()

    # where one writes, each text in its own direction
    assert f"رسالة إلى #{room.name}" == plain(in_ada.field.get_attribute("placeholder"))
    expect(in_ada.field).to_have_css("direction", "rtl")
    in_ada.field.fill("hello")
    expect(in_ada.field).to_have_css("direction", "ltr")
    expect(in_bob.page.locator("typing-line")).to_have_text("Ada Lovelace schreibt…")
    in_ada.say("مرحبا")
    expect(heard(in_bob)).to_have_text(["Ada Lovelace: \u2068مرحبا\u2069"])  # set apart
    expect(in_bob.row("مرحبا").locator(".message__body")).to_have_css("direction", "rtl")

    # what is announced, one by one and summed up
    page.bring_to_front()
    in_bob.say("Guten Tag")
    expect(heard(in_ada)).to_have_text([re.compile("Bob Moog.*: .*Guten Tag")])
    assert plain(heard(in_ada).inner_text()) == "Bob Moog: Guten Tag"
    assert heard(in_ada).inner_text() != "Bob Moog: Guten Tag"  # the name is set apart

    # what is loaded when it is needed; keys of an Arabic keyboard
    in_ada.row("Guten Tag").focus()
    in_ada.row("Guten Tag").evaluate(REPLY_KEY)
    expect(in_ada.field).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    expect(in_ada.dialog("لوحة المفاتيح")).to_be_visible()
    in_ada.is_accessible()
    in_bob.page.keyboard.press("Control+/")
    expect(in_bob.dialog("Tastatur")).to_contain_text("Umsch")


def test_on_a_phone_in_arabic_a_finger_goes_back_to_the_right(
    window: Opening, ada: Member, room: Room
) -> None:
    speak(ada, "ar")
    in_ada = window(ada, room, **PHONE)
    swipe(in_ada, -160)
    expect(in_ada.in_list(room)).to_be_visible()
    swipe(in_ada, 160)
    expect(in_ada.field).to_be_visible()
    in_ada.is_accessible()


def plain(text: str | None) -> str:
    """Return a text without the signs that set names apart."""
    return ISOLATES.sub("", text or "")
