"""Reports: found, taken, decided, with the message as it was and what was said around it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.models import REASON_MAX, User
from chat.admin.base import Moderated, actor, chosen, link_to
from chat.admin.transcripts import link_to_transcript
from chat.models import Report, Room
from chat.services import reports


class StateFilter(admin.SimpleListFilter):
    """Open ones, one's own, or those that were decided."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what there is to ask for."""
        return [
            ("open", "Open"),
            ("mine", "Open, taken by me"),
            ("escalated", "Escalated"),
            ("closed", "Decided"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the reports that are."""
        match self.value():
            case "open":
                return queryset.filter(status__in=Report.OPEN)
            case "mine":
                return queryset.filter(status__in=Report.OPEN, assignee=actor(request))
            case "escalated":
                return queryset.filter(status=Report.Status.ESCALATED)
            case "closed":
                return queryset.exclude(status__in=Report.OPEN)
        return queryset


class DecisionForm(forms.ModelForm):
    """What becomes of a report."""

    decision = forms.ChoiceField(
        required=False,
        choices=[
            ("", "–"),
            ("take", "I take it"),
            ("escalated", "Escalate"),
            ("resolved", "Resolve"),
            ("dismissed", "Dismiss"),
        ],
    )
    words = forms.CharField(
        label="Outcome", max_length=REASON_MAX, required=False, help_text="Told to the reporter."
    )

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()


@admin.register(Report)
class ReportAdmin(Moderated):
    """Reports, the newest first."""

    form = DecisionForm
    list_display = (
        "created_at", "reason", "status", "member", "excerpt", "reported_by", "assignee",
    )  # fmt: skip
    list_filter = (StateFilter, "reason", chosen("user", User), chosen("room", Room))
    list_select_related = ("user", "reporter", "assignee")
    search_fields = ("user__username", "user__display_name", "note", "said")
    search_help_text = "Reported member, or words of the note or the message"
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("take", "escalate", "resolve", "dismiss")
    fields = (
        "reason", "note", "member", "reported_by", "created_at", "said", "now", "context",
        "status", "assignee", "outcome", "closed_at", "closed_by", "decision", "words",
    )  # fmt: skip
    readonly_fields = fields[:-2]

    def save_model(self, request: HttpRequest, obj: Report, form: Any, change: bool) -> None:
        """Do what was decided."""
        decision, words = form.cleaned_data["decision"], form.cleaned_data["words"]
        if decision == "take":
            reports.take(actor(request), obj.pk)
        elif decision == "escalated":
            reports.escalate(actor(request), obj.pk, words)
        elif decision:
            reports.close(actor(request), obj.pk, decision, words)

    @admin.display(description="member")
    def member(self, report: Report) -> SafeString | str:
        """Who is reported."""
        return link_to(report.user)

    @admin.display(description="by")
    def reported_by(self, report: Report) -> SafeString | str:
        """Who reported it."""
        return link_to(report.reporter)

    @admin.display(description="message")
    def excerpt(self, report: Report) -> str:
        """How the message began when it was reported."""
        return report.said[:80] or "–"

    @admin.display(description="message now")
    def now(self, report: Report) -> SafeString | str:
        """The message as it is."""
        return link_to(report.message)

    @admin.display(description="what was said around it")
    def context(self, report: Report) -> SafeString | str:
        """Lead to the room's transcript, there."""
        if report.message is None:
            return "–"
        return link_to_transcript(report.message.room_id, "Transcript", report.message.seq)

    @admin.action(description="I take them", permissions=["moderate"])
    def take(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Make oneself who sees to them."""
        self.for_each(
            request, queryset, lambda actor, report, _: reports.take(actor, report.pk), "taken"
        )

    @admin.action(description="Escalate", permissions=["moderate"])
    def escalate(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Leave them to the moderators of the site."""
        self.for_each(
            request,
            queryset,
            lambda actor, report, why: reports.escalate(actor, report.pk, why),
            "escalated",
        )

    @admin.action(description="Resolve; the reason is told", permissions=["moderate"])
    def resolve(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Decide that they were right."""
        self._close(request, queryset, Report.Status.RESOLVED)

    @admin.action(description="Dismiss; the reason is told", permissions=["moderate"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Decide that there is nothing to do."""
        self._close(request, queryset, Report.Status.DISMISSED)

    def _close(self, request: HttpRequest, queryset: QuerySet[Report], status: str) -> None:
        self.for_each(
            request,
            queryset,
            lambda actor, report, why: reports.close(actor, report.pk, status, why),
            status,
        )
