"""Ending a sanction, whichever kind it is, by the verb that is the other side of its own."""

from accounts.models import User
from chat.models import Sanction
from chat.services import bans, members


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
