"""Judging what is to be said by the filters that are live, on whatever way it comes.

A process holds the live filters ready (``at_hand``), so that a site without any pays nothing for
them. A change is told to all hubs; what was missed is found by the number in SiteState, which each
hub compares on its clock and everybody else once what they hold is older than FRESH.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast, sql
from chat.errors import ChatError, Forbidden, Held
from chat.filtering import RECENT_MAX, Author, Recent, Rule, Said, fold
from chat.models import Filter, HeldMessage, Membership, Mention, Message, SiteState
from chat.models.filter import WINDOW_MAX
from chat.permissions import check_may_write
from chat.services import members, stewards

FRESH = 10  # s, after which what is held is compared with the database before it is used
HELD_MAX = 20  # messages of one member that wait for a moderator at a time
AUTHORS_MAX = 50_000  # of whom a process remembers since when they are members
HELD = _("A moderator looks at your message before it is posted.")
DELETED = _("A filter of this site deleted your message.")
REFUSED = _("A filter of this site does not let this message through.")
REJECTED = _("A moderator rejected this message.")
# Where several filters catch a message, the first of these is done.
SEVERITY = [Filter.Action.MUTE, Filter.Action.DELETE, Filter.Action.REFUSE, Filter.Action.HOLD]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody wants to say; ``kept`` is what a held copy holds beside its text."""

    said: Said
    author: int
    client_id: UUID
    kept: dict[str, Any] = field(default_factory=dict)


class Verdict(NamedTuple):
    """Why it may not be said, if so; and the pause (s) that its author has to make."""

    refusal: ChatError | None = None
    pause: int = 0


FREE = Verdict()


class Screen:
    """The filters that are live, made ready."""

    def __init__(self, version: int, filters: Iterable[Filter]) -> None:
        self.version = version
        ranked = sorted(filters, key=lambda each: SEVERITY.index(Filter.Action(each.action)))
        self.rules = [Rule(source) for source in ranked]
        self._joined: OrderedDict[int, datetime] = OrderedDict()

    def suspects(self, said: Said, author: int) -> list[Rule]:
        """Return the filters that may catch ``said``: those that do, and those that must ask."""
        return [
            rule
            for rule in self.rules
            if rule.room in (None, said.room)
            and not (rule.kind == Filter.Kind.NEWCOMERS and self._is_no_newcomer(rule, author))
            and rule.may_catch(said)
        ]

    def remember(self, author: int, joined_at: datetime) -> None:
        """Note since when somebody is a member, which never changes."""
        self._joined[author] = joined_at
        while len(self._joined) > AUTHORS_MAX:
            self._joined.popitem(last=False)

    def _is_no_newcomer(self, rule: Rule, author: int) -> bool:
        joined_at = self._joined.get(author)
        return joined_at is not None and not rule.is_new(joined_at, timezone.now())


