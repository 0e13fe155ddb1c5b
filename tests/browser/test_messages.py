"""What one does with messages that are there: forward, save, pin, look back, react."""

import pytest
from playwright.sync_api import expect

from chat.models import CustomEmoji, Message, Room
from chat.models.pin import PINS_MAX
from chat.services import messages
from chat.services.saved import save
from tests.browser.conftest import Opening
from tests.browser.window import PHONE
from tests.factories import Member, make_history, make_message, make_moderator, make_room, new_name

PICTURE = bytes.fromhex(  # a WebP of one pixel
    "524946461a000000574542505650384c0d0000002f00000010071011118888fe0700"
)


# --- forward ----------------------------------------------------------------------------------


def test_a_message_is_forwarded_with_its_authors_name(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    there = make_room("private", [bob], owner=ada)
    make_message(room, bob, "news **for all**")
    in_ada, in_bob = window(ada, room), window(bob, there)
    in_ada.act("news for all", "Forward…")
    dialog = in_ada.dialog()
    dialog.get_by_role("searchbox", name="Find a room").fill(there.name.upper())
    dialog.get_by_role("button", name=there.name).click()
    expect(in_ada.notice).to_have_text(f"Forwarded to {there.name}.")
    expect(dialog).to_have_count(0)
    origin = in_bob.row("news for all").locator(".message__origin")
    expect(origin).to_contain_text("Forwarded from Bob Moog")
    origin.get_by_role("link").click()
    expect(in_bob.heading).to_have_text(room.name)
    expect(in_bob.row("news for all")).to_have_attribute("data-marked", "")


def test_what_is_forwarded_out_of_a_private_room_does_not_name_it(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    secret = make_room("private", [bob], owner=ada, name=new_name("Secret"))
    make_message(secret, bob, "between us")
    in_ada, in_bob = window(ada, secret), window(bob, room)
    in_ada.act("between us", "Forward…")
    expect(in_ada.dialog()).to_contain_text("without the name of this room")
    in_ada.dialog().get_by_role("button", name=room.name).click()
    origin = in_bob.row("between us").locator(".message__origin")
    expect(origin).to_contain_text("Forwarded from Bob Moog")
    expect(origin.get_by_role("link")).to_have_count(0)
    expect(origin).not_to_contain_text(secret.name)


def test_a_forward_that_is_refused_says_why(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    there = make_room("public", [bob], owner=ada)
    message = make_message(room, bob, "news")
    in_ada = window(ada, room)
    in_ada.act("news", "Forward…")
    messages.remove(bob.user, message.pk)
    dialog = in_ada.dialog()
    dialog.get_by_role("button", name=there.name).click()
    expect(dialog.get_by_role("alert")).to_have_text("There is no such message.")
    in_ada.complaints.clear()  # the browser notes every 404


# --- saved ------------------------------------------------------------------------------------


def test_a_message_is_saved_found_again_and_removed(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    make_message(room, bob, "remember this")
    make_history(room, [bob], 120)
    elsewhere = make_room(owner=ada)
    in_ada = window(ada, room)
    in_ada.page.goto(f"{in_ada.site.url}/rooms/{room.slug}/1/")
    in_ada.act("remember this", "Save for later")
    expect(in_ada.notice).to_contain_text("Saved")
    in_ada.switch_to(elsewhere)
    in_ada.page.get_by_role("button", name="Saved").click()
    expect(in_ada.listed).to_contain_text(["remember this"])
    expect(in_ada.listed).to_contain_text(room.name)
    in_ada.listed.get_by_role("link", name="Show in the room").click()
    expect(in_ada.heading).to_have_text(room.name)
    expect(in_ada.row("remember this")).to_be_in_viewport()
    in_ada.listed.get_by_role("button", name="Remove").click()
    expect(in_ada.page.locator("saved-panel")).to_contain_text("Nothing is saved")


def test_a_phone_says_what_was_done_where_one_looks(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    save(ada.user, make_message(room, bob, "remember this").pk, True)
    in_ada = window(ada, room, **PHONE)
    in_ada.page.get_by_role("button", name="Rooms").click()
    in_ada.page.get_by_role("button", name="Saved").click()
    in_ada.listed.get_by_role("button", name="Remove").click()
    expect(in_ada.page.locator("saved-panel").get_by_role("status")).to_have_text(
        "No longer saved."
    )


# --- pins -------------------------------------------------------------------------------------


def test_what_an_owner_pins_all_members_find(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    make_message(room, bob, "the plan")
    in_ada, in_bob = window(ada, room), window(bob, room)
    in_ada.act("the plan", "Pin to the room")
    for each in (in_ada, in_bob):
        expect(each.row("the plan").get_by_title("Pinned")).to_be_visible()
        each.page.get_by_role("button", name="Pinned messages", exact=True).click()
        expect(each.listed).to_contain_text("the plan")
    expect(in_bob.listed).to_contain_text("pinned by Ada Lovelace")
    expect(in_bob.listed.get_by_role("button", name="Unpin")).to_have_count(0)
    in_ada.listed.get_by_role("button", name="Unpin").click()
    expect(in_ada.page.locator("pins-panel")).to_contain_text("Nothing is pinned")
    in_bob.act("the plan", "More")
    expect(in_bob.page.get_by_role("menuitem", name="Save")).to_be_visible()
    expect(in_bob.page.get_by_role("menuitem", name="Pin")).to_have_count(0)


def test_one_pin_too_many_is_refused_in_words(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [bob], PINS_MAX)
    for message in Message.objects.filter(room=room):
        messages.pin(ada.user, message.pk, True)
    make_message(room, bob, "one more")
    in_ada = window(ada, room)
    in_ada.act("one more", "Pin to the room")
    expect(in_ada.notice).to_contain_text(f"at most {PINS_MAX} pinned messages")
    in_ada.complaints.clear()  # the browser notes every 400


# --- what it said before ----------------------------------------------------------------------


def test_members_read_what_a_message_said_before(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada, "lunch at noon <b>")
    messages.edit(ada.user, message.pk, "lunch at one <b>")
    messages.edit(ada.user, message.pk, "dinner at one <b>")
    in_bob = window(bob, room)
    in_bob.row("dinner").get_by_role("button", name="edited").click()
    dialog = in_bob.dialog()
    texts = dialog.locator(".edits__text")
    expect(texts).to_have_count(2)
    newest, oldest = texts.all()
    expect(newest.locator("del")).to_have_text("lunch")
    expect(newest.locator("ins")).to_have_text("dinner")
    expect(oldest).to_have_text("lunch at noonone <b>")
    expect(oldest.locator("del")).to_have_text("noon")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


# --- reactions --------------------------------------------------------------------------------


@pytest.fixture
def party(database: str) -> str:
    """The name of an emoji of the site's own."""
    name = new_name("party").lower()[:30].rstrip("-")
    CustomEmoji.objects.create(name=name, picture=PICTURE)
    return name


def test_members_react_with_what_a_moderator_of_the_site_added(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    name = new_name("party").lower()[:30].rstrip("-")
    make_message(room, ada, "we made it")
    in_ada, in_bob, in_admin = window(ada, room), window(bob, room), window(make_moderator())
    in_admin.go("/admin/chat/customemoji/add/")
    in_admin.page.get_by_label("Name").fill(name)
    in_admin.page.locator("input[type=file]").set_input_files(
        {"name": "party.webp", "mimeType": "image/webp", "buffer": PICTURE}
    )
    in_admin.page.get_by_role("button", name="Save", exact=True).click()
    expect(in_admin.page.locator(".messagelist")).to_contain_text(name)
    in_bob.act("we made it", "React")
    in_bob.page.get_by_role("searchbox", name="Find an emoji").fill(name)
    in_bob.page.get_by_role("button", name=f":{name}:").click()
    for each in (in_ada, in_bob):
        picture = each.row("we made it").locator(".reaction img.emoji")
        expect(picture).to_have_attribute("src", f"/emoji/{name}.webp")
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    in_admin.complaints.clear()  # Django's own pages have something to say


def test_what_was_used_lately_comes_first(window: Opening, ada: Member, room: Room) -> None:
    make_message(room, ada, "one")
    in_ada = window(ada, room)
    in_ada.act("one", "React")
    in_ada.page.get_by_role("searchbox", name="Find an emoji").fill("unicorn")
    in_ada.page.keyboard.press("Enter")
    expect(in_ada.row("one").locator(".reaction").first).to_have_text("🦄 1")
    in_ada.reload()
    in_ada.act("one", "React")
    expect(in_ada.page.locator(".picker button").first).to_have_accessible_name("unicorn")


def test_a_finger_held_on_a_reaction_tells_who_reacted(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada, "one")
    for member in (bob, ada):
        messages.react(member.user, message.pk, "🎉", True)
    in_ada = window(ada, room, **PHONE)
    chip = in_ada.row("one").locator(".reaction").first
    chip.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    people = in_ada.dialog("Who reacted")
    expect(people.get_by_role("listitem")).to_contain_text(["Bob Moog", "Ada Lovelace"])
    chip.dispatch_event("click")
    expect(chip).to_have_text("🎉 2")  # the long press took nothing back


def test_an_emoji_of_the_sites_own_is_completed_and_shown_in_the_message(
    window: Opening, ada: Member, bob: Member, room: Room, party: str
) -> None:
    reacted = make_message(room, ada, "one")
    messages.react(ada.user, reacted.pk, f":{party}:", True)
    in_ada, in_bob = window(ada, room), window(bob, room)
    options = in_ada.page.get_by_role("option")
    in_ada.field.press_sequentially(f"at last :{party}")
    expect(options.first).to_have_text(party)
    in_ada.field.press("Enter")
    expect(in_ada.field).to_have_value(f"at last :{party}: ")
    in_ada.field.press_sequentially(":rocke")
    expect(options.first).to_have_text("🚀 rocket")
    in_ada.field.press("Tab")
    expect(in_ada.field).to_have_value(f"at last :{party}: 🚀 ")
    in_ada.field.press("Enter")
    picture = in_bob.page.locator(".message__body img.emoji")
    expect(picture).to_have_attribute("alt", f":{party}:")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] == box["height"] > 0

    CustomEmoji.objects.filter(name=party).delete()
    in_other = window(bob, room, outage=True)  # who has not seen the picture: it is missing
    expect(in_other.messages.last.locator(".message__body")).to_have_text(f"at last :{party}: 🚀")
    expect(in_other.row("one").locator(".reaction").first).to_have_text(f":{party}: 1")
    expect(in_other.page.locator("img.emoji")).to_have_count(0)


# --- how it looks -----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_in_lists_menus_and_dialogs(
    window: Opening, ada: Member, bob: Member, room: Room, party: str, scheme: str, size: str
) -> None:
    message = make_message(room, bob, "the plan, " + "unbreakable" * 20)
    messages.pin(ada.user, message.pk, True)
    messages.react(bob.user, message.pk, f":{party}:", True)
    in_ada = window(ada, room, color_scheme=scheme, **(PHONE if size == "phone" else {}))
    row = in_ada.row("the plan")
    tools = row.get_by_role("toolbar")
    if size == "phone":
        in_ada.hold("the plan")
        in_ada.is_accessible()
        in_ada.page.get_by_role("button", name="Another reaction").tap()
    else:
        row.hover()
        tools.get_by_role("button", name="React").click()
    expect(in_ada.page.locator(".popup")).to_be_visible()
    in_ada.is_accessible()
    in_ada.page.keyboard.press("Escape")
    row.tap() if size == "phone" else row.hover()
    tools.get_by_role("button", name="More").click()
    expect(in_ada.page.get_by_role("menuitem", name="Forward")).to_be_visible()
    in_ada.is_accessible()
    in_ada.page.get_by_role("menuitem", name="Forward").click()
    expect(in_ada.dialog()).to_be_visible()
    in_ada.is_accessible()
    in_ada.dialog().get_by_role("button", name="Cancel").click()
    in_ada.page.get_by_role("button", name="Pinned messages", exact=True).click()
    expect(in_ada.listed).to_have_count(1)
    in_ada.is_accessible()
