"""Passkeys in a real browser, whose authenticator is a virtual one."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.factories import PASSWORD, Member, make_member
from tests.parts.site import Site

INSIDE = re.compile(r"/rooms/")  # where a member lands, in a conversation or among the rooms

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A fresh browser at the site, under a name: an address can have no passkeys."""
    context = browser.new_context(base_url=site.url.replace("127.0.0.1", "localhost"))
    yield context.new_page()
    context.close()


@pytest.fixture
def authenticator(page: Page) -> tuple[CDPSession, str]:
    """An authenticator that agrees to everything; how to speak to it, and its id."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools, added["authenticatorId"]


def make_member_with_password(**attributes: str) -> Member:
    """Return a member whose password the running site can check, unlike the tests' fast hash."""
    member = make_member(**attributes)
    member.user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    member.user.save()
    return member


def sign_in(page: Page, member: Member) -> None:
    """Sign in by password."""
    page.goto("/accounts/login/")
    page.get_by_label("Handle or email").fill(member.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def add_passkey(page: Page, member: Member) -> None:
    """Sign in and add a passkey that signs in alone."""
    sign_in(page, member)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Sign in with it alone").check()
    page.wait_for_load_state()  # the button is a script's
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()


def sign_out(page: Page) -> None:
    """Sign out by the menu."""
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


def test_a_passkey_is_added_and_then_signs_in_alone(
    page: Page, authenticator: tuple[CDPSession, str]
) -> None:
    member = make_member_with_password(display_name="Key Bearer")
    add_passkey(page, member)
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page).to_have_url(INSIDE)
    page.goto("/accounts/profile/")
    expect(page.get_by_label("Name")).to_have_value("Key Bearer")


def test_a_passkey_is_the_second_step_after_the_password(
    page: Page, authenticator: tuple[CDPSession, str]
) -> None:
    member = make_member_with_password()
    add_passkey(page, member)
    sign_out(page)

    sign_in(page, member)
    expect(page.get_by_role("heading", name="Now the second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page).to_have_url(INSIDE)


def test_a_passkey_that_is_not_there_is_told_in_words(
    page: Page, authenticator: tuple[CDPSession, str]
) -> None:
    devtools, identity = authenticator
    devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": identity, "isUserVerified": False}
    )
    page.goto("/accounts/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used.")
