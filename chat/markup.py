"""From what a member typed to the HTML that others see.

markdown-it-py makes the HTML (raw HTML in the source stays text), nh3 then lets through only what
is listed here. A body without any markup takes a short way that yields the same HTML.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MENTION = re.compile(r"(?<![\w@./-])@([a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?)", re.IGNORECASE)
# The address of a room, where a word may begin: not within an address of the web.
ROOM_LINK = re.compile(
    r"(?<![^\s(\[\"'*~_,;])#([a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?)(?![\w#-])", re.I
)
# An emoji of the site's own by its name, where a word may begin; several may follow each other.
EMOJI = re.compile(r"(?<![\w@/.#&=?%+-]):([a-z0-9](?:[a-z0-9_+-]{0,28}[a-z0-9])?):(?!\w)", re.I)
# What calls everybody in a room, or who is there of them, instead of a handle.
CALLS = ("room", "here")
CALL = re.compile(r'<span class="mention" data-call="(room|here)"')
# What its author does, told like a stage direction.
ACTION = re.compile(r"/me\s+(?=\S)")
# One line of letters, digits, single spaces, and marks that mean nothing in markdown where they
# stand, and nothing that could be a link or a list; but see ``is_plain``. Long runs of one class of
# characters: a branch for each character took five times as long.
PLAIN = re.compile(
    r"(?!\d+[.)](?:\s|\Z))"
    r"(?:[\w ,;?'\"()%–—…“”’‘!]++|[:.](?= |\Z)|(?<=\w)-(?=\w))++\Z"
)

TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span",
    "room-link", "img",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "p": {"class"},
    "room-link": {"slug"},
    "img": {"alt", "title"},  # and of class and src only ours
    "span": {"class", "data-user", "data-call"},
    "pre": {"class"},
    "code": {"class"},
    "th": {"class"},
    "td": {"class"},
}
SCHEMES = {"http", "https", "mailto"}
LINK_REL = "noopener noreferrer nofollow ugc"
# The parser fills short rows of a table up to its widest: a body of 4,000 characters could become a
# page of 65,000 empty cells, larger than a frame and seconds in the making.
CELLS_MAX = 2000  # that a body's lines and bars could make
# Lexers take time that grows with the square of what they read, and the member chooses the lexer.
HIGHLIGHT_MAX = 2000  # characters of code in one message; more of it stays plain

Handles = Mapping[str, tuple[int, str]]  # handle → (user id, name)
Pictures = Mapping[str, str]  # name of an emoji of the site's own → address of its picture


def handles_in(body: str) -> set[str]:
    """Return the handles that ``body`` may mention, in lower case."""
    return {match.lower() for match in MENTION.findall(body)} if "@" in body else set()


def emoji_in(body: str) -> set[str]:
    """Return the names of the site's own emoji that ``body`` may show."""
    return {match.lower() for match in EMOJI.findall(body)} if ":" in body else set()


def is_plain(body: str) -> bool:
    """Whether ``body`` is without any markup, and so mentions nobody and takes no time."""
    return "_" not in body and "  " not in body and PLAIN.match(body) is not None


def plain_html(body: str) -> str | None:
    """Return the HTML of a body without any markup; None for any other."""
    return f"<p>{body}</p>" if is_plain(body) else None


def render(
    body: str,
    handles: Handles | None = None,
    *,
    calls: bool = False,
    pictures: Pictures | None = None,
) -> tuple[str, list[int]]:
    """Return the safe HTML of ``body``, and the ids of the members it mentions, each once.

    ``handles`` are the members who can be mentioned; with ``calls``, everybody can. A handle within
    code mentions nobody. ``:name:`` of one of ``pictures`` becomes that picture; within code, or of
    another name, it stays text. ``#slug`` becomes an element that a page makes a link if its reader
    may know of that room: nothing is looked up here, so nothing can be given away.
    """
    if (html := plain_html(body)) is not None:
        return html, []
    return from_markdown(body, handles or {}, calls, pictures or {})


