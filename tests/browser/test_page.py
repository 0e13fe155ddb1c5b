"""The page itself: its policy, its sizes, its keyboard, and who cannot see it."""

import re
from urllib.parse import urlsplit

import brotli
import pytest
from playwright.sync_api import Request, expect

from chat.models import Membership, Room
from chat.services import members as memberships
from chat.services import rooms
from chat.services.posting import BODY_MAX
from chatsite.storage import slim_script
from tests.browser.conftest import ROOT, Opening
from tests.browser.window import PHONE
from tests.factories import Member, make_message, make_room

STATIC_MODULE = re.compile(r"\{% static '([^']+\.js)' %\}")
STATIC = ROOT / "static"
IMPORTED = re.compile(
    r"""(?:^|;)\s*(?:import|export)\s*(?:[^"'()]*?from\s*)?["'](\.[^"']+)""", re.M
)
# bytes, compressed: 60,000 with the longer names of deployed files (tests/deploy/test_nginx.py)
SCRIPTS_MOST = 58_300
LINE_MOST = 75  # characters
# The lines of a paragraph, as the browser broke them.
LINES = """(paragraph) => {
  const text = paragraph.firstChild;
  const lines = [];
  let top = null;
  for (let at = 0; at < text.length; at += 1) {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    const box = range.getBoundingClientRect();
    if (top === null || box.top > top + 4) lines.push("");
    if (box.width > 0) top = box.top;
    lines[lines.length - 1] += text.data[at];
  }
  return lines.map((line) => line.trim());
}"""
STATIC_STYLE = re.compile(r"\{% static '(css/chat/[^']+)' %\}")


@pytest.fixture
def lively_room(ada: Member, bob: Member) -> Room:
    """A room with everything in it that a message can have."""
    name = "A room with a rather long name that fits nowhere at all"
    room = make_room("public", [bob], owner=ada, name=name, topic="All kinds of things " * 8)
    make_message(room, ada, "Words, **strong** and *slanted*, a [link](https://example.org/).")
    make_message(room, bob, f"@{ada.username} look:\n\n```python\ndef f(x):\n    return x * 2\n```")
    make_message(room, bob, "> quoted\n\n- one\n- two\n\n" + "unbreakable" * 40)
    last = make_message(room, ada, "سلام! 👩‍👩‍👧‍👦 mixed")
    make_message(room, bob, "in answer", reply_to=last.pk)
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=4)
    return room


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing(
    window: Opening, ada: Member, lively_room: Room, scheme: str, size: str
) -> None:
    in_ada = window(ada, lively_room, color_scheme=scheme, **(PHONE if size == "phone" else {}))
    in_ada.is_accessible()


