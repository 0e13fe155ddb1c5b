"""Furnishes a site of its own, visits its scenes in Chromium, and tells what does not fit."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from tests.parts.site import ROOT, Site, collected, site_environment

FOLDER = ROOT / "var" / "screenshots"
WIDTHS = (360, 768, 1280, 1920)  # px
SCHEMES = ("light", "dark")


def main() -> int:
    """Take the pictures that were asked for; 1 if anything reaches over an edge or goes wrong."""
    asked = arguments()
    directory = Path(tempfile.mkdtemp(prefix="chat-screenshots-"))
    try:
        return take(asked, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bin/screenshots")
    parser.add_argument("words", nargs="*", help="parts of the names of scenes; all without")
    parser.add_argument("--width", type=int, action="append", choices=WIDTHS)
    parser.add_argument("--scheme", action="append", choices=SCHEMES)
    parser.add_argument("--language", help="all of them in another one: de, ar")
    parser.add_argument("--sheets", action="store_true", help="one picture a scene, side by side")
    return parser.parse_args()


def take(asked: argparse.Namespace, directory: Path) -> int:
    """Furnish a site in ``directory`` and photograph it."""
    settings = {
        "DATABASE_URL": f"sqlite:///{directory}/chat.sqlite3",
        "STATIC_ROOT": collected(),
        "MEDIA_ROOT": str(directory / "media"),
        "EMAIL_URL": "dummymail://",
        "RATE_LIMITS": "off",
    }
    # Playwright runs an event loop in this thread, beside which Django would refuse to query.
    os.environ |= site_environment(**settings) | {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    django.setup()
    call_command("migrate", verbosity=0)
    # Now that there are settings, they can be imported.
    from tests.screenshots.house import inhabited
    from tests.screenshots.judged import look_after
    from tests.screenshots.life import enliven
    from tests.screenshots.photographer import photograph
    from tests.screenshots.scenes import scenes_in
    from tests.screenshots.secured import secure
    from tests.screenshots.sheets import make_sheets

    house = inhabited()
    for furnish in (enliven, secure, look_after):
        furnish(house)
    scenes = [
        scene
        for scene in scenes_in(asked.language)
        if not asked.words or any(word in scene.name for word in asked.words)
    ]
    widths, schemes = asked.width or WIDTHS, asked.scheme or SCHEMES
    with Site(**settings) as site, Site(**settings | {"DEBUG": "on"}) as workshop:
        faults = photograph(house, site, workshop, scenes, widths, schemes, FOLDER)
    if asked.sheets:
        make_sheets(FOLDER, [scene.name for scene in scenes], widths, schemes)
    count = len(scenes) * len(widths) * len(schemes)
    print(f"{count} pictures in {FOLDER.relative_to(ROOT)}, {len(faults)} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
