"""The texts of the site in its languages: found in the code, kept in locale/, handed to browsers.

A language has one catalogue, ``locale/<language>/LC_MESSAGES/django.po``, with the texts of pages,
services and scripts alike. Django reads its compiled form; the scripts' part of it is written to
``static/js/words/``: what a room's first page needs, and the rest. Both are kept with the code, so
that nothing but Python is needed to run the site; Babel, which makes them, is needed by those who
change texts.
"""

import io
import json
import re
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

from chatsite import script_texts

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
CODE = ("accounts", "chat", "chatsite")
FIELD = re.compile(r"[a-z_]+: ")  # that a refusal names first, for programs
LINE_WIDTH = 100
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)


def translated_languages() -> list[str]:
    """Return the languages that need a catalogue: all but the one the code is written in."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue_path(language: str) -> Path:
    """Return where the texts of ``language`` are translated."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def words_path(language: str) -> Path:
    """Return where a browser finds the scripts' texts of ``language`` that it needs at once."""
    return script_texts.WORDS / f"{language}.js"


def rest_path(language: str) -> Path:
    """Return where it finds the others."""
    return script_texts.WORDS / f"{language}-rest.js"


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
    for path, text in _sources():
        for _line, message, comments, context in extract(
            "python", io.BytesIO(text), PYTHON_WORDS, ["Translators:"], {"encoding": "utf-8"}
        ):
            found.add(message, locations=[_place(path)], auto_comments=comments, context=context)
    for path in script_texts.scripts():
        for texts in script_texts.texts_in(path):
            found.add(texts if len(texts) > 1 else texts[0], locations=[_place(path)])
    return found


def _place(path: Path) -> tuple[str, int]:
    return path.relative_to(ROOT).as_posix(), 0


def _sources() -> Iterator[tuple[Path, bytes]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for suffix in ("*.html", "*.txt"):
        for path in sorted((ROOT / "templates").rglob(suffix)):
            code = templatize(path.read_text(), origin=path.name)
            # Indented as the page is, which would mean something in Python.
            yield path, "\n".join(map(str.lstrip, code.splitlines())).encode()


def brought_up(language: str, found: Catalog) -> Catalog:
    """Return the catalogue of ``language`` with the texts ``found`` and no others."""
    catalogue = read(language)
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts that lack a translation, or one of its forms, or a placeholder or field."""
    return [_first(message.id) for message in catalogue if message.id and not _is_whole(message)]


def _is_whole(message: Any) -> bool:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(forms) or message.fuzzy or list(message.check()):
        return False
    field = FIELD.match(_first(message.id))
    if field is not None and not all(form.startswith(field[0]) for form in forms):
        return False
    return not _scripts_of(message) or not script_texts.lacks_places(message.id, forms)


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


def as_words(catalogue: Catalog) -> tuple[str, str]:
    """Return the modules with the texts that scripts show: those that are needed at once, the rest.

    A text has its translation there, or the forms of it.
    """
    first: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for message in catalogue:
        if message.id and (places := _scripts_of(message)):
            is_at_once = not places.isdisjoint(script_texts.loaded_at_once())
            (first if is_at_once else rest)[_first(message.id)] = message.string
    more = f'export const rest = () => import("./{catalogue.locale_identifier}-rest.js");\n'
    return _module(first) + more, _module(rest)


def _scripts_of(message: Any) -> set[Path]:
    paths = {ROOT / name for name, _line in message.locations}
    return {path for path in paths if script_texts.SCRIPTS in path.parents}


def _module(words: dict[str, Any]) -> str:
    told = json.dumps(dict(sorted(words.items())), ensure_ascii=False, indent=0)
    return f"// Written by `manage.py words`.\nexport default {told};\n"


def _first(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]
