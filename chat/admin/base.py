"""What all moderation pages share: who may do what, and how a refusal is shown."""

import time
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.db.models import (
    Count,
    DateTimeField,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import REASON_MAX, User
from chat.admin.paging import BoundedPaginator, NewestFirst
from chat.errors import ChatError
from chat.sentences import Sentence, filled
from chat.services import saved_views

PER_PAGE = 50  # rows
AT_ONCE_MAX = 500  # rows in one action: each is a change of its own, and a request must end
AT_ONCE_TIME = 15  # s, after which no further row is begun: proxies wait 30 or 60
PARTS_OF_TIME = (_("Date"), _("Time"))


def actor(request: HttpRequest) -> User:
    """Return the moderator who asks; the admin lets nobody else in."""
    return cast(User, request.user)


def given_reason(request: HttpRequest) -> str:
    """Return the reason that stood beside the action."""
    return request.POST.get("reason", "")


class NamedDateTime(AdminSplitDateTime):
    """A day and a time of day, each a field with a name: Django's have words beside them alone."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return what its template draws."""
        context = super().get_context(name, value, attrs)
        for part, called in zip(context["widget"]["subwidgets"], PARTS_OF_TIME, strict=True):
            part["attrs"]["aria-label"] = called
        return context


class ReasonForm(ActionForm):
    """A reason beside the list of actions: told to the member, and kept in the audit trail."""

    reason = forms.CharField(label=_("Reason: "), max_length=REASON_MAX, required=False)


class Moderated(admin.ModelAdmin):
    """Rows that moderators see by Django's permissions and change by the services alone.

    Nothing is added or deleted here unless a subclass says how.
    """

    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    actions_selection_counter = False  # without it one cannot select what is on no page
    paginator = BoundedPaginator
    action_form = ReasonForm
    formfield_overrides = {
        DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": NamedDateTime}
    }
    change_list_template = "admin/chat/change_list.html"
    # By which filters an index finds the rows; with others, or words, a page looks only so far.
    found_by: frozenset[str] | None = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Page by rows where the newest come first, otherwise by number."""
        is_newest_first = tuple(self.get_ordering(request)) == ("-pk",)
        return NewestFirst if is_newest_first else ChangeList

    def newest_by(self, request: HttpRequest) -> str:
        """Return the number that a list is ordered by, the greatest first."""
        return "pk"

    def looked_through(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows among which is looked for those that a page shows."""
        return self.model._default_manager.all()

    def has_to_look_through(self, listed: ChangeList) -> bool:
        """Whether no index finds what is asked for."""
        if self.found_by is None:
            return False
        words = [word for word in listed.query.split() if not word.startswith("@")]
        return bool(words) or not set(listed.filter_params) <= self.found_by

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with the views of it that this moderator saved."""
        context = {
            "title": capfirst(self.opts.verbose_name_plural),
            "saved_views": saved_views.of(actor(request), self.opts.label_lower),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self) -> list[Any]:
        """Have an address for saving views of the list."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_views"
        view = self.admin_site.admin_view(require_POST(self.views_view))
        return [path("views/", view, name=name), *super().get_urls()]

    def views_view(self, request: HttpRequest) -> HttpResponse:
        """Save how the list is searched and filtered, or forget a view."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        listed, query = self.opts.label_lower, request.POST.get("query", "")
        try:
            if "forget" in request.POST:
                saved_views.forget(actor(request), listed, request.POST["forget"])
            else:
                query = saved_views.save(
                    actor(request), listed, request.POST.get("name", ""), query
                ).query
        except ChatError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(f"{address}?{saved_views.clean_query(query)}")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Moderators change what they see."""
        return self.has_moderate_permission(request) and self.has_view_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever Django's own permission lets."""
        return request.user.has_perm(f"{self.opts.app_label}.view_{self.opts.model_name}")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whether the services will take this person for a moderator."""
        return actor(request).is_moderator

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show or change a row; a refusal undoes the change and is shown on the same page."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ChatError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask whether to delete a row, and do it; a refusal is shown instead."""
        try:
            return super().delete_view(request, *args, **kwargs)
        except ChatError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def for_each(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        verb: Callable[[User, Any, str], Any],
        done: Sentence,
    ) -> None:
        """Let the moderator do ``verb`` to each row, for a reason; say how many were ``done``.

        Each is a change of its own: one that is refused keeps none of the others.
        """
        count = 0
        refusals: dict[str, int] = {}
        gone = self._tell_of_those_gone(request, rows)
        begun = time.monotonic()
        for place, row in enumerate(found := self._at_once(request, rows)):
            if place and time.monotonic() - begun > AT_ONCE_TIME:
                self._tell_of_the_rest(request, len(found) - place)
                break
            try:
                verb(actor(request), row, given_reason(request))
                self.log_change(request, row, str(done))
                count += 1
            except ChatError as refusal:
                refusals[refusal.detail] = refusals.get(refusal.detail, 0) + 1
        for detail, times in refusals.items():
            again = f" (×{times})" if times > 1 else ""
            self.message_user(request, detail + again, messages.ERROR)
        if count or not (refusals or gone):
            told = filled(_("%(done)s: %(n)s."), done=done, n=count)
            self.message_user(request, str(told), messages.SUCCESS)

    def _tell_of_those_gone(self, request: HttpRequest, rows: QuerySet[Any]) -> int:
        """Return how many were ticked that the list, as it is filtered, has no more."""
        if request.POST.get("select_across", "0") != "0":
            return 0
        gone = len(set(request.POST.getlist(ACTION_CHECKBOX_NAME))) - rows.count()
        if gone > 0:
            told = filled(_("No longer in this list, and left as they are: %(n)s."), n=gone)
            self.message_user(request, str(told), messages.WARNING)
        return gone

    def _tell_of_the_rest(self, request: HttpRequest, left: int) -> None:
        first = _("It takes long: %(n)s were not begun. Do it again for them.")
        self.message_user(request, str(filled(first, n=left)), messages.WARNING)

    def _at_once(self, request: HttpRequest, rows: QuerySet[Any]) -> list[Any]:
        """Return the rows, AT_ONCE_MAX of them at most, telling when there were more."""
        found = list(rows[: AT_ONCE_MAX + 1])
        if len(found) > AT_ONCE_MAX:
            first = _("Only the first %(most)s were done. Do it again for the others.")
            self.message_user(request, str(filled(first, most=AT_ONCE_MAX)), messages.WARNING)
        return found[:AT_ONCE_MAX]


def action(
    description: Sentence, done: Sentence, verb: Callable[[User, Any, str], Any]
) -> Callable[[Moderated, HttpRequest, QuerySet[Any]], None]:
    """Return the action of a list that does ``verb`` to each row that is ticked.

    ``done`` says so before the number of rows.
    """

    @admin.action(description=description, permissions=["moderate"])
    def act(self: Moderated, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.for_each(request, queryset, verb, done)

    return act


class ReadOnly(Moderated):
    """Rows that are only looked at."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes them."""
        return False


Wanted = Callable[[HttpRequest], Q]


class StateFilter(admin.SimpleListFilter):
    """Rows by how they stand: ``states`` has for each value its name, and which rows it means."""

    states: dict[str, tuple[Sentence, Wanted]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what there is to ask for."""
        return [(value, str(name)) for value, (name, _wanted) in self.states.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows that are so."""
        state = self.states.get(self.value() or "")
        return queryset.filter(state[1](request)) if state else queryset


def by_state(
    parameter: str, title: Sentence, **states: tuple[Sentence, Wanted]
) -> type[StateFilter]:
    """Return a filter of a list by ``parameter``, with for each of its values a name and a Q."""
    fields = {"parameter_name": parameter, "title": title, "states": states}
    return type(f"{parameter.capitalize()}Filter", (StateFilter,), fields)


class Chosen(admin.SimpleListFilter):
    """The row of another table whose rows are listed: shown, and undone, when one came by a link.

    Never a list of all rooms or all members.
    """

    model: type[Model]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one row, if any was chosen."""
        chosen = request.GET.get(self.parameter_name or "", "")
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
            return []
        row = self.model._default_manager.filter(pk=chosen).first()
        return [(chosen, str(row))] if row else [(chosen, _("(unknown)"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows that belong to it."""
        return (
            queryset.filter(**{str(self.parameter_name): self.value()})
            if self.value()
            else queryset
        )


def chosen(parameter: str, title: Sentence, row_type: type[Model]) -> type[Chosen]:
    """Return a filter by the foreign key ``parameter``."""
    fields = {"parameter_name": parameter, "title": title, "model": row_type}
    return type(f"Chosen{row_type.__name__}", (Chosen,), fields)


def count_of(rows: QuerySet, foreign_key: str) -> Coalesce:
    """Return an annotation: how many of ``rows`` point here. Counted for the rows shown alone."""
    mine = rows.filter(**{foreign_key: OuterRef("pk")}).order_by().values(foreign_key)
    counted = mine.annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_handles(
    queryset: QuerySet[Any], search_term: str, **prefixes: str
) -> tuple[QuerySet[Any], str]:
    """Return the rows of whom a search names, and the words of it that name nobody.

    ``@handle`` stands for the member of the field ``prefixes["at"]``, ``by:handle`` for ``by``.
    """
    words = []
    for word in search_term.split():
        if word.startswith("@") and "at" in prefixes:
            queryset = queryset.filter(**{f"{prefixes['at']}__username": word[1:].lower()})
        elif word.startswith("by:") and "by" in prefixes:
            handle = word.removeprefix("by:").removeprefix("@").lower()
            queryset = queryset.filter(**{f"{prefixes['by']}__username": handle})
        else:
            words.append(word)
    return queryset, " ".join(words)


def link_to(row: Model | None, text: Sentence = "") -> SafeString | str:
    """Return a link to the admin's page of ``row``."""
    if row is None:
        return "–"
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, text or str(row))


def link_to_list(model: type[Model], text: object, **wanted: str | int | UUID) -> SafeString:
    """Return a link to the admin's list of the rows of ``model`` that are ``wanted``."""
    meta = model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return format_html(
        '<a href="{}?{}">{}</a>',
        address,
        urlencode({name: str(value) for name, value in wanted.items()}),
        text,
    )
