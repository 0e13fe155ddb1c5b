"""The audit trail in the admin and as a file: read by moderators, changed by nobody."""

import csv
import io
import json
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from chat.models import AuditEntry
from chat.services import bans, rooms

pytestmark = pytest.mark.django_db


def exported(*arguments):
    out = StringIO()
    call_command("audit", *arguments, stdout=out)
    return out.getvalue()


def test_what_is_done_in_the_admin_is_written_with_its_reason(browser, moderator, ada, room):
    browser.act("chat/room/", "lock", room, reason="Quarrel")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.reason) == ("room.lock", moderator.user, "Quarrel")
    browser.change(f"chat/room/{room.pk}/change/", topic="Be kind", reason="A reminder")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.reason) == ("room.change", "A reminder")
    page = browser.page("chat/auditentry/", q="reminder").content.decode()
    assert "topic: &quot;&quot; → Be kind" in page


def test_it_is_searched_by_reason_and_by_who_did_it_to_whom(browser, moderator, ada, room):
    bans.ban(moderator.user, ada.id, "Spam everywhere")
    rooms.lock(ada.user, room.pk, True)
    ban = AuditEntry.objects.get(verb="member.ban", user=ada.user)
    assert browser.rows("chat/auditentry/", q="spam") == [ban.pk]
    assert browser.rows("chat/auditentry/", q=f"@{ada.username}") == [ban.pk]
    assert ban.pk not in browser.rows("chat/auditentry/", q=f"by:{ada.username}")
    assert browser.rows("chat/auditentry/", verb__exact="member.ban", user=ada.id) == [ban.pk]


def test_not_even_a_superuser_changes_or_deletes_it(superuser, ada, room):
    rooms.lock(ada.user, room.pk, True)
    entry = AuditEntry.objects.latest("pk")
    path = f"/admin/chat/auditentry/{entry.pk}"
    assert superuser.get("/admin/chat/auditentry/add/").status_code == 403
    assert superuser.post(f"{path}/change/", {"reason": "x"}).status_code == 403
    assert superuser.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    fields = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    superuser.post("/admin/chat/auditentry/", fields)
    assert AuditEntry.objects.get(pk=entry.pk).reason == ""


def test_chosen_entries_are_exported_as_a_table_that_computes_nothing(browser, ada, room):
    rooms.lock(ada.user, room.pk, True, "=HYPERLINK(1)")
    entry = AuditEntry.objects.latest("pk")
    fields = {"action": "as_csv", "_selected_action": [entry.pk]}
    response = browser.post("/admin/chat/auditentry/", fields)
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    [row] = csv.DictReader(io.StringIO(b"".join(response).decode()))
    assert (row["verb"], row["by"], row["reason"]) == ("room.lock", ada.username, "'=HYPERLINK(1)")
    assert json.loads(row["after"]) == {"locked": True}


def test_the_command_writes_all_of_it_or_what_is_newer(moderator, ada, room):
    bans.ban(moderator.user, ada.id, "Späm")
    entries = [json.loads(line) for line in exported().splitlines()]
    assert (entries[-1]["verb"], entries[-1]["reason"]) == ("member.ban", "Späm")
    assert (entries[-1]["by"], entries[-1]["member"]) == (moderator.username, ada.username)
    assert len(exported("--format", "csv").splitlines()) == len(entries) + 1
    assert exported("--since", "2999-01-01") == ""
    with pytest.raises(CommandError, match="--since"):
        exported("--since", "yesterday")


def test_moderators_may_read_it_by_a_migration_that_goes_both_ways():
    migration = import_module("chat.migrations.0009_audit_append_only")
    readers = Group.objects.filter(permissions__codename="view_auditentry")
    assert readers.filter(name="Moderators").exists()
    migration.let_no_more(apps, None)
    assert not readers.filter(name="Moderators").exists()
    migration.let_read(apps, None)
    assert readers.filter(name="Moderators").exists()
