"""The corpus of scripts in everything that members write, on every page that shows it.

What members could never enter is written into the database past every check: a page must not
depend on them.
"""

from uuid import uuid4

import httpx
import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Dialog, Page, expect

from chat.models import CustomEmoji, Message, Poll, Report, Room
from chat.services import links, messages, polls, reports
from tests.browser.window import PATIENCE, Window
from tests.corpus.markup import EVERYTHING, ROOT, TAGS
from tests.factories import (
    Member,
    make_member,
    make_message,
    make_moderator,
    make_room,
    make_token,
)
from tests.parts.site import Site

# What a page may be made of beside the elements of its own, and what none of them may carry.
FORBIDDEN = """
() => {
  const own = (url) => !url || new URL(url, location.href).origin === location.origin
    || /^(data:image|blob:)/.test(url);
  const found = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const name = element.localName;
      if (["iframe", "object", "embed", "base", "marquee", "math", "audio", "x-y"].includes(name)) {
        found.push(`<${name}>`);
      }
      if (name === "script" && (!element.src || !own(element.src))
          && element.type !== "application/json" && element.type !== "importmap") {
        found.push(element.outerHTML);
      }
      if (["img", "link", "source", "video"].includes(name)
          && !own(element.getAttribute("src") ?? element.getAttribute("href"))) {
        found.push(element.outerHTML);
      }
      for (const { name: attribute, value } of element.attributes) {
        if (attribute.startsWith("on")) found.push(`${name} ${attribute}`);
        if (["href", "src", "action", "formaction"].includes(attribute)
            && /^[\\s\\x00-\\x1f]*(javascript|vbscript|file):/i.test(value)) {
          found.push(`${name} ${attribute}=${value}`);
        }
      }
      if (name === "meta" && element.httpEquiv === "refresh") found.push("refresh");
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(document);
  if (window.hit) found.push("A SCRIPT RAN");
  return found;
}
"""
WORST = [
    TAGS[0],
    TAGS[6],
    '"><img src=x onerror=window.hit=1>',
    "</script><svg onload=window.hit=1>",
]


class Judge:
    """Goes to pages and objects to all that must not be there."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.dialogs: list[str] = []
        window.page.on("dialog", self.heard)

    def heard(self, dialog: Dialog) -> None:
        """Take note of a dialog."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    @property
    def page(self) -> Page:
        """The tab."""
        return self.window.page

    def look(self, path: str) -> None:
        """Go to a page and object to what is wrong with it."""
        answer = self.page.goto(f"{self.window.site.url}{path}")
        assert answer
        assert answer.status == 200, (path, answer.status)
        self.judge(path)

    def judge(self, where: str) -> None:
        """Object to what is wrong with the page as it stands."""
        assert self.page.evaluate(FORBIDDEN) == [], where
        assert self.page.evaluate("window.violations") == [], where
        assert self.dialogs == [], where


@pytest.fixture
def named(database: str) -> list[Member]:
    """Members called as none can call themselves."""
    made = [make_member() for _ in WORST]
    for member, name in zip(made, WORST, strict=True):
        type(member.user).objects.filter(pk=member.id).update(
            display_name=name[:60], status=name[:100], status_emoji=name[:32]
        )
        member.user.refresh_from_db()
    return made


@pytest.fixture
def full_room(named: list[Member]) -> Room:
    """A room in which everything was said, by members with such names."""
    room = make_room("public", named[1:], owner=named[0])
    Room.objects.filter(pk=room.pk).update(name=WORST[1][:60], topic=WORST[2])
    for number, text in enumerate(EVERYTHING):
        make_message(room, named[number % len(named)], text)
    poll = polls.ask(named[0].user, room.pk, uuid4(), WORST[0], ["a", "b"])
    Poll.objects.filter(message=poll.id).update(options=WORST[:2])
    return room


