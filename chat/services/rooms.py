"""What members do with rooms: create, change, lock, archive, talk directly."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.models import User
from chat import rows
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Callers, Membership, Role, Room, Writers
from chat.models.audit import Verb
from chat.models.message import UNSTORABLE
from chat.models.room import NAME_MAX, SLOW_MODE_MAX, SLUG_MAX, TOPIC_MAX
from chat.permissions import NO_ROOM, check_not_direct, check_owner, check_steward
from chat.sentences import Sentence
from chat.services import access, audit, blocks
from chat.services.changing import RoomChange, changing, store, store_seat

DIRECT_MAX = 10  # members of a direct conversation
TAKEN_SLUGS = {"new"}  # pages beside the rooms' own
SLUG_TRIES = 20
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
SLUG_TAKEN = _("slug: another room has this address already.")


def create(actor: User, *, kind: str, name: str, topic: str = "", slug: str | None = None) -> Room:
    """Make a public or private room that ``actor`` owns. Guests may not.

    Raises Invalid, TooLarge or Forbidden.
    """
    if actor.is_guest:
        raise Forbidden(_("Guests make no rooms."))
    if kind not in (Room.Kind.PUBLIC, Room.Kind.PRIVATE):
        raise Invalid(_("kind: a room is public or private."))
    name, topic = clean_name(name), clean_topic(topic)
    for attempt in range(SLUG_TRIES):
        try:
            return _make(actor, {actor.pk: Role.OWNER}, kind=kind, name=name, topic=topic,
                         slug=_slug(slug or name, attempt))  # fmt: skip
        except IntegrityError:
            if slug is not None:
                raise Invalid(SLUG_TAKEN) from None
    raise Invalid(_("name: too many rooms have this name. Please choose another."))


def direct(actor: User, user_ids: Iterable[int]) -> Room:
    """Return the direct conversation of ``actor`` and exactly these members, made if need be.

    Raises Invalid for nobody or too many, NotFound where one of them is not a member of the site,
    Forbidden where one of them has blocked another.
    """
    ids = set(user_ids) | {actor.pk}
    if len(ids) < 2:
        raise Invalid(_("users: choose at least one other member."))
    if len(ids) > DIRECT_MAX:
        raise Invalid(
            _("users: a direct conversation has at most %(most)s members."), most=DIRECT_MAX
        )
    known = access.people_for(actor).filter(pk__in=ids - {actor.pk})
    if known.count() != len(ids) - 1:
        raise NotFound(_("There is no such member."))
    key = Room.direct_key_of(ids)
    return Room.objects.of(actor).filter(direct_key=key).first() or _make_direct(actor, ids, key)


def _make_direct(actor: User, ids: set[int], key: str) -> Room:
    """Make the conversation of these members, or return what another one has just made."""
    with transaction.atomic():
        # Locked, so that nobody blocks anybody meanwhile.
        list(User.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
        blocks.check_together(ids)
        room = Room.objects.filter(direct_key=key).first()
        if room is not None:
            return room
        return _make(
            actor,
            dict.fromkeys(sorted(ids), Role.MEMBER),
            kind=Room.Kind.DIRECT,
            slug=f"direct-{secrets.token_hex(6)}",
            direct_key=key,
        )


def update(
    actor: User,
    room_id: int,
    *,
    name: str | None = None,
    topic: str | None = None,
    slow_mode: int | None = None,
    slug: str | None = None,
    callers: str | None = None,
    writers: str | None = None,
    reason: str = "",
) -> Room:
    """Change what is given of a room: name, topic, slow mode (s), address, who calls, who writes.

    Owners and moderators may; the address is for owners. Raises Invalid, TooLarge, NotFound or
    Forbidden.
    """
    wanted: dict[str, str | int] = {}
    if slug is not None:
        wanted["slug"] = clean_slug(slug)
    if name is not None:
        wanted["name"] = clean_name(name)
    if topic is not None:
        wanted["topic"] = clean_topic(topic)
    if slow_mode is not None:
        if not 0 <= slow_mode <= SLOW_MODE_MAX:
            raise Invalid(_("slow_mode: from 0 to %(most)s seconds."), most=SLOW_MODE_MAX)
        wanted["slow_mode"] = slow_mode
    if callers is not None:
        if callers not in Callers.values:
            raise Invalid(_("callers: stewards or members."))
        wanted["callers"] = callers
    if writers is not None:
        if writers not in Writers.values:
            raise Invalid(_("writers: stewards or members."))
        wanted["writers"] = writers
    try:
        with changing(room_id) as change:
            room = _stewarded(actor, change, _("Only owners and moderators may change the room."))
            assert change is not None
            check_not_direct(room, _("One cannot change a direct conversation."))
            if slug not in (None, room.slug):
                refusal = _("Only owners may change a room's address.")
                check_owner(actor, change.seat_of(actor), refusal)
                _check_free(str(wanted["slug"]))
            _apply(actor, change, wanted, Verb.CHANGE_ROOM, reason)
            return room
    except IntegrityError:
        # Another room took the address between the question and the answer.
        if slug is None:
            raise
        raise Invalid(SLUG_TAKEN) from None


def lock(actor: User, room_id: int, on: bool, reason: str = "") -> Room:
    """Let members read and nothing else, or let them write again. Raises NotFound or Forbidden."""
    with changing(room_id) as change:
        refusal = _("Only owners and moderators may lock the room.")
        room = _stewarded(actor, change, refusal)
        assert change is not None
        check_steward(actor, change.seat_of(actor), refusal)
        verb = Verb.LOCK_ROOM if on else Verb.UNLOCK_ROOM
        _apply(actor, change, {"locked": on}, verb, reason)
        return room


def archive(actor: User, room_id: int, on: bool, reason: str = "") -> Room:
    """Put a room away, or bring it back. Owners may. Raises NotFound or Forbidden."""
    with changing(room_id) as change:
        room = _stewarded(actor, change, _("Only owners and moderators may archive the room."))
        assert change is not None
        check_owner(actor, change.seat_of(actor), _("Only owners may archive a room."))
        check_not_direct(room, _("One cannot archive a direct conversation."))
        if (room.archived_at is not None) != on:
            verb = Verb.ARCHIVE_ROOM if on else Verb.RESTORE_ROOM
            wanted = {"archived_at": timezone.now() if on else None}
            _apply(actor, change, wanted, verb, reason)
        return room


def clean_name(name: str) -> str:
    """Return a room's name in one line. Raises Invalid or TooLarge."""
    name = " ".join(name.split())
    if not name or UNSTORABLE.search(name):
        raise Invalid(_("name: a room needs a name."))
    if names.hides_something(name):
        raise Invalid(_("name: there is something in it that cannot be seen."))
    if len(name) > NAME_MAX:
        raise TooLarge(_("name: at most %(most)s characters."), most=NAME_MAX)
    return name


