"""What one writes: names completed, commands, drafts, scheduled messages, polls, mentions."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.models import Message, Room, ScheduledMessage
from chat.services import members, rooms, scheduled
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, PHONE
from tests.factories import Member, make_member, make_message, make_room

SCHEDULED = 30_000  # ms until what is due is posted, on a busy machine


@pytest.fixture
def cy(database: str) -> Member:
    """A member of the site who is not in `room`."""
    return make_member(display_name="Cy Twombly")


def come_due(author: Member) -> None:
    ScheduledMessage.objects.filter(author=author.user).update(due_at=timezone.now())


# --- completion -------------------------------------------------------------------------------


def test_names_are_completed_with_the_keyboard_who_is_online_first(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    ben = make_member(display_name="Ben Bagley")
    members.join(ben.user, room.pk)
    in_ada = window(ada, room)
    window(bob, room)
    bobs_line = in_ada.member(bob)
    expect(bobs_line).to_have_attribute("data-state", "online", timeout=PATIENCE)
    in_ada.field.press_sequentially("hi @b")
    expect(in_ada.suggested.nth(0)).to_contain_text("Bob Moog")
    expect(in_ada.suggested.nth(1)).to_contain_text("Ben Bagley")
    field = in_ada.field
    expect(field).to_have_attribute("aria-controls", "completions")
    expect(field).to_have_attribute("aria-activedescendant", "completion-0")
    field.press("ArrowDown")
    expect(in_ada.suggested.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "completion-1")
    field.press("ArrowUp")
    field.press("Enter")
    expect(in_ada.field).to_have_value(f"hi @{bob.username} ")
    expect(in_ada.suggested).to_have_count(0)
    expect(field).not_to_have_attribute("aria-controls", "completions")
    in_ada.field.press("Enter")
    expect(in_ada.stored.locator(".mention")).to_have_text("@Bob Moog")


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(
    window: Opening, ada: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    in_ada.field.press_sequentially("@b")
    expect(in_ada.suggested.first).to_be_visible()
    in_ada.field.press("Escape")
    expect(in_ada.suggested).to_have_count(0)
    in_ada.field.press_sequentially("o")
    expect(in_ada.suggested).to_have_count(0)
    expect(in_ada.field).to_have_value("@bo")


def test_suggestions_are_chosen_with_a_finger(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada = window(ada, room, **PHONE)
    in_ada.field.tap()
    in_ada.field.press_sequentially("@bo")
    in_ada.suggested.first.tap()
    expect(in_ada.field).to_have_value(f"@{bob.username} ")
    expect(in_ada.field).to_be_focused()


def test_rooms_are_completed_and_linked_only_for_who_may_know_of_them(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    hidden = make_room("private", owner=ada, name="Secret plans")
    public = make_room("public", name="Open garden")
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.field.press_sequentially("see #secret")
    expect(in_ada.suggested.first).to_contain_text("Secret plans")
    in_ada.field.press("Tab")
    in_ada.field.press_sequentially(f"and #{public.slug} and #nowhere-at-all")
    in_ada.field.press("Enter")
    links = in_ada.stored.locator("room-link a")
    expect(links).to_have_text(["#Secret plans", "#Open garden"])
    body = in_bob.stored.locator(".message__body")
    expect(body).to_contain_text("#Open garden", timeout=PATIENCE)
    expect(body).to_contain_text(f"#{hidden.slug} and")
    expect(in_bob.stored.locator("room-link a")).to_have_text(["#Open garden"])
    assert "Secret plans" not in in_bob.page.content()
    links.first.click()
    expect(in_ada.heading).to_have_text("Secret plans")


# --- mentions ---------------------------------------------------------------------------------


def test_whoever_is_named_and_not_there_can_be_invited(
    window: Opening, ada: Member, cy: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    in_ada.say(f"what does @{cy.username} say?")
    note = in_ada.page.locator("absent-note")
    expect(note).to_contain_text("Cy Twombly is not in")
    note.get_by_role("button", name="Invite").click()
    expect(in_ada.member(cy)).to_have_count(1)
    expect(note).to_have_text("")


def test_who_may_not_invite_is_told_that_somebody_is_not_there(
    window: Opening, bob: Member, cy: Member, room: Room
) -> None:
    in_bob = window(bob, room)
    in_bob.say(f"what does @{cy.username} say?")
    note = in_bob.page.locator("absent-note")
    expect(note).to_contain_text("An owner can invite them.")
    expect(note.get_by_role("button", name="Invite")).to_have_count(0)
    note.get_by_role("button", name="Hide").click()
    expect(note).to_have_text("")


def test_an_owner_calls_everybody_and_a_member_is_told_that_they_may_not(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    in_ada, in_bob = window(ada, room), window(bob, other)
    in_ada.field.press_sequentially("@roo")
    expect(in_ada.suggested.first).to_contain_text("everybody in this room")
    in_ada.field.press("Enter")
    in_ada.field.press("Enter")
    expect(in_bob.in_list(room).locator("[data-calls]")).to_have_text("1", timeout=PATIENCE)
    in_bob.switch_to(room)
    expect(in_bob.stored.first).to_have_attribute("data-calls", "")
    in_bob.field.press_sequentially("@roo")
    expect(in_bob.suggested).to_have_count(0)
    in_bob.field.fill("@room lunch?")
    in_bob.field.press("Enter")
    refused = in_bob.page.locator(".message__refused")
    expect(refused).to_contain_text("Only owners and moderators may call everybody")
    expect(in_bob.row("@room lunch?")).to_have_attribute("data-state", "refused")
    assert Message.objects.filter(room=room).count() == 1


def test_here_calls_who_is_there_and_nobody_who_is_not(
    window: Opening, ada: Member, bob: Member, cy: Member, room: Room
) -> None:
    members.join(cy.user, room.pk)
    other = make_room("public", [bob, cy], owner=ada)
    in_ada, in_bob = window(ada, room), window(bob, other)
    in_ada.field.press_sequentially("@her")
    expect(in_ada.suggested.first).to_contain_text("who is here")
    in_ada.field.press("Enter")
    in_ada.field.press_sequentially("cake in the kitchen")
    in_ada.field.press("Enter")
    expect(in_bob.in_list(room).locator("[data-calls]")).to_have_text("1", timeout=PATIENCE)
    in_cy = window(cy, other)
    expect(in_cy.unread(room)).to_have_text("1")
    expect(in_cy.in_list(room).locator("[data-calls]")).to_have_count(0)


def test_the_inbox_holds_mentions_of_all_rooms_and_leads_to_them(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("private", [bob], owner=ada, name="The other room")
    for number in range(35):
        make_message(room, ada, f"number {number} @{bob.username}")
    make_message(other, ada, "come here @room")
    in_bob = window(bob, room)
    in_bob.page.get_by_role("button", name="Mentions").click()
    inbox = in_bob.panel("Mentions")
    expect(inbox.locator(".listed")).to_have_count(30)
    expect(inbox.locator(".listed").first).to_contain_text("come here @room")
    inbox.get_by_role("button", name="Show older ones").click()
    expect(inbox.locator(".listed")).to_have_count(36)
    expect(inbox.get_by_role("button", name="Show older ones")).to_have_count(0)
    make_message(other, ada, "and again @room")
    expect(inbox.locator(".listed").first).to_contain_text("and again @room", timeout=PATIENCE)
    inbox.locator(".listed").first.get_by_role("link", name="Show in the room").click()
    expect(in_bob.heading).to_have_text("The other room")


# --- drafts -----------------------------------------------------------------------------------


def test_a_draft_goes_on_on_another_device_and_goes_there_when_it_is_sent(
    window: Opening, ada: Member, room: Room
) -> None:
    desk = window(ada, room)
    desk.field.press_sequentially("half a thought")
    phone = window(ada, room)
    expect(phone.field).to_have_value("half a thought", timeout=PATIENCE)
    phone.field.press_sequentially(" more")
    desk.page.evaluate("document.activeElement.blur()")
    expect(desk.field).to_have_value("half a thought more", timeout=PATIENCE)
    phone.field.press("Enter")
    expect(desk.field).to_have_value("", timeout=PATIENCE)
    desk.sees("half a thought more")
    # A thread has a draft of its own.
    for device in (desk, phone):
        device.act("half a thought more", "Thread")
    fields = [
        device.page.get_by_role("textbox", name="Reply in the thread") for device in (desk, phone)
    ]
    phone.page.evaluate("document.activeElement.blur()")
    fields[0].press_sequentially("on second thoughts")
    expect(fields[1]).to_have_value("on second thoughts", timeout=PATIENCE)
    expect(phone.field).to_have_value("")


def test_what_one_is_typing_is_not_replaced_from_another_device(
    window: Opening, ada: Member, room: Room
) -> None:
    desk, phone = window(ada, room), window(ada, room)
    desk.page.bring_to_front()
    desk.field.press_sequentially("mine")
    with phone.page.expect_response(lambda response: response.url.endswith("/draft")):
        phone.field.press_sequentially("from the phone")
    # What comes after the draft on the same socket has come: so has the draft.
    make_message(room, ada, "afterwards")
    desk.sees("afterwards")
    expect(desk.field).to_have_value("mine")


# --- scheduled messages -----------------------------------------------------------------------


def test_a_message_is_written_for_later_changed_and_sent_when_it_is_due(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.field.fill("good morning")
    in_ada.page.get_by_role("button", name="More to send").click()
    in_ada.page.get_by_role("menuitem", name="Send later").click()
    dialog = in_ada.dialog("Send later")
    expect(dialog.get_by_label("Message")).to_have_value("good morning")
    dialog.get_by_role("button", name="Tomorrow, 09:00").click()
    dialog.get_by_role("button", name="Schedule").click()
    expect(in_ada.field).to_have_value("")
    note = in_ada.page.locator(".composer__note", has_text="1 scheduled here")
    note.get_by_role("button", name="Show").click()
    listed = in_ada.panel("Scheduled messages").locator(".listed")
    expect(listed).to_contain_text("good morning")
    listed.get_by_role("button", name="Change").click()
    change = in_ada.dialog("Change what is sent later")
    change.get_by_label("Message").fill("good morning, all")
    change.get_by_role("button", name="Save").click()
    expect(listed).to_contain_text("good morning, all")
    come_due(ada)
    expect(in_bob.row("good morning, all")).to_have_count(1, timeout=SCHEDULED)
    expect(listed).to_have_count(0)
    expect(note).to_have_count(0)
    in_ada.sees("good morning, all")


def test_a_scheduled_message_is_cancelled(window: Opening, ada: Member, room: Room) -> None:
    in_ada = window(ada, room)
    in_ada.say("/schedule in 2h never mind")
    note = in_ada.page.locator(".composer__note", has_text="1 scheduled here")
    note.get_by_role("button", name="Show").click()
    in_ada.panel("Scheduled messages").get_by_role("button", name="Cancel").click()
    expect(in_ada.panel("Scheduled messages")).to_contain_text("Nothing is scheduled.")
    assert not ScheduledMessage.objects.filter(author=ada.user).exists()


def test_one_into_a_room_left_meanwhile_says_why_it_was_not_sent(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    scheduled.schedule(bob.user, room.pk, "goodbye all", timezone.now() + timedelta(days=1))
    members.leave(bob.user, room.pk)
    in_bob = window(bob, other)
    come_due(bob)
    note = in_bob.page.locator(".composer__note", has_text="1 scheduled could not be sent")
    expect(note).to_be_visible(timeout=SCHEDULED)
    note.get_by_role("button", name="Show").click()
    listed = in_bob.panel("Scheduled messages").locator(".listed")
    expect(listed).to_contain_text("Not sent. You are not a member of this room.")
    in_bob.reload()
    expect(note).to_be_visible()
    note.get_by_role("button", name="Show").click()
    listed.get_by_role("button", name="Delete").click()
    expect(note).to_have_count(0)


# --- polls ------------------------------------------------------------------------------------


def test_a_poll_is_asked_voted_on_and_closed_on_every_screen(
    window: Opening, ada: Member, bob: Member, cy: Member, room: Room
) -> None:
    members.join(cy.user, room.pk)
    in_ada, in_bob, in_cy = window(ada, room), window(bob, room), window(cy, room)
    in_ada.page.get_by_role("button", name="More to send").click()
    in_ada.page.get_by_role("menuitem", name="Poll").click()
    dialog = in_ada.dialog("New poll")
    dialog.get_by_label("Question").fill("Lunch?")
    dialog.get_by_label("Option 1").fill("Pizza")
    dialog.get_by_label("Option 2").fill("Salad")
    dialog.get_by_role("button", name="Ask").click()
    polls = [each.page.locator("message-poll") for each in (in_ada, in_bob, in_cy)]
    for poll in polls:
        expect(poll.locator(".poll__option")).to_have_count(2, timeout=PATIENCE)
    polls[1].get_by_role("button", name="Salad").click()
    polls[2].get_by_role("button", name="Salad").click()
    for poll in polls:
        expect(poll).to_contain_text("2 votes", timeout=PATIENCE)
        expect(poll.get_by_role("button", name="Salad")).to_contain_text("100%")
    expect(polls[1].get_by_role("button", name="Salad")).to_have_attribute("aria-pressed", "true")
    polls[2].get_by_role("button", name="Pizza").click()
    for poll in polls:
        expect(poll.get_by_role("button", name="Pizza")).to_contain_text("1 · 50%")
    expect(polls[1].get_by_role("button", name="Close the poll")).to_have_count(0)
    polls[0].get_by_role("button", name="Close the poll").click()
    in_ada.dialog("Close the poll?").get_by_role("button", name="Close", exact=True).click()
    for poll in polls:
        expect(poll).to_contain_text("Closed", timeout=PATIENCE)
        expect(poll.get_by_role("button", name="Pizza")).to_be_disabled()
    in_bob.reload()
    expect(polls[1].get_by_role("button", name="Salad")).to_have_attribute("aria-pressed", "true")


# --- commands ---------------------------------------------------------------------------------


def test_commands_are_completed_and_change_the_topic(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.field.press_sequentially("/to")
    expect(in_ada.suggested).to_have_count(1)
    in_ada.field.press("Tab")
    in_ada.field.press_sequentially("Harmony and form")
    in_ada.field.press("Enter")
    for each in (in_ada, in_bob):
        expect(each.page.locator(".room-header__topic")).to_have_text(
            "Harmony and form", timeout=PATIENCE
        )
    expect(in_ada.field).to_have_value("")
    expect(in_ada.messages).to_have_count(0)


def test_a_command_that_one_may_not_give_says_why_and_keeps_the_text(
    window: Opening, bob: Member, room: Room
) -> None:
    in_bob = window(bob, room, outage=True)
    in_bob.say("/topic Mine")
    expect(in_bob.refusal).to_contain_text("Only owners and moderators may change the room.")
    expect(in_bob.field).to_have_value("/topic Mine")


def test_an_unknown_command_says_so_and_keeps_the_text_and_two_slashes_say_it(
    window: Opening, ada: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    in_ada.say("/nonsense here")
    expect(in_ada.refusal).to_contain_text("There is no command /nonsense.")
    expect(in_ada.field).to_have_value("/nonsense here")
    in_ada.say("//nonsense here")
    in_ada.sees("/nonsense here")
    expect(in_ada.refusal).to_have_count(0)
    in_ada.say("//me too")
    in_ada.sees("/nonsense here", "/me too")


def test_me_tells_what_its_author_does(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say("/me waves at *everybody*")
    for each in (in_ada, in_bob):
        expect(each.stored.locator(".message__body")).to_have_text(
            "Ada Lovelace waves at everybody", timeout=PATIENCE
        )
    in_ada.say("/me")
    expect(in_ada.refusal).to_contain_text("Say what you do")


def test_members_are_invited_by_command(
    window: Opening, ada: Member, cy: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    in_ada.say(f"/invite @{cy.username}")
    expect(in_ada.member(cy)).to_have_count(1)
    expect(in_ada.field).to_have_value("")
    in_ada.say("/invite @nobody-at-all")
    expect(in_ada.refusal).to_contain_text("There is no member called @nobody-at-all.")
    in_ada.field.fill(f"/invite @{cy.username}")
    in_ada.field.press("Enter")
    expect(in_ada.refusal).to_contain_text("They are in this room already.")


def test_a_room_is_left_by_command_after_a_question(
    window: Opening, bob: Member, room: Room
) -> None:
    in_bob = window(bob, room)
    in_bob.say("/leave")
    dialog = in_bob.dialog()
    expect(dialog).to_contain_text(f"Leave {room.name}?")
    dialog.get_by_role("button", name="Leave").click()
    expect(in_bob.heading).to_have_text("You are not in this room", timeout=PATIENCE)


def test_a_room_is_muted_for_a_time_by_command(window: Opening, bob: Member, room: Room) -> None:
    in_bob = window(bob, room)
    in_bob.say("/mute 2h")
    expect(in_bob.notice).to_contain_text("Quiet until")
    seat = room.memberships.get(user=bob.user)
    assert seat.quiet_until is not None
    assert timedelta(hours=1.9) < seat.quiet_until - timezone.now() < timedelta(hours=2.1)
    in_bob.say("/mute off")
    expect(in_bob.notice).to_contain_text("You hear of this room again")
    in_bob.say("/mute sometime")
    expect(in_bob.refusal).to_contain_text("Say how long")


def test_a_poll_is_asked_by_command(window: Opening, ada: Member, room: Room) -> None:
    in_ada = window(ada, room)
    in_ada.say("/poll Lunch? | Pizza | Salad | Soup")
    expect(in_ada.page.locator(".poll__option")).to_have_count(3)
    in_ada.sees("Lunch?")


def test_help_shows_every_command(window: Opening, ada: Member, room: Room) -> None:
    in_ada = window(ada, room)
    in_ada.say("/help")
    dialog = in_ada.dialog("Commands")
    for command in ("/me", "/topic", "/invite", "/leave", "/mute", "/poll", "/schedule", "/help"):
        expect(dialog).to_contain_text(command)
    dialog.get_by_role("button", name="Close").click()
    expect(in_ada.field).to_have_value("")


def test_a_locked_room_takes_no_votes(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say("/poll Lunch? | Pizza | Salad")
    expect(in_bob.page.locator(".poll__option")).to_have_count(2, timeout=PATIENCE)
    rooms.lock(ada.user, room.pk, True)
    expect(in_bob.page.locator(".composer__closed")).to_be_visible(timeout=PATIENCE)
    expect(in_bob.page.locator(".poll__option").first).to_be_disabled()
