"""Whatever goes wrong in a request, told as {"code", "detail"} with the matching status."""

import functools
import logging
import math
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    UnreadablePostError,
)
from django.utils.translation import gettext_lazy as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from chat import rows
from chat.errors import (
    ChatError,
    Forbidden,
    Invalid,
    NotFound,
    NotInRoom,
    TooLarge,
    Unavailable,
)

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
BODY_BYTES_MAX = 64 * 1024  # as much as a frame on the socket
NO_ADDRESS = _("There is nothing at this address.")

View = Callable[..., HttpResponse]


class Unauthenticated(ChatError):
    """Nobody is signed in. The socket says this with close code 4401."""

    code = "unauthenticated"
    status = 401
    text = _("Sign in, or send a valid Bearer token.")


class NotAllowed(ChatError):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405
    text = _("This address does not answer to that method.")


class Failed(ChatError):
    """A fault of the site's own."""

    code = "failed"
    status = 500
    text = _("Something went wrong here. It was noted.")


def guarded(view: View) -> View:
    """Return ``view`` so that every refusal, also one of the framework's, is told in JSON."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if len(request.body) > BODY_BYTES_MAX:
                raise TooLarge(_("A request has at most %(most)s bytes."), most=BODY_BYTES_MAX)
            response = view(request, *args, **kwargs)
        except Exception as error:
            response = tell(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            response = refuse(NotAllowed(), Allow=response["Allow"])
        response.setdefault("Cache-Control", "private, no-store")
        return response

    # Those signed in by cookie show a CSRF token to chat.api.auth, whose refusal is JSON.
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer


def tell(request: HttpRequest, error: Any) -> HttpResponse:
    """Return the answer to a request that an exception ended. Call it while handling that."""
    refusal = refusal_of(error)
    if isinstance(refusal, NotInRoom) and getattr(request, "auth", None):
        refusal = refusal.for_guest() if request.auth.is_guest else refusal  # type: ignore[attr-defined]
    if refusal is None:
        logger.exception("A request to %s failed.", request.path)
        got_request_exception.send(sender=None, request=request)
        refusal = Failed()
    elif isinstance(error, DATABASE_AWAY):
        logger.warning("The database did not answer %s: %s", request.path, error)
    return refuse(refusal)


def refuse(refusal: ChatError, **headers: str) -> HttpResponse:
    """Return ``refusal`` as it is told over HTTP."""
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(refusal.retry_after))
    if refusal.status == Unauthenticated.status:
        headers["WWW-Authenticate"] = "Bearer"
    return HttpResponse(
        rows.encode(refusal.as_dict()),
        status=refusal.status,
        content_type="application/json",
        headers=headers,
    )


def refusal_of(error: Exception) -> ChatError | None:
    """Return the refusal that ``error`` means, or None for one that should not have happened."""
    match error:
        case ChatError():
            return error
        case ValidationError():
            return Invalid(_first_complaint(error))
        case AuthenticationError():
            return Unauthenticated()
        case HttpError():
            return _of_http_error(error)
        case Http404():
            return NotFound(NO_ADDRESS)
        case RequestDataTooBig():
            return TooLarge(_("A request has at most %(most)s bytes."), most=BODY_BYTES_MAX)
        case UnreadablePostError():
            return Invalid(_("The request broke off."))
        case OperationalError() | InterfaceError():
            return Unavailable()
    return None


def _of_http_error(error: HttpError) -> ChatError:
    if isinstance(error.__cause__, ChatError):  # ninja wraps what the parser raises
        return error.__cause__
    return Forbidden(error.message) if error.status_code == 403 else Invalid(error.message)


def _first_complaint(error: ValidationError) -> str:
    """Return in words what was wrong first, naming the field and never repeating its value."""
    complaint = error.errors[0]
    source, *where = complaint["loc"]
    if source == "body":
        where = where[1:]  # the parameter that stands for the whole body
    name = ".".join(str(step) for step in where)
    return f"{name or source}: {complaint['msg']}."
