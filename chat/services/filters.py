"""Filters: written, tried out on what was said already, let go live, stopped, removed.

Moderators of the site may. Whatever is changed about a filter makes it a draft again, to be tried
out once more: nothing that nobody has seen at work looks at what members write.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.filtering import RECENT_MAX, Author, Recent, Rule, Said
from chat.models import Filter, Membership, Message, Role
from chat.models.audit import Verb
from chat.models.filter import (
    FILTER_LINES_MAX,
    FILTER_NAME_MAX,
    FILTER_TEXT_MAX,
    FILTERS_MAX,
    LIMIT_MAX,
    MUTE_MAX,
    NEW_FOR_MAX,
    WINDOW_MAX,
)
from chat.models.message import UNSTORABLE
from chat.services import audit, screening

TRIED_DEFAULT = 1000  # of the newest messages, that a filter is tried out on
TRIED_MAX = 5000
CAUGHT_SHOWN = 200  # of those it would have caught
NO_FILTER = _("There is no such filter.")
FIELDS = (
    "name", "kind", "room_id", "text", "domains", "limit", "window", "new_for", "newcomers",
    "action", "words", "mute_for", "also_moderators",
)  # fmt: skip
LIMITS = {"limit": LIMIT_MAX, "window": WINDOW_MAX, "new_for": NEW_FOR_MAX, "mute_for": MUTE_MAX}
CHOICES = {
    "kind": Filter.Kind,
    "domains": Filter.Domains,
    "newcomers": Filter.Newcomers,
    "action": Filter.Action,
}


def save(actor: User, wanted: dict[str, Any], filter_id: int | None = None) -> Filter:
    """Make a filter, or change what is ``wanted`` of one: then it is a draft again.

    Raises Invalid, TooLarge, NotFound or Forbidden.
    """
    _check_moderator(actor)
    with transaction.atomic():
        found = Filter(made_by=actor) if filter_id is None else _locked(filter_id)
        before = {} if filter_id is None else _facts(found)
        for name in FIELDS:
            if name in wanted:
                setattr(found, name, wanted[name])
        check(found)
        after = _facts(found)
        if after == before:
            return found
        was_live = found.is_live
        found.state, found.tried_at = Filter.State.DRAFT, None
        found.save()
        differing = {name: value for name, value in after.items() if before.get(name) != value}
        earlier = {name: before[name] for name in differing if name in before}
        audit.record(
            actor, Verb.CHANGE_FILTER, found.name, room=found.room_id, before=earlier,
            after={"filter": found.pk, **differing},
        )  # fmt: skip
        if was_live:
            screening.changed()
    return found


def try_out(actor: User, filter_id: int, newest: int = TRIED_DEFAULT) -> list[Message]:
    """Return those of the ``newest`` messages that a filter would have caught, the newest first.

    At most CAUGHT_SHOWN of TRIED_MAX. Nothing happens to them. Raises NotFound or Forbidden.
    """
    _check_moderator(actor)
    found = _get(filter_id)
    caught = _catch(Rule(found), found, min(newest, TRIED_MAX))
    Filter.objects.filter(pk=found.pk).update(tried_at=timezone.now())
    return caught


def go_live(actor: User, filter_id: int, reason: str = "") -> Filter:
    """Have a filter look at what members write from now on, once it was tried out as it is.

    Raises NotFound, Forbidden or TooLarge.
    """
    _check_moderator(actor)
    with transaction.atomic():
        found = _locked(filter_id)
        if found.tried_at is None:
            raise Forbidden(_("Try it out first, on what was said already."))
        if Filter.objects.filter(state=Filter.State.LIVE).count() >= FILTERS_MAX:
            raise Invalid(_("At most %(most)s filters can be live at a time."), most=FILTERS_MAX)
        _set_state(actor, found, Filter.State.LIVE, Verb.START_FILTER, reason)
    return found


def stop(actor: User, filter_id: int, reason: str = "") -> Filter:
    """Have a filter do nothing more. Raises NotFound, Forbidden or TooLarge."""
    _check_moderator(actor)
    with transaction.atomic():
        found = _locked(filter_id)
        _set_state(actor, found, Filter.State.DRAFT, Verb.STOP_FILTER, reason)
    return found


def remove(actor: User, filter_id: int, reason: str = "") -> None:
    """Remove a filter; what it held stays held. Raises NotFound, Forbidden or TooLarge."""
    _check_moderator(actor)
    with transaction.atomic():
        found = _locked(filter_id)
        audit.record(
            actor, Verb.REMOVE_FILTER, audit.clean_reason(reason), room=found.room_id,
            before=_facts(found), after={"filter": found.pk},
        )  # fmt: skip
        found.delete()
        screening.changed()


def _set_state(actor: User, found: Filter, state: str, verb: Verb, reason: str) -> None:
    if found.state == state:
        return
    before, found.state = {"state": found.state}, state
    found.save(update_fields=["state"])
    audit.record(
        actor, verb, audit.clean_reason(reason), room=found.room_id, before=before,
        after={"filter": found.pk, "state": state},
    )  # fmt: skip
    screening.changed()


def _catch(rule: Rule, found: Filter, newest: int) -> list[Message]:
    """Go through what was said as it was said, one after the other."""
    messages = Message.objects.filter(deleted_at=None).order_by("-pk")
    if found.room_id is not None:
        messages = messages.filter(room=found.room_id).order_by("-seq")
    past = messages.select_related("author", "room", "call", "poll").prefetch_related("mentions")
    said_then = list(past[:newest])
    exempt = set() if found.also_moderators else _moderators(said_then)
    recent: dict[int, list[Recent]] = {}
    caught: list[Message] = []
    for message in reversed(said_then):
        before = recent.setdefault(message.author_id, [])
        said = _said(message)
        author = Author(message.author.date_joined, before[-RECENT_MAX:])
        is_exempt = {(None, message.author_id), (message.room_id, message.author_id)} & exempt
        if (
            not is_exempt
            and rule.may_catch(said)
            and rule.catches(said, author, message.created_at)
        ):
            caught.append(message)
        before.append(Recent(message.created_at, said.room, said.folded, said.mentions))
    return caught[::-1][:CAUGHT_SHOWN]


def _said(message: Message) -> Said:
    poll = getattr(message, "poll", None)
    calls = hasattr(message, "call")
    mentions = len(message.mentions.all()) + calls
    options = tuple(poll.options) if poll else ()
    return Said(message.room_id, message.body, message.html, mentions, options)


def _moderators(messages: list[Message]) -> set[tuple[int | None, int]]:
    """Return, by room, who of the authors looks after it; without a room, after all of them."""
    authors = {message.author_id: message.author for message in messages}
    seats = Membership.objects.active().filter(
        user__in=authors,
        room__in={message.room_id for message in messages},
        role__in=[Role.OWNER, Role.MODERATOR],
    )
    everywhere = {(None, pk) for pk, author in authors.items() if author.is_moderator}
    return everywhere | set(seats.values_list("room", "user"))


def check(found: Filter) -> None:
    """Raise Invalid or TooLarge for a filter that makes no sense."""
    found.name, found.words = found.name.strip(), found.words.strip()
    for name, choices in CHOICES.items():
        if getattr(found, name) not in choices.values:
            raise Invalid(
                _("%(name)s: one of %(values)s."), name=name, values=", ".join(choices.values)
            )
    for name, most in LIMITS.items():
        if not 1 <= getattr(found, name) <= most:
            raise Invalid(_("%(name)s: from 1 to %(most)s."), name=name, most=most)
    if not found.name:
        raise Invalid(_("name: a filter needs one."))
    if len(found.name) > FILTER_NAME_MAX:
        raise TooLarge(_("name: at most %(most)s characters."), most=FILTER_NAME_MAX)
    if len(found.text) > FILTER_TEXT_MAX:
        raise TooLarge(_("text: at most %(most)s characters."), most=FILTER_TEXT_MAX)
    if len(found.lines) > FILTER_LINES_MAX:
        raise TooLarge(_("text: at most %(most)s lines."), most=FILTER_LINES_MAX)
    if UNSTORABLE.search(found.name + found.text + found.words):
        raise Invalid(_("text: there is a character in it that cannot be stored."))
    audit.clean_reason(found.words)
    Rule(found)


def _facts(found: Filter) -> audit.Facts:
    return {name: getattr(found, name) for name in FIELDS}


def _check_moderator(actor: User) -> None:
    if not actor.is_moderator:
        raise Forbidden(_("Only moderators of the site may do this."))


def _get(filter_id: int) -> Filter:
    found = Filter.objects.filter(pk=filter_id).first()
    if found is None:
        raise NotFound(NO_FILTER)
    return found


def _locked(filter_id: int) -> Filter:
    found = Filter.objects.select_for_update(of=("self",)).filter(pk=filter_id).first()
    if found is None:
        raise NotFound(NO_FILTER)
    return found
