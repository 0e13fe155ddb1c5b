"""Filters: written, tried out on what was said already, let go live."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.admin.base import (
    Moderated,
    action,
    actor,
    by_state,
    chosen,
    given_reason,
    link_to,
    link_to_list,
)
from chat.errors import ChatError
from chat.models import Filter, HeldMessage, Message, Room
from chat.services import filters

TRIES = (100, 1000, filters.TRIED_MAX)  # of the newest messages


class FilterForm(forms.ModelForm):
    """A filter; what is wrong with it is said beside the form."""

    class Meta:
        model = Filter
        fields = (
            "name", "room", "kind", "text", "domains", "limit", "window", "newcomers", "new_for",
            "action", "words", "mute_for", "also_moderators",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Have the service look at it before anything is stored."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                filters.check(Filter(**cleaned))
            except ChatError as refusal:
                raise forms.ValidationError(refusal.detail) from None
        return cleaned


@admin.register(Filter)
class FilterAdmin(Moderated):
    """Filters, the newest first."""

    form = FilterForm
    list_display = ("name", "kind", "where", "action", "state", "caught", "try_it")
    list_filter = (
        by_state(
            "state",
            _("state"),
            live=(_("Live"), lambda _request: Q(state=Filter.State.LIVE)),
            draft=(_("Draft"), lambda _request: Q(state=Filter.State.DRAFT)),
        ),
        "kind",
        chosen("room", _("room"), Room),
    )
    list_select_related = ("room",)
    search_fields = ("name", "text")
    search_help_text = _("Name, or what is looked for")
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("go_live", "stop")

    class Media:
        js = (forms.Script("js/admin/named-choices.js", type="module"),)

    autocomplete_fields = ("room",)
    fieldsets = (
        (None, {"fields": ("name", "room", "kind", "state", "try_it")}),
        (_("Words, patterns, links"), {"fields": ("text", "domains")}),
        (_("Mentions, repeated text, new members"),
         {"fields": ("limit", "window", "newcomers", "new_for")}),
        (_("What becomes of it"), {"fields": ("action", "words", "mute_for", "also_moderators")}),
        (_("About it"), {"fields": ("caught", "tried_at", "made_by", "made_at")}),
    )  # fmt: skip
    readonly_fields = ("state", "try_it", "caught", "tried_at", "made_by", "made_at")

    go_live = action(
        _("Let go live"), _("Live now"), lambda actor, row, why: filters.go_live(actor, row.pk, why)
    )
    stop = action(_("Stop"), _("Stopped"), lambda actor, row, why: filters.stop(actor, row.pk, why))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Moderators write filters."""
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Moderators remove them."""
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Filter, form: Any, change: bool) -> None:
        """Store it through the service; changed, it is a draft again."""
        wanted = dict(form.cleaned_data)
        room = wanted.pop("room")
        wanted["room_id"] = room.pk if room else None
        obj.pk = filters.save(actor(request), wanted, obj.pk if change else None).pk
        if change and form.changed_data:
            self.message_user(
                request, _("It is a draft now: try it out, then let it go live."), messages.WARNING
            )

    def response_add(
        self, request: HttpRequest, obj: Filter, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead to where the new filter is tried out."""
        return HttpResponseRedirect(reverse("admin:chat_filter_try", args=[obj.pk]))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what the page that asks for confirmation shows: what they held stays."""
        found = list(objs)
        return [str(each) for each in found], {str(_("filters")): len(found)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Filter) -> None:
        """Remove it."""
        filters.remove(actor(request), obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Filter]) -> None:
        """Remove them."""
        for each in queryset:
            filters.remove(actor(request), each.pk, given_reason(request))

    def get_urls(self) -> list[Any]:
        """Have an address for trying each out."""
        view = self.admin_site.admin_view(self.try_view)
        return [path("<int:filter_id>/try/", view, name="chat_filter_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest, filter_id: int) -> HttpResponse:
        """Show what a filter would have caught; let it go live from there."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = Filter.objects.select_related("room").filter(pk=filter_id).first()
        if found is None:
            raise Http404
        context: dict[str, Any] = {"tries": TRIES, "newest": TRIES[1], "caught": None}
        try:
            match request.POST.get("do"):
                case "try":
                    context |= self._try(request, found)
                case "live":
                    filters.go_live(actor(request), found.pk, given_reason(request))
                    told = _("%(filter)s is live.") % {"filter": found}
                    self.message_user(request, told, messages.SUCCESS)
                    return HttpResponseRedirect(reverse("admin:chat_filter_changelist"))
        except ChatError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Try out %(filter)s") % {"filter": found},
            "filter": Filter.objects.select_related("room").get(pk=filter_id),
        }
        return TemplateResponse(request, "admin/chat/filter/try.html", context)

    @staticmethod
    def _try(request: HttpRequest, found: Filter) -> dict[str, Any]:
        asked = request.POST.get("newest", "")
        newest = int(asked) if asked in map(str, TRIES) else TRIES[1]
        caught: list[Message] = filters.try_out(actor(request), found.pk, newest)
        return {"newest": newest, "caught": caught, "shown_max": filters.CAUGHT_SHOWN}

    @admin.display(description=_("where"))
    def where(self, row: Filter) -> SafeString | str:
        """In which room, or on the whole site."""
        return link_to(row.room) if row.room else str(_("the whole site"))

    @admin.display(description=_("held and deleted"))
    def caught(self, row: Filter) -> SafeString | str:
        """Lead to what it caught."""
        return link_to_list(HeldMessage, _("What it caught"), filter=row.pk) if row.pk else "–"

    @admin.display(description=_("try"))
    def try_it(self, row: Filter) -> SafeString | str:
        """Lead to where it is tried out."""
        if not row.pk:
            return str(_("Once it is saved."))
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:chat_filter_try", args=[row.pk]), _("Try it out")
        )
