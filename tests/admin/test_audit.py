"""The audit trail in the admin and as a file: read by moderators, changed by nobody."""

import csv
import io
import json
from importlib import import_module
from io import StringIO

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext

from chat.models import AuditEntry
from chat.services import bans, export, rooms
from tests.admin.conftest import Browser

pytestmark = pytest.mark.django_db


def exported(*arguments):
    out = StringIO()
    call_command("audit", *arguments, stdout=out)
    return out.getvalue()


def parts(response):
    """Return the parts of a file, as a server sends them, each with its number of queries."""

    async def read():
        return [(part.decode(), len(captured)) async for part in response]

    with CaptureQueriesContext(connections["default"]) as captured:
        return async_to_sync(read)()


def contents(response):
    """Return what a file says."""
    return "".join(part for part, _queries in parts(response))


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
    [row] = csv.DictReader(io.StringIO(contents(response)))
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


@pytest.mark.parametrize(
    ("migration", "model"),
    [
        ("0009_audit_append_only", "auditentry"),
        ("0015_moderators_see_sanctions", "sanction"),
        ("0017_moderators_see_reports", "report"),
        ("0020_filters", "filter"),
        ("0020_filters", "heldmessage"),
        ("0024_retention", "sitestate"),
    ],
)
def test_moderators_see_it_by_a_migration_that_goes_both_ways(migration, model):
    granting = import_module(f"chat.migrations.{migration}").Migration.operations[-1]
    readers = Group.objects.filter(permissions__codename=f"view_{model}", name="Moderators")
    assert readers.exists()
    granting.reverse_code(apps, None)
    assert not readers.exists()
    granting.code(apps, None)
    assert readers.exists()


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_all_that_the_list_lets_through_is_exported_as_a_file(browser, room, ada, kind):
    browser.act("chat/room/", "lock", room, reason="First")
    browser.act("chat/room/", "unlock", room, reason="Second")
    browser.act("accounts/user/", "ban", ada.user, reason="Third")
    everything = browser.get(f"/admin/chat/auditentry/export.{kind}")
    assert f'filename="audit.{kind}"' in everything["Content-Disposition"]
    assert everything.streaming
    text = contents(everything)
    assert all(word in text for word in ("First", "Second", "Third"))
    some = browser.get(f"/admin/chat/auditentry/export.{kind}?room={room.pk}&q=Second&p=o7")
    text = contents(some)
    assert [word for word in ("First", "Second", "Third") if word in text] == ["Second"]
    assert browser.get("/admin/chat/auditentry/export.xls").status_code == 404


def test_a_file_is_sent_while_the_rest_is_still_to_be_read(browser, ada, room, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 2)
    for locked in (True, False, True):
        rooms.lock(ada.user, room.pk, locked)
    response = browser.get(f"/admin/chat/auditentry/export.jsonl?room={room.pk}")
    assert [(len(part.splitlines()), queries) for part, queries in parts(response)] == [
        (2, 1), (1, 3),
    ]  # fmt: skip


def test_who_may_not_see_the_trail_does_not_export_it(ada):
    answer = Browser(ada).get("/admin/chat/auditentry/export.csv")
    assert answer.status_code in (302, 403)
