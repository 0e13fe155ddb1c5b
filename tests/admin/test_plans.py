"""The admin on a site with a million messages: each page is read along an index."""

import json
import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.admin import paging
from chat.models import Message, Room
from chat.services import overview
from tests.admin.conftest import Browser
from tests.factories import make_member
from tests.services.test_plans import nodes

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite's planner has no choice to speak of"
)

# A million where one asks for them; what the planner decides is decided with far fewer.
MESSAGES = int(os.environ.get("ADMIN_MESSAGES", "100000"))
LOOKED_AT = max(paging.LOOKED_THROUGH, overview.LOOKED_AT) * 1.5  # rows, planners guess
SMALL = {
    "django_session", "auth_permission", "auth_group", "django_content_type", "auth_user_groups",
    "accounts_user_groups", "auth_group_permissions", "accounts_user_user_permissions",
    "chat_savedview", "chat_report", "chat_sanction", "chat_heldmessage", "chat_filter",
    "chat_serverprocess", "chat_connection", "chat_sitestate", "chat_room",
    "accounts_user",
}  # fmt: skip
FURNISH = """
SET LOCAL statement_timeout = 0;

INSERT INTO accounts_user (username, display_name, password, is_active, is_staff, is_superuser,
    first_name, last_name, email, date_joined, avatar, status, time_zone, ban_reason)
SELECT 'many' || n, 'Many ' || n, 'none', true, false, false, '', '', '', now(), '', '', 'UTC', ''
FROM generate_series(1, 5000) n;

INSERT INTO chat_room (kind, slug, name, topic, version, last_seq, info_version, locked, slow_mode,
    created_at)
SELECT 'public', 'many-' || n, 'Many ' || n, '', {messages} / 20, {messages} / 20, 0, false, 0,
    now()
FROM generate_series(1, 20) n;

INSERT INTO chat_membership (room_id, user_id, role, version, read_seq, notify, joined_at)
SELECT room.id, member.id, 'member', 1, 0, 'all', now()
FROM accounts_user member, chat_room room
WHERE member.username LIKE 'many%' AND room.slug LIKE 'many-%';

INSERT INTO chat_message (room_id, seq, version, posted_version, author_id, client_id, body, html,
    pinned, created_at)
SELECT room.id, seq, seq, seq, (SELECT min(id) FROM accounts_user WHERE username LIKE 'many%')
    + seq % 5000, gen_random_uuid(), 'said ' || seq, '', false, now() - interval '1 s' * seq
FROM generate_series(1, {messages} / 20) seq, chat_room room WHERE room.slug LIKE 'many-%';

INSERT INTO chat_auditentry (at, verb, actor_id, user_id, room_id, reason, before, after)
SELECT now(), 'room.lock', author_id, author_id, room_id, 'why', '{{}}', '{{}}' FROM chat_message;

ANALYZE
"""


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    """A site with very many messages and as many entries in the trail."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
        connection.set_autocommit(False)
        try:
            with connection.cursor() as cursor:
                cursor.execute(FURNISH.format(messages=MESSAGES))
            yield Browser(make_member(is_staff=True, is_superuser=True))
        finally:
            connection.rollback()
            connection.set_autocommit(True)


@pytest.fixture(scope="module")
def middle(many):
    """A message in the middle of a room, and of all."""
    room = Room.objects.get(slug="many-7")
    return Message.objects.get(room=room, seq=MESSAGES // 40)


def faults_in(plan):
    """What a plan does that takes longer as the site grows."""
    faults = []
    for node in nodes(plan):
        kind, table = node["Node Type"], node.get("Relation Name")
        if kind == "Seq Scan" and table not in SMALL and node["Plan Rows"] > 1:
            faults.append(f"walks through {table}")
        if kind == "Sort" and node["Plan Rows"] > LOOKED_AT:
            faults.append(f"sorts {node['Plan Rows']} rows")
    return faults


def assert_read_by_index(browser, path, **query):
    browser.page("")  # the session is noted once in a while
    with CaptureQueriesContext(connection) as captured:
        browser.page(path, **query)
    statements = [one["sql"] for one in captured if one["sql"].startswith(("SELECT", "WITH"))]
    assert statements
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + statement)
            [(found,)] = cursor.fetchall()
        plan = json.loads(found) if isinstance(found, str) else found
        assert faults_in(plan[0]["Plan"]) == [], statement


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("chat/message/", {}),
        ("chat/message/", {"p": "o{pk}"}),
        ("chat/message/", {"p": "n{pk}"}),
        ("chat/message/", {"room": "{room}"}),
        ("chat/message/", {"room": "{room}", "p": "o{seq}"}),
        ("chat/message/", {"room": "{room}", "p": "n{seq}"}),
        ("chat/message/", {"author": "{author}"}),
        ("chat/message/", {"author": "{author}", "p": "o{pk}"}),
        ("chat/message/", {"room": "{room}", "author": "{author}"}),
        ("chat/message/", {"q": "nowhere"}),
        ("chat/message/", {"q": "nowhere", "p": "o{pk}"}),
        ("chat/message/", {"q": "nowhere", "room": "{room}"}),
        ("chat/message/", {"q": "@many7"}),
        ("chat/message/", {"deleted": "yes"}),
        ("chat/message/", {"pinned__exact": "1"}),
        ("chat/membership/", {}),
        ("chat/membership/", {"room": "{room}"}),
        ("chat/membership/", {"user": "{author}"}),
        ("chat/membership/", {"role__exact": "owner"}),
        ("chat/auditentry/", {}),
        ("chat/auditentry/", {"p": "o{pk}"}),
        ("chat/auditentry/", {"room": "{room}"}),
        ("chat/auditentry/", {"user": "{author}"}),
        ("chat/auditentry/", {"verb__exact": "room.archive"}),
        ("chat/auditentry/", {"q": "nowhere"}),
        ("chat/room/{room}/transcript/", {"around": "{seq}"}),
        ("chat/message/{pk}/change/", {}),
        ("", {}),
    ],
    ids=str,
)
def test_a_page_is_read_along_an_index_on_a_site_of_any_size(many, middle, path, query):
    known = {
        "pk": middle.pk, "seq": middle.seq, "room": middle.room_id, "author": middle.author_id,
    }  # fmt: skip
    wanted = {name: value.format(**known) for name, value in query.items()}
    assert_read_by_index(many, path.format(**known), **wanted)