class _Holder:
    """What this process knows of the filters, from any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.screen: Screen | None = None
        self.compared_at = 0.0  # by the monotonic clock
        self.forgotten = 0  # times

    def is_fresh(self) -> bool:
        return self.screen is not None and time.monotonic() - self.compared_at < FRESH


_holder = _Holder()


def at_hand() -> Screen | None:
    """Return the live filters without asking the database; None where it must be asked."""
    return _holder.screen if _holder.is_fresh() else None


def current() -> Screen:
    """Return the live filters."""
    return at_hand() or refresh()


def refresh() -> Screen:
    """Compare what is held with the database; return the live filters."""
    forgotten = _holder.forgotten
    version = SiteState.objects.filter(pk=1).values_list("filters_version", flat=True).first() or 0
    screen = _holder.screen
    if screen is None or screen.version != version:
        screen = Screen(version, Filter.objects.filter(state=Filter.State.LIVE).order_by("pk"))
    with _holder.lock:
        _holder.screen = screen
        # What was said to be old while it was read may be.
        _holder.compared_at = time.monotonic() if forgotten == _holder.forgotten else 0.0
    return screen


def forget() -> None:
    """Have the filters read anew before they are next used: they changed."""
    with _holder.lock:
        _holder.forgotten += 1
        _holder.screen, _holder.compared_at = None, 0.0


def changed() -> None:
    """Have all processes read the filters anew, once the transaction under way has committed."""
    SiteState.current()
    SiteState.objects.filter(pk=1).update(filters_version=F("filters_version") + 1)
    forget()
    broadcast.announce(broadcast.FiltersChanged())


def judge(utterances: Sequence[Utterance]) -> list[Verdict]:
    """Return for each whether it may be said; hold, delete and mute where a filter says so.

    Who may not write there at all is left to be told so. The same ``client_id`` again is answered
    as the first time. Call it outside of a transaction: what it keeps has to stay.
    """
    screen = current()
    if not screen.rules:
        return [FREE] * len(utterances)
    suspected = {
        place: rules
        for place, each in enumerate(utterances)
        if (rules := screen.suspects(each.said, each.author))
    }
    verdicts = [FREE] * len(utterances)
    if suspected:
        court = _Court(screen, [utterances[place] for place in suspected], suspected.values())
        for place, rules in suspected.items():
            verdicts[place] = court.verdict(utterances[place], rules)
    return verdicts


class _Court:
    """What has to be known of the authors, read at once for many utterances."""

    def __init__(
        self, screen: Screen, utterances: list[Utterance], rules: Collection[list[Rule]]
    ) -> None:
        self._now = timezone.now()
        authors = {each.author for each in utterances}
        rooms = {each.said.room for each in utterances}
        self._users = User.objects.in_bulk(authors)
        seats = Membership.objects.active().filter(user__in=authors, room__in=rooms)
        self._seats = {(seat.room_id, seat.user_id): seat for seat in seats.select_related("room")}
        wants_recent = any(rule.needs_recent for some in rules for rule in some)
        self._recent = _recent_of(authors, self._now) if wants_recent else {}
        for user in self._users.values():
            screen.remember(user.pk, user.date_joined)

    def verdict(self, utterance: Utterance, rules: list[Rule]) -> Verdict:
        """Judge one, and do what the filter says that catches it."""
        user = self._users.get(utterance.author)
        seat = self._seats.get((utterance.said.room, utterance.author))
        if user is None or seat is None or not _may_write(seat):
            return FREE
        recent = self._recent.setdefault(user.pk, [])
        author = Author(user.date_joined, recent)
        is_exempt = user.is_moderator or seat.is_steward
        pause = 0
        for rule in rules:
            if is_exempt and not rule.also_moderators:
                continue
            if rule.is_pace:
                if rule.is_new(user.date_joined, self._now):
                    pause = max(pause, rule.source.limit)
            elif rule.catches(utterance.said, author, self._now):
                return Verdict(_carry_out(utterance, rule.source))
        said = utterance.said
        recent.append(Recent(self._now, said.room, said.folded, said.mentions))
        return Verdict(None, pause)


def _may_write(seat: Membership) -> bool:
    try:
        check_may_write(seat.room, seat)
    except ChatError:
        return False
    return True


def _recent_of(authors: Collection[int], now: datetime) -> dict[int, list[Recent]]:
    """Return what each of ``authors`` said lately, RECENT_MAX messages at most."""
    newest = (
        f"SELECT id, author_id, room_id, body, created_at FROM {sql.table(Message)}"
        " WHERE author_id = {author} ORDER BY id DESC"
        f" LIMIT {RECENT_MAX}"
    )
    if connection.vendor == "postgresql":
        # For each author a walk along the index, in one statement.
        ids = f"unnest(ARRAY[{sql.numbers(authors)}]::bigint[]) AS author(id)"
        found = sql.fetch(
            f"SELECT said.* FROM {ids}, LATERAL ({newest.format(author='author.id')}) said"
        )
    else:
        found = [row for author in authors for row in sql.fetch(newest.format(author=int(author)))]
    since = now - timedelta(seconds=WINDOW_MAX)
    lately = [
        (pk, author, room, body, said_at)
        for pk, author, room, body, at in found
        if (said_at := sql.moment(at)) is not None and said_at > since
    ]
    mentions = _mentions_in([pk for pk, *_ in lately])
    recent: dict[int, list[Recent]] = {}
    for pk, author, room, body, at in lately:
        recent.setdefault(author, []).append(Recent(at, room, fold(body), mentions.get(pk, 0)))
    return recent


def _mentions_in(messages: list[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for pk in Mention.objects.filter(message__in=messages).values_list("message", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return counts


def _carry_out(utterance: Utterance, source: Filter) -> ChatError | None:
    """Do what the filter that caught ``utterance`` says; return what its author is told."""
    key = {
        "room_id": utterance.said.room,
        "author_id": utterance.author,
        "client_id": utterance.client_id,
    }
    if Message.objects.filter(**key).exists():
        return None  # a retry: it was posted, which is what it will be answered
    words = source.words
    if source.action == Filter.Action.REFUSE:
        return Forbidden(words or REFUSED)
    held = HeldMessage.objects.filter(**key).first()
    if held is None:
        if not _targets_are_there(utterance):
            return None
        if source.action == Filter.Action.HOLD and _waiting_of(utterance.author) >= HELD_MAX:
            return Forbidden(
                _("%(most)s of your messages wait for a moderator. Wait until they are decided."),
                most=HELD_MAX,
            )
        held = _keep(utterance, source, key)
    match held.state:
        case HeldMessage.State.WAITING:
            return Held(words or HELD)
        case HeldMessage.State.REJECTED:
            return Forbidden(held.words or REJECTED)
        case HeldMessage.State.DELETED:
            return Forbidden(words or DELETED)
    return None


@transaction.atomic
def _keep(utterance: Utterance, source: Filter, key: dict[str, Any]) -> HeldMessage:
    is_hold = source.action == Filter.Action.HOLD
    state = HeldMessage.State.WAITING if is_hold else HeldMessage.State.DELETED
    fields = {"body": utterance.said.body, "filter": source, "state": state, **utterance.kept}
    held, is_new = HeldMessage.objects.get_or_create(**key, defaults=fields)
    if is_new and is_hold:
        stewards.tell(held.room_id)
    if is_new and source.action == Filter.Action.MUTE:
        until = timezone.now() + timedelta(minutes=source.mute_for)
        members.mute_by_filter(held.room_id, held.author_id, until, source.words or DELETED)
    return held


def _targets_are_there(utterance: Utterance) -> bool:
    """Whether what it answers is in the room; otherwise it is refused for that."""
    wanted = {
        target
        for name in ("reply_to_id", "thread_id")
        if (target := utterance.kept.get(name)) is not None
    }
    found = Message.objects.filter(pk__in=wanted, room=utterance.said.room)
    return not wanted or found.count() == len(wanted)


def _waiting_of(author: int) -> int:
    return HeldMessage.objects.filter(author=author, state=HeldMessage.State.WAITING).count()
