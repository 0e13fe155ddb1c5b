"""What one writes to search for messages, and how it is compared with what was said. No I/O.

Both are folded: without case, accents and Arabic vowel signs, letters that are variants of one, and
what cannot be seen. Character by character, so that a place in the folded text leads to one in what
was said.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape

import msgspec
from django.utils.translation import gettext_lazy as _

from chat.errors import Invalid, TooLarge
from chat.sentences import Sentence

SEARCH_MAX = 200  # characters of what one writes to search for
WORDS_MAX = 10  # words and phrases in it
FILTERS_MAX = 10  # members and rooms named in it
WORD_MIN = 3  # characters of the longest word: shorter ones stand in too much of what is said
SYMBOL_MIN = 2  # of those of writings in which a character says a syllable or more
EXCERPT = 220  # characters shown of a message
LEAD = 60  # of these before the first word that was found

ME = "me"  # from:me
MARKS = ("link",)  # has:link

_FILTER = re.compile(r"(from|in|before|after|has):(\S+)\Z", re.I)
_QUOTES = '"“”„‟«»'
_PART = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]|(\S+)")
_SYMBOL = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
_LINK = '<a href="'
# An attribute's value may have a > in it.
_TAG = re.compile(r'<(?:[^>"]|"[^"]*")*>')
_BREAK = re.compile(r"<(?:br|hr|/p|/li|/h[1-6]|/t[hdr]|/pre|/blockquote)\b")
# Letters that are written for each other, and have nothing in Unicode that says so.
_SAME = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ى": "ي", "ة": "ه", "ـ": ""}
)
_MARK_MIN = 10  # combining classes below make another letter, as those of Japanese and Hindi do


class Piece(msgspec.Struct, frozen=True):
    """A part of an excerpt; ``found`` where it is what was searched for."""

    text: str
    found: bool


@dataclass(frozen=True)
class Wanted:
    """What is searched for: all of ``words``, folded, and as far as they are given the filters.

    ``before`` and ``after`` are days of the member who asks; that of ``after`` is included.
    """

    words: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    before: date | None = None
    after: date | None = None
    has_link: bool = False


class _Folds(dict[int, str]):
    """What each character becomes, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isspace() or unicodedata.category(char) == "Cc":
            folded = " "
        else:
            apart = unicodedata.normalize("NFKD", char.casefold()).casefold()
            folded = "".join(map(_folded, apart)).translate(_SAME)
        self[code] = folded
        return folded


def _folded(char: str) -> str:
    if unicodedata.combining(char) >= _MARK_MIN or "\ufe00" <= char <= "\ufe0f":
        return ""
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return "" if category == "Cf" else char


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Return ``text`` as it is compared: two that one would call the same word become equal."""
    return " ".join(text.translate(_FOLDS).split())


def parse(text: str) -> Wanted:
    """Return what ``text`` searches for. Raises Invalid or TooLarge, naming ``q``."""
    if len(text) > SEARCH_MAX:
        raise TooLarge(_("q: at most %(most)s characters."), most=SEARCH_MAX)
    words: list[str] = []
    filters: dict[str, list[str]] = {"from": [], "in": [], "before": [], "after": [], "has": []}
    shortest = True
    for phrase, word in _PART.findall(text):
        if named := _FILTER.match(word):
            filters[named[1].lower()].append(named[2])
            continue
        said = (phrase or word).strip(_QUOTES)
        if folded := fold(said):
            words.append(folded)
            shortest = shortest and _is_short(said)
    if words and shortest:
        raise Invalid(_("q: at least one word needs three letters."))
    if len(words) > WORDS_MAX:
        raise TooLarge(_("q: at most %(most)s words."), most=WORDS_MAX)
    if len(filters["from"]) + len(filters["in"]) > FILTERS_MAX:
        raise TooLarge(_("q: at most %(most)s members and rooms."), most=FILTERS_MAX)
    if not words and not any(filters.values()):
        raise Invalid(_("q: write what you are looking for."))
    if any(mark.lower() not in MARKS for mark in filters["has"]):
        raise Invalid(_("q: after “has:” comes “link”."))
    return Wanted(
        words=tuple(dict.fromkeys(words)),
        senders=_names(filters["from"], "@"),
        rooms=_names(filters["in"], "#"),
        before=_day(filters["before"], _("q: a day is written as before:2026-11-22.")),
        after=_day(filters["after"], _("q: a day is written as after:2026-11-22.")),
        has_link=bool(filters["has"]),
    )


def text_of(body: str, options: Iterable[str] = ()) -> str:
    """Return the text in which a message is found: its body, and the options of its poll."""
    return fold("\n".join((body, *options)))


def has_link(html: str) -> bool:
    """Tell whether a message links to somewhere."""
    return _LINK in html


def excerpt(words: Sequence[str], html: str, body: str, options: Iterable[str] = ()) -> list[Piece]:
    """Return what to show of a message: the text around the first of ``words``, all of them marked.

    That is what one reads of it, or its source where the words are in that alone: in an address
    that a link hides.
    """
    read = _shown(html, options)
    places = _places(words, read)
    if words and not places:
        source = " ".join(body.split())
        if found := _places(words, source):
            read, places = source, found
    return _cut(read, places)


def _is_short(word: str) -> bool:
    return len(word.strip()) < (SYMBOL_MIN if _SYMBOL.search(word) else WORD_MIN)


def _names(given: Iterable[str], sign: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.lower().removeprefix(sign) for name in given))


def _day(given: Sequence[str], otherwise: Sentence) -> date | None:
    """Return the last day that was given. Raises Invalid for what is none."""
    if not given:
        return None
    try:
        return date.fromisoformat("".join(str(unicodedata.decimal(c, c)) for c in given[-1]))
    except ValueError:
        raise Invalid(otherwise) from None


def _shown(html: str, options: Iterable[str]) -> str:
    text = unescape(_TAG.sub("", _BREAK.sub(r" \g<0>", html)))
    return " ".join(" · ".join((text, *options)).split())


def _places(words: Iterable[str], text: str) -> list[tuple[int, int]]:
    """Return from where to where in ``text`` any of the words stand, in order, none overlapping."""
    folded, origins = [], []
    for place, char in enumerate(text):
        for part in _FOLDS[ord(char)]:
            folded.append(part)
            origins.append(place)
    flat, found = "".join(folded), []
    for word in words:
        start = flat.find(word)
        while start >= 0:
            found.append((origins[start], origins[start + len(word) - 1] + 1))
            start = flat.find(word, start + len(word))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _cut(text: str, places: Sequence[tuple[int, int]]) -> list[Piece]:
    first = places[0][0] if places else 0
    begin = _word_start(text, max(0, first - LEAD)) if len(text) > EXCERPT else 0
    end = min(len(text), begin + EXCERPT)
    pieces, at = [], begin
    if begin > 0:
        pieces.append(Piece("…", False))
    for start, stop in places:
        if start >= end:
            break
        if start > at:
            pieces.append(Piece(text[at:start], False))
        pieces.append(Piece(text[start : min(stop, end)], True))
        at = min(stop, end)
    if at < end:
        pieces.append(Piece(text[at:end], False))
    if end < len(text):
        pieces.append(Piece("…", False))
    return pieces


def _word_start(text: str, place: int) -> int:
    """Return where the word after ``place`` begins, unless that is far."""
    space = text.find(" ", place, place + LEAD // 2)
    return space + 1 if place > 0 and space >= 0 else place
