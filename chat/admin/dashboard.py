"""The first page of the admin: what is to be seen to, and what is going on."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.formats import time_format

from chat.admin.base import actor
from chat.services.overview import COUNTED_MAX, overview

BAR = 10  # units of the plot from one hour to the next
HEIGHT = 60  # units

_index = admin.site.index


def index(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
    """Show moderators the dashboard above the list of what there is; others the list alone."""
    context = extra_context or {}
    if actor(request).is_moderator:
        found = overview()
        context |= {"overview": found, "bars": _bars(found.hours), "counted_max": COUNTED_MAX}
    return _index(request, context)


def _bars(hours: list) -> dict[str, Any]:
    """Return the plot: a bar an hour, the highest as high as the plot."""
    most = max((count for _hour, count in hours), default=0)
    return {
        "most": most,
        "width": BAR * len(hours),
        "height": HEIGHT,
        "bars": [
            {
                "x": place * BAR + 1,
                "width": BAR - 2,
                "y": HEIGHT - _high(count, most),
                "height": _high(count, most),
                "title": f"{time_format(hour)}: {count}",
            }
            for place, (hour, count) in enumerate(hours)
        ],
    }


def _high(count: int, most: int) -> int:
    return round(HEIGHT * count / most) if most else 0
