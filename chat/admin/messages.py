"""Messages: found, read with what they said before, deleted."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, User
from chat.admin.base import (
    Moderated,
    action,
    actor,
    by_state,
    chosen,
    given_reason,
    link_to,
    with_handles,
)
from chat.admin.transcripts import link_to_transcript
from chat.models import Message, MessageEdit, Room
from chat.services import messages

EXCERPT_MAX = 100  # characters


class EarlierBodies(admin.TabularInline):
    """What a message said before it was edited or deleted."""

    template = "admin/chat/message/earlier.html"
    model = MessageEdit
    extra = 0
    can_delete = False
    verbose_name_plural = _("what it said before")
    fields = readonly_fields = ("body", "replaced_at", "replaced_by")

    class Media:
        css: ClassVar = {"all": ["css/admin/moderation.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageEdit]:
        """Return the earlier bodies with who replaced them."""
        return super().get_queryset(request).select_related("replaced_by", "message")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever sees the message."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    has_change_permission = has_add_permission


def _room(request: HttpRequest) -> int | None:
    """Return the number of the room whose messages are listed, if there is one."""
    room = request.GET.get("room", "")
    return int(room) if room.isascii() and room.isdigit() and len(room) < 19 else None


@admin.register(Message)
class MessageAdmin(Moderated):
    """Messages, the newest first. Deleting one leaves a tombstone and shows on every screen."""

    list_display = ("excerpt", "room_link", "author_link", "created_at", "edited", "gone", "pinned")
    list_filter = (
        by_state(
            "deleted",
            _("deleted"),
            no=(_("Not deleted"), lambda _request: Q(deleted_at=None)),
            yes=(_("Deleted"), lambda _request: Q(deleted_at__isnull=False)),
        ),
        "pinned",
        chosen("room", _("room"), Room),
        chosen("author", _("author"), User),
    )
    found_by = frozenset({"room", "author"})
    list_select_related = ("room", "author")
    ordering = ("-pk",)
    sortable_by = ()  # no index would help, and there may be millions
    search_fields = ("body",)
    search_help_text = _("Words in the message, or @handle for its author")
    inlines = (EarlierBodies,)
    fields = readonly_fields = (
        "room_link", "author_link", "seq", "said", "created_at", "edited_at", "pinned",
        "in_reply_to", "in_thread", "reacted", "deleted_at", "deleted_by", "around",
    )  # fmt: skip
    actions = ("delete", "restore", "pin", "unpin")
    delete = action(
        _("Delete; the reason is told"),
        _("Deleted"),
        lambda actor, row, why: messages.remove(actor, row.pk, why),
    )
    restore = action(
        _("Restore"), _("Restored"), lambda actor, row, why: messages.restore(actor, row.pk, why)
    )
    pin = action(_("Pin"), _("Pinned"), lambda actor, row, _why: messages.pin(actor, row.pk, True))
    unpin = action(
        _("Unpin"), _("Unpinned"), lambda actor, row, _why: messages.pin(actor, row.pk, False)
    )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody puts words into another's mouth."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Moderators delete what is not deleted yet."""
        gone = isinstance(obj, Message) and obj.is_tombstone
        return super().has_change_permission(request, obj) and not gone

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out Django's own way of deleting, which asks for no reason."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """Search for words, and for the author where the term is a handle."""
        queryset, words = with_handles(queryset, search_term, at="author")
        return super().get_search_results(request, queryset, words)

    def newest_by(self, request: HttpRequest) -> str:
        """Return the number that orders: within a room its own, along the index of the room."""
        return "seq" if _room(request) is not None else "pk"

    def looked_through(self, request: HttpRequest) -> QuerySet[Message]:
        """Return the messages of the room that was chosen, or all."""
        room = _room(request)
        return Message.objects.all() if room is None else Message.objects.filter(room=room)

    def has_to_look_through(self, listed: ChangeList) -> bool:
        """Whether no index finds what is asked for: of an author within a room none does."""
        if {"room", "author"} <= set(listed.filter_params):
            return True
        return super().has_to_look_through(listed)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what the page that asks for confirmation shows: the message itself."""
        told = [f"{message.author}: {self.excerpt(message)}" for message in objs]
        return told, {}, set(), []

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """Ask whether to delete the message, and why."""
        return super().render_delete_form(request, context | {"reason_max": REASON_MAX})

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        """Turn the message into a tombstone, for the reason given."""
        messages.remove(actor(request), obj.pk, given_reason(request))

    @admin.display(description=_("message"))
    def excerpt(self, message: Message) -> str:
        """How the message begins."""
        if message.is_tombstone:
            return _("#%(seq)s (deleted)") % {"seq": message.seq}
        return Truncator(message.body).chars(EXCERPT_MAX)

    @admin.display(description=_("room"))
    def room_link(self, message: Message) -> SafeString | str:
        """Where it was said."""
        return link_to(message.room)

    @admin.display(description=_("author"))
    def author_link(self, message: Message) -> SafeString | str:
        """Who said it."""
        return link_to(message.author)

    @admin.display(boolean=True, description=_("edited"))
    def edited(self, message: Message) -> bool:
        """Whether it was edited."""
        return message.edited_at is not None

    @admin.display(boolean=True, description=_("deleted"))
    def gone(self, message: Message) -> bool:
        """Whether it was deleted."""
        return message.is_tombstone

    @admin.display(description=_("message"))
    def said(self, message: Message) -> str:
        """What was said, as it was typed."""
        return str(_("(deleted)")) if message.is_tombstone else message.body

    @admin.display(description=_("reply to"))
    def in_reply_to(self, message: Message) -> SafeString | str:
        """The message it answers."""
        return link_to(message.reply_to)

    @admin.display(description=_("thread"))
    def in_thread(self, message: Message) -> SafeString | str:
        """The message whose thread it is in."""
        return link_to(message.thread)

    @admin.display(description=_("reactions"))
    def reacted(self, message: Message) -> str:
        """Who reacted with what."""
        reactions = message.reactions.select_related("user")
        return ", ".join(f"{reaction.emoji} {reaction.user}" for reaction in reactions) or "–"

    @admin.display(description=_("more"))
    def around(self, message: Message) -> SafeString:
        """Lead to the rest of the room's messages."""
        return link_to_transcript(message.room_id, _("What was said around it"), message.seq)
