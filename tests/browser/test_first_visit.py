"""Who has just come in: a conversation at once, and three things, once."""

from django.conf import settings
from playwright.sync_api import Browser, expect

from chat.models import Room
from tests.browser.window import PATIENCE
from tests.factories import make_room, new_name
from tests.parts.site import Site


def test_who_signs_up_is_in_a_conversation_and_is_shown_three_things_once(
    browser: Browser, site: Site
) -> None:
    welcoming = settings.WELCOME_ROOMS[0]
    if not Room.objects.filter(slug=welcoming).exists():
        make_room(name="Everything", slug=welcoming)
    page = browser.new_page(locale="en-GB")
    page.set_default_timeout(PATIENCE)
    page.goto(f"{site.url}/accounts/signup/")
    page.get_by_label("Name", exact=False).first.fill("Nadia Newcomer")
    page.get_by_label("Handle").fill(new_name("nadia"))
    page.get_by_label("Password").fill("correct-horse-battery")
    page.get_by_role("button", name="Create account").click()

    # A conversation, without another step.
    expect(page.locator("message-composer textarea")).to_be_visible()
    around = page.get_by_role("region", name="Good to have you, Nadia Newcomer")
    expect(around.get_by_role("listitem")).to_have_count(3)

    with page.expect_response(lambda answer: answer.url.endswith("/me") and answer.ok):
        around.get_by_role("button", name="Got it").click()
    expect(around).to_have_count(0)
    expect(page.locator("message-composer textarea")).to_be_focused()
    page.reload()
    expect(page.locator("message-composer textarea")).to_be_visible()
    expect(around).to_have_count(0)
    page.close()
