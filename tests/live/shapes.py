"""What the protocol's rows and times look like, for tests that compare them whole."""

import re
from datetime import UTC, datetime
from typing import Any

from chat.models import Room

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
HELLO_FIELDS = {
    "type", "connection", "epoch", "user", "server_time", "heartbeat", "limits", "rooms",
}  # fmt: skip
# Further fields are free; these must be there.
ROOM_FIELDS = {
    "id", "kind", "slug", "name", "version", "last_seq", "read_seq", "unread", "mentions",
    "notify", "role",
}  # fmt: skip
MESSAGE_FIELDS = {
    "id", "room", "seq", "version", "author", "client_id", "body", "html", "created_at",
    "edited_at", "deleted", "reply_to", "thread", "pinned", "mentions", "attachments", "reactions",
}  # fmt: skip
CHANGES_FIELDS = {
    "type", "room", "from", "to", "messages", "members", "info", "more", "reset", "ref",
}  # fmt: skip


def moment(text: str) -> datetime:
    """Return the moment that a time of the protocol names; fail where it is not of its form."""
    assert TIME.fullmatch(text), f"not UTC in ISO 8601 with milliseconds: {text!r}"
    return datetime.fromisoformat(text)


def assert_now(text: str) -> None:
    """Fail where a time of the protocol is not within some seconds of now."""
    assert abs((datetime.now(UTC) - moment(text)).total_seconds()) < 30


def room_in(hello: dict[str, Any], room: Room) -> dict[str, Any]:
    """Return the entry of ``room`` in a `hello`."""
    [entry] = [entry for entry in hello["rooms"] if entry["id"] == room.pk]
    return dict(entry)
