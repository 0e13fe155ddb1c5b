"""How a page tells a member that a service refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from chat.errors import ChatError, NotFound

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Make ``view`` a page for members: signing in comes first, a refusal becomes a page."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as refusal:
            raise Http404 from refusal
        except ChatError as refusal:
            return render(request, "refused.html", {"refusal": refusal}, status=refusal.status)

    return guarded


def action(*, back: str) -> Callable[[View], View]:
    """Make a view something that a button does: POST alone, a refusal told on the page ``back``.

    The page gets the room's address where the view has one.
    """

    def decorate(view: View) -> View:
        @require_POST
        @page
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except NotFound:
                raise
            except ChatError as refusal:
                messages.error(request, words(refusal))
                slug = {"slug": kwargs["slug"]} if back.startswith("chat:room") else {}
                return redirect(back, **slug)

        return guarded

    return decorate


def words(refusal: ChatError) -> str:
    """Return the detail without the name of the field that begins it for programs."""
    field, colon, rest = refusal.detail.partition(": ")
    return rest[:1].upper() + rest[1:] if colon and field.isidentifier() else refusal.detail


def field_of(refusal: ChatError, form_fields: Any) -> str | None:
    """Return which of the form's fields the refusal is about, or None."""
    name = refusal.detail.partition(": ")[0]
    return name if name in form_fields else None
