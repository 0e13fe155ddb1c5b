"""What members do with messages: post, edit, remove, react, pin."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID, uuid5

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import markup
from chat.errors import ChatError, Forbidden, Invalid, NotFound
from chat.filtering import Said
from chat.models import (
    Call,
    CustomEmoji,
    Mention,
    Message,
    MessageEdit,
    Pin,
    Poll,
    Reaction,
)
from chat.models.audit import Verb
from chat.models.emoji import EMOJI_NAME_MAX
from chat.models.message import EMOJI_MAX
from chat.models.pin import PINS_MAX
from chat.permissions import (
    NO_MESSAGE,
    check_may_write,
    check_steward,
    check_writable,
    may_delete,
)
from chat.sentences import A_DIRECT_CONVERSATION, filled
from chat.services import audit, blocks, indexing, sanctions, screening, threads
from chat.services.access import room_of_message
from chat.services.changing import RoomChange, changing
from chat.services.posting import Ack, Post, clean_body, handles_for, pictures_for, post_many

REACTIONS_MAX = 50  # different emoji on one message
REACTED_MAX = 10_000  # reactions to one message, which must fit a frame
EMOJI_JOINERS = {"\u200d", "\ufe0f", "\u20e3"}
EMOJI_CATEGORIES = {"So", "Sk", "Sm", "Mn", "Me", "Cf"}
KEYCAPS = set("0123456789#*")
# A flag, a keycap, or one picture: with its variation, skin tone or tags, others joined to it.
_MARK = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_PICTURE = rf"[^\u200d\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]{_MARK}*"
ONE_EMOJI = re.compile(
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*)\\Z"
)
CUSTOM = re.compile(rf":[a-z0-9_+-]{{1,{EMOJI_NAME_MAX}}}:\Z")  # an emoji of the site's own


def post(
    actor: User,
    room_id: int,
    client_id: UUID,
    body: str,
    reply_to: int | None = None,
    thread: int | None = None,
    attachments: Sequence[str | int] = (),
    *,
    in_room: bool = False,
) -> Ack:
    """Post a message as ``actor``. The same client_id again stores nothing more.

    Raises Invalid, TooLarge, NotFound, Forbidden or SlowMode.
    """
    wanted = Post(
        actor.pk, room_id, client_id, body, reply_to, thread, attachments, in_room=in_room
    )
    [outcome] = post_many([wanted])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def edit(actor: User, message_id: int, body: str, *, released: bool = False) -> Ack:
    """Replace the body of one's own message; the earlier one is kept.

    ``released``: a moderator let through what a filter had held. Raises Invalid, TooLarge, NotFound
    (also for a tombstone) or Forbidden.
    """
    body = clean_body(body)
    if not released:
        _screen_edit(actor, message_id, body)
    with _message(actor, message_id) as (change, message):
        seat = change.require_seat(actor, NO_MESSAGE)
        _check_not_gone(message)
        if message.author_id != actor.pk:
            raise Forbidden(_("Only its author may edit a message."))
        if message.forwarded:
            raise Forbidden(_("A forwarded message is somebody's word: it cannot be edited."))
        check_may_write(change.room, seat)
        if body != message.body:
            _keep_body(message, actor)
            handles = handles_for({message.room_id: [body]})[message.room_id]
            message.body = body
            # An edit calls nobody anew, and takes back what is not in it any more.
            is_call = hasattr(message, "call")
            message.html, mentions = markup.render(
                body, handles, calls=is_call, pictures=pictures_for([body])
            )
            if is_call and markup.call_in(message.html) is None:
                _take_back_call(message)
            message.edited_at = timezone.now()
            _set_mentions(message, mentions)
            _store(change, message)
            indexing.keep(message)
        return _ack(change, message)


def remove(actor: User, message_id: int, reason: str = "") -> Ack:
    """Turn a message into a tombstone. A second time changes nothing.

    Raises NotFound, Forbidden or TooLarge.
    """
    with _message(actor, message_id) as (change, message):
        seat = change.seat_of(actor)
        if not actor.is_moderator:
            seat = change.require_seat(actor, NO_MESSAGE)
        if not may_delete(actor, seat, message):
            raise Forbidden(_("Only its author or a moderator may delete a message."))
        if not (actor.is_moderator or (seat is not None and seat.is_steward)):
            check_writable(change.room)
        if not message.is_tombstone:
            bury(actor, change, message)
            if message.author_id != actor.pk:
                _record_removal(actor, change, message, reason)
        return _ack(change, message)


def restore(actor: User, message_id: int, reason: str = "") -> Ack:
    """Bring back a message that a moderator deleted. Reactions do not come back.

    Who looks after the room may; what its author took back stays away. Raises NotFound, Forbidden
    or TooLarge.
    """
    reason = audit.clean_reason(reason)
    with _message(actor, message_id) as (change, message):
        seat = change.seat_of(actor)
        if not actor.is_moderator:
            seat = change.require_seat(actor, NO_MESSAGE)
        check_steward(actor, seat, _("Only owners and moderators may restore messages."))
        if not message.is_tombstone:
            return _ack(change, message)
        if message.deleted_by_id == message.author_id:
            raise Forbidden(_("Its author deleted this message."))
        _unbury(change, message)
        audit.record(
            actor, Verb.RESTORE_MESSAGE, reason, room=message.room_id, user=message.author_id,
            message=message, before={"deleted": True}, after={"deleted": False},
        )  # fmt: skip
        return _ack(change, message)


def bury(actor: User, change: RoomChange, message: Message) -> None:
    """Make ``message`` a tombstone, in its room under lock; who may do that was asked before."""
    _keep_body(message, actor)
    message.reactions.all().delete()
    _set_mentions(message, [])
    _take_back_call(message)
    Poll.objects.filter(message=message).delete()
    message.body = message.html = ""
    message.pinned = False
    Pin.objects.filter(message=message).delete()
    message.deleted_at = timezone.now()
    message.deleted_by = actor
    _store(change, message)
    indexing.forget(change.room.pk, [message])
    if message.thread_id is not None:
        threads.recount(change, message)


def react(actor: User, message_id: int, emoji: str, on: bool) -> Ack:
    """Put an emoji on a message, or take it off. Raises Invalid, NotFound or Forbidden."""
    emoji = clean_emoji(emoji) if on else _clean_symbols(emoji)
    if on:
        _check_known(emoji)
    with _message(actor, message_id) as (change, message):
        seat = change.require_seat(actor, NO_MESSAGE)
        _check_not_gone(message)
        check_may_write(change.room, seat)
        if _set_reaction(actor, message, emoji, on):
            _store(change, message)
        return _ack(change, message)


def pin(actor: User, message_id: int, on: bool) -> Ack:
    """Pin a message to its room, or unpin it. Raises Invalid, NotFound or Forbidden."""
    with _message(actor, message_id) as (change, message):
        seat = change.seat_of(actor)
        if not actor.is_moderator:
            seat = change.require_seat(actor, NO_MESSAGE)
        _check_not_gone(message)
        check_steward(actor, seat, _("Only owners and moderators may pin messages."))
        if message.pinned != on:
            _set_pin(actor, message, on)
            _store(change, message)
        return _ack(change, message)


def clean_emoji(emoji: str) -> str:
    """Return ``emoji`` if it is one emoji, or the :name: of one; raise Invalid otherwise."""
    emoji = _clean_symbols(emoji)
    if not (CUSTOM.match(emoji) or ONE_EMOJI.match(emoji)):
        raise Invalid(_("emoji: one at a time."))
    return emoji


def _clean_symbols(emoji: str) -> str:
    """Return ``emoji`` if there is nothing else in it, or the :name: of one; raise Invalid.

    Judged by Unicode category, so that emoji newer than this Python are let through as well.
    """
    emoji = emoji.strip()
    if CUSTOM.match(emoji):
        return emoji
    symbols = [char for char in emoji if char not in EMOJI_JOINERS]
    keycap = emoji[:1] in KEYCAPS and emoji.endswith("\u20e3")
    if (
        not 0 < len(emoji) <= EMOJI_MAX
        or not symbols
        or not (keycap or all(_is_emoji_part(char) for char in symbols))
    ):
        raise Invalid(_("emoji: that is not an emoji."))
    return emoji


def _check_known(emoji: str) -> None:
    """Refuse the :name: of no emoji. One that is on a message may be taken off all the same."""
    name = emoji.strip(":")
    if name != emoji and not CustomEmoji.objects.filter(name=name).exists():
        raise Invalid(_("emoji: there is no emoji called %(emoji)s here."), emoji=emoji)


def _is_emoji_part(char: str) -> bool:
    category = unicodedata.category(char)
    # Cn: not yet assigned in this Python's Unicode, in the planes where emoji are.
    newer = category == "Cn" and 0x1F000 <= ord(char) <= 0x1FAFF
    return (category in EMOJI_CATEGORIES and ord(char) > 0xA0) or char in "‼⁉ℹ〰" or newer


@contextmanager
def _message(actor: User, message_id: int) -> Iterator[tuple[RoomChange, Message]]:
    """Lock the room of a message and read the message under the lock. Raise NotFound."""
    with changing(room_of_message(actor, message_id)) as change:
        found = Message.objects.filter(pk=message_id).select_related("call", "poll")
        message = found.first()
        if change is None or message is None:
            raise NotFound(NO_MESSAGE)
        yield change, message


def _screen_edit(actor: User, message_id: int, body: str) -> None:
    """Raise what the filters that are live have against the new body, before anything is locked."""
    if not screening.current().rules:
        return
    message = Message.objects.filter(pk=message_id, author=actor, deleted_at=None).first()
    if message is None or message.body == body:
        return
    html, mentions = markup.render(body, handles_for({message.room_id: [body]})[message.room_id])
    said = Said(message.room_id, body, html, len(mentions))
    # The same text for the same message is one edit, however often it is sent.
    client_id = uuid5(message.client_id, body)
    utterance = screening.Utterance(said, actor.pk, client_id, {"edit_of": message})
    [verdict] = screening.judge([utterance])
    if verdict.refusal is not None:
        raise verdict.refusal


def _check_not_gone(message: Message) -> None:
    if message.is_tombstone:
        raise NotFound(NO_MESSAGE)


def _record_removal(actor: User, change: RoomChange, message: Message, reason: str) -> None:
    """Write that a moderator deleted it, and tell its author.

    What it said is kept with the message, not in the trail.
    """
    reason = audit.clean_reason(reason)
    audit.record(
        actor, Verb.DELETE_MESSAGE, reason,
        room=message.room_id, user=message.author_id, message=message,
        before={"deleted": False}, after={"deleted": True},
    )  # fmt: skip
    told = filled(
        _("A moderator deleted your message in %(room)s."),
        room=change.room.name or A_DIRECT_CONVERSATION,
    )
    sanctions.tell_with_reason(message.author_id, "delete", told, reason, change.room.pk)


def _unbury(change: RoomChange, message: Message) -> None:
    kept = message.edits.order_by("-pk").first()
    if kept is None:
        raise Forbidden(_("What it said was not kept."))
    handles = handles_for({message.room_id: [kept.body]})[message.room_id]
    message.body = kept.body
    message.html, mentions = markup.render(kept.body, handles, pictures=pictures_for([kept.body]))
    message.deleted_at = message.deleted_by = None
    kept.delete()  # it is what the message says now, no longer what it said before
    _set_mentions(message, mentions)
    _store(change, message)
    indexing.keep(message)
    if message.thread_id is not None:
        threads.recount(change, message)


def _keep_body(message: Message, actor: User) -> None:
    MessageEdit.objects.create(message=message, body=message.body, replaced_by=actor)


def _set_mentions(message: Message, users: list[int]) -> None:
    message.mentions.exclude(user__in=users).delete()
    silent = blocks.silenced({message.author_id: users})
    Mention.objects.bulk_create(
        [
            Mention(
                message=message,
                user_id=user,
                room_id=message.room_id,
                seq=message.seq,
                silent=(message.author_id, user) in silent,
            )
            for user in users
        ],
        ignore_conflicts=True,
    )


def _take_back_call(message: Message) -> None:
    Call.objects.filter(message=message).delete()
    message._state.fields_cache.pop("call", None)


def _set_reaction(actor: User, message: Message, emoji: str, on: bool) -> bool:
    """Return whether the reactions of ``message`` changed."""
    if not on:
        deleted, _kinds = message.reactions.filter(user=actor, emoji=emoji).delete()
        return bool(deleted)
    kinds = dict(message.reactions.values_list("emoji").annotate(Count("pk")))
    if emoji not in kinds and len(kinds) >= REACTIONS_MAX:
        raise Invalid(
            _("emoji: a message has at most %(most)s different reactions."), most=REACTIONS_MAX
        )
    if sum(kinds.values()) >= REACTED_MAX:
        raise Invalid(_("emoji: a message has at most %(most)s reactions."), most=REACTED_MAX)
    _reaction, made = Reaction.objects.get_or_create(message=message, user=actor, emoji=emoji)
    return made


def _set_pin(actor: User, message: Message, on: bool) -> None:
    """Set whether ``message`` is pinned, unsaved. Raises Invalid where the room has enough."""
    message.pinned = on
    if not on:
        Pin.objects.filter(message=message).delete()
        return
    if Pin.objects.filter(room=message.room_id).count() >= PINS_MAX:
        raise Invalid(
            _("A room has at most %(most)s pinned messages: unpin another one first."),
            most=PINS_MAX,
        )
    Pin.objects.create(message=message, room_id=message.room_id, pinned_by=actor)


def _store(change: RoomChange, message: Message) -> None:
    message.version = change.next_version()
    message.save()
    change.add_message(message)


def _ack(change: RoomChange, message: Message) -> Ack:
    return Ack(change.room.pk, change.room.version, message.seq, message.pk)
