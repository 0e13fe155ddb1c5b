"""Brings the catalogues of all languages up to the texts in the code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

MISPLACED = (
    "Modules that a room's first page loads take gettext from language.js, the others from "
    "all-words.js. It is the other way round in: "
)
SHOWN_MAX = 20  # texts that are named when translations are missing


class Command(BaseCommand):
    """manage.py words [--check]"""

    help = "Collects all texts into locale/, and writes what servers and browsers read of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --check."""
        parser.add_argument(
            "--check", action="store_true", help="only say whether every text is translated"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write the catalogues, or compare them."""
        from chatsite import languages, script_texts  # Babel comes with requirements-dev.txt alone

        if misplaced := script_texts.misplaced():
            raise CommandError(MISPLACED + ", ".join(misplaced))
        found = languages.found_texts()
        behind, missing = [], []
        for language in languages.translated_languages():
            catalogue = languages.brought_up(language, found)
            po = languages.catalogue_path(language)
            words, rest = languages.as_words(catalogue)
            fresh = {
                po: languages.as_po(catalogue),
                po.with_suffix(".mo"): languages.as_mo(catalogue),
                languages.words_path(language): words.encode(),
                languages.rest_path(language): rest.encode(),
            }
            behind += [path for path, content in fresh.items() if not _holds(path, content)]
            missing += [f"{language}: {text}" for text in languages.untranslated(catalogue)]
            if not check:
                _write(fresh)
        if missing:
            shown = "\n".join(missing[:SHOWN_MAX])
            raise CommandError(f"{len(missing)} texts are not translated, such as:\n{shown}")
        if check and behind:
            raise CommandError("The catalogues are behind the code: run `manage.py words`.")


def _holds(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


def _write(files: dict[Path, bytes]) -> None:
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
