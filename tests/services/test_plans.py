"""What members read is found by index, however large the site: Postgres's own plans say so."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat.live import admission
from chat.live.admission import Credentials, Shown
from chat.models import Room
from chat.services import reading, search
from tests.factories import sign_in

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite's planner has no choice to speak of"
)

MEMBERS, ROOMS, ROOMS_EACH = 4_000, 4_000, 5
BUSY = 150_000  # messages in one room
ELSEWHERE = 20  # messages in each of the others
BLOCKS = 50  # of a member: fewer in all would fit a few pages, which one reads faster than an index
SEARCHED = 4  # of so many messages one has a text to search: an index takes a while to make
PAGE = reading.BEHIND_MAX * 1.5  # rows, the most that is read at once; planners guess
ONE_ROW = {"chat_sitestate"}
# As the command `seed` would, but in some seconds.
FURNISH = """
INSERT INTO accounts_user (username, display_name, password, is_active, is_staff, is_superuser,
    first_name, last_name, email, date_joined, avatar, status, time_zone, ban_reason)
SELECT 'planned' || n, 'Planned ' || n, 'none', true, false, false,
    '', '', '', now(), '', '', 'UTC', ''
FROM generate_series(1, {members}) n;

INSERT INTO chat_room (kind, slug, name, topic, version, last_seq, info_version, locked, slow_mode,
    created_at)
SELECT 'public', 'planned-' || n, 'Planned ' || n, '', CASE n WHEN 1 THEN {busy} ELSE {others} END,
    CASE n WHEN 1 THEN {busy} ELSE {others} END, 0, false, 0, now()
FROM generate_series(1, {rooms}) n;

INSERT INTO chat_membership (room_id, user_id, role, version, read_seq, notify, joined_at)
SELECT room.id, member.id, 'member', 1, 0, 'all', now()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_user) member
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM chat_room) room
    ON room.n = 1 OR member.n % ({rooms} / {each}) = room.n % ({rooms} / {each});

INSERT INTO chat_message (room_id, seq, version, posted_version, author_id, client_id, body, html,
    pinned, created_at)
SELECT room.id, seq, seq, seq, (SELECT min(id) FROM accounts_user) + seq % {members},
    gen_random_uuid(), 'said', '<p>said</p>', false, now()
FROM chat_room room, generate_series(1, room.last_seq) seq;

DROP INDEX search_grams;

INSERT INTO chat_searchtext (message_id, room_id, author_id, said_at, has_link, text)
SELECT id, room_id, author_id, created_at, id % 50 = 0,
    CASE WHEN id % 3 = 0 THEN 'often ' ELSE '' END
    || CASE id % 40000 WHEN 0 THEN 'once' ELSE 'no' || id % 500 END
FROM chat_message WHERE id % {searched} = 0;

CREATE INDEX search_grams ON chat_searchtext
USING gin ((chat_grams(text) || hashint8(room_id))) WITH (fastupdate = off);

INSERT INTO chat_searchposition (room_id, seq) SELECT id, last_seq FROM chat_room;

INSERT INTO chat_mention (message_id, user_id, room_id, seq)
SELECT id, (SELECT min(id) FROM accounts_user) + id % {members}, room_id, seq
FROM chat_message WHERE id % 2 = 0;

INSERT INTO chat_reaction (message_id, user_id, emoji)
SELECT id, author_id, '+' FROM chat_message WHERE id % 2 = 1;

INSERT INTO chat_call (message_id, room_id, seq, author_id, kind, members)
SELECT id, room_id, seq, author_id, 'room', '' FROM chat_message WHERE id % 2 = 0;

INSERT INTO chat_poll (message_id, options, multiple, voters, tally)
SELECT id, '[]', false, 0, '[]' FROM chat_message WHERE id % 2 = 1;

INSERT INTO chat_block (blocker_id, blocked_id, created_at)
SELECT blocker.id, blocked.id, now()
FROM accounts_user blocker, generate_series(1, {blocks}) n, accounts_user blocked
WHERE blocked.id = blocker.id + n AND blocker.username LIKE 'planned%';

