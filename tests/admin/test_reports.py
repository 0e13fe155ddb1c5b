"""Moderators at reports, sanctions, transcripts and the dashboard."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Sanction
from chat.services import members, messages, reports, sanctions
from tests.admin.conftest import Browser
from tests.factories import make_history, make_member, make_message, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ada, bob):
    return make_room("private", [bob], owner=ada)


@pytest.fixture
def report(room, ada, bob):
    message = make_message(room, bob, "<b>a fool</b>")
    return reports.report_message(ada.user, message.pk, "harassment", "Every day")


def test_a_report_is_found_taken_and_resolved(browser, moderator, report, bob):
    assert browser.rows("chat/report/", state="open", q=bob.username) == [report.pk]
    assert "Taken: 1." in browser.act("chat/report/", "take", report)
    assert browser.rows("chat/report/", state="mine") == [report.pk]
    told = browser.act("chat/report/", "resolve", report, reason="Warned")
    assert "Resolved: 1." in told
    report.refresh_from_db()
    assert (report.status, report.outcome, report.closed_by) == (
        "resolved", "Warned", moderator.user,
    )  # fmt: skip
    assert browser.rows("chat/report/", state="open") == []
    assert "This report has been decided." in browser.act("chat/report/", "dismiss", report)


def test_a_reports_page_shows_the_message_as_it_was_and_leads_to_the_transcript(
    browser, report, room, bob
):
    messages.edit(bob.user, report.message_id, "kind")
    page = browser.page(f"chat/report/{report.pk}/change/").content.decode()
    assert "&lt;b&gt;a fool&lt;/b&gt;" in page
    assert f"/admin/chat/room/{room.pk}/transcript/?around={report.message.seq}" in page
    assert f"/admin/chat/membership/?room={room.pk}&amp;user={bob.id}" in page
    browser.change(f"chat/report/{report.pk}/change/", decision="dismissed", words="A joke")
    report.refresh_from_db()
    assert (report.status, report.outcome) == ("dismissed", "A joke")


@pytest.mark.parametrize("decision", ["take", "escalated", "resolved", "dismissed"])
def test_a_decided_report_says_on_its_page_that_it_has_been_decided(
    browser, moderator, report, decision
):
    reports.close(moderator.user, report.pk, "resolved", "Warned")
    told = browser.change(f"chat/report/{report.pk}/change/", decision=decision, words="No")
    assert told == "This report has been decided."
    report.refresh_from_db()
    assert (report.status, report.outcome) == ("resolved", "Warned")


def test_what_left_a_list_meanwhile_is_not_passed_over_in_silence(browser, moderator, report):
    reports.close(moderator.user, report.pk, "resolved", "Warned")
    told = browser.act("chat/report/?state=open", "dismiss", report)
    assert told == "No longer in this list, and left as they are: 1."
    report.refresh_from_db()
    assert report.status == "resolved"


def test_a_transcript_shows_what_was_said_around_a_message_page_by_page(browser, room, bob):
    make_history(room, [bob], 200)
    marked = make_message(room, bob, "<i>here</i>")
    make_history(room, [bob], 100)
    path = f"chat/room/{room.pk}/transcript/"
    page = browser.page(path, around=marked.seq)
    assert "&lt;i&gt;here&lt;/i&gt;" in page.content.decode()
    seqs = [message.seq for message in page.context["messages_shown"]]
    assert seqs == list(range(marked.seq - 25, marked.seq + 25))
    earlier = browser.page(path, before=seqs[0]).context["messages_shown"]
    assert [message.seq for message in earlier] == list(range(seqs[0] - 50, seqs[0]))
    later = browser.page(path, after=seqs[-1]).context["messages_shown"]
    assert [message.seq for message in later] == list(range(seqs[-1] + 1, seqs[-1] + 51))
    newest = browser.page(path).context["messages_shown"]
    assert newest[-1].seq == 301


def test_a_transcript_costs_the_same_however_long_the_room(browser, room, bob):
    browser.page("")

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.page(f"chat/room/{room.pk}/transcript/", around=30)
        return len(captured)

    make_history(room, [bob], 60)
    before = queries()
    make_history(room, [bob], 500)
    assert queries() == before <= 9


def test_a_transcript_is_for_moderators(ada, room, browser):
    for path in (f"chat/room/{room.pk}/transcript/", "chat/report/", "chat/sanction/"):
        assert Browser(ada).get(f"/admin/{path}", follow=True).status_code == 403
    assert browser.get("/admin/chat/room/987654321/transcript/").status_code == 404


def test_an_appeal_is_found_and_answered_or_the_sanction_lifted(browser, room, ada, bob):
    until = timezone.now() + timedelta(days=1)
    members.mute(ada.user, room.pk, bob.id, until, "Shouting")
    mute = Sanction.objects.get(user=bob.user)
    assert browser.rows("chat/sanction/", state="appeal") == []
    sanctions.appeal(bob.user, mute.pk, "It was my cat.")
    assert browser.rows("chat/sanction/", state="appeal") == [mute.pk]
    path = f"chat/sanction/{mute.pk}/change/"
    assert "It was my cat." in browser.page(path).content.decode()
    browser.change(path, words="Cats do not type.")
    mute.refresh_from_db()
    assert mute.answer == "Cats do not type."
    assert browser.rows("chat/sanction/", state="appeal") == []
    browser.change(path, words="Well then", lift=True)
    assert browser.rows("chat/sanction/", state="force") == []
    make_message(room, bob)


def test_members_are_muted_banned_and_cleared_from_the_list(browser, room, ada, bob):
    seat = room.memberships.get(user=bob.user)
    make_message(room, bob)
    assert "Muted: 1." in browser.act("chat/membership/", "mute_hour", seat, reason="Shouting")
    assert Sanction.objects.get(user=bob.user).reason == "Shouting"
    assert "Cleared: 1." in browser.act("chat/membership/", "purge_day", seat)
    assert not room.messages.filter(deleted_at=None).exists()
    assert "Banned: 1." in browser.act("chat/membership/", "ban_day", seat)
    ban = Sanction.objects.get(user=bob.user, kind="ban")
    assert "Lifted: 1." in browser.act("chat/sanction/", "lift", ban)
    assert not Sanction.objects.in_force().filter(kind="ban").exists()


def test_a_ban_from_the_members_page_has_an_end(browser, bob):
    until = timezone.now() + timedelta(days=3)
    browser.change(
        f"accounts/user/{bob.id}/change/", banned=True, reason="Rude", banned_until=until
    )
    ban = Sanction.objects.get(user=bob.user)
    assert abs(ban.ends_at - until) < timedelta(seconds=2)


def test_the_dashboard_shows_what_is_to_be_seen_to(browser, report, room, bob, ada):
    page = browser.page("").content.decode()
    assert f"/admin/chat/report/{report.pk}/change/" in page
    assert f"/admin/chat/room/{room.pk}/transcript/" in page
    assert page.count("<rect") == 24
    overview = browser.page("").context["overview"]
    assert overview.open_reports == 1
    assert (room, 1) in overview.busy_rooms
    assert sum(count for _, count in overview.hours) >= 1


def test_the_dashboard_costs_the_same_however_much_was_said(browser, report, room, bob):
    browser.page("")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            browser.page("")
        return len(captured)

    before = queries()
    make_history(room, [bob], 300)
    assert queries() == before <= 20


def test_staff_who_do_not_moderate_see_no_dashboard():
    looker = make_member(is_staff=True)
    page = Browser(looker).page("").content.decode()
    assert "Open reports" not in page
