"""Whom a request came from, when proxies stand in between."""

from collections.abc import Iterable
from typing import Any


def believe_proxies(scope: dict[str, Any], count: int) -> None:
    """Set the ASGI scope's client and scheme to what our `count` trusted proxies reported.

    Each proxy appends the address it saw to X-Forwarded-For, so only the last `count` entries are
    ours and everything before them may be forged: the client is the first of those. A chain that
    is shorter did not come through our proxies, and is not believed.
    """
    if count < 1:
        return
    headers = scope["headers"]
    addresses = _entries(headers, b"x-forwarded-for")
    if len(addresses) < count:
        return
    scope["client"] = [addresses[-count], 0]
    # Most proxies replace this header instead of appending to it.
    protocols = _entries(headers, b"x-forwarded-proto")
    if protocols and protocols[-count:][0] in ("http", "https"):
        secure = protocols[-count:][0] == "https"
        name = "ws" if scope["type"] == "websocket" else "http"
        scope["scheme"] = name + "s" if secure else name


def _entries(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [
        entry.strip()
        for name, value in headers
        if name == wanted
        for entry in value.decode("latin1").split(",")
    ]
