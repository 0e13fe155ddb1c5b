"""Keeping somebody off the site, and letting them back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast
from chat.errors import Forbidden, NotFound
from chat.models import Sanction
from chat.models.audit import Verb
from chat.services import audit, sanctions, succession

SITE_BAN = Sanction.Kind.BAN


@transaction.atomic
def ban(actor: User, user_id: int, reason: str = "", until: datetime | None = None) -> User:
    """Ban a member from the site: their sockets close and they cannot sign in until then.

    Without an end, somebody else becomes the owner of rooms that they alone own.

    Raises Forbidden, Invalid for an end that has passed, TooLarge, or NotFound where there is no
    such member.
    """
    sanctions.check_until(until)
    reason = audit.clean_reason(reason)
    user = _target(actor, user_id)
    if user.is_moderator or user.is_superuser:
        raise Forbidden(_("Moderators cannot be banned."))
    before = sanctions.facts("banned", None) if user.banned_at else {"banned": False}
    if user.banned_at is None:
        user.banned_at = timezone.now()
    user.ban_reason = reason
    user.save(update_fields=["banned_at", "ban_reason"])
    sanctions.impose(actor, SITE_BAN, user, None, until, reason)
    after = sanctions.facts("banned", until)
    audit.record(actor, Verb.BAN, reason, user=user, before=before, after=after)
    succession.succeed(user)
    broadcast.announce(broadcast.AccessChanged([user.pk]))
    return user


@transaction.atomic
def unban(actor: User, user_id: int, reason: str = "") -> User:
    """Let a banned member back. Raises Forbidden, TooLarge or NotFound."""
    reason = audit.clean_reason(reason)
    user = _target(actor, user_id)
    if user.banned_at is not None:
        _let_back(actor, user, reason)
    return user


def standing(user: User) -> Sanction | None:
    """Return the ban from the site that holds for ``user``, if any."""
    return Sanction.of(user, SITE_BAN, None)


def is_kept_out(user: User) -> bool:
    """Tell whether ``user`` is banned from the site now. A ban that is over ends here."""
    if user.banned_at is None:
        return False
    ended = Sanction.objects.filter(user=user, kind=SITE_BAN, room=None, lifted_at=None)
    if not ended.filter(ends_at__lte=timezone.now()).exists():
        return True
    with transaction.atomic():
        # Of several requests at once, one writes that it is over.
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.banned_at is not None:
            _let_back(None, locked, "Its time is over.")
    user.banned_at, user.ban_reason = None, ""
    return False


def _let_back(actor: User | None, user: User, reason: str) -> None:
    user.banned_at, user.ban_reason = None, ""
    user.save(update_fields=["banned_at", "ban_reason"])
    sanctions.end(actor, SITE_BAN, user, None)
    before, after = {"banned": True}, {"banned": False}
    audit.record(actor, Verb.UNBAN, reason, user=user, before=before, after=after)


def _target(actor: User, user_id: int) -> User:
    """Return the member, locked, so that two moderators judge one after the other."""
    if not actor.is_moderator:
        raise Forbidden(_("Only moderators of the site may do this."))
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such member."))
    return user
