"""Who moderates and whom it concerns, side by side: what one decides, the other sees at once."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model
from playwright.sync_api import Locator, Page, expect

from chat.models import HeldMessage, Membership, Message, Room
from chat.services import members
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, Window
from tests.factories import PASSWORD, Member, make_member


class Admin:
    """The Django admin, in a window of a moderator of the site."""

    def __init__(self, window: Window) -> None:
        self.page: Page = window.page
        self.url = f"{window.site.url}/admin"

    def act(self, where: str, action: str, row: Model, reason: str = "") -> None:
        """Do ``action`` to one row of a list."""
        self.page.goto(f"{self.url}/{where}/")
        self.page.locator(f"input.action-select[value='{row.pk}']").check()
        self.page.locator("[name=reason]").fill(reason)
        self.page.locator("select[name=action]").select_option(action)
        self.page.get_by_role("button", name="Go", exact=True).click()
        expect(self.page.locator(".messagelist")).to_be_visible()

    def delete(self, message: Message) -> None:
        """Delete a message, and confirm it."""
        self.page.goto(f"{self.url}/chat/message/{message.pk}/delete/")
        self.page.get_by_role("button", name="Yes").click()
        expect(self.page.locator(".messagelist")).to_be_visible()

    def change(self, where: str, row: Model, **fields: str | bool) -> None:
        """Fill in the form of one row, and save it."""
        self.page.goto(f"{self.url}/{where}/{row.pk}/change/")
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]")
            if isinstance(value, bool):
                field.set_checked(value)
            elif field.evaluate("(field) => field.localName") == "select":
                field.select_option(value)
            else:
                field.fill(value)
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.locator(".messagelist")).to_be_visible()


@pytest.fixture
def admin(window: Opening, database: str) -> Admin:
    """The admin as a moderator of the site has it, who is no superuser."""
    moderator = make_member(display_name="Mo", is_staff=True)
    moderator.user.groups.add(Group.objects.get(name="Moderators"))
    return Admin(window(moderator))


@pytest.fixture
def carol(database: str, room: Room) -> Member:
    """Another plain member of the room."""
    member = make_member(display_name="Carol Kaye")
    members.join(member.user, room.pk)
    return member


def closed(window: Window) -> Locator:
    """What stands where one would write."""
    return window.page.locator("message-composer .composer__closed")


def note(window: Window) -> Locator:
    """The newest of what moderators tell."""
    return window.page.locator(".moderation-note").first


def answer(window: Window, name: str, verb: str, **fields: str) -> None:
    """Fill in the dialog of that name by labels, and press its button."""
    dialog = window.page.get_by_role("dialog", name=name)
    for label, value in fields.items():
        field = dialog.get_by_label(re.compile(rf"^\s*{label.replace('_', ' ')}"))
        if field.evaluate("(field) => field.localName") == "select":
            field.select_option(label=value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name=verb, exact=True).click()
    expect(dialog).to_have_count(0)


def panel(window: Window) -> Locator:
    """What there is to look after in the room."""
    return window.page.get_by_role("complementary", name="Moderation")


def test_what_is_done_to_a_member_in_the_admin_shows_in_their_room_at_once(
    window: Opening, admin: Admin, bob: Member, room: Room
) -> None:
    in_bob = window(bob, room)
    seat = Membership.objects.get(room=room, user=bob.user)

    admin.act("chat/membership", "mute_hour", seat, "Shouting")
    expect(closed(in_bob)).to_contain_text("You are muted here until")
    expect(closed(in_bob)).to_contain_text("The reason: Shouting")
    expect(in_bob.field).to_have_count(0)
    in_bob.reload()
    expect(closed(in_bob)).to_contain_text("The reason: Shouting")
    closed(in_bob).get_by_role("button", name="Appeal").click()
    answer(in_bob, "Appeal", "Send to the moderators", Why_it_should_be_lifted="It was my cat.")
    expect(closed(in_bob)).to_contain_text("Your appeal is with the moderators.")
    [mute] = bob.user.sanctions.all()
    admin.page.goto(f"{admin.url}/chat/sanction/?state=appeal")
    expect(admin.page.locator("#result_list")).to_contain_text("Shouting")
    admin.change("chat/sanction", mute, words="Cats, then.", lift=True)
    expect(in_bob.field).to_be_visible()
    expect(note(in_bob)).to_contain_text(f"You may write in {room} again.")

    in_bob.say("buy now", "and here")
    in_bob.sees("buy now", "and here")
    message = Message.objects.get(room=room, body="buy now")
    admin.delete(message)
    expect(in_bob.page.locator(".message__gone")).to_have_count(1)
    expect(note(in_bob)).to_contain_text("A moderator deleted your message")
    admin.act("chat/message", "restore", message)
    in_bob.sees("buy now", "and here")

    admin.act("chat/membership", "ban", seat, "Spam, again")
    expect(in_bob.page.get_by_role("heading", level=1)).to_have_text("You are not in this room")
    nowhere = in_bob.page.locator(".chat-app__nowhere")
    expect(nowhere).to_contain_text(f"You are banned from {room}. The reason: Spam, again")
    expect(in_bob.in_list(room)).to_have_count(0)
    nowhere.get_by_role("button", name="Appeal").click()
    answer(in_bob, "Appeal", "Send to the moderators", Why_it_should_be_lifted="Sorry.")
    in_bob.page.goto(f"{in_bob.site.url}/rooms/{room.slug}/")
    expect(in_bob.page.locator("main")).to_contain_text("The reason: Spam, again")
    expect(in_bob.page.get_by_role("button", name="Join this room")).to_have_count(0)
    ban = bob.user.sanctions.get(kind="ban")
    admin.act("chat/sanction", "lift", ban)
    in_bob.page.reload()
    in_bob.page.get_by_role("button", name="Join this room").click()
    in_bob.connected()


def test_a_room_that_is_closed_in_the_admin_says_so_where_one_writes(
    window: Opening, admin: Admin, bob: Member, room: Room
) -> None:
    in_bob = window(bob, room)
    admin.change("chat/room", room, locked=True, reason="Too loud")
    expect(closed(in_bob)).to_contain_text("This room is locked")
    admin.change("chat/room", room, locked=False, writers="stewards")
    expect(closed(in_bob)).to_contain_text("This room is read-only")
    admin.change("chat/room", room, writers="members", slow_mode="30")
    slow = in_bob.page.locator(".composer__note", has_text="one message every 30 seconds")
    expect(slow).to_be_visible()
    expect(in_bob.field).to_be_visible()
    in_bob.say("one", "two")
    expect(in_bob.row("two")).to_contain_text("Slow mode: waits its turn")
    admin.change("chat/room", room, archived=True)
    expect(closed(in_bob)).to_contain_text("This room is archived")


def test_who_is_banned_from_the_site_gets_a_page_that_says_why_and_may_appeal_there(
    window: Opening, admin: Admin, bob: Member, room: Room
) -> None:
    in_bob = window(bob, room)
    admin.act("accounts/user", "ban_week", bob.user, "Spam everywhere")
    main = in_bob.page.locator("main")
    expect(main).to_contain_text("You are banned from this site", timeout=PATIENCE)
    expect(main).to_contain_text("Spam everywhere")
    expect(main).to_contain_text("Until ")
    in_bob.page.get_by_role("button", name="Sign out").click()
    in_bob.page.goto(f"{in_bob.site.url}/accounts/login/")
    in_bob.page.locator("[name=login]").fill(bob.username)
    in_bob.page.locator("[name=password]").fill(PASSWORD)
    in_bob.page.locator("main").get_by_role("button", name=re.compile("^Sign in")).first.click()
    expect(main).to_contain_text("Spam everywhere")
    in_bob.page.get_by_role("textbox").fill("That was not me.")
    in_bob.page.get_by_role("button", name="Appeal").click()
    expect(main).to_contain_text("The moderators will read your appeal.")
    [ban] = bob.user.sanctions.all()
    assert (ban.appeal, ban.ends_at is not None) == ("That was not me.", True)
    in_bob.complaints.clear()  # the browser's own lines on pages that were answered with 403


def test_who_looks_after_a_room_needs_no_admin(
    window: Opening, ada: Member, bob: Member, carol: Member, room: Room
) -> None:
    waiting = {"state": HeldMessage.State.WAITING, "client_id": uuid4(), "body": "is this fine?"}
    HeldMessage.objects.create(room=room, author=bob.user, **waiting)
    in_ada, in_bob, in_carol = (window(each, room) for each in (ada, bob, carol))
    in_bob.say("you are a fool")
    in_carol.sees("you are a fool")

    in_carol.act("you are a fool", "More")
    expect(in_carol.page.get_by_role("menuitem", name="Delete with a reason")).to_have_count(0)
    in_carol.page.get_by_role("menuitem", name="Report…").click()
    answer(
        in_carol, "Report this message", "Report",
        Why="Insults or harassment", What_the_moderators_should_know="Every day",
    )  # fmt: skip
    expect(note(in_ada)).to_contain_text(f"A message in {room} was reported.")
    note(in_ada).get_by_role("button", name="Look").click()
    reports = panel(in_ada).get_by_role("region", name="Reports")
    expect(reports).to_contain_text("Insults or harassment")
    expect(reports.locator("blockquote")).to_have_text("you are a fool")

    reports.get_by_role("button", name="Mute").click()
    answer(in_ada, f"Mute {bob.name}", "Mute", For_how_long="1 hour", Reason="Be kind")
    expect(closed(in_bob)).to_contain_text("The reason: Be kind")
    sanctions = panel(in_ada).get_by_role("region", name="Muted and banned")
    expect(sanctions).to_contain_text("Be kind")
    closed(in_bob).get_by_role("button", name="Appeal").click()
    answer(in_bob, "Appeal", "Send to the moderators", Why_it_should_be_lifted="I was tired.")
    expect(sanctions.locator("blockquote")).to_have_text("I was tired.")
    sanctions.get_by_role("button", name="Turn down").click()
    answer(in_ada, f"Turn down the appeal of {bob.name}", "Turn down", Answer="Sleep, then.")
    expect(note(in_bob)).to_contain_text("Your appeal was turned down. Sleep, then.")
    sanctions.get_by_role("button", name="Lift").click()
    answer(in_ada, f"Let {bob.name} write again?", "Lift")
    expect(in_bob.field).to_be_visible()
    expect(sanctions).to_contain_text("Nobody is muted or banned.")

    in_ada.act("you are a fool", "Delete")
    answer(in_ada, f"Delete the message of {bob.name}?", "Delete", Reason="Unkind")
    gone = in_bob.page.locator(".message", has=in_bob.page.locator(".message__gone"))
    expect(gone).to_have_count(1)
    gone.hover()
    expect(gone.get_by_role("toolbar")).to_have_count(0)
    in_ada.page.locator(".message", has=in_ada.page.locator(".message__gone")).hover()
    in_ada.page.get_by_role("button", name="More", exact=True).click()
    in_ada.page.get_by_role("menuitem", name="What it said").click()
    said = in_ada.page.get_by_role("dialog", name="What it said")
    expect(said).to_contain_text("you are a fool")
    said.get_by_role("button", name="Close").click()
    in_ada.page.locator(".message", has=in_ada.page.locator(".message__gone")).hover()
    in_ada.page.get_by_role("button", name="More", exact=True).click()
    in_ada.page.get_by_role("menuitem", name="Restore").click()
    for each in (in_ada, in_bob, in_carol):
        each.sees("you are a fool")

    reports.get_by_role("button", name="Resolve").click()
    answer(
        in_ada, "Resolve the report", "Resolve", Told_to_who_reported_it="He was muted a while."
    )  # fmt: skip
    expect(note(in_carol)).to_contain_text("He was muted a while.")
    expect(reports).to_contain_text("Nothing has been reported.")

    held = panel(in_ada).get_by_role("region", name="Held messages")
    expect(held).to_contain_text("is this fine?")
    held.get_by_role("button", name="Release").click()
    for each in (in_bob, in_carol):
        each.sees("you are a fool", "is this fine?")
    expect(held).to_contain_text("No message waits for you.")

    panel(in_ada).get_by_text("What was done").click()
    trail = panel(in_ada).locator(".moderation__trail")
    expect(trail).to_contain_text("restored a message")
    panel(in_ada).get_by_role("button", name="Lock", exact=True).click()
    answer(in_ada, "Lock the room?", "Lock", Reason="A break")
    for each in (in_bob, in_carol):
        expect(closed(each)).to_contain_text("This room is locked")
    expect(trail.locator("li").first).to_contain_text("locked a room")


def test_a_members_card_has_what_the_rooms_moderators_may_do_about_them(
    window: Opening, ada: Member, bob: Member, carol: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_bob.say("one", "two")
    in_ada.sees("one", "two")

    def on_card(act: str) -> None:
        line = in_ada.page.locator(f".member-list__member[data-user='{bob.id}']")
        line.get_by_role("button").click()
        card = in_ada.page.get_by_role("dialog", name=bob.name)
        card.get_by_role("button", name=act).click()

    on_card("Delete what")
    answer(in_ada, f"Delete what {bob.name} said here", "Delete", Of_the_last="1 hour")
    expect(in_bob.page.locator(".message__gone")).to_have_count(2)
    on_card("Mute")
    answer(in_ada, f"Mute {bob.name}", "Mute", For_how_long="10 minutes")
    expect(closed(in_bob)).to_contain_text("You are muted here until")
    on_card("Lift")
    answer(in_ada, f"Let {bob.name} write again?", "Lift")
    expect(in_bob.field).to_be_visible()
    on_card("Remove")
    answer(in_ada, f"Remove {bob.name}", "Remove", Reason="Wrong room")
    nowhere = in_bob.page.locator(".chat-app__nowhere")
    expect(nowhere).to_contain_text(f"You were removed from {room}. The reason: Wrong room")

    line = in_bob.page.locator(f".member-list__member[data-user='{ada.id}']")
    in_bob.page.goto(f"{in_bob.site.url}/rooms/{room.slug}/")
    in_bob.page.get_by_role("button", name="Join this room").click()
    line.get_by_role("button").click()
    card = in_bob.page.get_by_role("dialog", name=ada.name)
    expect(card.get_by_role("region", name="In this room")).to_have_count(0)
    expect(in_bob.page.get_by_role("button", name="Moderation")).to_have_count(0)
    card.get_by_role("button", name="Report…").click()
    answer(in_bob, f"Report {ada.name}", "Report", Why="Spam or advertising")
    expect(in_bob.notice).to_contain_text("Reported.")
    report = bob.user.reports.get()
    assert (report.user, report.message, report.reason) == (ada.user, None, "spam")

    members.set_role(ada.user, room.pk, bob.id, "moderator")
    expect(in_bob.page.get_by_role("button", name="Moderation")).to_be_visible()
    on_card("Ban")
    answer(
        in_ada, f"Ban {bob.name} from this room", "Ban", For_how_long="Until it is lifted",
        Reason="Enough",
    )  # fmt: skip
    expect(nowhere).to_contain_text(f"You are banned from {room}. The reason: Enough")
