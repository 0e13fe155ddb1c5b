"""axe looks at every page, and at everything that opens on the page of a room, in both schemes.

What no machine sees is gone through by hand in docs/accessibility.md.
"""

from collections.abc import Callable
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from chat.models import Room
from chat.services import messages, polls, reports
from tests.browser.conftest import Opening
from tests.browser.test_page import PHONE
from tests.browser.window import Window
from tests.factories import Member, make_message, make_room

ANYBODYS = ["account_login", "account_signup", "account_reset_password",
            "account_reset_password_done", "account_email_verification_sent", "chat:join_link",
            "chat:offline"]  # fmt: skip
MEMBERS = ["chat:directory", "chat:new_room", "chat:people", "chat:search", "chat:share",
           "chat:standing", "accounts:profile", "account_email", "account_change_password",
           "mfa_index", "usersessions_list", "account_logout",
           "account_reauthenticate"]  # fmt: skip
# In the other scheme only colours differ.
COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}

# Even a transition that takes no time shows its end only with the next frame, or on a busy machine
# some frames later.
NEXT_FRAME = """
Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(
  () => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))))
"""


class Findings:
    """What axe found, by where it was looked for; all is told at the end, not the first alone."""

    def __init__(self) -> None:
        self.reports: list[str] = []

    def look(self, page: Page, where: str) -> None:
        """Look at the page as it stands: all rules in light, the colours in dark too."""
        for scheme, options in (("light", None), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(NEXT_FRAME)
            found = Axe().run(page, options=options)
            if found.violations_count:
                self.reports.append(f"=== {where}, {scheme}\n{found.generate_report()}")
        page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def expect_none(self) -> None:
        """Fail with all that was found."""
        assert not self.reports, "\n".join(self.reports)


def test_axe_finds_nothing_on_any_page(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    findings = Findings()
    strangers = make_room("public", owner=bob)
    in_ada = window(ada)
    page = in_ada.page
    own = [strangers.get_absolute_url(), reverse("chat:room_settings", args=[room.slug])]
    make_message(room, bob, "found on a page")
    own += [f"{reverse('chat:search')}?q={text}" for text in ("found", "nowhere", "ab")]
    for address in [reverse(name) for name in MEMBERS] + own + ["/rooms/none/", "/no/such/page/"]:
        page.goto(in_ada.site.url + address)
        findings.look(page, address)
    page.goto(f"{in_ada.site.url}{reverse('account_change_password')}")
    page.get_by_label("Password now").fill("wrong")
    page.get_by_label("New password").fill("1234")
    page.get_by_label("The same again").fill("5678")
    page.keyboard.press("Enter")
    expect(page.locator(".field__error").first).to_be_visible()
    findings.look(page, "a form that was refused")
    page.locator(".account-button").click()
    findings.look(page, "the menu of the account")
    in_ada.complaints.clear()  # the browser notes every 404
    in_ada.context.clear_cookies()
    for address in [reverse(name) for name in ANYBODYS]:
        page.goto(in_ada.site.url + address)
        findings.look(page, address)
    findings.expect_none()


def test_axe_finds_nothing_on_what_opens_in_a_room(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    asked = make_message(room, bob, "What about *lunch*? See #general, `code` and\n\n> a quote")
    messages.react(bob.user, asked.pk, "👍", True)
    messages.edit(bob.user, asked.pk, "What about **lunch**? See #general.")
    messages.pin(ada.user, asked.pk, True)
    make_message(room, ada, f"@{bob.username} fine", reply_to=asked.pk)
    make_message(room, bob, "in the thread", thread=asked.pk)
    make_message(make_room("public", [ada], owner=bob), bob, f"for @{ada.username}")
    reports.report_message(ada.user, asked.pk, "spam", "Again")
    in_ada = window(ada, room)
    findings, page = Findings(), in_ada.page
    row = in_ada.row("What about")

    def by_command(command: str) -> None:
        page.keyboard.press("Control+k")
        expect(page.locator("room-switcher input")).to_be_focused()
        page.keyboard.type(f">{command}")
        page.keyboard.press("Enter")

    def on_row(key: str) -> None:
        row.focus()
        page.keyboard.press(key)

    def from_menu(label: str) -> None:
        on_row("m")
        page.get_by_role("menuitem", name=label).click()

    def from_composer(label: str) -> None:
        page.get_by_role("button", name="More to send").click()
        page.get_by_role("menuitem", name=label).click()

    def type_text(text: str) -> None:
        in_ada.field.fill("")
        in_ada.field.press_sequentially(text)

    def search(text: str) -> None:
        page.keyboard.press("Control+f")
        page.get_by_role("searchbox", name="What to search for").fill(text)
        page.keyboard.press("Enter")

    def misspell_command() -> None:
        type_text("/nonsense")
        page.keyboard.press("Enter")

    def edit_last() -> None:
        type_text("")
        page.keyboard.press("ArrowUp")

    dialog, popup = "dialog[open]", ".popup"
    opened: list[tuple[str, str, Callable[[], object]]] = [
        ("the room", "main", lambda: row.focus()),
        ("the switcher", dialog, lambda: page.keyboard.press("Control+k")),
        ("the keys", dialog, lambda: page.keyboard.press("Control+/")),
        ("the status", dialog, lambda: by_command("status")),
        ("reactions", popup, lambda: on_row("e")),
        ("the message's menu", popup, lambda: on_row("m")),
        ("a day", dialog, lambda: on_row("d")),
        ("forwarding", dialog, lambda: from_menu("Forward")),
        ("earlier versions", dialog, lambda: from_menu("What it said before")),
        ("who has seen it", dialog, lambda: from_menu("Seen by")),
        ("who somebody is", popup, lambda: row.locator(".message__author").click()),
        ("the room's menu", popup, lambda: page.locator(".room-list__more").first.click()),
        ("the composer's menu", popup, lambda: page.locator(".composer__more").click()),
        ("a poll", dialog, lambda: from_composer("Poll")),
        ("sending later", dialog, lambda: from_composer("Send later")),
        ("the commands", dialog, lambda: from_composer("Commands")),
        ("completion", ".completions", lambda: type_text("@bo")),
        ("what is wrong", "[role=alert]", misspell_command),
        ("an editor", "message-editor", edit_last),
        ("a thread", "thread-panel textarea", lambda: on_row("t")),
        ("searching", ".search-panel__hints", lambda: page.keyboard.press("Control+f")),
        ("what was found", ".found__message", lambda: search("lunch")),
        ("nothing found", ".search-panel__nothing", lambda: search("supper")),
        *(
            (command, ".side-panel", lambda command=command: by_command(command))
            for command in ("Threads", "Mentions", "Saved", "Scheduled", "Pinned", "About")
        ),
        ("moderation", ".moderation__item", lambda: page.locator(".room-header__moderate").click()),
    ]  # fmt: skip
    for where, shown, open_it in opened:
        open_it()
        expect(page.locator(shown).last).to_be_visible()
        findings.look(page, where)
        page.keyboard.press("Escape")
    findings.expect_none()


def test_axe_finds_nothing_on_a_phone(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    options = ["Pizza", "Salad"]
    polls.ask(bob.user, room.pk, uuid4(), "Lunch?", options)
    in_ada: Window = window(ada, room, **PHONE)
    findings, page = Findings(), in_ada.page
    expect(page.locator("message-poll")).to_be_visible()
    findings.look(page, "the conversation")
    page.get_by_role("button", name="members").click()
    findings.look(page, "the members")
    page.get_by_role("button", name="Back to the conversation").click()
    page.get_by_role("button", name="Rooms").click()
    findings.look(page, "the rooms")
    page.get_by_role("button", name="Threads").click()
    findings.look(page, "a panel")
    page.keyboard.press("Control+f")
    page.get_by_role("searchbox", name="What to search for").fill("salad")
    page.keyboard.press("Enter")
    expect(page.locator(".found__message")).to_be_visible()
    findings.look(page, "what was found")
    page.locator(".found__message").click()
    expect(page.locator("message-poll")).to_be_visible()  # the panel made way
    findings.expect_none()
