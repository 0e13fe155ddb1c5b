"""The audit trail: read, searched, exported. Nobody changes it."""

import json
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.admin.base import ReadOnly, chosen, link_to, with_handles
from chat.models import AuditEntry, Room
from chat.services import export

FILES = {
    "csv": (export.csv_lines, "text/csv"),
    "jsonl": (export.json_lines, "application/jsonl"),
}


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    """Entries, the newest first."""

    list_display = ("at", "by", "verb", "member", "room_link", "reason", "difference")
    list_display_links = ("at",)
    list_filter = (
        "verb",
        chosen("actor", _("by"), User),
        chosen("user", _("member"), User),
        chosen("room", _("room"), Room),
    )
    change_list_template = "admin/chat/auditentry/change_list.html"
    found_by = frozenset({"actor", "user", "room"})
    list_select_related = ("actor", "user", "room")
    search_fields = ("reason",)
    search_help_text = _(
        "Words of the reason, @handle of whom it was done to, by:handle of who did it"
    )
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("as_csv", "as_json_lines")
    fields = readonly_fields = (
        "at", "by", "verb", "member", "room_link", "message_link", "reason", "before", "after",
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """Search for words, and for members where a term is a handle."""
        queryset, words = with_handles(queryset, search_term, at="user", by="actor")
        return super().get_search_results(request, queryset, words)

    def get_urls(self) -> list[Any]:
        """Have an address for each kind of file."""
        view = self.admin_site.admin_view(self.export_view)
        return [
            path("export.<str:kind>", view, name="chat_auditentry_export"),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest, kind: str) -> StreamingHttpResponse:
        """Send all entries that the list's search and filters let through, however many."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in FILES:
            raise Http404
        lines, content_type = FILES[kind]
        try:
            entries = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            raise Http404 from None
        return _file(lines(entries), content_type, f"audit.{kind}")

    @admin.display(description=_("by"))
    def by(self, entry: AuditEntry) -> SafeString | str:
        """Who did it."""
        return link_to(entry.actor) if entry.actor else str(_("the site"))

    @admin.display(description=_("member"))
    def member(self, entry: AuditEntry) -> SafeString | str:
        """To whom it was done."""
        return link_to(entry.user)

    @admin.display(description=_("room"))
    def room_link(self, entry: AuditEntry) -> SafeString | str:
        """In which room."""
        return link_to(entry.room)

    @admin.display(description=_("message"))
    def message_link(self, entry: AuditEntry) -> SafeString | str:
        """To which message."""
        return link_to(entry.message)

    @admin.display(description=_("before → after"))
    def difference(self, entry: AuditEntry) -> str:
        """What it was, and what it became."""
        return "; ".join(
            f"{name}: {_told(entry.before.get(name))} → {_told(value)}"
            for name, value in entry.after.items()
        )

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def as_csv(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> StreamingHttpResponse:
        """Send the entries as a table."""
        return _file(export.csv_lines(queryset), "text/csv", "audit.csv")

    @admin.action(description=_("Export as JSON lines"), permissions=["view"])
    def as_json_lines(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> StreamingHttpResponse:
        """Send the entries one JSON object a line."""
        return _file(export.json_lines(queryset), "application/jsonl", "audit.jsonl")


def _told(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _file(lines: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        _as_they_are_read(lines),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _as_they_are_read(lines: Iterator[str]) -> AsyncIterator[str]:
    """Yield ``lines`` some at a time: Django would read all of them before it sends the first."""
    read = sync_to_async(lambda: "".join(islice(lines, export.AT_ONCE)))
    while some := await read():
        yield some
