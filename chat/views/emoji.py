"""Pictures of the site's own emoji."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from chat.errors import NotFound
from chat.services.emoji import picture_of

FRESH = 60 * 60  # s; an emoji that was replaced is an old picture for so long at most


def _picture(request: HttpRequest, name: str) -> bytes:
    """Return the picture, to members alone. Raises Http404."""
    if not request.user.is_authenticated:
        raise Http404
    try:
        return picture_of(name)
    except NotFound as refusal:
        raise Http404 from refusal


def _etag(request: HttpRequest, name: str) -> str:
    return f'"{hashlib.sha256(_picture(request, name)).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_etag)
def emoji(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the picture of an emoji."""
    response = HttpResponse(_picture(request, name), content_type="image/webp")
    response["Cache-Control"] = f"private, max-age={FRESH}"
    return response
