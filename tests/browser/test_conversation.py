"""Two members, two windows, one room."""

from playwright.sync_api import expect

from chat.models import Room
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE
from tests.factories import Member, make_message, make_room


def test_ten_messages_each_way_are_in_one_order_on_both_screens(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    for number in range(10):
        in_ada.say(f"ada {number}")
        in_bob.say(f"bob {number}")
    expect(in_ada.stored).to_have_count(20, timeout=PATIENCE)
    expect(in_bob.stored).to_have_count(20, timeout=PATIENCE)
    assert in_ada.bodies() == in_bob.bodies()
    for author in ("ada", "bob"):
        own = [body for body in in_bob.bodies() if body.startswith(author)]
        assert own == [f"{author} {number}" for number in range(10)]
    in_bob.reload()
    expect(in_bob.stored).to_have_count(20)
    assert in_bob.bodies() == in_ada.bodies()


def test_an_edit_shows_on_both_screens(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say("helo")
    in_bob.sees("helo")
    in_ada.field.press("ArrowUp")
    editor = in_ada.page.get_by_role("textbox", name="Change the message")
    expect(editor).to_have_value("helo")
    editor.fill("hello **Bob**")
    editor.press("Enter")
    for each in (in_ada, in_bob):
        each.sees("hello Bob")
        expect(each.page.locator(".message__edited")).to_have_text("edited")
    expect(editor).to_have_count(0)
    expect(in_ada.field).to_be_focused()


def test_a_deleted_message_leaves_a_mark_on_both_screens(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_bob.say("regretted")
    in_ada.sees("regretted")
    in_bob.act("regretted", "Delete")
    gone = in_bob.page.locator(".message__gone")
    expect(gone.get_by_role("button", name="Undo")).to_be_visible()
    for each in (in_ada, in_bob):
        mark = each.page.locator(".message__gone")
        expect(mark).to_have_text("This message was deleted.", timeout=PATIENCE)
        expect(each.row("regretted")).to_have_count(0)


def test_a_deletion_can_be_thought_better_of(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say("stays")
    in_bob.sees("stays")
    in_ada.act("stays", "Delete")
    in_ada.page.get_by_role("button", name="Undo").click()
    in_ada.sees("stays")
    in_ada.act("stays", "Delete")
    in_ada.reload()  # whoever goes meant it
    for each in (in_ada, in_bob):
        mark = each.page.locator(".message__gone")
        expect(mark).to_have_text("This message was deleted.", timeout=PATIENCE)


def test_reactions_are_counted_on_both_screens_and_taken_back(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say("lunch?")
    in_bob.sees("lunch?")
    in_bob.act("lunch?", "React")
    in_bob.page.get_by_role("button", name="thumbs up").click()
    chip = in_ada.row("lunch?").locator(".reaction").first
    expect(chip).to_have_text("👍 1")
    chip.click()
    for each in (in_ada, in_bob):
        expect(each.row("lunch?").locator(".reaction").first).to_have_text("👍 2")
    expect(in_bob.row("lunch?").locator(".reaction").first).to_have_attribute(
        "title", "Bob Moog and Ada Lovelace"
    )
    in_bob.row("lunch?").locator(".reaction").first.click()
    expect(chip).to_have_text("👍 1")


def test_a_reply_quotes_what_it_answers(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say("when do we meet?")
    in_bob.sees("when do we meet?")
    in_bob.act("when do we meet?", "Reply")
    expect(in_bob.page.locator(".composer__reply")).to_contain_text("Ada Lovelace")
    in_bob.say("at noon")
    quote = in_ada.row("at noon").locator(".message__quote")
    expect(quote).to_contain_text("Ada Lovelace")
    expect(quote).to_contain_text("when do we meet?")
    expect(in_bob.page.locator(".composer__reply")).to_have_count(0)


def test_typing_is_shown_to_the_other_and_ends_with_sending(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_bob.field.press_sequentially("I am wri")
    expect(in_ada.page.locator("typing-line")).to_contain_text("Bob Moog is typing")
    in_bob.field.press("Enter")
    expect(in_ada.page.locator("typing-line")).to_have_text("")
    expect(in_bob.page.locator("typing-line")).to_have_text("")


def test_presence_follows_who_comes_and_goes(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    bobs_line = in_ada.member(bob)
    expect(bobs_line).to_have_attribute("data-state", "offline")
    in_bob = window(bob, room)
    expect(bobs_line).to_have_attribute("data-state", "online", timeout=PATIENCE)
    in_bob.page.goto("about:blank")
    expect(bobs_line).to_have_attribute("data-state", "offline", timeout=40_000)
    in_bob.enter(room)


def test_what_a_member_writes_never_becomes_markup(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.say(hostile)
    in_bob.sees(hostile)
    in_bob.act(hostile, "Reply")
    expect(in_bob.page.locator(".composer__reply")).to_contain_text("<img src=x")
    for each in (in_ada, in_bob):
        expect(each.page.locator(".message__body :is(img, script)")).to_have_count(0)


def test_shift_enter_breaks_the_line(window: Opening, ada: Member, room: Room) -> None:
    in_ada = window(ada, room)
    in_ada.field.press_sequentially("first")
    in_ada.field.press("Shift+Enter")
    in_ada.field.press_sequentially("second")
    expect(in_ada.stored).to_have_count(0)
    in_ada.field.press("Enter")
    expect(in_ada.stored.locator(".message__body")).to_have_text(
        "first\nsecond", use_inner_text=True
    )


def test_rooms_are_switched_without_loading_the_page(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    make_message(other, bob, "said elsewhere")
    in_ada = window(ada, room)
    in_ada.page.evaluate("window.sameDocument = true")
    in_ada.say("said here")
    in_ada.switch_to(other)
    in_ada.sees("said elsewhere")
    assert in_ada.page.url.endswith(f"/rooms/{other.slug}/")
    in_ada.page.go_back()
    in_ada.sees("said here")
    assert in_ada.page.evaluate("window.sameDocument")
    in_ada.page.go_forward()
    in_ada.sees("said elsewhere")


def test_unread_counts_follow_and_go_when_the_room_is_read(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    in_ada, in_bob = window(ada, other), window(bob, room)
    in_bob.say("one", f"two @{ada.username}")
    line = in_ada.in_list(room)
    expect(line.locator(".room-list__count")).to_have_text("1", timeout=PATIENCE)
    expect(line.locator("[data-calls]")).to_have_text("1")
    expect(in_ada.page).to_have_title(f"(1) {other.name} · Parlour")
    in_ada.switch_to(room)
    expect(in_ada.page.locator(".timeline__unread")).to_have_count(1)
    expect(line.locator(".room-list__count")).to_have_count(0)
    in_ada.reload()
    expect(line.locator(".room-list__count")).to_have_count(0)


def test_what_arrives_while_nobody_looks_stays_unread(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.page.evaluate("document.hasFocus = () => false")
    in_bob.say("are you there?")
    in_ada.sees("are you there?")
    count = in_ada.unread(room)
    expect(count).to_have_text("1")
    expect(in_ada.page.locator(".timeline__unread")).to_have_count(1)
    in_ada.page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    expect(count).to_have_count(0)


def test_a_draft_survives_reload_and_stays_in_its_room(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    in_ada = window(ada, room)
    in_ada.field.press_sequentially("half a thought")
    in_ada.reload()
    expect(in_ada.field).to_have_value("half a thought")
    in_ada.switch_to(other)
    expect(in_ada.field).to_have_value("")
    in_ada.switch_to(room)
    expect(in_ada.field).to_have_value("half a thought")


def test_a_message_too_long_is_counted_and_not_sent(
    window: Opening, ada: Member, room: Room
) -> None:
    in_ada = window(ada, room)
    in_ada.field.fill("x" * 4001)
    in_ada.field.press("Enter")
    expect(in_ada.page.locator(".composer__left")).to_have_text("-1")
    expect(in_ada.messages).to_have_count(0)
    expect(in_ada.field).to_have_value("x" * 4001)
