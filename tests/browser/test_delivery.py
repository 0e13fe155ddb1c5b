"""What was written arrives, once: servers that die, networks that go, tabs that close."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Dialog, expect

from chat.models import Message, Room
from chat.services import members as memberships
from chat.services.posting import Post, post_many
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, RECONNECT, Window
from tests.factories import Member, make_history, make_room
from tests.parts.part import wait_until
from tests.parts.site import Site

# Whether a message could be written down: the name of what the browser refuses with.
PUT_SOMETHING = """() => new Promise((resolve) => {
  indexedDB.open("chat").onsuccess = ({ target }) => {
    const transaction = target.result.transaction("outbox", "readwrite");
    transaction.objectStore("outbox").put({ client_id: "x", body: "x".repeat(4000) });
    transaction.oncomplete = () => resolve("stored");
    transaction.onabort = () => resolve(transaction.error.name);
  };
})"""


def stored_bodies(room: Room) -> list[str]:
    return list(Message.objects.filter(room=room).order_by("seq").values_list("body", flat=True))


def test_a_server_killed_while_sending_delivers_once_when_it_is_back(
    own_window: Opening, own_site: Site, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = own_window(ada, room, outage=True), own_window(bob, room, outage=True)
    in_ada.say("before")
    in_bob.sees("before")
    in_bob.field.press_sequentially("still wri")
    in_ada.say("in between")
    own_site.kill()
    in_ada.say("while it is down")
    expect(in_ada.row("while it is down")).to_have_attribute("data-state", "pending")
    expect(in_ada.connection).to_contain_text("Reconnecting", timeout=PATIENCE)
    in_bob.field.press_sequentially("ting")
    own_site.start()
    for each in (in_ada, in_bob):
        expect(each.row("while it is down")).to_have_attribute("data-seq", "3", timeout=RECONNECT)
        each.sees("before", "in between", "while it is down")
        expect(each.connection).to_have_text("")
    expect(in_bob.field).to_have_value("still writing")
    assert stored_bodies(room) == ["before", "in between", "while it is down"]


def test_a_server_that_restarts_is_not_noticed_by_those_who_write(
    own_window: Opening, own_site: Site, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = own_window(ada, room, outage=True), own_window(bob, room, outage=True)
    written = []
    for round_ in range(2):
        for number in range(3):
            written.append(f"{round_}.{number}")
            in_ada.say(written[-1])
        own_site.restart()
    expect(in_bob.stored).to_have_count(6, timeout=RECONNECT)
    in_bob.sees(*written)
    in_ada.sees(*written)


def test_what_is_written_offline_goes_out_in_order_when_the_network_is_back(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room, outage=True), window(bob, room)
    in_ada.goes_offline()
    in_ada.say("one", "two", "three")
    in_bob.say("meanwhile")
    expect(in_ada.page.locator(".message[data-state='pending']")).to_have_count(3)
    in_bob.sees("meanwhile")
    in_ada.context.set_offline(False)
    in_bob.sees("meanwhile", "one", "two", "three")
    in_ada.sees("meanwhile", "one", "two", "three")


def test_what_waits_survives_reload(window: Opening, ada: Member, bob: Member, room: Room) -> None:
    in_ada, in_bob = window(ada, room, outage=True), window(bob, room)
    in_ada.page.route_web_socket("**/ws/chat/", lambda socket: None)
    in_ada.page.reload()  # now nothing answers
    in_ada.say("one", "two")
    expect(in_ada.page.locator(".message[data-state='pending']")).to_have_count(2)
    in_ada.page.wait_for_function("indexedDB.databases().then((all) => all.length > 0)")
    in_ada.page.unroute_all()
    again = in_ada.tab()
    in_ada.page.close()
    again.enter(room)
    again.sees("one", "two")
    in_bob.sees("one", "two")


def test_two_tabs_send_each_message_once_and_show_all(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    left = window(ada, room)
    right = left.tab().enter(room)
    in_bob = window(bob, room)
    for number in range(4):
        left.say(f"left {number}")
        right.say(f"right {number}")
    for each in (left, right, in_bob):
        expect(each.stored).to_have_count(8, timeout=PATIENCE)
    assert left.bodies() == right.bodies() == in_bob.bodies() == stored_bodies(room)


def test_a_tab_left_behind_sends_what_the_closed_one_could_not(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    left = window(ada, room)
    right = left.tab()
    right.page.route_web_socket("**/ws/chat/", lambda socket: None)  # nothing answers this tab
    right.page.goto(f"{right.site.url}/rooms/{room.slug}/")
    right.say("written where nothing went out")
    expect(right.page.locator(".message[data-state='pending']")).to_have_count(1)
    expect(right.field).to_have_value("")
    right.page.wait_for_function(
        "Object.keys(sessionStorage).every((key) => !key.startsWith('chat.draft'))"
    )
    right.page.close()
    left.sees("written where nothing went out")
    assert stored_bodies(room) == ["written where nothing went out"]


def test_reading_in_one_tab_reads_in_the_other(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    left = window(ada, other)
    right = left.tab().enter(other)
    window(bob, room).say("for both tabs")
    counts = [each.unread(room) for each in (left, right)]
    for count in counts:
        expect(count).to_have_text("1", timeout=PATIENCE)
    left.switch_to(room)
    for count in counts:
        expect(count).to_have_count(0)


@pytest.mark.parametrize("refused", ["indexedDB", "localStorage", "sessionStorage", "locks"])
def test_a_browser_that_keeps_nothing_still_sends(
    window: Opening, ada: Member, bob: Member, room: Room, refused: str
) -> None:
    in_ada, in_bob = window(ada), window(bob, room)
    owner = "Navigator.prototype" if refused == "locks" else "window"
    in_ada.page.add_init_script(
        f"Object.defineProperty({owner}, '{refused}',"
        " { get() { throw new DOMException('refused', 'SecurityError'); } });"
    )
    in_ada.enter(room).say("one", "two")
    in_bob.sees("one", "two")


def test_a_clock_that_is_wrong_by_a_day_changes_no_order(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada), window(bob, room)
    in_ada.page.add_init_script("const now = Date.now; Date.now = () => now() - 25 * 3600 * 1000;")
    in_ada.enter(room)
    for number in range(3):
        in_bob.say(f"bob {number}")
        expect(in_ada.row(f"bob {number}")).to_have_count(1)
        in_ada.say(f"ada {number}")
        expect(in_bob.row(f"ada {number}")).to_have_count(1)
    expected = [f"{name} {number}" for number in range(3) for name in ("bob", "ada")]
    in_ada.sees(*expected)
    in_bob.sees(*expected)


def say_into_a_mute(in_bob: Window, body: str, ada: Member, room: Room) -> None:
    """Write while the composer is open, and be muted before it reaches the server."""
    in_bob.goes_offline()
    in_bob.say(body)
    hour = timezone.now() + timedelta(hours=1)
    memberships.mute(ada.user, room.pk, in_bob.who.id, hour)
    in_bob.context.set_offline(False)


def test_a_refused_message_stays_with_its_reason_and_can_be_changed_and_sent(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_bob = window(bob, room, outage=True)
    say_into_a_mute(in_bob, "let me speak", ada, room)
    row = in_bob.row("let me speak")
    expect(row).to_have_attribute("data-state", "refused")
    expect(row.get_by_role("alert")).to_contain_text("Not sent.")
    in_bob.reload()
    expect(row).to_have_attribute("data-state", "refused")
    memberships.mute(ada.user, room.pk, bob.id, None)
    row.get_by_role("button", name="Edit", exact=True).click()
    editor = in_bob.page.get_by_role("textbox", name="Change the message")
    editor.fill("thank you")
    editor.press("Enter")
    in_bob.sees("thank you")
    assert stored_bodies(room) == ["thank you"]


def test_a_refused_message_can_be_discarded(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_bob = window(bob, room, outage=True)
    say_into_a_mute(in_bob, "never mind", ada, room)
    in_bob.row("never mind").get_by_role("button", name="Discard").click()
    expect(in_bob.messages).to_have_count(0)
    in_bob.reload()
    expect(in_bob.messages).to_have_count(0)


def test_what_is_typed_into_an_editor_survives_reload_and_another_room(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    make_history(room, [ada], 120, lambda number: f"message {number}.")
    in_ada = window(ada)
    in_ada.enter(room, 4)
    in_ada.act("message 4.", "Edit")
    editor = in_ada.page.get_by_role("textbox", name="Change the message")
    editor.press_sequentially(" and more")
    in_ada.page.goto(f"{in_ada.site.url}/rooms/{room.slug}/")
    in_ada.connected()
    expect(editor).to_have_value("message 4. and more")
    expect(editor).to_be_in_viewport()
    in_ada.switch_to(other)
    expect(editor).to_have_count(0)
    in_ada.switch_to(room)
    expect(editor).to_have_value("message 4. and more")
    editor.press("Enter")
    expect(in_ada.row("message 4. and more")).to_have_count(1)
    expect(editor).to_have_count(0)
    in_ada.reload()
    expect(editor).to_have_count(0)


def test_a_tab_that_was_frozen_while_the_server_was_replaced_catches_up(
    own_window: Opening, own_site: Site, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = own_window(ada, room, outage=True), own_window(bob, room, outage=True)
    in_ada.say("before")
    in_bob.sees("before")
    in_ada.field.press_sequentially("half a sent")
    devtools = in_ada.context.new_cdp_session(in_ada.page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    own_site.kill()
    own_site.start()
    expect(in_bob.connection).to_have_text("", timeout=RECONNECT)
    in_bob.say("while she slept")
    in_bob.sees("before", "while she slept")
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    expect(in_ada.row("while she slept")).to_have_count(1, timeout=RECONNECT)
    expect(in_ada.field).to_have_value("half a sent")
    in_ada.say("awake")
    in_bob.sees("before", "while she slept", "awake")


def test_where_the_browsers_storage_is_full_messages_are_sent_and_closing_is_warned_of(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, outage=True), window(bob, room)
    devtools = in_ada.context.new_cdp_session(in_ada.page)
    full = {"origin": in_ada.site.url, "quotaSize": 1}
    devtools.send("Storage.overrideQuotaForOrigin", full)  # before the browser remembers more
    in_ada.enter(room)
    assert in_ada.page.evaluate(PUT_SOMETHING) == "QuotaExceededError"
    in_ada.say("one", "two")
    in_bob.sees("one", "two")
    in_ada.goes_offline()
    in_ada.say("three", "four")
    expect(in_ada.page.locator(".message[data-state='pending']")).to_have_count(2)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    in_ada.page.on("dialog", stay)
    in_ada.page.close(run_before_unload=True)
    wait_until(lambda: in_ada.page.evaluate("1") == 1 and bool(asked), 15, "the warning")
    assert asked == ["beforeunload"]
    in_ada.context.set_offline(False)
    in_bob.sees("one", "two", "three", "four")


def test_who_is_signed_out_keeps_what_they_wrote(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada = window(ada, room, outage=True)
    in_ada.field.press_sequentially("not lost")
    Session.objects.filter(session_key=ada.cookie).delete()
    note = in_ada.connection
    expect(note).to_contain_text("signed out", timeout=RECONNECT)
    expect(note.get_by_role("link")).to_have_attribute(
        "href", f"/accounts/login/?next=%2Frooms%2F{room.slug}%2F"
    )
    expect(in_ada.field).to_have_value("not lost")
    in_ada.field.press("Enter")
    expect(in_ada.row("not lost")).to_have_attribute("data-state", "pending")


def test_a_tab_that_slept_learns_all_it_missed(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room, outage=True), window(bob, room)
    in_bob.say("read before")
    in_ada.sees("read before")
    in_ada.goes_offline()
    in_bob.say("missed")
    in_bob.sees("read before", "missed")
    in_bob.act("read before", "Delete")
    expect(in_bob.page.locator(".message__gone")).to_have_count(1)
    expect(in_bob.page.get_by_role("button", name="Undo")).to_have_count(0, timeout=PATIENCE)
    in_ada.context.set_offline(False)
    in_ada.sees("missed")
    expect(in_ada.page.locator(".message__gone")).to_have_count(1)


def test_many_missed_messages_are_caught_up_without_a_hole(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada = window(ada, room, outage=True)
    in_ada.say("before")
    in_ada.sees("before")
    in_ada.goes_offline()
    # More than one page of sync.
    post_many([Post(bob.id, room.pk, uuid.uuid4(), f"missed {number}") for number in range(350)])
    in_ada.context.set_offline(False)
    expect(in_ada.row("missed 349")).to_have_count(1, timeout=RECONNECT)
    wait_until(lambda: in_ada.stored.count() == 300, 15, "a full window")
    assert in_ada.bodies() == [f"missed {number}" for number in range(50, 350)]
