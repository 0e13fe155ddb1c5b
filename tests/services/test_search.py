"""Searching messages: found is what a look at every message would find, at once and later on."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import sql
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Filter, Message, SearchPosition, SearchText
from chat.models.message import BODY_MAX
from chat.searching import fold
from chat.services import (
    blocks,
    indexing,
    members,
    messages,
    polls,
    purging,
    retention,
    search,
)
from chat.services.search import RESULTS_MAX
from tests.factories import make_history, make_member, make_message, make_room

pytestmark = pytest.mark.django_db


def index() -> None:
    """Take all texts, as the process with the lease does in a while."""
    while indexing.advance():
        pass


@pytest.fixture(params=["before the index", "by the index"])
def settle(request):
    """What happens between saying and searching: nothing, or the index comes past."""
    return index if request.param == "by the index" else lambda: None


def found(member, text, **where):
    page = search.find(member.user, text, **where)
    return ["".join(piece.text for piece in message.excerpt) for message in page.messages]


@pytest.mark.parametrize(
    ("said", "searched"),
    [
        ("Der Gartenzaun ist fertig", "tenza"),
        ("Der Gartenzaun ist fertig", "FERTIG garten"),
        ("Der Gartenzaun ist fertig", '"zaun ist fer"'),
        ("Grüße aus der Straße", "strasse grusse"),
        ("في المدرسة الجديدة", "مدرسه"),
        ("مُحَمَّدٌ هنا", "محمد"),
        ("明日の茶会です", "茶会"),
        ("100% of a_b\\c", "a_b\\c"),
        ("it costs 100% more", "100%"),
    ],
)
def test_parts_of_words_are_found_whatever_their_case_and_accents(
    room, ada, bob, settle, said, searched
):
    make_message(room, ada, said)
    make_message(room, ada, "something else")
    settle()
    assert found(bob, searched) == [said]


@pytest.mark.parametrize("searched", ["tea coffee", '"green tea"', "xtea", "a%e", "t_a"])
def test_all_words_must_stand_there_and_phrases_as_they_are(room, ada, settle, searched):
    make_message(room, ada, "tea that is green")
    settle()
    assert found(ada, searched) == []


def test_results_come_newest_first_with_author_place_and_words_marked(
    room, private, ada, bob, settle
):
    make_message(room, ada, "old tea")
    second = make_message(private, bob, "new tea")
    settle()
    page = search.find(ada.user, "tea")
    newest = page.messages[0]
    assert [message.seq for message in page.messages] == [1, 1]
    assert (newest.id, newest.room, newest.slug) == (second.pk, private.pk, private.slug)
    assert (newest.room_name, newest.kind, newest.author) == (private.name, "private", bob.id)
    assert [(piece.text, piece.found) for piece in newest.excerpt] == [
        ("new ", False), ("tea", True),
    ]  # fmt: skip
    assert {person.id for person in page.people} == {ada.id, bob.id}
    assert (page.older, page.complete) == (None, True)


def test_a_direct_conversation_is_called_after_the_others(direct, ada, bob):
    make_message(direct, ada, "tea for two")
    assert search.find(ada.user, "tea").messages[0].room_name == bob.name


def test_pages_follow_each_other_without_gap_or_repetition(room, private, ada, settle):
    for number in range(7):
        make_message(room if number % 3 else private, ada, f"tea {number}")
    settle()
    make_message(room, ada, "tea 7")
    seen, before = [], None
    while True:
        page = search.find(ada.user, "tea", before=before, limit=3)
        seen += ["".join(piece.text for piece in each.excerpt) for each in page.messages]
        if page.older is None:
            break
        before = page.older
    assert seen == [f"tea {number}" for number in range(7, -1, -1)]


def test_limits_of_a_page_are_kept(room, ada):
    make_history(room, [ada], RESULTS_MAX + 5, "tea")
    assert len(found(ada, "tea", limit=RESULTS_MAX + 1)) == RESULTS_MAX
    with pytest.raises(Invalid, match="limit"):
        search.find(ada.user, "tea", limit=0)


# --- whose messages -----------------------------------------------------------------------------


def test_a_room_one_is_not_in_is_not_searched(room, private, ada, stranger, settle):
    make_message(private, ada, "tea in private")
    make_message(room, ada, "tea in public")
    settle()
    assert found(stranger, "tea") == []
    with pytest.raises(NotFound):
        search.find(stranger.user, "tea", room_id=private.pk)
    with pytest.raises(Forbidden):
        search.find(stranger.user, "tea", room_id=room.pk)


def test_who_leaves_finds_nothing_there_any_more(private, ada, settle):
    make_message(private, ada, "tea")
    settle()
    assert found(ada, "tea") == ["tea"]
    members.leave(ada.user, private.pk)
    assert found(ada, "tea") == []


def test_one_room_alone_can_be_searched(room, private, ada, settle):
    make_message(room, ada, "tea here")
    make_message(private, ada, "tea there")
    settle()
    assert found(ada, "tea", room_id=room.pk) == ["tea here"]
    assert found(ada, f"tea in:#{private.slug}") == ["tea there"]
    assert found(ada, f"tea in:{private.slug} in:#{room.slug}") == ["tea there", "tea here"]


def test_a_room_of_others_and_one_that_never_was_are_told_alike(private, stranger):
    told = []
    for slug in (private.slug, "never-was"):
        with pytest.raises(Invalid) as refusal:
            search.find(stranger.user, f"tea in:#{slug}")
        told.append(refusal.value.detail.replace(slug, "X"))
    assert told[0] == told[1]


def test_a_blocked_members_words_are_not_found_by_who_blocked_them(room, ada, bob, settle):
    make_message(room, bob, "tea of Bob")
    settle()
    blocks.block(ada.user, bob.id)
    assert found(ada, "tea") == []
    assert found(bob, "tea") == ["tea of Bob"]


def test_a_guest_finds_what_was_said_in_their_rooms(room, private, ada, owner, settle):
    guest = make_member(is_guest=True)
    members.invite(owner.user, private.pk, guest.id)
    make_message(room, ada, "tea outside")
    make_message(private, ada, "tea inside")
    settle()
    assert found(guest, "tea") == ["tea inside"]


def test_whom_one_never_met_and_who_never_was_are_told_alike(ada):
    other = make_member()
    told = []
    for handle in (other.username, "never.was"):
        with pytest.raises(Invalid) as refusal:
            search.find(ada.user, f"tea from:@{handle}")
        told.append(refusal.value.detail.replace(handle, "X"))
    assert told[0] == told[1]


# --- filters ------------------------------------------------------------------------------------


def test_an_author_can_be_named(room, ada, bob, settle):
    make_message(room, ada, "tea of Ada")
    make_message(room, bob, "tea of Bob")
    settle()
    assert found(ada, f"tea from:@{bob.username}") == ["tea of Bob"]
    assert found(ada, f"from:{bob.username}") == ["tea of Bob"]
    assert found(ada, "tea from:me") == ["tea of Ada"]
    members.leave(bob.user, room.pk)
    assert found(ada, f"tea from:@{bob.username}") == ["tea of Bob"]


def test_days_are_those_of_who_asks(room, ada, settle):
    ada.user.time_zone = "Asia/Tokyo"
    late = make_message(room, ada, "tea at midnight")
    Message.objects.filter(pk=late.pk).update(
        created_at=datetime(2026, 3, 1, 16, tzinfo=UTC)  # 2 March, 1:00 in Tokyo
    )
    settle()
    assert found(ada, "tea after:2026-03-02 before:2026-03-03") == ["tea at midnight"]
    assert found(ada, "tea before:2026-03-02") == []
    assert found(ada, "tea after:2026-03-03") == []


def test_messages_with_a_link_can_be_asked_for(room, ada, settle):
    linked = make_message(room, ada, "tea at https://example.org/x")
    make_message(room, ada, "tea without")
    settle()
    assert found(ada, "tea has:link") == ["tea at https://example.org/x"]
    assert found(ada, "has:link") == ["tea at https://example.org/x"]
    messages.edit(ada.user, linked.pk, "tea, link removed")
    assert found(ada, "has:link") == []


# --- what changes -------------------------------------------------------------------------------


def test_an_edit_is_found_by_its_new_words_alone(room, ada, settle):
    message = make_message(room, ada, "the first wording")
    settle()
    messages.edit(ada.user, message.pk, "the second version")
    for _ in range(2):
        assert found(ada, "wording") == []
        assert found(ada, "version") == ["the second version"]
        index()


def test_what_was_deleted_is_not_found_and_leaves_no_text(room, owner, ada, settle):
    message = make_message(room, ada, "a secret word")
    settle()
    messages.remove(owner.user, message.pk)
    assert found(ada, "secret") == []
    index()
    assert found(ada, "secret") == []
    assert not SearchText.objects.filter(room=room).exclude(text="").exists()
    messages.restore(owner.user, message.pk)
    assert found(ada, "secret") == ["a secret word"]


def test_what_is_over_or_purged_leaves_no_text(room, private, owner, ada, settle):
    for where in (room, private):
        make_message(where, ada, "a secret word")
    settle()
    purging.purge_room(owner.user, private.pk, ada.id, timezone.now() - timedelta(hours=1))
    retention.set_for_room(owner.user, room.pk, 1)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        retention.expire()
    index()
    assert found(ada, "secret") == []
    assert not SearchText.objects.filter(text__contains="secret").exists()


def test_a_held_message_is_not_found(room, ada, owner, settle):
    Filter.objects.create(
        name="tea", kind="words", text="tea", action="hold", state="live", tried_at=timezone.now()
    )
    with pytest.raises(Forbidden):
        make_message(room, ada, "tea is held")
    settle()
    assert found(ada, "tea") == []
    assert found(owner, "tea") == []


def test_threads_polls_and_forwarded_messages_are_found(room, private, ada, settle):
    root = make_message(room, ada, "the root")
    make_message(room, ada, "tea in a thread", thread=root.pk)
    polls.ask(ada.user, room.pk, uuid4(), "Drinks?", ["Tea", "Coffee"])
    settle()
    assert found(ada, "tea") == ["Drinks? · Tea · Coffee", "tea in a thread"]
    reply = search.find(ada.user, "thread").messages[0]
    assert (reply.thread, reply.in_room) == (root.pk, False)


# --- how the index is filled --------------------------------------------------------------------


def test_an_old_site_is_filled_in_portions(room, private, ada, monkeypatch):
    monkeypatch.setattr(indexing, "PORTION", 4)
    make_history(room, [ada], 11, "tea")
    make_history(private, [ada], 3, "tea")
    index()
    assert SearchText.objects.count() == 14
    positions = SearchPosition.objects.values_list("room", "seq")
    assert dict(positions) == {room.pk: 11, private.pk: 3}
    make_history(room, [ada], 1, "tea")
    index()
    assert SearchText.objects.count() == 15
    assert not indexing.advance()


def test_who_searches_is_told_while_older_messages_are_yet_to_be_indexed(room, ada, monkeypatch):
    monkeypatch.setattr(search, "UNINDEXED_MAX", 5)
    make_history(room, [ada], 8, lambda number: f"tea number {number}")
    page = search.find(ada.user, "tea")
    assert [message.seq for message in page.messages] == [8, 7, 6, 5, 4]
    assert not page.complete
    index()
    page = search.find(ada.user, "tea")
    assert len(page.messages) == 8
    assert page.complete


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen between reading a portion and writing its texts."""

    def happens(what):
        monkeypatch.setattr(sql, "commit_loosely", lambda: (monkeypatch.undo(), what()))

    return happens


