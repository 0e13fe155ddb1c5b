"""The system's Chromium, as Playwright starts it."""

import os

from tests.parts.part import PartFailed, program

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    return next(filter(None, map(program, NAMES)), None)


def launch_options() -> dict[str, object]:
    """Return what ``playwright.chromium.launch`` needs here; raise PartFailed without a browser."""
    path = chromium()
    if path is None:
        raise PartFailed("Chromium is not installed: apt install chromium")
    # Chromium's sandbox refuses to run as root, and /dev/shm is small in containers.
    arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.getuid() == 0 else [])
    return {"executable_path": path, "args": arguments}
