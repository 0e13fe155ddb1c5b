"""The site's own emoji: moderators of the site add and remove them, all members use them."""

import msgspec
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import pictures
from accounts.models import User
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import CustomEmoji, SiteState
from chat.models.emoji import EMOJI_COUNT_MAX, EMOJI_NAME, EMOJI_NAME_MAX

UPLOAD_MAX = 1024 * 1024  # bytes
SIDE = 96  # px of the longer side of what is stored: shown at 24, on a dense screen, or at 48


class EmojiRow(msgspec.Struct, frozen=True):
    """An emoji of the site's own: reacted with as ``:name:``, its picture at ``url``."""

    name: str
    url: str


class EmojiRows(msgspec.Struct, frozen=True):
    """All of them, by name."""

    emoji: list[EmojiRow]


def add(actor: User, name: str, upload: UploadedFile) -> CustomEmoji:
    """Add an emoji. Its picture is drawn anew, so nothing else of the file is kept.

    Raises Forbidden, or Invalid in words for whoever uploaded it.
    """
    _check_moderator(actor)
    name = name.strip().strip(":").lower()
    _check_name(name)
    try:
        picture = pictures.within(upload, SIDE, UPLOAD_MAX)
    except ValidationError as error:
        raise Invalid("picture: %(told)s", told=" ".join(error.messages)) from error
    with transaction.atomic():
        _take_turns()
        _check_room_for(name)
        return CustomEmoji.objects.create(name=name, picture=picture, added_by=actor)


def remove(actor: User, name: str) -> None:
    """Remove an emoji. Where it was used its name stays. Raises Forbidden or NotFound."""
    _check_moderator(actor)
    deleted, _kinds = CustomEmoji.objects.filter(name=name).delete()
    if not deleted:
        raise NotFound(_("There is no such emoji."))


def all_emoji() -> EmojiRows:
    """Return the site's own emoji, by name."""
    names = CustomEmoji.objects.values_list("name", flat=True)
    return EmojiRows([EmojiRow(name, reverse("chat:emoji", args=[name])) for name in names])


def picture_of(name: str) -> bytes:
    """Return the picture of an emoji, as WebP. Raises NotFound."""
    found = CustomEmoji.objects.filter(name=name).values_list("picture", flat=True).first()
    if found is None:
        raise NotFound(_("There is no such emoji."))
    return bytes(found)


def _check_moderator(actor: User) -> None:
    if not actor.is_moderator:
        raise Forbidden(_("Only moderators of the site may change its emoji."))


def _take_turns() -> None:
    """Let nobody else add an emoji until the transaction ends: so name and limit hold."""
    site = SiteState.current()
    SiteState.objects.select_for_update(no_key=True).get(pk=site.pk)


def _check_room_for(name: str) -> None:
    if CustomEmoji.objects.filter(name=name).exists():
        raise Invalid(_("name: there is an emoji :%(name)s: already."), name=name)
    if CustomEmoji.objects.count() >= EMOJI_COUNT_MAX:
        raise Invalid(
            _("The site has %(most)s emoji, which is the most: remove one first."),
            most=EMOJI_COUNT_MAX,
        )


def _check_name(name: str) -> None:
    if len(name) > EMOJI_NAME_MAX:
        raise Invalid(_("name: at most %(most)s characters."), most=EMOJI_NAME_MAX)
    try:
        EMOJI_NAME(name)
    except ValidationError as error:
        raise Invalid("name: %(told)s", told=" ".join(error.messages)) from error