def test_what_is_changed_while_it_is_being_indexed_stays_as_it_was_changed(
    room, owner, ada, meanwhile
):
    edited, gone = make_message(room, ada, "old wording"), make_message(room, ada, "a secret")

    def change():
        messages.edit(ada.user, edited.pk, "new wording")
        messages.remove(owner.user, gone.pk)

    meanwhile(change)
    index()
    assert SearchPosition.objects.get(room=room).seq == 2
    assert found(ada, "wording") == ["new wording"]
    assert not SearchText.objects.filter(text__contains="secret").exists()
    assert not SearchText.objects.filter(text__contains="old").exists()


def test_two_that_index_at_once_do_each_portion_once(room, ada, owner, meanwhile):
    message = make_message(room, ada, "a secret")

    def another():
        index()
        messages.remove(owner.user, message.pk)

    meanwhile(another)
    index()
    assert not SearchText.objects.filter(text__contains="secret").exists()


def test_posting_asks_nothing_of_the_index(room, ada):
    with CaptureQueriesContext(connection) as captured:
        make_message(room, ada, "as ever")
    assert [query["sql"] for query in captured if "chat_search" in query["sql"]] == []


def test_the_longest_message_is_found_by_its_end(room, ada, settle):
    make_message(room, ada, "x" * (BODY_MAX - 6) + "finish")
    settle()
    assert len(found(ada, "xfinish")) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite walks through all of it")