INSERT INTO django_session (session_key, session_data, expire_date)
SELECT 'planned' || n, 'none', now() + interval '1 day' FROM generate_series(1, 20000) n;

ANALYZE
"""


@pytest.fixture(scope="module")
def large_site(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A site on which reading a whole table, or a whole room, would show in a plan."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
        connection.set_autocommit(False)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout TO 0")
                cursor.execute(
                    FURNISH.format(
                        members=MEMBERS,
                        rooms=ROOMS,
                        each=ROOMS_EACH,
                        busy=BUSY,
                        others=ELSEWHERE,
                        blocks=BLOCKS,
                        searched=SEARCHED,
                    )
                )
            yield
        finally:
            connection.rollback()
            connection.set_autocommit(True)


@pytest.fixture
def busy(large_site: None) -> Room:
    return Room.objects.get(slug="planned-1")


@pytest.fixture
def member(large_site: None) -> User:
    return User.objects.get(username="planned7")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of a plan, each with those below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def assert_by_index(read: Callable[[], object]) -> None:
    """Fail if a query of ``read`` walks through a table, or sorts more than a page."""
    with CaptureQueriesContext(connection) as captured:
        read()
    asked = [query["sql"].strip() for query in captured]
    selects = [statement for statement in asked if statement.startswith(("SELECT", "WITH"))]
    assert selects, "it asked the database"
    for statement in selects:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + statement)
            [(found,)] = cursor.fetchall()
        plan = json.loads(found) if isinstance(found, str) else found
        assert faults_in(plan[0]["Plan"]) == [], statement


def faults_in(plan: dict[str, Any]) -> list[str]:
    """What a plan does that takes longer as the site grows."""
    faults = []
    for node in nodes(plan):
        kind, table = node["Node Type"], node.get("Relation Name")
        if kind == "Seq Scan" and table not in ONE_ROW:
            faults.append(f"walks through {table}")
        if kind == "Sort" and node["Plan Rows"] > PAGE:
            faults.append(f"sorts {node['Plan Rows']} rows")
    return faults


@pytest.mark.parametrize(
    "anchor", [{}, {"before": BUSY // 2}, {"after": BUSY // 2}, {"around": BUSY // 2}], ids=str
)
def test_a_page_of_history_is_read_along_an_index(
    busy: Room, member: User, anchor: dict[str, int]
) -> None:
    assert_by_index(lambda: reading.history(member, busy.pk, **anchor))


def test_the_list_of_rooms_and_what_is_unread_there_are_found_by_index(member: User) -> None:
    assert len(reading.rooms_of(member)) >= ROOMS_EACH
    assert_by_index(lambda: reading.rooms_of(member))


def test_the_rooms_of_many_arriving_together_are_found_by_index(busy: Room) -> None:
    arriving = list(User.objects.order_by("pk").values_list("pk", flat=True)[:4])
    assert_by_index(lambda: reading.rooms_of_many(arriving))


@pytest.mark.parametrize("behind", [1, 200, 900, 5000], ids="{} behind".format)
def test_what_changed_is_read_along_an_index(busy: Room, member: User, behind: int) -> None:
    assert_by_index(lambda: reading.sync(member, {busy.pk: busy.version - behind}))


@pytest.mark.parametrize(
    "wanted",
    ["often", "once", "nowhere", '"often no17"', "no123 after:2020-01-01", "often from:me",
     "from:me", "has:link"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["in all rooms", "in one room"])
def test_messages_are_searched_for_by_index(
    busy: Room, member: User, wanted: str, where: str
) -> None:
    room = busy.pk if where == "in one room" else None
    assert_by_index(lambda: search.find(member, wanted, room_id=room))


def test_a_session_is_found_by_index_and_compared_by_index(busy: Room, member: User) -> None:
    key = sign_in(member)
    [guest] = admission.identify([Credentials(session=key)])
    assert guest.user == member
    assert_by_index(lambda: admission.identify([Credentials(session=key)]))
    assert_by_index(lambda: admission.sessions_changed([Shown(key, member.pk, guest.stamp)]))
