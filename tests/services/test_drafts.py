"""Drafts: the newest wins, whichever device it comes from and whenever it arrives."""

import msgspec
import pytest

from chat.broadcast import Own
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Draft
from chat.models.draft import DRAFT_MAX, DRAFTS_MAX
from chat.services import drafts, members, messages
from tests.factories import make_message, make_room
from tests.services.telling import listening


def texts_of(member):
    return [draft.body for draft in drafts.drafts_of(member.user)]


def test_a_draft_is_kept_and_told_to_ones_own_sockets_alone(room, ada, bob):
    answered = make_message(room, bob)
    with listening() as heard:
        kept = drafts.keep(ada.user, room.pk, "half a th", reply_to=answered.pk)
    assert drafts.drafts_of(ada.user) == [kept]
    assert (kept.body, kept.reply_to, kept.thread) == ("half a th", answered.pk, None)
    [told] = heard.of(Own)
    assert (told.user, told.kind) == (ada.id, "draft")
    assert msgspec.json.decode(told.row)["body"] == "half a th"
    assert texts_of(bob) == []


def test_each_room_and_each_thread_has_a_draft_of_its_own(room, private, ada, bob):
    root = make_message(room, bob)
    drafts.keep(ada.user, room.pk, "in the room")
    drafts.keep(ada.user, private.pk, "elsewhere")
    drafts.keep(ada.user, room.pk, "in the thread", thread=root.pk)
    drafts.keep(ada.user, room.pk, "in the thread!", thread=root.pk)
    assert sorted(texts_of(ada)) == ["elsewhere", "in the room", "in the thread!"]


def test_what_was_written_before_does_not_undo_what_was_written_after(room, ada):
    newest = drafts.keep(ada.user, room.pk, "newer")
    with listening() as heard:
        assert drafts.keep(ada.user, room.pk, "older", age=60_000) == newest
    assert texts_of(ada) == ["newer"]
    assert heard.of(Own) == []


def test_an_emptied_draft_is_not_brought_back_by_a_device_that_was_away(room, ada):
    drafts.keep(ada.user, room.pk, "sent meanwhile", age=60_000)
    drafts.keep(ada.user, room.pk, "")
    assert texts_of(ada) == []
    kept = drafts.keep(ada.user, room.pk, "sent meanwhile", age=30_000)
    assert kept.body == ""
    assert texts_of(ada) == []


def test_the_newest_draft_comes_first(room, private, ada):
    drafts.keep(ada.user, room.pk, "one", age=2000)
    drafts.keep(ada.user, private.pk, "two", age=1000)
    assert texts_of(ada) == ["two", "one"]


def test_a_draft_is_as_long_as_it_may_be(room, ada):
    assert drafts.keep(ada.user, room.pk, "x" * DRAFT_MAX).body == "x" * DRAFT_MAX
    with pytest.raises(TooLarge, match="at most 10,000"):
        drafts.keep(ada.user, room.pk, "x" * (DRAFT_MAX + 1))
    with pytest.raises(Invalid):
        drafts.keep(ada.user, room.pk, "\x00")
    with pytest.raises(Invalid, match="age"):
        drafts.keep(ada.user, room.pk, "from the future", age=-1)


def test_one_keeps_so_many_drafts_and_no_more(room, ada, owner):
    Draft.objects.bulk_create(
        Draft(
            user=ada.user,
            room=make_room(members=[ada], owner=owner) if number < 2 else room,
            thread=make_message(room, owner) if number >= 2 else None,
            body="begun",
            written_at="2026-01-01T00:00:00Z",
        )
        for number in range(DRAFTS_MAX - 1)
    )
    drafts.keep(ada.user, room.pk, "the last")
    full = make_room(members=[ada], owner=owner)
    with pytest.raises(Invalid, match=f"{DRAFTS_MAX} drafts"):
        drafts.keep(ada.user, full.pk, "one more")
    drafts.keep(ada.user, room.pk, "the last, changed")
    drafts.keep(ada.user, room.pk, "")
    drafts.keep(ada.user, full.pk, "one more")
    assert len(texts_of(ada)) == DRAFTS_MAX


def test_nobody_keeps_drafts_where_they_are_not(room, private, stranger):
    with pytest.raises(NotFound):
        drafts.keep(stranger.user, private.pk, "let me in")
    with pytest.raises(Forbidden):
        drafts.keep(stranger.user, room.pk, "let me in")


def test_a_draft_answers_messages_of_its_own_room_alone(room, private, ada):
    elsewhere = make_message(private, ada)
    for where in ({"reply_to": elsewhere.pk}, {"thread": elsewhere.pk}):
        with pytest.raises(NotFound, match="no such message"):
            drafts.keep(ada.user, room.pk, "hm", **where)


def test_drafts_of_a_room_one_left_are_not_shown(room, ada):
    drafts.keep(ada.user, room.pk, "unfinished")
    members.leave(ada.user, room.pk)
    assert texts_of(ada) == []


def test_a_draft_outlives_the_deletion_of_what_it_answers(room, ada, bob):
    answered = make_message(room, bob)
    drafts.keep(ada.user, room.pk, "but", reply_to=answered.pk)
    messages.remove(bob.user, answered.pk)
    assert texts_of(ada) == ["but"]
