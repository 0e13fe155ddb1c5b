"""Ending a sanction, whichever kind it is, by the verb that is the other side of its own."""

from accounts.models import User
from chat.models import Sanction
from chat.services import bans, members, sanctions


def lift_named(actor: User, sanction_id: int, reason: str = "") -> Sanction:
    """End the sanction of that id, as who looks after the room or the site may.

    Raises NotFound, for one that is not theirs as for one that there is not, and what ``lift``
    raises.
    """
    sanction = sanctions.judged(actor, sanction_id)
    lift(actor, sanction, reason)
    sanction.refresh_from_db()
    return sanction


def lift(actor: User, sanction: Sanction, reason: str = "") -> None:
    """End a mute or a ban. One that is over already stays so. Raises what the verbs raise."""
    if not sanction.is_in_force:
        return
    if sanction.room_id is None:
        bans.unban(actor, sanction.user_id, reason)
    elif sanction.kind == Sanction.Kind.BAN:
        members.unban(actor, sanction.room_id, sanction.user_id, reason)
    else:
        members.mute(actor, sanction.room_id, sanction.user_id, None, reason)
