"""Deleting all that a member said lately, in a room or everywhere."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from chat.errors import Forbidden, NotFound
from chat.models import Membership, Message, Room
from chat.models.audit import Verb
from chat.permissions import NO_ROOM, check_steward
from chat.sentences import A_DIRECT_CONVERSATION, filled
from chat.services import audit, sanctions
from chat.services.changing import changing
from chat.services.messages import bury

BATCH = 100  # messages in one transaction, for which a room is locked
AT_ONCE_MAX = 2000  # messages in one call: a request must end


def purge_room(actor: User, room_id: int, user_id: int, since: datetime, reason: str = "") -> int:
    """Delete what a member said in a room since then; return how many, AT_ONCE_MAX at most.

    Who looks after the room may. Each batch is a change of its own, and is kept whatever comes
    after. Raises NotFound, Forbidden or TooLarge.
    """
    reason = audit.clean_reason(reason)
    done = 0
    while done < AT_ONCE_MAX:
        count = _purge_batch(actor, room_id, user_id, since, reason)
        done += count
        if count < BATCH:
            break
    if done and user_id != actor.pk:
        told = filled(
            ngettext_lazy(
                "A moderator deleted %(n)s of your messages in %(room)s.",
                "A moderator deleted %(n)s of your messages in %(room)s.",
                done,
            ),
            n=done,
            room=Room.objects.get(pk=room_id).name or A_DIRECT_CONVERSATION,
        )
        sanctions.tell_with_reason(user_id, "delete", told, reason, room_id)
    return done


def purge_everywhere(actor: User, user_id: int, since: datetime, reason: str = "") -> int:
    """Delete what a member said in any room since then. Moderators of the site may.

    Returns how many messages, about AT_ONCE_MAX at most. Raises NotFound, Forbidden or TooLarge.
    """
    if not actor.is_moderator:
        raise Forbidden(_("Only moderators of the site may do this."))
    done = 0
    rooms = Membership.objects.filter(user=user_id).order_by("room").values_list("room", flat=True)
    for room_id in list(rooms):
        if done < AT_ONCE_MAX:
            done += purge_room(actor, room_id, user_id, since, reason)
    return done


def _purge_batch(actor: User, room_id: int, user_id: int, since: datetime, reason: str) -> int:
    with changing(room_id) as change:
        if change is None:
            raise NotFound(NO_ROOM)
        seat = change.seat_of(actor) if actor.is_moderator else change.require_seat(actor)
        check_steward(actor, seat, _("Only owners and moderators may delete messages of others."))
        found = Message.objects.filter(
            room=change.room, author=user_id, created_at__gte=since, deleted_at=None
        )
        doomed = list(found.order_by("-seq")[:BATCH])
        for message in doomed:
            bury(actor, change, message)
        if doomed:
            audit.record(
                actor, Verb.PURGE, reason, room=change.room, user=user_id,
                after={"messages": [message.pk for message in doomed]},
            )  # fmt: skip
        return len(doomed)
