"""Messages: edit, remove, react, pin; and who may."""

from uuid import uuid4

import pytest

from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Mention, Message, MessageEdit
from chat.models.message import BODY_MAX
from chat.services import members, messages, reading, rooms
from chat.services import messages as messages_module
from chat.services.messages import REACTIONS_MAX
from tests.factories import make_message, make_room
from tests.services.telling import fragment_rows, listening, stored_message, takes_versions

NOBODY = 2**62


@pytest.fixture
def message(room, ada):
    return make_message(room, ada, "hi **all**")


def told_of(heard, message):
    """Return the one row of ``message`` that was announced."""
    [changed] = heard.changes_in(message.room_id)
    [row] = fragment_rows(changed.messages)
    return row


def earlier_bodies(message):
    edits = MessageEdit.objects.filter(message=message)
    return list(edits.values_list("body", "replaced_by"))


# --- edit -------------------------------------------------------------------------------------


def test_an_edit_replaces_the_body_and_keeps_the_earlier_one(message, ada):
    with takes_versions(message.room_id):
        ack = messages.edit(ada.user, message.pk, "  hi *all* ")
    row = stored_message(message.pk)
    assert (row["body"], row["html"]) == ("hi *all*", "<p>hi <em>all</em></p>")
    assert row["edited_at"] is not None
    assert (ack.seq, ack.id, ack.version) == (message.seq, message.pk, row["version"])
    assert earlier_bodies(message) == [("hi **all**", ada.id)]


def test_earlier_bodies_are_kept_in_order_and_shown_to_members(message, ada, bob):
    for body in ("two", "three"):
        messages.edit(ada.user, message.pk, body)
    assert [edit["body"] for edit in reading.edits_of(bob.user, message.pk)] == [
        "hi **all**",
        "two",
    ]


def test_an_edit_is_told_as_the_row_that_is_stored(message, ada):
    with listening() as heard:
        messages.edit(ada.user, message.pk, "hello")
    assert told_of(heard, message) == stored_message(message.pk)


def test_an_edit_that_changes_nothing_is_acked_at_the_present_version(message, room, ada, bob):
    make_message(room, bob)
    with takes_versions(room.pk, 0):
        ack = messages.edit(ada.user, message.pk, "hi **all** ")
    room.refresh_from_db()
    assert ack.version == room.version > message.version
    assert stored_message(message.pk)["edited_at"] is None
    assert earlier_bodies(message) == []


def test_an_edit_renews_who_is_mentioned(room, ada, bob, owner):
    message = make_message(room, ada, f"@{bob.username}")
    messages.edit(ada.user, message.pk, f"@{owner.username} and @{owner.username}")
    assert stored_message(message.pk)["mentions"] == [owner.id]
    [mention] = Mention.objects.filter(message=message)
    assert (mention.user_id, mention.room_id, mention.seq) == (owner.id, room.pk, message.seq)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [(" \n", Invalid), ("a\0b", Invalid), ("\ud800", Invalid), ("x" * (BODY_MAX + 1), TooLarge)],
)
def test_a_body_that_cannot_be_is_no_edit(message, ada, body, refusal):
    with takes_versions(message.room_id, 0), pytest.raises(refusal, match="^body:"):
        messages.edit(ada.user, message.pk, body)


@pytest.mark.parametrize("actor", ["owner", "moderator", "bob", "site_moderator"])
def test_nobody_edits_what_another_said(room, message, actor, request):
    actor = request.getfixturevalue(actor)
    with takes_versions(room.pk, 0), pytest.raises(Forbidden):
        messages.edit(actor.user, message.pk, "I agree with everything")


# --- remove -----------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["ada", "owner", "moderator", "site_moderator"])
def test_a_deleted_message_is_an_empty_tombstone(room, actor, ada, bob, request):
    actor = request.getfixturevalue(actor)
    message = make_message(room, ada, f"hi @{bob.username}")
    messages.react(bob.user, message.pk, "👍", True)
    with takes_versions(room.pk):
        messages.remove(actor.user, message.pk)
    row = stored_message(message.pk)
    assert row["deleted"]
    assert (row["body"], row["html"], row["attachments"]) == ("", "", [])
    assert (row["reactions"], row["mentions"], row["pinned"]) == ([], [], False)
    assert (row["seq"], row["author"]) == (message.seq, ada.id)
    assert Message.objects.get(pk=message.pk).deleted_by == actor.user
    assert earlier_bodies(message) == [(f"hi @{bob.username}", actor.id)]


def test_a_deletion_is_told_as_the_row_that_is_stored(message, ada):
    with listening() as heard:
        messages.remove(ada.user, message.pk)
    assert told_of(heard, message) == stored_message(message.pk)


