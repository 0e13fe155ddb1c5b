"""What a client shows at the door: its origin, and the credentials it brings."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.limits import is_public, network_of
from chat.live.admission import Credentials
from chat.live.frames import SUBPROTOCOL

Scope = dict[str, Any]
SESSION_KEY = re.compile(r"[a-z0-9]{1,40}")
NO_SESSION = "none"
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Invitation:
    """How a handshake is accepted: with which subprotocol, what the client showed, and from where.

    Sockets with the same ``address`` are counted together; those without one are not counted.
    """

    subprotocol: str | None
    credentials: Credentials
    address: str = ""


def invitation_to(scope: Scope) -> Invitation | None:
    """Return how to accept a handshake, or None where it is to be refused."""
    offered = scope["subprotocols"]
    if (offered and SUBPROTOCOL not in offered) or not origin_is_ours(scope):
        return None
    subprotocol = SUBPROTOCOL if offered else None
    return Invitation(subprotocol, credentials_in(scope), address_in(scope))


def credentials_in(scope: Scope) -> Credentials:
    """Return the Bearer token or the session cookie of a handshake; empty where there is none."""
    headers = _headers(scope)
    language = _language(headers.get(b"accept-language", ""))
    kind, _, token = headers.get(b"authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return Credentials(token=token.strip() or "none", language=language)
    key = _session_key(scope, headers)
    # Cookies are unescaped: what cannot be a session's key never reaches a query.
    session = key if not key or SESSION_KEY.fullmatch(key) else NO_SESSION
    return Credentials(session=session, language=language)


def address_in(scope: Scope) -> str:
    """Return the address, or the IPv6 network, whose sockets are counted; empty: nobody's are.

    A private address is that of a proxy of which we were not told, with everybody behind it.
    """
    address = (scope.get("client") or [""])[0]
    if settings.TRUSTED_PROXY_COUNT or is_public(address):
        return network_of(address)
    return ""


def origin_is_ours(scope: Scope) -> bool:
    """Tell whether a page of ours opened the socket. Judged only when a session cookie came.

    The origin must be the site's own, scheme and port included, or one in CSRF_TRUSTED_ORIGINS:
    another site's page would act with the member's cookie.
    """
    if not credentials_in(scope).session:
        return True
    headers = _headers(scope)
    origin = _normal(headers.get(b"origin", ""))
    if origin is None:
        return False
    trusted = {_normal(trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS}
    return origin in trusted or origin == _own_origin(scope, headers)


def _language(accepted: str) -> str:
    """Return the language that a browser asks for, as Django understands its header for pages."""
    for wanted, _weight in parse_accept_lang_header(accepted):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:  # one that the site does not speak, or *
            continue
    return settings.LANGUAGE_CODE


def _headers(scope: Scope) -> dict[bytes, str]:
    return {name: value.decode("latin1") for name, value in scope["headers"]}


def _own_origin(scope: Scope, headers: dict[bytes, str]) -> tuple[str, str, int] | None:
    host = headers.get(b"host", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    return _normal(f"{'https' if _is_secure(scope, headers) else 'http'}://{host}")


def _is_secure(scope: Scope, headers: dict[bytes, str]) -> bool:
    if scope.get("scheme") in ("wss", "https"):
        return True
    return bool(settings.TRUSTED_PROXY_COUNT) and headers.get(b"x-forwarded-proto") == "https"


def _session_key(scope: Scope, headers: dict[bytes, str]) -> str:
    """Return what the session's cookie holds; on plain loopback it may lack its prefix."""
    cookies = parse_cookie(headers.get(b"cookie", ""))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    domain, _ = split_domain_port(headers.get(b"host", ""))
    if key or domain not in settings.LOOPBACK_HOSTS or _is_secure(scope, headers):
        return key
    return cookies.get(settings.SESSION_COOKIE_NAME.removeprefix(settings.COOKIE_PREFIX), "")


def _normal(origin: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an origin; None for ``null`` and what else is none."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]
