"""Reports: found, taken, decided, with the message as it was and what was said around it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, User
from chat.admin.base import Moderated, action, actor, by_state, chosen, link_to, link_to_list
from chat.admin.transcripts import link_to_transcript
from chat.models import Membership, Report, Room
from chat.services import reports


class DecisionForm(forms.ModelForm):
    """What becomes of a report."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        required=False,
        choices=[
            ("", "–"),
            ("take", _("I take it")),
            ("escalated", _("Escalate")),
            ("resolved", _("Resolve")),
            ("dismissed", _("Dismiss")),
        ],
    )
    words = forms.CharField(
        label=_("Outcome"),
        max_length=REASON_MAX,
        required=False,
        help_text=_("Told to the reporter."),
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
    list_filter = (
        by_state(
            "state",
            _("state"),
            open=(_("Still open"), lambda _request: Q(status__in=Report.OPEN)),
            mine=(
                _("Open, taken by me"),
                lambda request: Q(status__in=Report.OPEN, assignee=actor(request)),
            ),
            escalated=(_("Escalated"), lambda _request: Q(status=Report.Status.ESCALATED)),
            closed=(_("Decided"), lambda _request: ~Q(status__in=Report.OPEN)),
        ),
        "reason",
        chosen("user", _("member"), User),
        chosen("room", _("room"), Room),
    )
    list_select_related = ("user", "reporter", "assignee")
    search_fields = ("user__username", "user__display_name", "note", "said")
    search_help_text = _("Reported member, or words of the note or the message")
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("take", "escalate", "resolve", "dismiss")
    take = action(
        _("I take them"), _("Taken"), lambda actor, row, _why: reports.take(actor, row.pk)
    )
    escalate = action(
        _("Escalate"), _("Escalated"), lambda actor, row, why: reports.escalate(actor, row.pk, why)
    )
    resolve = action(
        _("Resolve; the reason is told"),
        _("Resolved"),
        lambda actor, row, why: reports.close(actor, row.pk, Report.Status.RESOLVED, why),
    )
    dismiss = action(
        _("Dismiss; the reason is told"),
        _("Dismissed"),
        lambda actor, row, why: reports.close(actor, row.pk, Report.Status.DISMISSED, why),
    )
    fields = (
        "reason", "note", "member", "seat", "reported_by", "created_at", "said", "now", "context",
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

    @admin.display(description=_("member"))
    def member(self, report: Report) -> SafeString | str:
        """Who is reported."""
        return link_to(report.user)

    @admin.display(description=_("in this room"))
    def seat(self, report: Report) -> SafeString | str:
        """Lead to what can be done about the member in the room of the message."""
        if report.room_id is None:
            return "–"
        room, user = report.room_id, report.user_id
        return link_to_list(Membership, _("Mute, remove or ban"), room=room, user=user)

    @admin.display(description=_("by"))
    def reported_by(self, report: Report) -> SafeString | str:
        """Who reported it."""
        return link_to(report.reporter)

    @admin.display(description=_("message"))
    def excerpt(self, report: Report) -> str:
        """How the message began when it was reported."""
        return report.said[:80] or "–"

    @admin.display(description=_("message now"))
    def now(self, report: Report) -> SafeString | str:
        """How the message begins today, or that it is deleted."""
        if report.message is None:
            return "–"
        gone = report.message.is_tombstone
        return link_to(report.message, _("(deleted)") if gone else report.message.body[:80])

    @admin.display(description=_("what was said around it"))
    def context(self, report: Report) -> SafeString | str:
        """Lead to the room's transcript, there."""
        if report.message is None:
            return "–"
        return link_to_transcript(report.message.room_id, _("Transcript"), report.message.seq)
