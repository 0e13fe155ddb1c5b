"""What a room keeps at hand."""

import msgspec

from accounts.models import User
from chat import rows
from chat.models import Message, Pin
from chat.models.pin import PINS_MAX
from chat.services.access import access_room


class Pinned(msgspec.Struct, frozen=True):
    """A pinned message, and who pinned it when."""

    message: rows.MessageRow
    pinned_by: rows.PersonRow | None
    pinned_at: str


class Pins(msgspec.Struct, frozen=True):
    """A room's pins, the newest first; there can be ``most`` of them."""

    pins: list[Pinned]
    most: int


def pins_of(user: User, room_id: int) -> Pins:
    """Return the pinned messages of a room, the newest pin first. Raises NotFound."""
    room = access_room(user, room_id)
    pins = list(Pin.objects.filter(room=room).select_related("pinned_by"))
    messages = Message.objects.with_rows().in_bulk([pin.message_id for pin in pins])
    return Pins(
        [
            Pinned(
                rows.message_row(messages[pin.message_id], reader=user.pk),
                rows.person_row(pin.pinned_by) if pin.pinned_by else None,
                rows.wire_time(pin.pinned_at),
            )
            for pin in pins
        ],
        PINS_MAX,
    )
