"""Reports: made once, limited, taken, decided, and the reporter told."""

from datetime import timedelta

import pytest

from chat.broadcast import ModerationChanged, Told
from chat.errors import Forbidden, Invalid, NotFound, RateLimited, TooLarge
from chat.models import AuditEntry, Report
from chat.services import members, messages, reports
from tests.factories import make_member, make_message, make_moderator
from tests.services.telling import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(room, ada):
    return make_message(room, ada, "you are a fool")


@pytest.fixture
def report(message, bob):
    return reports.report_message(bob.user, message.pk, "harassment", "Every day")


def test_a_report_keeps_the_message_as_it_was(report, message, ada, room):
    messages.edit(ada.user, message.pk, "you are kind")
    messages.remove(ada.user, message.pk)
    report.refresh_from_db()
    assert (report.said, report.note, report.user) == ("you are a fool", "Every day", ada.user)
    assert (report.room, report.status) == (room, "new")


def test_who_looks_after_the_room_hears_of_a_report_but_nobody_of_one_about_themselves(
    room, owner, moderator, ada, bob
):
    theirs = make_message(room, moderator, "be quiet, fool")
    with listening() as heard:
        reports.report_message(bob.user, theirs.pk, "harassment")
    words = f"A message in {room} was reported."
    assert [(told.user, told.about, told.texts["en"]) for told in heard.of(Told)] == [
        (owner.id, "reported", words)
    ]
    [changed] = heard.of(ModerationChanged)
    assert set(changed.users) == {owner.id, moderator.id}
    assert [report.message for report in reports.open_in(owner.user, room.pk)] == [theirs]
    assert reports.open_in(moderator.user, room.pk) == []


def test_staff_in_the_room_who_moderate_nothing_hear_nothing_of_a_report(message, room, owner, bob):
    clerk, chair = make_member(is_staff=True), make_moderator()
    for member in (clerk, chair):
        members.join(member.user, room.pk)
    with listening() as heard:
        reports.report_message(bob.user, message.pk, "spam")
    [changed] = heard.of(ModerationChanged)
    told = {told.user for told in heard.of(Told)}
    assert {owner.id, chair.id} <= told & set(changed.users)
    assert clerk.id not in told | set(changed.users)


def test_one_has_one_open_report_on_a_message_or_member(report, message, ada, bob, moderator):
    assert reports.report_message(bob.user, message.pk, "spam").pk == report.pk
    about_her = reports.report_member(bob.user, ada.id, "spam")
    assert about_her.pk != report.pk
    assert reports.report_member(bob.user, ada.id, "hate").pk == about_her.pk
    reports.close(moderator.user, report.pk, "dismissed")
    assert reports.report_message(bob.user, message.pk, "spam").pk != report.pk


def test_what_cannot_be_reported(room, private, message, ada, bob, stranger, moderator):
    hidden = make_message(private, ada)
    gone = make_message(room, ada)
    messages.remove(moderator.user, gone.pk)
    for who, what, error in (
        (ada, message, Forbidden),
        (stranger, hidden, NotFound),
        (bob, gone, NotFound),
    ):
        with pytest.raises(error):
            reports.report_message(who.user, what.pk, "spam")
    with pytest.raises(NotFound):
        reports.report_message(bob.user, 2**62, "spam")
    with pytest.raises(Forbidden):
        reports.report_member(bob.user, bob.id, "spam")
    with pytest.raises(NotFound):
        reports.report_member(bob.user, 2**62, "spam")
    with pytest.raises(Invalid, match="reason"):
        reports.report_message(bob.user, message.pk, "boring")
    with pytest.raises(TooLarge, match="500"):
        reports.report_message(bob.user, message.pk, "spam", "x" * 501)
    assert not Report.objects.exists()


def test_ten_reports_an_hour_and_no_more(bob, settings):
    settings.RATE_LIMITS = True
    for _ in range(reports.RATE_MAX):
        last = reports.report_member(bob.user, make_member().id, "spam")
    with pytest.raises(RateLimited) as refusal:
        reports.report_member(bob.user, make_member().id, "spam")
    assert 0 < refusal.value.retry_after <= 3600
    first = Report.objects.filter(reporter=bob.user).earliest("pk")
    Report.objects.filter(pk=first.pk).update(created_at=last.created_at - timedelta(hours=2))
    reports.report_member(bob.user, make_member().id, "spam")


@pytest.mark.parametrize("status", ["resolved", "dismissed"])
def test_the_reporter_is_told_the_outcome(report, bob, moderator, ada, status):
    with listening() as heard:
        reports.close(moderator.user, report.pk, status, "Thank you.")
    [told] = heard.of(Told)
    assert (told.user, told.about) == (bob.id, "report")
    assert told.texts["en"] == f"Your report about {ada.name} was {status}. Thank you."
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.user, entry.before) == (moderator.user, ada.user, {"status": "new"})
    with pytest.raises(Forbidden, match="decided"):
        reports.close(moderator.user, report.pk, status)
    assert [found.outcome for found in reports.of(bob.user)] == ["Thank you."]


def test_a_report_is_taken_and_escalated_out_of_the_rooms_hands(
    report, room, moderator, site_moderator
):
    assert reports.open_in(moderator.user, room.pk) == [report]
    reports.take(moderator.user, report.pk)
    report.refresh_from_db()
    assert report.assignee == moderator.user
    reports.escalate(moderator.user, report.pk, "Beyond me")
    assert reports.open_in(moderator.user, room.pk) == []
    with pytest.raises(NotFound):
        reports.close(moderator.user, report.pk, "resolved")
    reports.close(site_moderator.user, report.pk, "resolved")


def test_only_who_looks_after_the_room_decides_and_nobody_in_their_own_matter(
    report, room, owner, ada, bob, stranger, moderator
):
    for other in (ada, bob, stranger):
        with pytest.raises(NotFound):
            reports.close(other.user, report.pk, "dismissed")
        with pytest.raises(Forbidden):
            reports.open_in(other.user, room.pk)
    members.set_role(owner.user, room.pk, ada.id, "moderator")
    with pytest.raises(Forbidden, match="Somebody else"):
        reports.close(ada.user, report.pk, "dismissed")
    with pytest.raises(Invalid, match="status"):
        reports.close(moderator.user, report.pk, "new")


def test_a_report_on_a_member_is_for_the_moderators_of_the_site(ada, bob, owner, site_moderator):
    report = reports.report_member(bob.user, ada.id, "spam")
    with pytest.raises(NotFound):
        reports.close(owner.user, report.pk, "dismissed")
    reports.close(site_moderator.user, report.pk, "dismissed")


def test_a_superuser_decides_even_what_they_reported(message):
    root = make_moderator()
    report = reports.report_message(root.user, message.pk, "spam")
    assert reports.close(root.user, report.pk, "resolved").status == "resolved"
