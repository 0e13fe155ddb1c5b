"""Messages: found, read with what they said before, deleted."""

from typing import Any

from django.contrib import admin
from django.contrib.messages import ERROR
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from accounts.models import User
from chat.admin.base import Moderated, actor, chosen, link_to
from chat.admin.transcripts import link_to_transcript
from chat.errors import ChatError
from chat.models import Message, MessageEdit, Room
from chat.services import messages

EXCERPT_MAX = 100  # characters


class GoneFilter(admin.SimpleListFilter):
    """Messages as members see them, or tombstones."""

    title = "deleted"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("no", "Not deleted"), ("yes", "Deleted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Return the messages that are."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() == "no")


class EarlierBodies(admin.TabularInline):
    """What a message said before it was edited or deleted."""

    model = MessageEdit
    extra = 0
    can_delete = False
    verbose_name_plural = "what it said before"
    fields = readonly_fields = ("body", "replaced_at", "replaced_by")

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


@admin.register(Message)
class MessageAdmin(Moderated):
    """Messages, the newest first. Deleting one leaves a tombstone and shows on every screen."""

    list_display = ("excerpt", "room_link", "author_link", "created_at", "edited", "gone", "pinned")
    list_filter = (GoneFilter, "pinned", chosen("room", Room), chosen("author", User))
    list_select_related = ("room", "author")
    ordering = ("-pk",)
    sortable_by = ()  # no index would help, and there may be millions
    search_fields = ("body",)
    search_help_text = "Words in the message, or @handle for its author"
    inlines = (EarlierBodies,)
    fields = readonly_fields = (
        "room_link", "author_link", "seq", "said", "created_at", "edited_at", "pinned",
        "in_reply_to", "in_thread", "reacted", "deleted_at", "deleted_by", "around",
    )  # fmt: skip
    actions = ("restore", "pin", "unpin")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody puts words into another's mouth."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Moderators delete what is not deleted yet."""
        gone = isinstance(obj, Message) and obj.is_tombstone
        return super().has_change_permission(request, obj) and not gone

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """Search for words, and for the author where the term is a handle."""
        words = search_term.split()
        for handle in [word for word in words if word.startswith("@")]:
            queryset = queryset.filter(author__username=handle[1:].lower())
        rest = " ".join(word for word in words if not word.startswith("@"))
        return super().get_search_results(request, queryset, rest)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what the page that asks for confirmation shows: the messages themselves."""
        found = list(objs)
        told = [f"{message.author}: {self.excerpt(message)}" for message in found]
        return told, {"messages": len(found)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        """Turn the message into a tombstone."""
        messages.remove(actor(request), obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Turn the messages into tombstones."""
        for message in queryset:
            try:
                messages.remove(actor(request), message.pk)
            except ChatError as refusal:
                self.message_user(request, refusal.detail, ERROR)

    @admin.display(description="message")
    def excerpt(self, message: Message) -> str:
        """How the message begins."""
        if message.is_tombstone:
            return f"#{message.seq} (deleted)"
        return Truncator(message.body).chars(EXCERPT_MAX)

    @admin.display(description="room")
    def room_link(self, message: Message) -> SafeString | str:
        """Where it was said."""
        return link_to(message.room)

    @admin.display(description="author")
    def author_link(self, message: Message) -> SafeString | str:
        """Who said it."""
        return link_to(message.author)

    @admin.display(boolean=True)
    def edited(self, message: Message) -> bool:
        """Whether it was edited."""
        return message.edited_at is not None

    @admin.display(boolean=True, description="deleted")
    def gone(self, message: Message) -> bool:
        """Whether it was deleted."""
        return message.is_tombstone

    @admin.display(description="message")
    def said(self, message: Message) -> str:
        """What was said, as it was typed."""
        return "(deleted)" if message.is_tombstone else message.body

    @admin.display(description="reply to")
    def in_reply_to(self, message: Message) -> SafeString | str:
        """The message it answers."""
        return link_to(message.reply_to)

    @admin.display(description="thread")
    def in_thread(self, message: Message) -> SafeString | str:
        """The message whose thread it is in."""
        return link_to(message.thread)

    @admin.display(description="reactions")
    def reacted(self, message: Message) -> str:
        """Who reacted with what."""
        reactions = message.reactions.select_related("user")
        return ", ".join(f"{reaction.emoji} {reaction.user}" for reaction in reactions) or "–"

    @admin.display(description="more")
    def around(self, message: Message) -> SafeString:
        """Lead to the rest of the room's messages."""
        return link_to_transcript(message.room_id, "What was said around it", message.seq)

    @admin.action(description="Restore", permissions=["moderate"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Bring deleted messages back."""
        self.for_each(
            request,
            queryset,
            lambda actor, message, why: messages.restore(actor, message.pk, why),
            "restored",
        )

    @admin.action(description="Pin", permissions=["moderate"])
    def pin(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Pin messages."""
        self.for_each(
            request,
            queryset,
            lambda actor, message, _: messages.pin(actor, message.pk, True),
            "pinned",
        )

    @admin.action(description="Unpin", permissions=["moderate"])
    def unpin(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Unpin messages."""
        self.for_each(
            request,
            queryset,
            lambda actor, message, _: messages.pin(actor, message.pk, False),
            "unpinned",
        )
