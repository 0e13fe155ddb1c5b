"""What a browser says of itself, in words a member recognises."""

from typing import NamedTuple

from django.utils.translation import gettext as _

# The first that is found counts: most browsers also claim to be the ones after them.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
HANDHELD = {"iPhone", "iPad", "Android"}


class Agent(NamedTuple):
    """A browser on a device."""

    name: str
    is_handheld: bool


def describe(user_agent: str) -> Agent:
    """Return a browser's name and system, as in "Firefox on Linux"."""
    browser = _first(BROWSERS, user_agent) or _("A program")
    system = _first(SYSTEMS, user_agent)
    on_system = _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return Agent(on_system if system else browser, system in HANDHELD)


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
