"""Sanctions: kept by the verbs that mute and ban, lifted, appealed against, answered."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from chat import broadcast, rows
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Membership, Room, Sanction
from chat.models.audit import Verb
from chat.models.message import UNSTORABLE
from chat.models.sanction import APPEAL_MAX
from chat.permissions import check_seat, check_steward
from chat.sentences import Sentence, followed, in_each_language, with_reason
from chat.services import audit, stewards

NO_SANCTION = _("There is no such sanction.")


def impose(
    actor: User | None,
    kind: str,
    user: User,
    room: Room | None,
    until: datetime | None,
    reason: Sentence,
) -> Sanction:
    """Write down that ``user`` is muted or banned, and tell them. An earlier one is replaced."""
    end(actor, kind, user, room)
    with override(user.own_language):
        made = Sanction.objects.create(
            kind=kind, user=user, room=room, by=actor, reason=str(reason), ends_at=until
        )
    _tell(made, made.told(), may_appeal=True)
    return made


def end(actor: User | None, kind: str, user: User, room: Room | None) -> bool:
    """Write down that a mute or ban was lifted. Return whether there was one."""
    now = timezone.now()
    standing = Sanction.objects.filter(user=user, kind=kind, room=room, lifted_at=None)
    # What ended by itself was lifted by nobody.
    standing.filter(ends_at__lte=now).update(lifted_at=F("ends_at"))
    return bool(standing.update(lifted_at=now, lifted_by=actor))


def check_not_banned(room: Room, user: User, words: Sentence = "") -> None:
    """Refuse one who is banned from ``room``, with the reason or with ``words``."""
    ban = ban_of(user, room)
    if ban is not None:
        raise Forbidden(words or ban.told())


def ban_of(user: User, room: Room) -> Sanction | None:
    """Return the ban that keeps ``user`` out of ``room``, if any."""
    return Sanction.of(user, Sanction.Kind.BAN, room)


def check_until(until: datetime | None) -> None:
    """Raise Invalid for an end that has passed."""
    if until is not None and until <= timezone.now():
        raise Invalid(_("until: that has passed."))


def in_force_in(actor: User, room_id: int) -> list[Sanction]:
    """Return who is muted in a room or banned from it, the newest first.

    For those who look after it. Raises NotFound or Forbidden.
    """
    room = Room.objects.filter(pk=room_id).first()
    seat = Membership.objects.active().filter(room=room_id, user=actor).first()
    if not actor.is_moderator or room is None:
        check_seat(room, seat)
    check_steward(actor, seat, _("Only owners and moderators may see who is muted or banned."))
    found = Sanction.objects.in_force().filter(room=room)
    return list(found.select_related("user", "by").order_by("-pk"))


def bans_from(actor: User, room_id: int) -> list[Sanction]:
    """Return who is banned from a room. Raises what ``in_force_in`` does."""
    found = in_force_in(actor, room_id)
    return [sanction for sanction in found if sanction.kind == Sanction.Kind.BAN]


def judged(actor: User, sanction_id: int) -> Sanction:
    """Return a sanction that ``actor`` may answer for: of a room they look after, or any.

    Raises NotFound, for one that there is not as for one that is not theirs.
    """
    sanction = Sanction.objects.select_related("room").filter(pk=sanction_id).first()
    if sanction is None:
        raise NotFound(NO_SANCTION)
    _check_judge(actor, sanction)
    return sanction


def of(user: User) -> list[Sanction]:
    """Return the sanctions of a member, the newest first, for themselves to see."""
    found = Sanction.objects.filter(user=user).select_related("room")
    return list(found.order_by("-pk")[:50])


def appeal(user: User, sanction_id: int, words: str) -> Sanction:
    """Say something against a sanction, once. Raises NotFound, Invalid, TooLarge or Forbidden."""
    words = words.strip()
    if not words or UNSTORABLE.search(words):
        raise Invalid(_("appeal: say why it should be lifted."))
    if len(words) > APPEAL_MAX:
        raise TooLarge(_("appeal: at most %(most)s characters."), most=APPEAL_MAX)
    with transaction.atomic():
        sanction = _locked(sanction_id)
        if sanction.user_id != user.pk:
            raise NotFound(NO_SANCTION)
        if not sanction.is_in_force:
            raise Forbidden(_("It is over already."))
        if sanction.appealed_at is not None:
            raise Forbidden(_("One may appeal once."))
        sanction.appeal, sanction.appealed_at = words, timezone.now()
        sanction.save(update_fields=["appeal", "appealed_at"])
        if sanction.room_id is not None:
            stewards.tell(sanction.room_id)
    return sanction


def answer(actor: User, sanction_id: int, words: str) -> Sanction:
    """Answer an appeal without lifting the sanction; lifting it is an answer too.

    Moderators of the site may, and who looks after the room. Raises NotFound, Forbidden or
    TooLarge.
    """
    words = audit.clean_reason(words)
    with transaction.atomic():
        sanction = _locked(sanction_id)
        _check_judge(actor, sanction)
        if sanction.appealed_at is None or sanction.answered_at is not None:
            raise Forbidden(_("There is no appeal to answer."))
        sanction.answer, sanction.answered_at, sanction.answered_by = words, timezone.now(), actor
        sanction.save(update_fields=["answer", "answered_at", "answered_by"])
        audit.record(
            actor, Verb.ANSWER_APPEAL, words, room=sanction.room_id, user=sanction.user_id,
            before={"answered": False}, after={"answered": True},
        )  # fmt: skip
        _tell(sanction, followed(_("Your appeal was turned down."), words))
    return sanction


def facts(kind: str, until: datetime | None) -> audit.Facts:
    """Return what the audit trail says of a mute or a ban."""
    return {kind: True, "until": until and rows.wire_time(until)}


def tell(user_id: int, about: str, text: Sentence, room_id: int | None = None) -> None:
    """Tell a member something on all their screens, once it is committed."""
    broadcast.announce(broadcast.Told(user_id, about, in_each_language(text), room_id))


def tell_with_reason(user_id: int, about: str, text: Sentence, reason: str, room_id: int) -> None:
    """Tell a member what was done to them in a room, and why, if a reason was given."""
    tell(user_id, about, with_reason(text, reason), room_id)


def _tell(sanction: Sanction, text: Sentence, *, may_appeal: bool = False) -> None:
    until = rows.wire_time(sanction.ends_at) if sanction.ends_at else None
    about = sanction.pk if may_appeal else None
    broadcast.announce(
        broadcast.Told(
            sanction.user_id,
            sanction.kind,
            in_each_language(text),
            sanction.room_id,
            until,
            about,
        )
    )


def _locked(sanction_id: int) -> Sanction:
    found = Sanction.objects.select_for_update(of=("self",)).select_related("room")
    sanction = found.filter(pk=sanction_id).first()
    if sanction is None:
        raise NotFound(NO_SANCTION)
    return sanction


def _check_judge(actor: User, sanction: Sanction) -> None:
    if actor.is_moderator:
        return
    seat = Membership.objects.active().filter(room=sanction.room_id, user=actor).first()
    if seat is None or not seat.is_steward:
        raise NotFound(NO_SANCTION)
