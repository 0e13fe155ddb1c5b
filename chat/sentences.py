"""Sentences of the site's own: made by the services, told in the language of whoever reads them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Sentence
else:
    Sentence = str


# What one without a name is called within a sentence: "in …".
A_DIRECT_CONVERSATION = _("a direct conversation")


def filled(text: Sentence, **values: Any) -> Sentence:
    """Return ``text`` with its ``%(name)s`` replaced, in the language active when it is read.

    ``text`` and the values may be lazy; whole numbers are written as that language writes them.
    """
    return _filled(text, values)


def with_reason(text: Sentence, reason: Sentence) -> Sentence:
    """Return ``text`` with the reason that a moderator gave, if one was given."""
    if not reason:
        return text
    return filled(_("%(told)s The reason: %(reason)s"), told=text, reason=reason)


def followed(text: Sentence, words: str) -> Sentence:
    """Return ``text`` with what somebody had to say about it behind it."""
    return filled("%(told)s %(words)s", told=text, words=words) if words else text


def moment_in(zone: ZoneInfo, moment: datetime) -> Sentence:
    """Return ``moment`` by the clocks of a time zone, as written in the language it is read in."""
    return _moment(moment, zone)


def in_each_language(text: Sentence) -> dict[str, str]:
    """Return a lazy ``text`` in all languages of the site, by their codes."""
    told = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            told[language] = str(text)
    return told


def _fill(text: Sentence, values: dict[str, Any]) -> str:
    return str(text) % {name: _in_figures(value) for name, value in values.items()}


def _in_figures(value: Any) -> Any:
    return number_format(value, force_grouping=True) if type(value) is int else value


def _write_moment(moment: datetime, zone: ZoneInfo) -> str:
    written = date_format(timezone.localtime(moment, zone), "DATETIME_FORMAT")
    # Who never chose a zone is told which one this is.
    return f"{written} UTC" if zone.key == "UTC" else written


_filled = lazy(_fill, str)
_moment = lazy(_write_moment, str)
