"""Those who look after a room: its owners and moderators, and the site's moderators in it."""

from django.db.models import Q

from chat import broadcast
from chat.models import Membership, Role
from chat.sentences import Sentence, in_each_language


def stewards_of(room_id: int) -> list[int]:
    """Return the ids of those in a room who look after it, or after all rooms of the site."""
    maybe = Q(role__in=[Role.OWNER, Role.MODERATOR]) | Q(user__is_staff=True)
    seats = Membership.objects.active().filter(maybe, room=room_id).select_related("user")
    return [seat.user_id for seat in seats if seat.is_steward or seat.user.is_moderator]


def tell(room_id: int) -> None:
    """Have the screens of those who look after a room show what is new there to look after."""
    broadcast.announce(broadcast.ModerationChanged(stewards_of(room_id), room_id))


def tell_words(room_id: int, text: Sentence, *, but: set[int]) -> None:
    """Tell them something in words, all but some."""
    texts = in_each_language(text)
    for user in set(stewards_of(room_id)) - but:
        broadcast.announce(broadcast.Told(user, "reported", texts, room_id))
