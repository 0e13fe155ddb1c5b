"""The window over a room: it opens where it should, grows at its ends, and nothing jumps."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from chat.models import Membership, Message, Room
from tests.browser.conftest import Opening
from tests.browser.window import PATIENCE, Window
from tests.factories import Member, make_history, make_message, make_room

LONG = "A longer message that takes two or three lines on a narrow screen, as people write. " * 3
ROWS_MOST = 300
SCROLLER = ".timeline__scroller"


def fill(room: Room, authors: list[Member], count: int) -> None:
    """Let there be ``count`` messages: groups of one author, every seventh of them long."""

    def body(number: int) -> str:
        return f"message {number}." + (f" {LONG}" if number % 7 == 0 else "")

    make_history(room, [author for author in authors for _ in range(3)], count, body)


def scroll_to(in_window: Window, top: int) -> None:
    in_window.page.locator(SCROLLER).evaluate("(each, top) => each.scrollTo(0, top)", top)


def row_count(in_window: Window) -> int:
    return in_window.messages.count()


def oldest_seq(in_window: Window) -> int:
    return int(in_window.stored.first.get_attribute("data-seq") or 0)


def is_at_end(in_window: Window) -> bool:
    return bool(
        in_window.page.locator(SCROLLER).evaluate(
            "(each) => each.scrollHeight - each.scrollTop - each.clientHeight < 2"
        )
    )


def expect_at_end(in_window: Window) -> None:
    in_window.page.wait_for_function(
        "() => { const each = document.querySelector('.timeline__scroller');"
        " return each.scrollHeight - each.scrollTop - each.clientHeight < 2; }"
    )


def assert_no_hole(in_window: Window) -> None:
    """Each message shown is the one after the message above it."""
    seqs = in_window.stored.evaluate_all("(rows) => rows.map((row) => Number(row.dataset.seq))")
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


@pytest.fixture
def long_room(ada: Member, bob: Member, room: Room) -> Room:
    """A room with 420 messages, which ada has read."""
    fill(room, [ada, bob], 420)
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=420)
    return room


def test_a_room_opens_at_its_newest_message_and_stays_there(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    in_ada = window(ada, long_room)
    expect_at_end(in_ada)
    expect(in_ada.page.locator(".timeline__pill")).to_have_count(0)
    in_bob = window(bob, long_room)
    in_bob.say(LONG, "and the last")
    expect(in_ada.row("and the last")).to_be_in_viewport()
    expect_at_end(in_ada)


def test_history_grows_above_while_the_row_under_the_eye_stays(
    window: Opening, ada: Member, long_room: Room
) -> None:
    in_ada = window(ada, long_room)
    expect_at_end(in_ada)
    began_at = oldest_seq(in_ada)
    for _growth in range(12):
        moved = in_ada.page.evaluate(WATCH_ONE_GROWTH)
        assert moved["jump"] <= 1, moved
        assert row_count(in_ada) <= ROWS_MOST
        assert_no_hole(in_ada)
    assert oldest_seq(in_ada) <= began_at - 100


# Scrolls up by steps until rows are added above, and tells how far the first row in sight was
# moved by that, beyond what was scrolled.
WATCH_ONE_GROWTH = """async () => {
  const scroller = document.querySelector(".timeline__scroller");
  const frame = () => new Promise(requestAnimationFrame);
  const firstKey = () => scroller.querySelector(".message").dataset.key;
  const inSight = () => [...scroller.querySelectorAll(".message")].find(
    (row) => row.getBoundingClientRect().bottom > scroller.getBoundingClientRect().top + 40);
  const top = (row) => row.getBoundingClientRect().top;
  const oldest = firstKey();
  let jump = 0;
  for (let step = 0; step < 200; step += 1) {
    scroller.scrollBy(0, -120);
    await frame(); await frame();
    const row = inSight();
    const before = top(row);
    for (let wait = 0; wait < 4; wait += 1) await frame();
    if (row.isConnected) jump = Math.max(jump, Math.abs(top(row) - before));
    if (firstKey() !== oldest || scroller.scrollTop === 0) break;
  }
  for (let wait = 0; wait < 10; wait += 1) await frame();
  return { jump };
}"""


GREW_ABOVE = """(oldest) => document.querySelector(".timeline__beginning")
  || document.querySelector(".message").dataset.key !== oldest"""


def test_the_page_holds_a_bounded_number_of_rows_and_finds_back_to_the_newest(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    in_ada = window(ada, long_room)
    while not in_ada.page.locator(".timeline__beginning").count():
        oldest = in_ada.messages.first.get_attribute("data-key")
        scroll_to(in_ada, 0)
        in_ada.page.wait_for_function(GREW_ABOVE, arg=oldest)  # a page at a time, as a hand scrolls
    assert row_count(in_ada) <= ROWS_MOST
    expect(in_ada.row("message 420.")).to_have_count(0)
    window(bob, long_room).say("arrived", "far", "below")
    pill = in_ada.page.locator(".timeline__pill")
    expect(pill).to_have_text("3 new", timeout=PATIENCE)
    assert_no_hole(in_ada)
    pill.click()
    expect(in_ada.row("below")).to_be_in_viewport()
    expect(pill).to_have_count(0)
    assert_no_hole(in_ada)


def test_what_arrives_below_does_not_move_what_is_read(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    in_ada, in_bob = window(ada, long_room), window(bob, long_room)
    in_ada.page.locator(SCROLLER).evaluate("(each) => each.scrollBy(0, -600)")
    expect(in_ada.page.locator(".timeline__pill")).to_have_text("Newest")
    row = in_ada.stored.nth(35)
    before = row.bounding_box()
    in_bob.say("one", "two")
    expect(in_ada.page.locator(".timeline__pill")).to_have_text("2 new")
    after = row.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) <= 1
    assert in_ada.unread(long_room).inner_text() == "2"


def test_a_room_with_much_unread_opens_at_the_first_unread_message(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    fill(room, [bob], 60)
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=30)
    in_ada = window(ada, room)
    expect(in_ada.page.locator(".timeline__unread")).to_be_in_viewport()
    expect(in_ada.row("message 31.")).to_be_in_viewport()
    in_ada.page.locator(".timeline__pill").click()
    expect(in_ada.row("message 60.")).to_be_in_viewport()
    expect(in_ada.unread(room)).to_have_count(0)


@pytest.mark.parametrize("read", [57, 30])
def test_what_is_unread_stands_where_it_stood_before_the_scripts_came(
    window: Opening, ada: Member, bob: Member, room: Room, read: int
) -> None:
    fill(room, [bob], 60)
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=read)
    in_ada = window(ada)
    first = in_ada.page.locator(".message", has_text=f"message {read + 1}.")
    no_script = {"content_type": "text/javascript", "body": ""}
    in_ada.page.route("**/js/chat*.js", lambda route: route.fulfill(**no_script))
    in_ada.go(f"/rooms/{room.slug}/")
    expect(in_ada.page.locator(".timeline__unread")).to_be_in_viewport()
    before = first.bounding_box()
    in_ada.page.unroute_all()
    in_ada.enter(room)
    after = first.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) <= 2


def test_a_room_known_only_by_what_just_arrived_opens_at_its_end(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    in_ada, in_bob = window(ada, other), window(bob, long_room)
    in_bob.say("one", "two", LONG)
    expect(in_ada.unread(long_room)).to_have_text("3", timeout=PATIENCE)
    in_ada.switch_to(long_room)
    expect(in_ada.row("message 400.")).to_have_count(1)
    expect_at_end(in_ada)
    expect(in_ada.page.locator(".timeline__pill")).to_have_count(0)
    expect(in_ada.unread(long_room)).to_have_count(0)


@pytest.mark.parametrize("read", [57, 30])
def test_a_room_chosen_from_the_list_opens_at_its_unread_line(
    window: Opening, ada: Member, bob: Member, room: Room, read: int
) -> None:
    fill(room, [bob], 60)
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=read)
    in_ada = window(ada, make_room("public", [bob], owner=ada))
    in_ada.switch_to(room)
    expect(in_ada.page.locator(".timeline__unread")).to_be_in_viewport()
    expect(in_ada.row(f"message {read + 1}.")).to_be_in_viewport()
    expect(in_ada.page.locator(".timeline__pill")).to_have_count(0 if read == 57 else 1)


def test_the_first_unread_message_far_up_is_one_press_away(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    fill(room, [bob], 200)
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=20)
    in_ada = window(ada, room)
    in_ada.page.get_by_role("button", name="First unread").click()
    expect(in_ada.row("message 21.")).to_be_in_viewport()
    expect(in_ada.page.locator(".timeline__unread")).to_be_in_viewport()


def test_a_room_is_found_again_where_it_was_left(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    in_ada = window(ada, long_room)
    in_ada.page.locator(SCROLLER).evaluate("(each) => each.scrollBy(0, -700)")
    expect(in_ada.page.locator(".timeline__pill")).to_have_text("Newest")
    shown = "() => [...document.querySelectorAll('.message')].find((row) =>"
    shown += " row.getBoundingClientRect().top > 100).dataset.seq"
    before = in_ada.page.evaluate(shown)
    in_ada.switch_to(other)
    in_ada.switch_to(long_room)
    expect(in_ada.stored.first).to_be_attached()
    assert in_ada.page.evaluate(shown) == before


def test_a_quoted_message_is_one_press_away(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    in_ada = window(ada, long_room)
    in_ada.act("message 420.", "Reply")
    in_ada.say("about the last")
    for number in range(20):
        in_ada.say(f"filler {number}")
    quote = in_ada.row("about the last").locator(".message__quote")
    expect(in_ada.row("filler 19")).to_have_attribute("data-seq", "441", timeout=PATIENCE)
    quote.scroll_into_view_if_needed()
    quote.click()
    expect(in_ada.row("message 420.")).to_be_in_viewport()


def test_a_link_leads_to_its_message_also_where_it_is_long_past(
    window: Opening, ada: Member, long_room: Room
) -> None:
    in_ada = window(ada)
    in_ada.enter(long_room, 60)
    expect(in_ada.row("message 60.")).to_be_in_viewport()
    expect(in_ada.page.locator(".timeline__pill")).to_contain_text("Newest")
    in_ada.page.locator(".timeline__pill").click()
    expect(in_ada.row("message 420.")).to_be_in_viewport()


def test_the_time_of_a_message_is_its_link_and_back_leads_back(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    make_message(other, bob, f"see http://{{}}/rooms/{long_room.slug}/90/")
    Message.objects.filter(room=other).update(
        html=f'<p><a href="/rooms/{long_room.slug}/90/">it</a></p>'
    )
    in_ada = window(ada, other)
    in_ada.page.locator(".message__body a").click()
    expect(in_ada.row("message 90.")).to_be_in_viewport()
    row = in_ada.row("message 90.")
    row.hover()
    row.locator(".message__link").first.click()
    expect(in_ada.page).to_have_url(f"{in_ada.site.url}/rooms/{long_room.slug}/90/")
    in_ada.page.go_back()
    expect(in_ada.heading).to_have_text(other.name)


def test_a_message_answered_long_ago_is_quoted_and_one_press_away(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    first = make_message(room, bob, "the very first")
    fill(room, [ada, bob], 200)
    make_message(room, bob, "about the first", reply_to=first.pk)
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=202)
    in_ada = window(ada, room)
    quote = in_ada.row("about the first").locator(".message__quote")
    expect(quote).to_contain_text("the very first")
    quote.click()
    expect(in_ada.row("the very first").last).to_be_in_viewport()
    expect(in_ada.page.locator(".message[data-seq='1']")).to_have_attribute("data-marked", "")


def test_a_day_is_gone_to(window: Opening, ada: Member, long_room: Room) -> None:
    began = datetime(2026, 3, 1, 12, tzinfo=UTC)
    said = list(Message.objects.filter(room=long_room))
    for message in said:
        message.created_at = began + timedelta(hours=message.seq)
    Message.objects.bulk_update(said, ["created_at"])
    in_ada = window(ada, long_room, timezone_id="UTC")
    in_ada.page.get_by_role("button", name="Go to a day").or_(
        in_ada.page.locator(".timeline__day button")
    ).last.click()
    dialog = in_ada.dialog("Go to a day")
    dialog.locator("input").fill("2026-03-05")
    dialog.get_by_role("button", name="Go", exact=True).click()
    expect(in_ada.page.locator(".message[data-seq='84']")).to_be_in_viewport()
    expect(in_ada.page.locator(".message[data-seq='84']")).to_have_attribute("data-marked", "")
    expect(in_ada.page.locator(".timeline__day", has_text="5 March")).to_be_in_viewport()


# Puts a picture into the row above the one in sight, and one into that itself, which take their
# size late; tells how far the rows moved.
LOAD_PICTURES = """async () => {
  const scroller = document.querySelector(".timeline__scroller");
  const frame = () => new Promise(requestAnimationFrame);
  const edge = scroller.getBoundingClientRect();
  const rows = [...scroller.querySelectorAll(".message")];
  const at = rows.findIndex((row) => row.getBoundingClientRect().top >= edge.top);
  const watched = rows[at];
  const before = watched.getBoundingClientRect().top;
  let moved = 0;
  for (const [index, height] of [[at - 1, 300], [at - 3, 180], [at, 90], [at + 1, 200]]) {
    const picture = document.createElement("canvas");
    picture.style.display = "block";
    picture.height = 0;
    rows[index].querySelector(".message__main").append(picture);
    await frame();
    picture.height = height;
    for (let each = 0; each < 3; each += 1) {
      await frame();
      moved = Math.max(moved, Math.abs(watched.getBoundingClientRect().top - before));
    }
  }
  return moved;
}"""


def test_pictures_that_load_late_move_nothing_under_the_eye(
    window: Opening, ada: Member, bob: Member, long_room: Room
) -> None:
    in_ada = window(ada, long_room)
    expect_at_end(in_ada)
    in_ada.page.locator(SCROLLER).evaluate("(each) => each.scrollBy(0, -900)")
    expect(in_ada.page.locator(".timeline__pill")).to_have_text("Newest")
    assert in_ada.page.evaluate(LOAD_PICTURES) <= 1
    expect(in_ada.page.locator(".timeline__pill")).to_have_text("Newest")


def test_pictures_that_load_late_at_the_end_leave_the_newest_in_sight(
    window: Opening, ada: Member, long_room: Room
) -> None:
    in_ada = window(ada, long_room)
    expect_at_end(in_ada)
    in_ada.page.evaluate(
        "document.querySelectorAll('.message__main').forEach((main, index) => {"
        " const picture = document.createElement('canvas'); picture.style.display = 'block';"
        " picture.height = 40 + index; main.append(picture); })"
    )
    expect_at_end(in_ada)
    expect(in_ada.row("message 420.")).to_be_in_viewport()
