"""axe looks at every page, and at everything that opens on the page of a room, in both schemes.

What no machine sees is gone through by hand in docs/accessibility.md.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat.models import AuditEntry, HeldMessage, Membership, Room
from chat.services import filters, members, messages, polls, reports, sanctions, saved_views
from tests.browser.conftest import Opening
from tests.browser.test_page import PHONE
from tests.browser.window import Window
from tests.factories import Member, make_message, make_moderator, make_room

ANYBODYS = ["account_login", "account_signup", "account_reset_password",
            "account_reset_password_done", "account_email_verification_sent", "chat:join_link",
            "chat:offline"]  # fmt: skip
MEMBERS = ["chat:directory", "chat:new_room", "chat:people", "chat:search", "chat:share",
           "chat:standing", "accounts:profile", "account_email", "account_change_password",
           "mfa_index", "usersessions_list", "account_logout",
           "account_reauthenticate"]  # fmt: skip
# Of the admin, for a superuser, who sees all of it; in braces what the page is about.
ADMIN = [
    "", "chat/", "password_change/",
    "accounts/user/", "accounts/user/add/", "accounts/user/{bob}/change/",
    "accounts/user/{bob}/password/", "accounts/user/{bob}/history/",
    "accounts/apitoken/", "auth/group/", "auth/group/add/",
    "usersessions/usersession/", "mfa/authenticator/",
    "chat/room/", "chat/room/?q=nothing-at-all", "chat/room/{room}/change/",
    "chat/room/{room}/transcript/?around={seq}",
    "chat/membership/?room={room}", "chat/membership/{seat}/change/",
    "chat/message/", "chat/message/{message}/change/", "chat/message/{message}/delete/",
    "chat/report/?state=open", "chat/report/{report}/change/",
    "chat/sanction/", "chat/sanction/{sanction}/change/",
    "chat/filter/", "chat/filter/add/", "chat/filter/{filter}/change/",
    "chat/filter/{filter}/try/", "chat/filter/{filter}/delete/",
    "chat/heldmessage/", "chat/heldmessage/{held}/change/",
    "chat/auditentry/", "chat/auditentry/{entry}/change/",
    "chat/customemoji/", "chat/customemoji/add/", "chat/sitestate/1/change/",
    "chat/connection/", "chat/serverprocess/",
]  # fmt: skip
# Where axe looks at imported styles it writes them into the page, which the content policy forbids.
ALL_RULES = {"resultTypes": ["violations"], "preload": False}
# In the other scheme only colours differ.
COLOURS = ALL_RULES | {"runOnly": ["color-contrast"]}

# Even a transition that takes no time shows its end only with the next frame, or on a busy machine
# some frames later; and what inherits a colour may begin its own transition only then.
COLOURS_STAND_STILL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const moving = () => document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  do {
    await Promise.allSettled(moving().map(({ finished }) => finished));
    await frame();
    await frame();
  } while (moving().some(({ playState }) => playState === "running"));
}"""


class Findings:
    """What axe found, by where it was looked for; all is told at the end, not the first alone."""

    def __init__(self) -> None:
        self.reports: list[str] = []

    def look(self, page: Page, where: str) -> None:
        """Look at the page as it stands: all rules in light, the colours in dark too."""
        for scheme, options in (("light", ALL_RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(COLOURS_STAND_STILL)
            if page.evaluate("!window.axe"):
                page.evaluate(Axe().axe_script)
            found = AxeResults(page.evaluate("(options) => axe.run(options)", options))
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


def test_axe_finds_nothing_in_the_admin(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    root = make_moderator()
    message = make_message(room, bob, "buy **now**")
    messages.edit(bob.user, message.pk, "buy **later**")
    report = reports.report_message(ada.user, message.pk, "spam", "Again")
    members.mute(ada.user, room.pk, bob.id, timezone.now() + timedelta(days=1), "Shouting")
    sanction = bob.user.sanctions.get()
    sanctions.appeal(bob.user, sanction.pk, "It was my cat.")
    words = {"name": "Mowers", "kind": "words", "text": "mower", "room_id": room.pk}
    screen = filters.save(root.user, words)
    waiting = {"state": HeldMessage.State.WAITING, "client_id": uuid4(), "body": "a mower"}
    held = HeldMessage.objects.create(room=room, author=bob.user, filter=screen, **waiting)
    saved_views.save(root.user, "chat.message", "Deleted", "deleted=yes")
    places = {
        "bob": bob.id, "room": room.pk, "seq": message.seq, "message": message.pk,
        "seat": Membership.objects.get(room=room, user=bob.user).pk, "report": report.pk,
        "sanction": sanction.pk, "filter": screen.pk, "held": held.pk,
        "entry": AuditEntry.objects.latest("pk").pk,
    }  # fmt: skip
    findings, in_root = Findings(), window(root)
    page = in_root.page
    for path in ADMIN:
        page.goto(f"{in_root.site.url}/admin/{path.format(**places)}")
        findings.look(page, f"admin/{path}")
        in_root.finds_nothing_wrong()
    page.goto(f"{in_root.site.url}/admin/chat/filter/add/")
    page.get_by_role("combobox", name="Room").first.click()
    expect(page.locator(".select2-results__option", has_text=room.name)).to_be_visible()
    findings.look(page, "admin: choosing a room")
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
