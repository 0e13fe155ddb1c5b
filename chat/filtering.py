"""What filters look for in what somebody says. No I/O.

Patterns are RE2's: matching takes time in proportion to the text whatever the pattern, where
Python's own would take years for ``(a+)+$`` and a line of a's. What RE2 cannot do in such time,
look-around and back-references, it refuses when the filter is saved.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

import re2
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chat.errors import Invalid
from chat.models import Filter

WORDS_MEMORY = 8 << 20  # bytes, of a compiled list of words
PATTERN_MEMORY = 1 << 20  # bytes, of a compiled pattern: some milliseconds for a long message
PATTERN_MAX = 200  # characters
RECENT_MAX = 50  # of an author's newest messages, that floods and repetitions are looked for in
HREF = re.compile(r'<a href="([^"]*)"')
DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*\Z")
# RE2's \b knows ASCII alone.
WORD = r"(?:^|[^\pL\pN_])(?:%s)(?:$|[^\pL\pN_])"


class Recent(NamedTuple):
    """What an author said before, as far as floods and repetitions go."""

    at: datetime
    room: int
    text: str  # folded
    mentions: int


@dataclass(frozen=True)
class Said:
    """What is said somewhere, with the HTML that it becomes."""

    room: int
    body: str
    html: str
    mentions: int  # members, and calls to all
    options: tuple[str, ...] = ()  # of a poll

    @cached_property
    def text(self) -> str:
        """All that is read of it."""
        return "\n".join((self.body, *self.options))

    @cached_property
    def folded(self) -> str:
        """The text without what can be varied unseen: case, width, what takes no room."""
        return fold(self.text)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts that it links to, but for the site's own."""
        if '<a href="' not in self.html:
            return frozenset()
        hosts = {_host(href) for href in HREF.findall(self.html)}
        return frozenset(hosts - {"", *settings.ALLOWED_HOSTS})


class Author(NamedTuple):
    """What a filter asks of whoever says it."""

    joined_at: datetime
    recent: Sequence[Recent] = ()


class Rule:
    """A filter made ready. Raises Invalid for one that cannot be."""

    def __init__(self, source: Filter) -> None:
        self.source = source
        self.id = source.pk
        self.room = source.room_id
        self.kind = source.kind
        self.also_moderators = source.also_moderators
        self._window = timedelta(seconds=source.window)
        self._new_for = timedelta(hours=source.new_for)
        self._patterns: list = []
        self._domains: frozenset[str] = frozenset()
        match source.kind:
            case Filter.Kind.WORDS:
                self._patterns = [_words(_lines(source))]
            case Filter.Kind.PATTERNS:
                self._patterns = [_pattern(line) for line in _lines(source)]
            case Filter.Kind.LINKS:
                self._domains = frozenset(_domain(line) for line in _lines(source))

    @property
    def needs_recent(self) -> bool:
        """Whether what the author said before has to be known."""
        return self.kind in (Filter.Kind.MENTIONS, Filter.Kind.REPEATS)

    @property
    def is_pace(self) -> bool:
        """Whether it catches nothing and slows new members down."""
        return self.kind == Filter.Kind.NEWCOMERS and self.source.newcomers == "pace"

    def is_new(self, joined_at: datetime, now: datetime) -> bool:
        """Whether one who joined then is a new member."""
        return now - joined_at < self._new_for

    def may_catch(self, said: Said) -> bool:
        """Whether it catches ``said``, as far as the text alone tells."""
        match self.kind:
            case Filter.Kind.WORDS:
                return any(pattern.search(said.folded) for pattern in self._patterns)
            case Filter.Kind.PATTERNS:
                return any(pattern.search(said.text) for pattern in self._patterns)
            case Filter.Kind.LINKS:
                return self._catches_links(said.hosts)
            case Filter.Kind.MENTIONS:
                return said.mentions > 0
            case Filter.Kind.NEWCOMERS if self.source.newcomers == Filter.Newcomers.LINKS:
                return bool(said.hosts)
        return True

    def catches(self, said: Said, author: Author, now: datetime) -> bool:
        """Whether it catches ``said`` by ``author``; ``may_catch`` was asked before."""
        match self.kind:
            case Filter.Kind.MENTIONS:
                before = sum(recent.mentions for recent in self._lately(said, author, now))
                return before + said.mentions > self.source.limit
            case Filter.Kind.REPEATS:
                same = [r for r in self._lately(said, author, now) if r.text == said.folded]
                return len(same) >= self.source.limit
            case Filter.Kind.NEWCOMERS:
                return not self.is_pace and self.is_new(author.joined_at, now)
        return True

    def _lately(self, said: Said, author: Author, now: datetime) -> Iterable[Recent]:
        return (
            recent
            for recent in author.recent
            if now - recent.at < self._window and self.room in (None, recent.room)
        )

    def _catches_links(self, hosts: frozenset[str]) -> bool:
        if self.source.domains == Filter.Domains.ALLOWED:
            return any(not self._is_listed(host) for host in hosts)
        return any(self._is_listed(host) for host in hosts)

    def _is_listed(self, host: str) -> bool:
        """Whether a domain of the list, or one above it, is that of ``host``."""
        labels = host.split(".")
        return any(".".join(labels[start:]) in self._domains for start in range(len(labels)))


def fold(text: str) -> str:
    """Return ``text`` in one case, width and spacing, without characters that take no room."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(text.casefold().split())


def _lines(source: Filter) -> list[str]:
    if not (lines := source.lines):
        raise Invalid(_("text: there is nothing to look for."))
    return lines


def _words(words: list[str]) -> re2._Regexp:
    alternatives = []
    for word in words:
        stem = fold(word.removesuffix("*"))
        if not stem:
            raise Invalid(_("text: a word is more than a star."))
        alternatives.append(re2.escape(stem) + (r"[\pL\pN_]*" if word.endswith("*") else ""))
    return _compiled(WORD % "|".join(alternatives), WORDS_MEMORY)


def _pattern(pattern: str) -> re2._Regexp:
    if len(pattern) > PATTERN_MAX:
        raise Invalid(_("text: a pattern has at most %(most)s characters."), most=PATTERN_MAX)
    return _compiled(pattern, PATTERN_MEMORY)


def _compiled(pattern: str, memory: int) -> re2._Regexp:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        [told] = error.args
        told = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
        raise Invalid(
            _("text: %(pattern)s cannot be looked for: %(told)s."),
            pattern=pattern[:PATTERN_MAX],
            told=told,
        ) from None


def _domain(line: str) -> str:
    domain = line.lower().removeprefix("*.").strip(".")
    if not DOMAIN.match(domain):
        raise Invalid(_("text: %(line)s is not a domain."), line=line[:PATTERN_MAX])
    return _in_ascii(domain)


def _host(href: str) -> str:
    """Return the host that a link leads to, as the network knows it; nothing for other links."""
    try:
        host = urlsplit(href.replace("&amp;", "&")).hostname or ""
    except ValueError:
        return ""
    return _in_ascii(host.rstrip("."))


def _in_ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode()
    except UnicodeError:
        return host.lower()
