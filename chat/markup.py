"""From what a member typed to the HTML that others see.

markdown-it-py makes the HTML (raw HTML in the source stays text), nh3 then lets through only what
is listed here. A body without any markup takes a short way that yields the same HTML.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MENTION = re.compile(r"(?<![\w@./-])@([a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?)", re.IGNORECASE)
# One line of letters, digits and marks that mean nothing in markdown where they stand, and nothing
# that could be a link or a list.
PLAIN = re.compile(
    r"(?!\d+[.)](?:\s|\Z))"
    r"(?:[^\W_]| (?! )|[,;?'\"()%–—…“”’‘!]|:(?= |\Z)|\.(?= |\Z)|(?<=[^\W_])-(?=[^\W_]))+\Z"
)

TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "span": {"class", "data-user"},
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


def handles_in(body: str) -> set[str]:
    """Return the handles that ``body`` may mention, in lower case."""
    return {match.lower() for match in MENTION.findall(body)} if "@" in body else set()


def render(body: str, handles: Handles | None = None) -> tuple[str, list[int]]:
    """Return the safe HTML of ``body``, and the ids of the members it mentions, each once.

    ``handles`` are the members who can be mentioned. A handle within code mentions nobody.
    """
    if PLAIN.match(body):
        return f"<p>{body}</p>", []
    return from_markdown(body, handles or {})


def from_markdown(body: str, handles: Handles) -> tuple[str, list[int]]:
    """The same, by the long way."""
    mentioned: dict[int, None] = {}
    environment: dict[str, Any] = {"handles": handles, "mentioned": mentioned}
    safe = nh3.clean(
        _parser_for(body).render(body, environment),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
    )
    return safe.strip(), list(mentioned)


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
    parser.inline.add_terminator_char("@")
    return parser


def _mention(state: StateInline, silent: bool) -> bool:
    """Turn ``@handle`` of a known member into a mention."""
    if state.src[state.pos] != "@":
        return False
    match = MENTION.match(state.src, state.pos)
    known = match and state.env["handles"].get(match[1].lower())
    if not match or not known:
        return False
    if not silent:
        user_id, name = known
        state.env["mentioned"][user_id] = None
        token = state.push("mention_open", "span", 1)
        token.attrs = {"class": "mention", "data-user": str(user_id)}
        state.push("text", "", 0).content = f"@{name}"
        state.push("mention_close", "span", -1)
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
