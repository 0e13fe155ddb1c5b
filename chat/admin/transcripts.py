"""A room's transcript: page by page by seq, from any message, with what was said around it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.models import Message, Room
from chat.sentences import Sentence

PER_PAGE = 50  # messages
SEQ_MAX = 2**62


def link_to_transcript(room_id: int, text: Sentence, seq: int | None = None) -> SafeString:
    """Return a link to a room's transcript, at its end or around the message ``seq``."""
    address = reverse("admin:chat_room_transcript", args=[room_id])
    around = f"?around={seq}" if seq else ""
    return format_html('<a href="{}{}">{}</a>', address, around, text)


def transcript(request: HttpRequest, room_id: int) -> HttpResponse:
    """Show a page of what was said in a room: ``before``, ``after`` or ``around`` a seq."""
    if not request.user.has_perm("chat.view_message"):
        raise PermissionDenied
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise Http404
    found, marked = _page(room, request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Transcript of %(room)s") % {"room": room},
        "room": room,
        "messages_shown": found,
        "marked": marked,
        "first": found[0].seq if found and found[0].seq > 1 else None,
        "last": found[-1].seq if found and found[-1].seq < room.last_seq else None,
    }
    return TemplateResponse(request, "admin/chat/room/transcript.html", context)


def _page(room: Room, request: HttpRequest) -> tuple[list[Message], int | None]:
    """Return the messages of a page, ascending, and the one that was asked for."""
    messages = Message.objects.filter(room=room).select_related("author", "deleted_by")
    messages = messages.prefetch_related("edits")
    if (seq := _seq(request, "around")) is not None:
        half = PER_PAGE // 2
        return [*reversed(messages.before(seq)[:half]), *messages.after(seq - 1)[:half]], seq
    if (seq := _seq(request, "after")) is not None:
        return list(messages.after(seq)[:PER_PAGE]), None
    before = _seq(request, "before")
    return list(reversed(messages.before(SEQ_MAX if before is None else before)[:PER_PAGE])), None


def _seq(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