def clean_slug(slug: str) -> str:
    """Return a room's address as it is stored. Raises Invalid or TooLarge."""
    slug = slug.strip().lower()
    if len(slug) > SLUG_MAX:
        raise TooLarge(_("slug: at most %(most)s characters."), most=SLUG_MAX)
    if not SLUG.match(slug):
        raise Invalid(_("slug: letters a to z, digits, dashes and underscores."))
    if slug in TAKEN_SLUGS:
        raise Invalid(SLUG_TAKEN)
    return slug


def clean_topic(topic: str) -> str:
    """Return a topic in one line. Raises Invalid or TooLarge."""
    topic = " ".join(topic.split())
    if UNSTORABLE.search(topic) or names.hides_something(topic):
        raise Invalid(_("topic: there is a character in it that cannot be stored."))
    if len(topic) > TOPIC_MAX:
        raise TooLarge(_("topic: at most %(most)s characters."), most=TOPIC_MAX)
    return topic


def _make(actor: User, roles: dict[int, Role], **fields: str) -> Room:
    """Make a room and seat its members, each with a version of their own."""
    with transaction.atomic():
        room = Room.objects.create(created_by=actor, **fields)
        change = RoomChange(room)
        change.add_info()
        members = User.objects.in_bulk(list(roles))
        for user_id, role in roles.items():
            seat = Membership(room=room, user=members[user_id], role=role)
            store_seat(change, seat, moved=True)
        store([change])
    return room


def _check_free(slug: str) -> None:
    if Room.objects.filter(slug=slug).exists():
        raise Invalid(SLUG_TAKEN)


def _slug(wanted: str, attempt: int) -> str:
    slug = slugify(wanted)[: SLUG_MAX - 7] or f"room-{secrets.token_hex(3)}"
    if attempt == 0 and slug not in TAKEN_SLUGS:
        return slug
    return f"{slug}-{attempt + 1}" if attempt < 5 else f"{slug}-{secrets.token_hex(3)}"


def _stewarded(actor: User, change: RoomChange | None, refusal: Sentence) -> Room:
    """Return the room if ``actor`` looks after it; raise NotFound or Forbidden."""
    if change is None:
        raise NotFound(NO_ROOM)
    seat = change.seat_of(actor) if actor.is_moderator else change.require_seat(actor)
    if change.room.kind != Room.Kind.DIRECT or seat is None:
        check_steward(actor, seat, refusal)
    return change.room


def _apply(actor: User, change: RoomChange, wanted: dict, verb: Verb, reason: str) -> None:
    """Set fields of the room; take a version, and write it down, if anything differs."""
    room = change.room
    differing = {name: value for name, value in wanted.items() if getattr(room, name) != value}
    before = {name: _fact(getattr(room, name)) for name in differing}
    for name, value in differing.items():
        setattr(room, name, value)
    if differing:
        change.add_info()
        after = {name: _fact(value) for name, value in differing.items()}
        reason = audit.clean_reason(reason)
        audit.record(actor, verb, reason, room=room, before=before, after=after)


def _fact(value: Any) -> Any:
    return rows.wire_time(value) if isinstance(value, datetime) else value