def test_a_second_deletion_is_acked_at_the_present_version(room, message, ada, bob, moderator):
    messages.remove(ada.user, message.pk)
    make_message(room, bob)
    with takes_versions(room.pk, 0):
        ack = messages.remove(moderator.user, message.pk)
    room.refresh_from_db()
    assert (ack.version, ack.seq, ack.id) == (room.version, message.seq, message.pk)
    assert Message.objects.get(pk=message.pk).deleted_by == ada.user


def test_a_plain_member_deletes_only_what_they_said(room, message, bob):
    with takes_versions(room.pk, 0), pytest.raises(Forbidden):
        messages.remove(bob.user, message.pk)


def test_an_author_who_left_deletes_nothing_any_more(room, message, ada):
    members.leave(ada.user, room.pk)
    with pytest.raises(Forbidden):
        messages.remove(ada.user, message.pk)


@pytest.mark.parametrize(
    "verb",
    [
        lambda user, message: messages.edit(user, message, "back again"),
        lambda user, message: messages.react(user, message, "👍", True),
        lambda user, message: messages.react(user, message, "👍", False),
        lambda user, message: messages.pin(user, message, True),
    ],
)
def test_nothing_more_happens_to_a_tombstone(room, owner, verb):
    message = make_message(room, owner)
    messages.remove(owner.user, message.pk)
    with takes_versions(room.pk, 0), pytest.raises(NotFound):
        verb(owner.user, message.pk)


# --- react ------------------------------------------------------------------------------------


def test_reactions_are_grouped_by_emoji_in_the_order_they_came(message, room, ada, bob, owner):
    for member, emoji in ((bob, "👍"), (ada, "🎉"), (ada, "👍"), (owner, "🎉")):
        with takes_versions(room.pk):
            messages.react(member.user, message.pk, emoji, True)
    assert stored_message(message.pk)["reactions"] == [
        {"emoji": "👍", "users": [bob.id, ada.id]},
        {"emoji": "🎉", "users": [ada.id, owner.id]},
    ]


def test_a_reaction_is_taken_back(message, bob):
    messages.react(bob.user, message.pk, "👍", True)
    with takes_versions(message.room_id) as heard:
        messages.react(bob.user, message.pk, "👍", False)
    assert told_of(heard, message) == stored_message(message.pk)
    assert stored_message(message.pk)["reactions"] == []


def test_reacting_twice_or_taking_back_nothing_is_acked_at_the_present_version(message, room, bob):
    messages.react(bob.user, message.pk, "👍", True)
    make_message(room, bob)
    with takes_versions(room.pk, 0):
        twice = messages.react(bob.user, message.pk, "👍", True)
        nothing = messages.react(bob.user, message.pk, "🎉", False)
    room.refresh_from_db()
    assert twice.version == nothing.version == room.version


@pytest.mark.parametrize(
    "emoji",
    [
        "👍",
        "👍🏽",
        "👩‍👩‍👧‍👦",
        "🇫🇷",
        "❤️",
        "1️⃣",
        "#️⃣",
        "☕",
        "™️",
        "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "🫩",
        "ℹ️",
        "〰️",
        "👩🏽‍❤️‍💋‍👨🏿",
        " 🎉 ",
    ],
)
def test_an_emoji_is_one(message, bob, emoji):
    messages.react(bob.user, message.pk, emoji, True)
    assert stored_message(message.pk)["reactions"][0]["emoji"] == emoji.strip()


@pytest.mark.parametrize("emoji", ["", " ", "a", "👍a", "<b>", "1", "\u200d", "\0", "👍" * 33])
def test_what_is_no_emoji_is_invalid(message, bob, emoji):
    with takes_versions(message.room_id, 0), pytest.raises(Invalid, match="^emoji:"):
        messages.react(bob.user, message.pk, emoji, True)


@pytest.mark.parametrize("emoji", ["👍👍", "🇫🇷🇩🇪", "👍🏽🎉", "❤️1️⃣", "👩‍👩‍👧‍👦🎉"])
def test_several_emoji_are_not_one(message, bob, emoji):
    with takes_versions(message.room_id, 0), pytest.raises(Invalid, match="^emoji:"):
        messages.react(bob.user, message.pk, emoji, True)


def test_a_message_carries_so_many_different_reactions_and_no_more(message, ada, bob):
    kinds = [chr(0x1F400 + number) for number in range(REACTIONS_MAX)]
    for emoji in kinds:
        messages.react(bob.user, message.pk, emoji, True)
    with pytest.raises(Invalid, match="^emoji:"):
        messages.react(ada.user, message.pk, "🎉", True)
    messages.react(ada.user, message.pk, kinds[0], True)


