"""Reports: what members bring before the moderators, and what these decide."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router

from chat import rows
from chat.api.answers import ReportRow, Reports, answer, answers
from chat.api.fields import Asked, Text
from chat.api.request import MemberRequest
from chat.errors import Invalid
from chat.services import reports as service

router = Router(tags=["reports"])


class NewReport(Asked):
    """Why: spam, harassment, hate, violence, private or other; and a note for the moderators."""

    reason: Text
    note: Text = ""


class Decision(Asked):
    """What becomes of a report: taken, escalated, resolved or dismissed.

    ``outcome`` is told to the reporter of one that is resolved or dismissed.
    """

    status: Text
    outcome: Text = ""


@router.post("messages/{any_id:message_id}/reports", openapi_extra=answers(ReportRow))
def report_message(request: MemberRequest, message_id: int, asked: NewReport) -> HttpResponse:
    """Report a message. While one's report is open, another one changes nothing."""
    return answer(_row(service.report_message(request.auth, message_id, asked.reason, asked.note)))


@router.post("users/{any_id:user_id}/reports", openapi_extra=answers(ReportRow))
def report_member(request: MemberRequest, user_id: int, asked: NewReport) -> HttpResponse:
    """Report a member to the moderators of the site."""
    return answer(_row(service.report_member(request.auth, user_id, asked.reason, asked.note)))


@router.get("rooms/{any_id:room_id}/reports", openapi_extra=answers(Reports))
def open_reports(request: MemberRequest, room_id: int) -> HttpResponse:
    """The open reports on messages of a room. For those who look after it."""
    return answer(Reports([_row(found) for found in service.open_in(request.auth, room_id)]))


@router.patch("reports/{any_id:report_id}", openapi_extra=answers(ReportRow))
def decide(request: MemberRequest, report_id: int, asked: Decision) -> HttpResponse:
    """Take a report, leave it to the site's moderators, or decide it."""
    user = request.auth
    match asked.status:
        case "taken":
            report = service.take(user, report_id)
        case "escalated":
            report = service.escalate(user, report_id, asked.outcome)
        case "resolved" | "dismissed":
            report = service.close(user, report_id, asked.status, asked.outcome)
        case _:
            raise Invalid(_("status: taken, escalated, resolved or dismissed."))
    return answer(_row(report))


def _row(report: service.Report) -> ReportRow:
    return ReportRow(
        report.pk,
        report.user_id,
        report.message_id,
        report.reason,
        report.note,
        report.said,
        report.status,
        rows.wire_time(report.created_at),
        report.assignee_id,
        report.message.seq if report.message else None,
    )
