"""The texts of the site in its languages: found in the code, kept in locale/, handed to browsers.

A language has one catalogue, ``locale/<language>/LC_MESSAGES/django.po``, with the texts of pages,
services and scripts alike. Django reads its compiled form; the scripts' part of it is written to
``static/js/words/<language>.js``. Both are kept with the code, so that nothing but Python is needed
to run the site; Babel, which makes them, is needed by those who change texts.
"""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
PYTHON_WORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
SCRIPT_WORDS: dict[str, Any] = {"gettext": None, "ngettext": (1, 2)}
CODE = ("accounts", "chat", "chatsite")
SCRIPTS = "static/js"
WORDS = "static/js/words"  # written here, never read
LINE_WIDTH = 100
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)


def translated_languages() -> list[str]:
    """Return the languages that need a catalogue: all but the one the code is written in."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue_path(language: str) -> Path:
    """Return where the texts of ``language`` are translated."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def words_path(language: str) -> Path:
    """Return where a browser finds the scripts' texts of ``language``."""
    return ROOT / WORDS / f"{language}.js"


def read(language: str) -> Catalog:
    """Return what is translated to ``language`` so far."""
    path = catalogue_path(language)
    text = path.read_bytes() if path.exists() else b""
    catalogue = read_po(io.BytesIO(text), locale=language)
    # Its compiled form holds them, and shall change with the texts alone.
    catalogue.creation_date = catalogue.revision_date = UNDATED
    return catalogue


def found_texts() -> Catalog:
    """Return all texts of the code, each with the files where it stands."""
    found = Catalog(creation_date=UNDATED)
    for path, keywords, text in _sources():
        name = path.relative_to(ROOT).as_posix()
        language = "javascript" if path.suffix == ".js" else "python"
        options = {"encoding": "utf-8", "parse_template_string": "yes"}
        for _line, message, comments, context in extract(
            language, io.BytesIO(text), keywords, ["Translators:"], options
        ):
            found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def _sources() -> Iterator[tuple[Path, dict[str, Any], bytes]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, PYTHON_WORDS, path.read_bytes()
    for suffix in ("*.html", "*.txt"):
        for path in sorted((ROOT / "templates").rglob(suffix)):
            code = templatize(path.read_text(), origin=path.name)
            # Indented as the page is, which would mean something in Python.
            yield path, PYTHON_WORDS, "\n".join(map(str.lstrip, code.splitlines())).encode()
    for path in sorted((ROOT / SCRIPTS).rglob("*.js")):
        if path.parent != ROOT / WORDS:
            yield path, SCRIPT_WORDS, path.read_bytes()


def brought_up(language: str, found: Catalog) -> Catalog:
    """Return the catalogue of ``language`` with the texts ``found`` and no others."""
    catalogue = read(language)
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts that lack a translation, or one of its forms, or a placeholder."""
    return [_first(message.id) for message in catalogue if message.id and not _is_whole(message)]


def _is_whole(message: Any) -> bool:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy and not list(message.check())


def as_po(catalogue: Catalog) -> bytes:
    """Return the catalogue as it is kept: by text, without lines that change with the code."""
    out = io.BytesIO()
    write_po(
        out, catalogue, width=LINE_WIDTH, sort_output=True, omit_header=True, include_lineno=False
    )
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    header += f'"Language: {catalogue.locale_identifier}\\n"\n'
    header += f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    return header.encode() + out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Return the catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def as_words(catalogue: Catalog) -> str:
    """Return the module with the texts that scripts show: by text, a string or its forms."""
    words = {
        _first(message.id): message.string
        for message in catalogue
        if message.id and any(name.startswith(SCRIPTS) for name, _line in message.locations)
    }
    told = json.dumps(dict(sorted(words.items())), ensure_ascii=False, indent=0)
    return f"// Written by `manage.py words`.\nexport default {told};\n"


def _first(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]
