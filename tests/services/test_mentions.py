"""Calls of everybody, the inbox of mentions, and members named without being there."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Call, Mention
from chat.services import blocks, members, mentions, messages, presence, reading, rooms, screening
from chat.services.mentions import HANDLES_MAX, INBOX_MAX
from chat.services.posting import Post, post_many
from chat.services.presence import Process
from tests.factories import make_member, make_message, make_room
from tests.services.telling import fragment_rows, listening, stored_message


def mentions_of(member, room):
    [row] = reading.rooms_of(member.user, room.pk)
    return row.mentions


def bodies(page):
    return [message.body for message in page.messages]


@pytest.fixture
def connected(db):
    """Give members a socket on a living server process."""
    process = Process(UUID(int=1), "host", 1)
    presence.beat(process)

    def connect(*wanted, visible=True):
        presence.store(process, {uuid4(): (member.id, visible) for member in wanted})

    return connect


# --- calling everybody ------------------------------------------------------------------------


def test_owners_and_moderators_call_every_member_but_themselves(room, owner, moderator, ada):
    make_message(room, owner, "fire drill @room")
    assert [mentions_of(each, room) for each in (owner, moderator, ada)] == [0, 1, 1]
    make_message(room, moderator, "over, @room")
    assert [mentions_of(each, room) for each in (owner, moderator, ada)] == [1, 0, 2]


def test_a_call_is_told_as_it_is_stored_and_writes_one_row(room, owner):
    with listening() as heard:
        ack = messages.post(owner.user, room.pk, uuid4(), "hello **@room**")
    [changed] = heard.changes_in(room.pk)
    [row] = fragment_rows(changed.messages)
    assert row == stored_message(ack.id)
    assert (row["call"], row["mentions"]) == ("room", [])
    assert '<span class="mention" data-call="room">@room</span>' in row["html"]
    assert Call.objects.filter(room=room).count() == 1
    assert not Mention.objects.filter(room=room).exists()


def test_what_a_call_costs_does_not_grow_with_the_room(owner):
    def cost_in(room):
        with CaptureQueriesContext(connection) as queries:
            make_message(room, owner, "@room")
        return len(queries)

    small = make_room(members=[make_member()], owner=owner)
    large = make_room(members=[make_member() for _ in range(20)], owner=owner)
    screening.refresh()
    assert cost_in(small) == cost_in(large)


def test_a_plain_member_who_calls_is_refused_in_words_and_nothing_is_posted(room, ada, bob):
    with pytest.raises(Forbidden, match="Only owners and moderators may call everybody"):
        messages.post(ada.user, room.pk, uuid4(), "look @room")
    with pytest.raises(Forbidden):
        messages.post(ada.user, room.pk, uuid4(), "look @here")
    assert not room.messages.exists()
    assert mentions_of(bob, room) == 0


def test_a_refused_call_does_not_touch_its_neighbours(room, ada, bob):
    calling, quiet = post_many(
        [Post(ada.id, room.pk, uuid4(), "@room"), Post(bob.id, room.pk, uuid4(), "hi")]
    )
    assert isinstance(calling, Forbidden)
    assert quiet.seq == 1


def test_a_room_may_let_all_its_members_call(room, owner, ada, bob):
    rooms.update(owner.user, room.pk, callers="members")
    make_message(room, ada, "@room")
    assert mentions_of(bob, room) == 1
    rooms.update(owner.user, room.pk, callers="stewards")
    with pytest.raises(Forbidden):
        messages.post(ada.user, room.pk, uuid4(), "@room")


def test_only_who_looks_after_a_room_chooses_who_may_call(room, owner, ada):
    with pytest.raises(Forbidden):
        rooms.update(ada.user, room.pk, callers="members")
    with pytest.raises(Invalid, match="callers"):
        rooms.update(owner.user, room.pk, callers="everybody")


def test_in_a_direct_conversation_both_may_call(direct, ada, bob):
    make_message(direct, ada, "@room")
    assert mentions_of(bob, direct) == 1


def test_here_calls_those_who_are_connected(room, owner, ada, bob, connected):
    connected(owner, ada)
    message = make_message(room, owner, "@here")
    assert [mentions_of(each, room) for each in (owner, ada, bob)] == [0, 1, 0]
    [row] = reading.rooms_of(ada.user, room.pk)
    assert row.here == [message.seq]
    [row] = reading.rooms_of(bob.user, room.pk)
    assert row.here is None


def test_here_calls_one_who_looks_elsewhere_but_no_stranger_who_is_there(
    room, owner, ada, stranger, connected
):
    connected(ada, visible=False)
    connected(stranger)
    make_message(room, owner, "@here")
    members.join(stranger.user, room.pk)
    assert mentions_of(ada, room) == 1
    assert bodies(mentions.inbox(stranger.user)) == []


def test_one_named_and_called_in_one_message_is_mentioned_once(room, owner, ada):
    make_message(room, owner, f"@room and @{ada.username}")
    assert mentions_of(ada, room) == 1


def test_a_call_that_was_read_counts_no_more(room, owner, ada):
    message = make_message(room, owner, "@room")
    members.mark_read(ada.user, room.pk, message.seq)
    assert mentions_of(ada, room) == 0


def test_a_call_in_code_calls_nobody(room, ada, bob):
    make_message(room, ada, "write `@room`")
    assert mentions_of(bob, room) == 0


def test_a_deleted_call_calls_nobody_any_more(room, owner, ada):
    message = make_message(room, owner, "@room")
    messages.remove(owner.user, message.pk)
    assert mentions_of(ada, room) == 0
    assert "call" not in stored_message(message.pk)


def test_an_edit_takes_a_call_back_but_never_makes_one(room, owner, ada, bob):
    message = make_message(room, owner, "@room")
    messages.edit(owner.user, message.pk, "never mind")
    assert mentions_of(bob, room) == 0
    assert "call" not in stored_message(message.pk)
    messages.edit(owner.user, message.pk, "@room after all")
    plain = make_message(room, ada, "hi")
    messages.edit(ada.user, plain.pk, "hi @room")
    assert mentions_of(bob, room) == 0
    assert "data-call" not in stored_message(plain.pk)["html"]


def test_an_edit_that_keeps_the_call_keeps_it(room, owner, bob):
    message = make_message(room, owner, "@room, lunch")
    messages.edit(owner.user, message.pk, "@room, dinner")
    assert mentions_of(bob, room) == 1
    assert stored_message(message.pk)["call"] == "room"


# --- the inbox --------------------------------------------------------------------------------


def test_the_inbox_holds_mentions_and_calls_of_all_ones_rooms(room, private, owner, ada, bob):
    make_message(room, bob, f"one @{ada.username}")
    make_message(private, owner, "two @room")
    make_message(private, bob, "not for her")
    make_message(room, bob, f"three @{ada.username}")
    page = mentions.inbox(ada.user)
    assert bodies(page) == [f"three @{ada.username}", "two @room", f"one @{ada.username}"]
    assert {message.room for message in page.messages} == {room.pk, private.pk}
    assert {person.id for person in page.people} == {bob.id, owner.id}
    assert not page.more


def test_the_inbox_is_paged_by_the_message_one_has_seen_last(room, owner, ada, bob):
    for number in range(5):
        author, called = [(owner, "room"), (bob, ada.username)][number % 2]
        make_message(room, author, f"{number} @{called}")
    seen, before = [], None
    while True:
        page = mentions.inbox(ada.user, before, limit=2)
        seen += [message.body[0] for message in page.messages]
        # What comes in between moves nothing.
        make_message(room, bob, f"later @{ada.username}")
        if not page.more:
            break
        before = page.messages[-1].id
    assert seen == ["4", "3", "2", "1", "0"]


def test_the_inbox_costs_the_same_however_much_is_in_it(room, ada, bob, django_assert_num_queries):
    for _ in range(3):
        make_message(room, bob, f"@{ada.username}")
    with django_assert_num_queries(5):
        mentions.inbox(ada.user)
    for _ in range(10):
        make_message(room, bob, f"@{ada.username}")
    with django_assert_num_queries(5):
        mentions.inbox(ada.user)


def test_a_page_of_the_inbox_has_its_limits(ada):
    with pytest.raises(Invalid, match="limit"):
        mentions.inbox(ada.user, limit=0)
    assert mentions.inbox(ada.user, limit=INBOX_MAX + 1).messages == []


def test_what_was_called_in_a_room_before_one_came_is_not_in_the_inbox(room, owner, stranger):
    make_message(room, owner, "@room before")
    members.join(stranger.user, room.pk)
    make_message(room, owner, "@room after")
    assert bodies(mentions.inbox(stranger.user)) == ["@room after"]


def test_mentions_of_a_room_one_left_are_out_of_the_inbox(private, owner, ada):
    make_message(private, owner, f"@{ada.username}")
    make_message(private, owner, "@room")
    members.leave(ada.user, private.pk)
    assert bodies(mentions.inbox(ada.user)) == []


def test_a_deleted_mention_is_out_of_the_inbox(room, bob, ada):
    message = make_message(room, bob, f"@{ada.username}")
    messages.remove(bob.user, message.pk)
    assert bodies(mentions.inbox(ada.user)) == []


# --- named without being there ----------------------------------------------------------------


def test_members_of_the_site_who_are_not_in_the_room_are_told(room, owner, ada, stranger):
    handles = [stranger.username.upper(), ada.username, "nobody-at-all"]
    found = mentions.absent(owner.user, room.pk, handles)
    assert [person.id for person in found.users] == [stranger.id]
    assert found.may_invite
    assert not mentions.absent(ada.user, room.pk, handles).may_invite


def test_nobody_can_be_invited_into_a_locked_room_or_a_direct_one(
    room, direct, owner, ada, stranger
):
    rooms.lock(owner.user, room.pk, True)
    assert not mentions.absent(owner.user, room.pk, [stranger.username]).may_invite
    assert not mentions.absent(ada.user, direct.pk, [stranger.username]).may_invite


def test_who_is_not_in_a_room_is_not_told_who_is_not_in_it(room, private, stranger, ada):
    with pytest.raises(NotFound):
        mentions.absent(stranger.user, private.pk, [ada.username])
    with pytest.raises(Forbidden):
        mentions.absent(stranger.user, room.pk, [ada.username])


def test_so_many_handles_are_asked_about_at_once_and_no_more(room, ada):
    handles = [f"someone-{number}" for number in range(HANDLES_MAX)]
    assert mentions.absent(ada.user, room.pk, handles).users == []
    with pytest.raises(Invalid, match="at most"):
        mentions.absent(ada.user, room.pk, [*handles, "one-more"])


# --- rooms named ------------------------------------------------------------------------------


def test_a_room_named_in_a_text_is_given_away_to_nobody(room, private, ada, bob, stranger):
    message = make_message(room, ada, f"see #{private.slug} and #nowhere-at-all")
    for slug in (private.slug, "nowhere-at-all"):
        assert f'<room-link slug="{slug}">#{slug}</room-link>' in message.html
    assert private.name not in message.html
    slugs = [private.slug, room.slug, "nowhere-at-all"]
    assert set(reading.rooms_by_slug(bob.user, slugs)) == {room, private}
    assert reading.rooms_by_slug(stranger.user, slugs) == [room]


def test_so_many_rooms_are_asked_about_at_once_and_no_more(ada):
    slugs = [f"room-{number}" for number in range(reading.SLUGS_MAX)]
    assert reading.rooms_by_slug(ada.user, slugs) == []
    with pytest.raises(Invalid, match="at most"):
        reading.rooms_by_slug(ada.user, [*slugs, "one-more"])


def test_who_is_apart_from_the_author_by_a_block_is_not_called(room, owner, ada, bob, connected):
    connected(ada, bob)
    blocks.block(ada.user, owner.id)
    blocks.block(owner.user, bob.id)
    for body in ("@room", "@here", f"@{ada.username} @{bob.username}"):
        make_message(room, owner, body)
    for member in (ada, bob):
        assert mentions_of(member, room) == 0
        assert bodies(mentions.inbox(member.user)) == []
