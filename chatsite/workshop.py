"""For developers alone, with DEBUG on: every component of the site in every state, on one page."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.faces import HUES

SYMBOL = re.compile(r'<symbol id="([^"]+)"')
ROLE = re.compile(r"--color-([\w-]+):")
STATIC = settings.BASE_DIR / "static"


def design(request: HttpRequest) -> HttpResponse:
    """Show the design language at work (docs/design.md)."""
    return render(
        request,
        "design.html",
        {
            "roles": ROLE.findall((STATIC / "css" / "tokens.css").read_text()),
            "icons": SYMBOL.findall((STATIC / "icons" / "lucide.svg").read_text()),
            "hues": range(HUES),
            "spaces": range(1, 9),
        },
    )