def test_no_text_of_the_corpus_is_more_than_text(
    browser: Browser, site: Site, ada: Member, named: list[Member], full_room: Room
) -> None:
    CustomEmoji.objects.create(name='x"><script>', picture=b"", added_by=named[0].user)
    judge = Judge(Window.open(browser, site, named[1]))
    for seq in range(1, len(EVERYTHING), 25):
        judge.look(f"/rooms/{full_room.slug}/{seq}/")
        row = judge.page.locator(f".message[data-seq='{seq}']")
        expect(row).to_be_visible(timeout=PATIENCE)
        judge.judge(f"the room at {seq}")
    owner = {"Authorization": f"Bearer {make_token(named[0])}"}
    own = Message.objects.filter(room=full_room, author=named[1].user).order_by("seq")
    for message, reason in zip(own, WORST, strict=False):
        path = f"{site.url}/api/v1/messages/{message.pk}/removal"
        assert httpx.post(path, json={"reason": reason}, headers=owner).is_success
        note = judge.page.locator(".moderation-note", has_text=f"The reason: {reason}")
        expect(note).to_be_visible(timeout=PATIENCE)
    judge.judge("what moderators tell")
    row.locator("[data-person]").first.click()
    expect(judge.page.locator("profile-card")).to_be_visible()
    judge.judge("the card of a member")
    paths = [
        reverse("chat:directory"), reverse("chat:people"), reverse("accounts:profile"),
        reverse("chat:room_settings", args=[full_room.slug]), reverse("chat:standing"),
        f"{reverse('chat:directory')}?q=%3Cscript%3E", f"{reverse('chat:people')}?q=%22%3E%3Cimg",
    ]  # fmt: skip
    for path in paths:
        judge.look(path)
    judge.window.context.close()


def test_nor_in_a_join_link_or_in_the_admin(
    browser: Browser, site: Site, named: list[Member], full_room: Room
) -> None:
    _link, secret = links.create(named[0].user, full_room.pk, expires_in=None, uses_max=None)
    stranger = Judge(Window.open(browser, site, make_member()))
    stranger.page.goto(f"{site.url}{reverse('chat:join_link')}#{secret}")
    expect(stranger.page.locator("main form button").first).to_be_visible(timeout=PATIENCE)
    stranger.judge("the join link")
    stranger.window.context.close()

    message = make_message(full_room, named[1], WORST[0])
    report = reports.report_message(named[2].user, message.pk, "spam", WORST[1])
    Report.objects.filter(pk=report.pk).update(said=WORST[2])
    chair = make_moderator()
    messages.remove(chair.user, make_message(full_room, named[1]).pk, WORST[0])
    admin = Judge(Window.open(browser, site, chair))
    for path in (
        "", "chat/room/", f"chat/room/{full_room.pk}/change/",
        f"chat/room/{full_room.pk}/transcript/", "chat/message/",
        f"chat/message/{message.pk}/change/", "chat/report/",
        f"chat/report/{report.pk}/change/", "accounts/user/",
        f"accounts/user/{named[0].id}/change/",
        "chat/membership/", "chat/auditentry/", "chat/sanction/",
    ):  # fmt: skip
        admin.look(f"/admin/{path}")
    admin.window.context.close()


def test_every_page_keeps_the_content_policy(
    browser: Browser, site: Site, ada: Member, room: Room
) -> None:
    chair = Judge(Window.open(browser, site, make_moderator()))
    visitor = Window.open(browser, site, ada)
    visitor.context.clear_cookies()
    for path in (
        "/rooms/", "/rooms/new/", f"/rooms/{room.slug}/", f"/rooms/{room.slug}/settings/",
        "/people/", "/join/", "/standing/", "/accounts/profile/", "/accounts/email/",
        "/accounts/sessions/",
        "/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/", "/admin/",
        "/admin/accounts/user/", "/admin/chat/room/", "/admin/chat/customemoji/add/",
        "/admin/auth/group/add/", "/admin/password_change/",
    ):  # fmt: skip
        chair.look(path)
    chair.window.context.close()
    signed_out = Judge(visitor)
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/join/"):
        signed_out.look(path)
    assert visitor.complaints == []
    visitor.context.close()


def test_the_corpus_is_as_large_as_is_said() -> None:
    said = (ROOT / "docs" / "security.md").read_text()
    assert f"| Markup | {len(EVERYTHING)} | 0 | {len(EVERYTHING)} |" in said
