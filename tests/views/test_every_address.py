"""All addresses the site answers to, from its own list of them: what holds for every one."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.exceptions import NoReverseMatch

from tests.factories import make_moderator, make_room

pytestmark = pytest.mark.django_db

# A value for each parameter: of nothing that exists, so that nothing can happen by mistake.
NUMBER = 987654321
VALUES: dict[str, Any] = {
    "object_id": "987654321", "id": "987654321", "seq": 1, "slug": "never-used",
    "name": uuid.UUID(int=7), "app_label": "chat", "key": "x-y", "uidb36": "1",
    "content_type_id": "1", "url": "nothing", "address": "nothing",
}  # fmt: skip


def patterns(within: Any, before: tuple = ()) -> Iterator[tuple[tuple, URLPattern]]:
    """Yield every pattern with those that lead to it."""
    for found in within.url_patterns:
        if isinstance(found, URLPattern):
            yield (*before, found.pattern), found
        else:
            yield from patterns(found, (*before, found.pattern))


def address_of(parts: tuple) -> str:
    """Return an address that these patterns match."""
    whole = "".join(_filled(part) for part in parts)
    return f"/{whole}"


def _filled(part: Any) -> str:
    if hasattr(part, "_route"):
        text = str(part._route)
        for name, converter in part.converters.items():
            value = VALUES.get(name, NUMBER)
            shown = str(converter.to_url(value))
            start = text.index("<")
            text = text[:start] + shown + text[text.index(">") + 1 :]
        return text
    text = str(part._regex).removeprefix("^").removesuffix("$")
    for name, value in VALUES.items():
        start = text.find(f"(?P<{name}>")
        if start >= 0:
            text = text[:start] + str(value) + text[_end_of_group(text, start) :]
    return text


def _end_of_group(text: str, start: int) -> int:
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise NoReverseMatch(text)


ADDRESSES = sorted({address_of(parts) for parts, _ in patterns(get_resolver())})
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# It answers with itself, whatever the method, to anybody.
DESCRIPTION = "/api/v1/openapi.json"


@pytest.fixture
def admin(settings: Any) -> Client:
    """A superuser's browser, which lets nothing pass without a CSRF token."""
    settings.RATE_LIMITS = False
    client = Client(enforce_csrf_checks=True)
    client.cookies.load(make_moderator().cookies)
    return client


def test_the_list_of_addresses_is_whole() -> None:
    assert len(ADDRESSES) > 150
    assert {"/", "/rooms/never-used/", "/api/v1/me", "/admin/", "/accounts/login/"} <= set(
        ADDRESSES
    )


def test_no_address_changes_anything_without_the_csrf_token(admin: Client) -> None:
    let_through = [
        (method, address, answer.status_code)
        for address in ADDRESSES
        if address != DESCRIPTION
        for method in CHANGING
        if (answer := admin.generic(method, address)).status_code not in (403, 404, 405)
    ]
    assert let_through == []


def test_nor_for_a_page_of_another_site_that_has_the_token(admin: Client) -> None:
    token = "x" * 32
    admin.cookies["csrftoken"] = token
    let_through = [
        (address, answer.status_code)
        for address in ADDRESSES
        if address != DESCRIPTION
        and (
            answer := admin.post(
                address,
                headers={"Origin": "https://evil.example", "X-CSRFToken": token},
            )
        ).status_code
        not in (403, 404, 405)
    ]
    assert let_through == []


def test_every_answer_has_the_policy_and_the_headers(admin: Client) -> None:
    make_room()
    for address in ADDRESSES:
        answer = admin.get(address)
        assert answer.status_code < 500, address
        policy = answer["Content-Security-Policy"]
        for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
            assert f"{directive} 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert "*" not in policy, address
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert "microphone=()" in answer["Permissions-Policy"], address