def test_a_message_carries_so_many_reactions_that_its_row_fits_a_frame(
    message, ada, bob, monkeypatch
):
    monkeypatch.setattr(messages_module, "REACTED_MAX", 2)
    for member, emoji in ((ada, "🎉"), (bob, "🎉")):
        messages.react(member.user, message.pk, emoji, True)
    with takes_versions(message.room_id, 0), pytest.raises(Invalid, match="at most 2 reactions"):
        messages.react(ada.user, message.pk, "👍", True)
    messages.react(ada.user, message.pk, "🎉", False)
    messages.react(ada.user, message.pk, "👍", True)


# --- pin --------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["owner", "moderator", "site_moderator"])
def test_who_looks_after_a_room_pins(message, actor, request):
    actor = request.getfixturevalue(actor)
    with takes_versions(message.room_id):
        messages.pin(actor.user, message.pk, True)
    with takes_versions(message.room_id, 0):
        messages.pin(actor.user, message.pk, True)
    assert stored_message(message.pk)["pinned"]
    with takes_versions(message.room_id):
        messages.pin(actor.user, message.pk, False)


def test_a_plain_member_pins_not_even_what_they_said(message, ada):
    with takes_versions(message.room_id, 0), pytest.raises(Forbidden):
        messages.pin(ada.user, message.pk, True)


# --- who may ----------------------------------------------------------------------------------


VERBS = [
    lambda user, message: messages.edit(user, message, "mine now"),
    lambda user, message: messages.remove(user, message),
    lambda user, message: messages.react(user, message, "👍", True),
    lambda user, message: messages.react(user, message, "👍", False),
    lambda user, message: messages.pin(user, message, True),
]


@pytest.mark.parametrize("verb", VERBS)
def test_a_message_in_a_public_room_is_forbidden_to_who_has_not_joined(
    room, message, stranger, verb
):
    with takes_versions(room.pk, 0), pytest.raises(Forbidden):
        verb(stranger.user, message.pk)


@pytest.mark.parametrize("verb", VERBS)
def test_a_hidden_message_cannot_be_told_from_one_that_never_was(
    private, direct, ada, stranger, verb
):
    gone = make_message(private, ada)
    messages.remove(ada.user, gone.pk)
    hidden = [make_message(private, ada).pk, gone.pk, make_message(direct, ada).pk, NOBODY]
    refusals = set()
    for message_id in hidden:
        with pytest.raises(NotFound) as refused:
            verb(stranger.user, message_id)
        refusals.add(str(refused.value))
    assert len(refusals) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_who_was_removed_is_a_stranger(private, owner, ada, verb):
    message = make_message(private, ada)
    members.remove(owner.user, private.pk, ada.id)
    with takes_versions(private.pk, 0), pytest.raises(NotFound):
        verb(ada.user, message.pk)


@pytest.mark.parametrize("close", [rooms.lock, rooms.archive])
def test_in_a_closed_room_members_read_and_nothing_else(room, owner, ada, bob, close):
    message = make_message(room, ada)
    messages.react(ada.user, message.pk, "🎉", True)
    close(owner.user, room.pk, True)
    for attempt in (
        lambda: make_message(room, ada),
        lambda: messages.edit(ada.user, message.pk, "otherwise"),
        lambda: messages.remove(ada.user, message.pk),
        lambda: messages.react(bob.user, message.pk, "👍", True),
        lambda: messages.react(ada.user, message.pk, "🎉", False),
    ):
        with takes_versions(room.pk, 0), pytest.raises(Forbidden):
            attempt()
    members.mark_read(bob.user, room.pk, 1)
    assert reading.history(bob.user, room.pk).messages[0].id == message.pk


def test_in_a_closed_room_its_moderators_still_delete_and_pin(room, owner, moderator, ada):
    message = make_message(room, ada)
    rooms.lock(owner.user, room.pk, True)
    messages.pin(moderator.user, message.pk, True)
    messages.remove(moderator.user, message.pk)


def test_earlier_bodies_of_a_hidden_message_are_hidden(private, ada, stranger):
    message = make_message(private, ada)
    with pytest.raises(NotFound):
        reading.edits_of(stranger.user, message.pk)


def test_a_moderator_of_the_site_deletes_in_a_room_they_cannot_see(direct, ada, site_moderator):
    message = make_message(direct, ada)
    messages.remove(site_moderator.user, message.pk)
    assert stored_message(message.pk)["deleted"]


def test_two_messages_of_one_client_id_by_two_authors_are_two(room, ada, bob):
    client_id = uuid4()
    one, two = (make_message(room, who, client_id=client_id) for who in (ada, bob))
    assert one.pk != two.pk


def test_a_room_of_ones_own_needs_no_company(ada):
    room = make_room("private", owner=ada)
    message = make_message(room, ada)
    messages.pin(ada.user, message.pk, True)
    assert stored_message(message.pk)["pinned"]