def from_markdown(
    body: str, handles: Handles, calls: bool = False, pictures: Pictures = MappingProxyType({})
) -> tuple[str, list[int]]:
    """The same, by the long way."""
    mentioned: dict[int, None] = {}
    environment: dict[str, Any] = {
        "handles": handles,
        "mentioned": mentioned,
        "calls": calls,
        "pictures": pictures,
    }
    parser = _parser_for(body)
    if action := ACTION.match(body):
        html = f'<p class="action">{parser.renderInline(body[action.end() :], environment)}</p>'
    else:
        html = parser.render(body, environment)
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
        tag_attribute_values={"img": {"class": {"emoji"}, "src": set(pictures.values())}},
    )
    return safe.strip(), list(mentioned)


def call_in(html: str) -> str | None:
    """Return whom rendered ``html`` calls: "room", "here" or nobody. In text there is no ``<``."""
    found = set(CALL.findall(html))
    return next((call for call in CALLS if call in found), None)


def _parser_for(body: str) -> MarkdownIt:
    lines = body.splitlines()
    cells = len(lines) * (max(line.count("|") for line in lines) + 1) if "|" in body else 0
    code = len(body) if "```" in body or "~~~" in body else 0
    return _markdown(cells <= CELLS_MAX, code <= HIGHLIGHT_MAX)


@cache
def _markdown(tables: bool, highlighting: bool) -> MarkdownIt:
    """Return a parser: CommonMark without raw HTML or images, with links and mentions."""
    parser = MarkdownIt(
        "commonmark",
        {
            "html": False,
            "linkify": True,
            "breaks": True,
            "highlight": _highlight if highlighting else None,
        },
    )
    parser.enable(["strikethrough", "linkify"])
    if tables:
        parser.enable("table")
    # Somebody's picture from elsewhere would tell them who reads when.
    parser.disable(["image"])
    parser.inline.ruler.before("link", "mention", _mention)
    parser.inline.ruler.before("link", "room_link", _room_link)
    parser.inline.ruler.before("link", "emoji", _emoji)
    for sign in "@#:":
        parser.inline.add_terminator_char(sign)
    return parser


def _mention(state: StateInline, silent: bool) -> bool:
    """Turn ``@handle`` of a known member into a mention, and ``@room`` into a call."""
    if state.src[state.pos] != "@":
        return False
    match = MENTION.match(state.src, state.pos)
    if not match:
        return False
    handle = match[1].lower()
    if handle in CALLS and state.env["calls"]:
        if not silent:
            _push_mention(state, "data-call", handle, handle)
    elif known := state.env["handles"].get(handle):
        if not silent:
            user_id, name = known
            state.env["mentioned"][user_id] = None
            _push_mention(state, "data-user", str(user_id), name)
    else:
        return False
    state.pos = match.end()
    return True


def _push_mention(state: StateInline, attribute: str, value: str, name: str) -> None:
    token = state.push("mention_open", "span", 1)
    token.attrs = {"class": "mention", attribute: value}
    state.push("text", "", 0).content = f"@{name}"
    state.push("mention_close", "span", -1)


def _emoji(state: StateInline, silent: bool) -> bool:
    """Turn ``:name:`` of a known emoji into its picture."""
    if state.src[state.pos] != ":":
        return False
    match = EMOJI.match(state.src, state.pos)
    address = match and state.env["pictures"].get(match[1].lower())
    if not match or not address:
        return False
    if not silent:
        name = match[0].lower()
        token = state.push("emoji", "img", 0)
        token.attrs = {"class": "emoji", "src": address, "alt": name, "title": name}
    state.pos = match.end()
    return True


def _room_link(state: StateInline, silent: bool) -> bool:
    """Turn ``#slug`` into what may become a link to that room, whether there is one or not."""
    if state.src[state.pos] != "#":
        return False
    match = ROOM_LINK.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push("room_link_open", "room-link", 1)
        token.attrs = {"slug": match[1].lower()}
        state.push("text", "", 0).content = match[0]
        state.push("room_link_close", "room-link", -1)
    state.pos = match.end()
    return True


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Return ``code`` with Pygments' classes, or "" (plain) for a language it does not know."""
    if not language:
        return ""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return ""
    inner = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return f'<pre class="highlight"><code>{inner}</code></pre>'
