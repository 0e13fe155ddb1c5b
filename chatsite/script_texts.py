"""The texts in the scripts, and which of them a room's first page needs.

A text stands there as one literal in double quotes: ``gettext("Reply to {name}", { name })``. What
chat.js imports at once takes it from language.js; modules that are loaded when they are first
needed take it from all-words.js, which has the texts of all of them.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from chatsite.storage import without_comments

ROOT = Path(settings.BASE_DIR)
SCRIPTS = ROOT / "static/js"
WORDS = SCRIPTS / "words"  # written, never read
FIRST = SCRIPTS / "chat.js"
AT_ONCE, IN_ALL = SCRIPTS / "language.js", SCRIPTS / "all-words.js"

LITERAL = r'"(?:[^"\\\n]|\\.)*"'
ASKED = re.compile(r"(?<!function )\bn?gettext\(")
TEXT = re.compile(rf"\bgettext\(\s*({LITERAL})|\bngettext\(\s*({LITERAL})\s*,\s*({LITERAL})")
IMPORTED = re.compile(
    r"""(?:^|;)\s*(?:import|export)\s*(?:[^"'()]*?from\s*)?["'](\.[^"']+)""", re.MULTILINE
)
PLACE = re.compile(r"\{(\w+)\}")


def scripts() -> Iterator[Path]:
    """Yield the site's own scripts."""
    return (path for path in sorted(SCRIPTS.rglob("*.js")) if path.parent != WORDS)


def texts_in(path: Path) -> list[tuple[str, ...]]:
    """Return the texts of a script: each alone, or with its plural.

    Raises ValueError where one is no literal, which nobody could translate.
    """
    script = without_comments(path.read_bytes()).decode()
    found = [match.groups() for match in TEXT.finditer(script)]
    if len(found) != len(ASKED.findall(script)):
        raise ValueError(f"{path.name}: gettext takes literals in double quotes")
    return [tuple(json.loads(each) for each in match if each) for match in found]


@cache
def loaded_at_once() -> frozenset[Path]:
    """Return the modules that a room's first page loads: chat.js, and what it imports."""
    found: set[Path] = set()
    ahead = [FIRST]
    while ahead:
        path = ahead.pop()
        if path not in found:
            found.add(path)
            ahead += _imports(path)
    return frozenset(found)


def misplaced() -> list[str]:
    """Return the scripts that take their texts from where these may not be."""
    return [
        path.name
        for path in scripts()
        if path != IN_ALL and (IN_ALL if path in loaded_at_once() else AT_ONCE) in _imports(path)
    ]


def lacks_places(text: str | tuple[str, ...], told: tuple[str, ...]) -> bool:
    """Tell whether a translation names other places than its text, or leaves one out.

    The number of a plural may be told in words.
    """
    texts = (text,) if isinstance(text, str) else text
    places = [set(PLACE.findall(each)) for each in texts]
    allowed, needed = set().union(*places), set.intersection(*places)
    if len(texts) > 1:
        needed -= {"n"}
    return any(not needed <= set(PLACE.findall(each)) <= allowed for each in told)


def _imports(path: Path) -> list[Path]:
    return [(path.parent / address).resolve() for address in IMPORTED.findall(path.read_text())]
