"""Presence: which server processes run, and who has a socket open. Only to look at."""

from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.admin.base import ReadOnly, chosen, count_of, link_to, link_to_list
from chat.models import Connection, ServerProcess


class ChosenProcess(admin.SimpleListFilter):
    """The server process whose connections are listed. There are never many."""

    title = _("server process")
    parameter_name = "process"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """Return the processes."""
        return [(str(process.pk), str(process)) for process in ServerProcess.objects.all()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Connection]
    ) -> QuerySet[Connection]:
        """Return the connections of that process."""
        chosen_one = self.value()
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(process=UUID(chosen_one)) if chosen_one in known else queryset


@admin.register(Connection)
class ConnectionAdmin(ReadOnly):
    """Open sockets."""

    list_display = ("id", "member", "process_link", "visible", "connected_at")
    list_filter = ("visible", ChosenProcess, chosen("user", _("member"), User))
    list_select_related = ("user", "process")
    search_fields = ("user__username", "user__display_name")
    search_help_text = _("Member")
    sortable_by = ("connected_at",)
    fields = ("id", "member", "process_link", "visible", "connected_at")

    @admin.display(description=_("member"))
    def member(self, connection: Connection) -> SafeString | str:
        """Whose socket it is."""
        return link_to(connection.user)

    @admin.display(description=_("server process"))
    def process_link(self, connection: Connection) -> SafeString | str:
        """Which process holds it."""
        return link_to(connection.process)

    readonly_fields = ("member", "process_link")


@admin.register(ServerProcess)
class ServerProcessAdmin(ReadOnly):
    """Server processes. One that stopped beating is gone, and its connections with it."""

    list_display = ("__str__", "started_at", "beat_at", "connections")
    search_fields = ("host",)
    ordering = ("-beat_at",)
    fields = ("id", "host", "pid", "started_at", "beat_at", "connections")
    readonly_fields = ("connections",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServerProcess]:
        """Return processes with the number of their connections."""
        counted = count_of(Connection.objects.all(), "process")
        return super().get_queryset(request).annotate(connection_count=counted)

    @admin.display(description=_("connections"), ordering="connection_count")
    def connections(self, process: ServerProcess) -> SafeString:
        """How many sockets it holds, leading to them."""
        count = process.connection_count  # type: ignore[attr-defined]
        return link_to_list(Connection, count, process=process.pk)
