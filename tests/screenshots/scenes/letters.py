"""Mail in HTML, as it is drawn for whoever reads it so."""

from typing import Any

from django.template.loader import render_to_string

from accounts.letters import paragraphs
from tests.screenshots.stage import Scene, page

WORDS = {
    "current_site": {"name": "Parlour"},
    "user": {"username": "ines"},
    "email": "ines@example.org",
    "code": "482-911",
    "activate_url": "https://chat.example.org/accounts/confirm-email/Mg:1sXy:Qd0/",
    "password_reset_url": "https://chat.example.org/accounts/password/reset/key/3-d8f2a1-5b0c1/",
    "signup_url": "https://chat.example.org/accounts/signup/",
    "timestamp": "22 November 2026, 05:20",
    "ip": "203.0.113.9",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
}


def letter(name: str, template: str) -> Scene:
    """A mail to Ines."""
    return page(
        f"mail-{name}", f"/mail-{name}/", template="mail/letter.html", context=_said(template)
    )


def _said(template: str) -> dict[str, Any]:
    subject = render_to_string(f"{template}_subject.txt", WORDS).strip()
    body = render_to_string(f"{template}_message.txt", WORDS)
    return {"subject": subject, "paragraphs": paragraphs(body), "site_name": "Parlour"}


LETTERS = [
    letter("link", "account/email/password_reset_key"),
    letter("confirm", "account/email/email_confirmation"),
    letter("unknown", "account/email/unknown_account"),
    letter("notice", "account/email/password_changed"),
    letter("second-step", "mfa/email/totp_activated"),
]
