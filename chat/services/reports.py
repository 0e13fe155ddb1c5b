"""Reports: made by members, taken, decided and answered by moderators."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.errors import Forbidden, Invalid, NotFound, RateLimited, TooLarge
from chat.models import Membership, Message, Report
from chat.models.audit import Verb
from chat.models.message import UNSTORABLE
from chat.models.report import NOTE_MAX
from chat.permissions import NO_MESSAGE, check_steward
from chat.sentences import filled, followed
from chat.services import audit, sanctions, stewards
from chat.services.access import access_message, access_room, people_for, seat_in

RATE_MAX = 10  # reports of one member within RATE_WINDOW
RATE_WINDOW = timedelta(hours=1)
LISTED_MAX = 100  # reports in a list
NO_REPORT = _("There is no such report.")
CLOSING = {
    Report.Status.RESOLVED: (Verb.RESOLVE_REPORT, _("Your report about %(name)s was resolved.")),
    Report.Status.DISMISSED: (Verb.DISMISS_REPORT, _("Your report about %(name)s was dismissed.")),
}


def report_message(actor: User, message_id: int, reason: str, note: str = "") -> Report:
    """Bring a message before the moderators, as it is now. Again while that is open: the same one.

    Raises Invalid, TooLarge, NotFound (also for a tombstone), Forbidden or RateLimited.
    """
    note = _clean(reason, note)
    message = access_message(actor, message_id)
    if message.is_tombstone:
        raise NotFound(NO_MESSAGE)
    if message.author_id == actor.pk:
        raise Forbidden(_("This message is your own."))
    return _file(actor, message.author, reason, note, message)


def report_member(actor: User, user_id: int, reason: str, note: str = "") -> Report:
    """Bring a member before the moderators of the site. Raises what ``report_message`` does."""
    note = _clean(reason, note)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or (actor.is_guest and user not in people_for(actor)):
        raise NotFound(_("There is no such member."))
    if user == actor:
        raise Forbidden(_("That is you."))
    return _file(actor, user, reason, note, None)


def of(user: User) -> list[Report]:
    """Return what a member reported, the newest first, with what came of it."""
    found = Report.objects.filter(reporter=user).select_related("user", "room")
    return list(found.order_by("-pk")[:LISTED_MAX])


def open_in(actor: User, room_id: int) -> list[Report]:
    """Return the open reports on messages of a room, for those who look after it.

    What was escalated is for the moderators of the site, and nobody sees what is about themselves.
    Raises NotFound or Forbidden.
    """
    room = access_room(actor, room_id)
    check_steward(actor, seat_in(actor, room), _("Only owners and moderators may see reports."))
    found = Report.objects.filter(room=room, status=Report.Status.NEW).exclude(user=actor)
    return list(found.select_related("user", "reporter", "message").order_by("-pk")[:LISTED_MAX])


def take(actor: User, report_id: int) -> Report:
    """Make oneself the one who sees to a report. Raises NotFound or Forbidden."""
    with transaction.atomic():
        report = _open(actor, report_id)
        before, report.assignee = {"assignee": report.assignee_id}, actor
        report.save(update_fields=["assignee"])
        _record(actor, Verb.TAKE_REPORT, report, before=before, after={"assignee": actor.pk})
    return report


def escalate(actor: User, report_id: int, why: str = "") -> Report:
    """Leave a report to the moderators of the site. Raises NotFound, Forbidden or TooLarge."""
    why = audit.clean_reason(why)
    with transaction.atomic():
        report = _open(actor, report_id)
        before, report.status = {"status": report.status}, Report.Status.ESCALATED
        report.assignee = None
        report.save(update_fields=["status", "assignee"])
        after = {"status": report.status}
        _record(actor, Verb.ESCALATE_REPORT, report, why, before=before, after=after)
    return report


def close(actor: User, report_id: int, status: str, outcome: str = "") -> Report:
    """Decide a report, ``resolved`` or ``dismissed``; the reporter is told, with ``outcome``.

    Raises Invalid, TooLarge, NotFound or Forbidden.
    """
    if status not in CLOSING:
        raise Invalid(_("status: resolved or dismissed."))
    outcome = audit.clean_reason(outcome)
    verb, words = CLOSING[Report.Status(status)]
    with transaction.atomic():
        report = _open(actor, report_id)
        before = {"status": report.status}
        report.status, report.outcome = status, outcome
        report.closed_at, report.closed_by = timezone.now(), actor
        report.save(update_fields=["status", "outcome", "closed_at", "closed_by"])
        _record(actor, verb, report, outcome, before=before, after={"status": status})
        told = followed(filled(words, name=report.user.name), outcome)
        sanctions.tell(report.reporter_id, "report", told)
    return report


def _clean(reason: str, note: str) -> str:
    if reason not in Report.Reason.values:
        raise Invalid(_("reason: one of %(values)s."), values=", ".join(Report.Reason.values))
    note = note.strip()
    if UNSTORABLE.search(note):
        raise Invalid(_("note: there is a character in it that cannot be stored."))
    if len(note) > NOTE_MAX:
        raise TooLarge(_("note: at most %(most)s characters."), most=NOTE_MAX)
    return note


def _file(actor: User, user: User, reason: str, note: str, message: Message | None) -> Report:
    with transaction.atomic():
        # Two reports of one member wait for each other: the second one finds the first.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        own = Report.objects.filter(reporter=actor)
        found = own.open().filter(user=user, message=message).first()
        if found is not None:
            return found
        _check_rate(actor)
        report = Report.objects.create(
            reporter=actor,
            user=user,
            message=message,
            room_id=message.room_id if message else None,
            reason=reason,
            note=note,
            said=message.body if message else "",
        )
        if message is not None:
            stewards.tell(message.room_id)
            told = filled(_("A message in %(room)s was reported."), room=message.room.name)
            stewards.tell_words(message.room_id, told, but={actor.pk, user.pk})
        return report


def _check_rate(actor: User) -> None:
    lately = Report.objects.filter(
        reporter=actor, created_at__gt=timezone.now() - RATE_WINDOW
    ).order_by("created_at")
    times = list(lately.values_list("created_at", flat=True))
    if settings.RATE_LIMITS and len(times) >= RATE_MAX:
        wait = times[-RATE_MAX] + RATE_WINDOW - timezone.now()
        raise RateLimited(
            _("You have reported much lately. Please wait a while."),
            retry_after=wait.total_seconds(),
        )


def _open(actor: User, report_id: int) -> Report:
    """Return an open report that ``actor`` may decide, locked. Raises NotFound or Forbidden."""
    found = Report.objects.select_for_update(of=("self",)).select_related("user")
    report = found.filter(pk=report_id).first()
    may_judge = _may_judge(actor, report)
    if report is None or not may_judge:
        raise NotFound(NO_REPORT)
    if actor.pk in (report.user_id, report.reporter_id) and not actor.is_superuser:
        raise Forbidden(_("Somebody else has to decide this one."))
    if not report.is_open:
        raise Forbidden(_("This report has been decided."))
    return report


def _may_judge(actor: User, report: Report | None) -> bool:
    if actor.is_moderator:
        return True
    # Looked for in any case: it must not show in the time whether there is such a report.
    room_id = report and report.room_id
    seat = Membership.objects.active().filter(room=room_id or 0, user=actor).first()
    if report is None or report.status == Report.Status.ESCALATED:
        return False
    return seat is not None and seat.is_steward


def _record(
    actor: User,
    verb: Verb,
    report: Report,
    reason: str = "",
    *,
    before: audit.Facts,
    after: audit.Facts,
) -> None:
    facts = {"report": report.pk}
    audit.record(
        actor, verb, reason, room=report.room_id, user=report.user_id, before=before,
        after=facts | after,
    )  # fmt: skip