def test_what_was_said_long_ago_is_found_by_index(room, private, ada, monkeypatch):
    monkeypatch.setattr("chat.models.search.WALKED", 3)
    make_message(private, ada, "a needle elsewhere")
    make_message(room, ada, "a needle")
    make_history(room, [ada], 30, "hay and straw")
    index()
    assert found(ada, "needle") == ["a needle", "a needle elsewhere"]
    assert found(ada, "needle", room_id=private.pk) == ["a needle elsewhere"]
    assert len(found(ada, "straw", limit=10)) == 10


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such limit")
def test_what_takes_too_long_is_refused_in_words(room, ada, monkeypatch):
    monkeypatch.setattr(search, "newest_in", lambda *_: slowly())
    monkeypatch.setattr(search, "PATIENCE", 20)

    def slowly():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    with pytest.raises(Invalid, match="too long"):
        search.find(ada.user, "tea")


WORDS = ["tea", "Tee", "teapot", "grün", "Grünkohl", "بيت", "بَيْت", "kohl", "otto", "pot tea"]
said = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
steps = st.lists(
    st.tuples(st.sampled_from(["post", "edit", "remove", "restore", "index"]), said,
              st.integers(0, 20)),
    max_size=25,
)  # fmt: skip


@given(steps=steps, wanted=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_found_is_what_a_look_at_every_message_finds(owner, ada, steps, wanted):
    room = make_room(members=[ada], owner=owner)
    made = []
    for verb, body, which in steps:
        if verb == "post":
            made.append(make_message(room, ada, body).pk)
        elif verb == "index":
            indexing.advance()
        elif made:
            changed(verb, owner, ada, made[which % len(made)], body)
    rows = Message.objects.filter(room=room, deleted_at=None).order_by("-seq")
    expected = [row.pk for row in rows if all(fold(word) in fold(row.body) for word in wanted)]
    text = " ".join(f'"{word}"' for word in wanted)
    page = search.find(ada.user, text, room_id=room.pk, limit=RESULTS_MAX)
    assert [message.id for message in page.messages] == expected


def changed(verb, owner, ada, pk, body):
    """Do one of the verbs; what is not possible as things stand changes nothing."""
    try:
        if verb == "edit":
            messages.edit(ada.user, pk, body)
        elif verb == "remove":
            messages.remove(owner.user, pk)
        else:
            messages.restore(owner.user, pk)
    except NotFound:
        assert verb == "edit"