def test_no_line_is_longer_than_75_characters_on_the_widest_screen(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    prose = "We looked at the water meter again, and what it says does not go with what we pay. "
    make_message(room, bob, (prose * 48)[:BODY_MAX].strip())
    in_ada = window(ada, room, viewport={"width": 3840, "height": 2160})
    lines = in_ada.row("water meter").locator(".message__body p").evaluate(LINES)
    assert len(lines) > 10
    assert max(map(len, lines)) <= LINE_MOST


def test_a_phone_shows_one_thing_at_a_time(
    window: Opening, ada: Member, bob: Member, lively_room: Room, room: Room
) -> None:
    in_ada = window(ada, room, **PHONE)
    expect(in_ada.field).to_be_visible()
    expect(in_ada.in_list(room)).to_be_hidden()
    in_ada.page.get_by_role("button", name="Rooms").click()
    expect(in_ada.field).to_be_hidden()
    in_ada.fits()
    in_ada.in_list(lively_room).click()
    expect(in_ada.field).to_be_visible()
    in_ada.fits()
    in_ada.page.get_by_role("button", name="members").click()
    expect(in_ada.page.locator("member-list")).to_be_visible()
    expect(in_ada.field).to_be_hidden()
    in_ada.page.get_by_role("button", name="Back to the conversation").click()
    expect(in_ada.field).to_be_visible()


def test_what_a_phone_does_not_show_is_not_read(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room, **PHONE), window(bob, room)
    in_ada.page.get_by_role("button", name="Rooms").click()
    expect(in_ada.in_list(room)).to_be_visible()
    in_bob.say("seen by nobody yet")
    count = in_ada.unread(room)
    expect(count).to_have_text("1")
    in_ada.in_list(room).click()
    expect(count).to_have_count(0)


def test_a_finger_finds_what_can_be_done_with_a_message(
    window: Opening, ada: Member, lively_room: Room
) -> None:
    in_ada = window(ada, lively_room, **PHONE)
    sheet = in_ada.hold("mixed")
    expect(sheet).to_be_visible()  # also after the finger was lifted
    sheet.get_by_role("menuitem", name="Reply").tap()
    expect(in_ada.page.locator(".composer__reply")).to_contain_text("Ada Lovelace")
    row = in_ada.row("mixed")
    row.tap(position={"x": 200, "y": 12})
    row.get_by_role("toolbar").get_by_role("button").tap()
    sheet.get_by_role("button", name="React with 🎉").tap()
    expect(row.locator(".reaction").first).to_have_text("🎉 1")
    in_ada.hold("mixed")
    in_ada.page.touchscreen.tap(180, 20)
    expect(sheet).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_tools_of_a_message_are_few_and_never_cover_its_author(
    window: Opening, ada: Member, bob: Member, room: Room, width: int
) -> None:
    bob.user.display_name = "Robert Arthur " + "Moog " * 6
    bob.user.save()
    make_message(room, bob, "hello")
    in_ada = window(ada, room, viewport={"width": width, "height": 740})
    row = in_ada.row("hello")
    row.hover()
    tools = row.get_by_role("toolbar")
    expect(tools.get_by_role("button")).to_have_count(4)
    covered = row.evaluate(
        """(row) => {
          const tools = row.querySelector(".message__tools").getBoundingClientRect();
          return [...row.querySelectorAll(".message__head > *")]
            .flatMap((each) => [...each.getClientRects()])
            .some(({ top, right, bottom }) =>
              right > tools.left && bottom > tools.top && top < tools.bottom);
        }"""
    )
    assert not covered


def test_messages_are_reached_and_answered_from_the_keyboard(
    window: Opening, ada: Member, lively_room: Room
) -> None:
    in_ada = window(ada, lively_room)
    in_ada.field.focus()
    in_ada.page.keyboard.press("Shift+Tab")
    expect(in_ada.row("in answer")).to_be_focused()
    expect(in_ada.row("in answer").get_by_role("toolbar")).to_be_visible()
    in_ada.page.keyboard.press("Tab")
    expect(in_ada.row("in answer").locator(":focus")).to_have_count(1)  # what is in it
    in_ada.page.keyboard.press("Escape")
    expect(in_ada.row("in answer")).to_be_focused()
    in_ada.page.keyboard.press("ArrowUp")
    expect(in_ada.row("mixed")).to_be_focused()
    in_ada.page.keyboard.press("r")
    expect(in_ada.page.locator(".composer__reply")).to_contain_text("Ada Lovelace")
    expect(in_ada.field).to_be_focused()
    in_ada.page.keyboard.press("Escape")
    expect(in_ada.page.locator(".composer__reply")).to_have_count(0)


def test_a_reaction_is_chosen_from_the_keyboard_and_focus_comes_back(
    window: Opening, ada: Member, lively_room: Room
) -> None:
    in_ada = window(ada, lively_room)
    in_ada.row("mixed").focus()
    in_ada.page.keyboard.press("e")
    expect(in_ada.page.get_by_role("searchbox", name="Find an emoji")).to_be_focused()
    in_ada.page.keyboard.type("thumbs")
    in_ada.page.keyboard.press("ArrowDown")
    expect(in_ada.page.get_by_role("button", name="thumbs up")).to_be_focused()
    in_ada.page.keyboard.press("ArrowRight")
    in_ada.page.keyboard.press("Enter")
    expect(in_ada.row("mixed").locator(".reaction").first).to_have_text("👎 1")
    expect(in_ada.row("mixed")).to_be_focused()


def test_only_what_is_new_is_read_out(
    window: Opening, ada: Member, bob: Member, lively_room: Room
) -> None:
    in_ada, in_bob = window(ada, lively_room), window(bob, lively_room)
    said = in_ada.page.locator("chat-timeline [aria-live=polite]")
    expect(said).to_have_text("")
    in_bob.say("hear this")
    expect(said).to_have_text("Bob Moog: hear this")
    in_ada.say("not this")
    expect(in_bob.row("not this")).to_have_count(1)
    expect(said).to_have_text("Bob Moog: hear this")


def test_a_locked_room_is_for_reading(
    window: Opening, ada: Member, bob: Member, lively_room: Room
) -> None:
    rooms.lock(ada.user, lively_room.pk, True)
    in_bob = window(bob, lively_room)
    expect(in_bob.page.locator(".composer__closed")).to_contain_text("locked")
    expect(in_bob.field).to_have_count(0)


def test_who_is_removed_is_told_where_to_go(
    window: Opening, ada: Member, bob: Member, lively_room: Room, room: Room
) -> None:
    in_bob = window(bob, lively_room)
    memberships.remove(ada.user, lively_room.pk, bob.id)
    expect(in_bob.heading).to_have_text("You are not in this room", timeout=20_000)
    in_bob.switch_to(room)
    expect(in_bob.field).to_be_visible()


def test_the_page_asks_nothing_of_other_hosts(
    window: Opening, ada: Member, lively_room: Room
) -> None:
    in_ada = window(ada)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(urlsplit(request.url).netloc)

    in_ada.page.on("request", note)
    in_ada.enter(lively_room)
    assert set(asked) == {in_ada.site.host}


def test_every_module_and_style_sheet_of_the_page_is_named_in_its_head() -> None:
    named = STATIC_MODULE.findall((ROOT / "templates/chat/modules.html").read_text())
    assert named == sorted(named)
    assert set(named) == imported_at_once()
    heads = (
        ROOT / "templates/chat" / name
        for name in ("room.html", "stylesheets.html", "later_stylesheets.html")
    )
    styles = [style for head in heads for style in STATIC_STYLE.findall(head.read_text())]
    sheets = (STATIC / "css/chat").glob("*.css")
    assert set(styles) == {str(path.relative_to(STATIC)) for path in sheets}


@pytest.mark.parametrize("words", ["", "js/words/de.js", "js/words/ar.js"])
def test_the_scripts_of_the_first_page_stay_small_in_every_language(words: str) -> None:
    names = imported_at_once() | {"js/begin.js"} | ({words} if words else set())
    served = [slim_script((STATIC / name).read_bytes()) for name in names]
    assert sum(len(brotli.compress(script)) for script in served) < SCRIPTS_MOST


def imported_at_once() -> set[str]:
    """The modules that the page loads at its start: what chat.js imports, and what that imports."""
    found: set[str] = set()
    ahead = [STATIC / "js/chat.js"]
    while ahead:
        path = ahead.pop()
        name = str(path.relative_to(STATIC))
        if name not in found:
            found.add(name)
            imports = IMPORTED.findall(path.read_text())
            ahead += [(path.parent / address).resolve() for address in imports]
    return found


def test_every_token_the_chat_uses_exists() -> None:
    used = {
        token
        for path in (ROOT / "static/css/chat").glob("*.css")
        for token in re.findall(
            r"var\((--(?:color|space|radius|shadow|text|font|raw|weight|leading)-[\w-]+)",
            path.read_text(),
        )
    }
    defined = set(
        re.findall(r"^\s*(--[\w-]+):", (ROOT / "static/css/tokens.css").read_text(), re.M)
    )
    assert used - defined == set()
