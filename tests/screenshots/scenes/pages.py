"""Pages beside the chat: at the door, of one's account, of places and people; and refusals."""

from playwright.sync_api import Page

from tests.factories import PASSWORD
from tests.screenshots.stage import Scene, Stage, page

SITE = {"site_name": "Parlour"}
MIXED = "In\u0435s Vidal"  # with a letter of another alphabet that looks like its own


def _submit(there: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        there.locator(f"[name={name}]").fill(value)
    there.locator("main form button[type=submit]").first.click()


def _refused(**values: str):
    """Fill in a form, and have it refused."""

    def act(stage: Stage) -> None:
        _submit(stage.page, values)
        stage.opened(".notice--error, .field__error")

    return act


def _second_step(stage: Stage) -> None:
    _submit(stage.page, {"login": "careful", "password": PASSWORD})
    stage.page.locator("[name=code]").wait_for()


def _account_menu(stage: Stage) -> None:
    stage.page.locator(".account-button").click()


DOOR = [
    page("sign-in", "/accounts/login/", ""),
    page("sign-in-wrong", "/accounts/login/", "", after=_refused(login="ines", password="no")),
    page("sign-in-second-step", "/accounts/login/", "", after=_second_step),
    page("sign-up", "/accounts/signup/", ""),
    page("sign-up-wrong", "/accounts/signup/", "", after=_refused(
        username="ines", email="somebody@example.org", password1="12345678")),
    page("sign-up-closed", "/closed/", "", template="account/signup_closed.html", context=SITE),
    page("reset", "/accounts/password/reset/", ""),
    page("reset-sent", "/accounts/password/reset/done/", ""),
    page("reset-new", "/accounts/password/reset/key/{reset}/", ""),
    page("reset-too-old", "/accounts/password/reset/key/3-set-password/", ""),
    page("reset-done", "/accounts/password/reset/key/done/", ""),
    page("confirm-email", "/accounts/confirm-email/", ""),
    page("confirm-this-email", "/accounts/confirm-email/{confirmation}/", ""),
    page("inactive", "/accounts/inactive/", ""),
    page("banned", "/", "banned"),
    page("join-link", "/join/", ""),
]  # fmt: skip
ACCOUNT = [
    page("profile", "/accounts/profile/"),
    page("profile-wrong", "/accounts/profile/", after=_refused(display_name=MIXED)),
    page("account-menu", "/accounts/profile/", after=_account_menu, is_tall=False),
    page("email", "/accounts/email/"),
    page("password", "/accounts/password/change/"),
    page("password-again", "/accounts/reauthenticate/"),
    page("two-step", "/accounts/2fa/"),
    page("two-step-app", "/accounts/2fa/totp/activate/", "noor"),
    page("two-step-on", "/accounts/2fa/", "secured"),
    page("two-step-off", "/accounts/2fa/totp/deactivate/", "secured"),
    page("recovery-codes", "/accounts/2fa/recovery-codes/", "secured"),
    page("recovery-codes-new", "/accounts/2fa/recovery-codes/generate/", "secured"),
    page("passkeys", "/accounts/2fa/webauthn/", "secured"),
    page("passkey-add", "/accounts/2fa/webauthn/add/", "noor"),
    page("passkey-rename", "/accounts/2fa/webauthn/keys/{passkey}/edit/", "secured"),
    page("passkey-remove", "/accounts/2fa/webauthn/keys/{passkey}/remove/", "secured"),
    page("sessions", "/accounts/sessions/"),
    page("sign-out", "/accounts/logout/"),
    page("standing", "/standing/"),
    page("standing-none", "/standing/", "noor"),
]
PLACES = [
    page("directory", "/rooms/"),
    page("directory-none", "/rooms/?q=submarines"),
    page("new-room", "/rooms/new/"),
    page("join", "/rooms/{others}/"),
    page("join-banned", "/rooms/{quarrel}/"),
    page("room-settings", "/rooms/{general}/settings/"),
    page("room-settings-hard", "/rooms/{hard}/settings/"),
    page("room-settings-member", "/rooms/{seeds}/settings/"),
    page("people", "/people/"),
    page("people-none", "/people/?q=nobody-at-all"),
    page("search", "/search/?q=the%20wat"),
    page("search-none", "/search/?q=submarines"),
    page("search-start", "/search/"),
    page("search-wrong", "/search/?q=ab"),
    page("share", "/share/?title=Water%20times&url=https%3A%2F%2Fexample.org%2Fwater%2F"),
]
REFUSALS = [
    page("not-found", "/rooms/no-such-room/"),
    page("not-found-signed-out", "/no/such/page/", ""),
    page("forbidden", "/forbidden/", template="403.html", context=SITE),
    page("too-many", "/too-many/", template="429.html", context=SITE),
    page("broken", "/broken/", template="500.html"),
    page("form-too-old", "/too-old/", template="403_csrf.html"),
    page("offline", "/offline/", is_early=True),
    page("design", "/design/", in_workshop=True),
]
PAGES: list[Scene] = [*DOOR, *ACCOUNT, *PLACES, *REFUSALS]
