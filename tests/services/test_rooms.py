"""Rooms: made, changed, locked, put away, and the direct ones."""

import pytest

from accounts.models import User
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Membership, Role, Room
from chat.models.room import NAME_MAX, SLOW_MODE_MAX, SLUG_MAX, TOPIC_MAX
from chat.services import members, messages, rooms
from tests.factories import make_member, make_message, make_room, new_name
from tests.services.telling import listening, takes_versions, version_of

NOBODY = 2**62


def roles_in(room):
    seats = Membership.objects.active().filter(room=room)
    return dict(seats.values_list("user", "role"))


# --- create -----------------------------------------------------------------------------------


def test_who_makes_a_room_owns_it(ada):
    room = rooms.create(ada.user, kind="private", name="Reading circle", topic="Tuesdays")
    assert (room.kind, room.name, room.topic) == ("private", "Reading circle", "Tuesdays")
    assert roles_in(room) == {ada.id: Role.OWNER}


def test_a_new_room_has_a_version_for_itself_and_one_for_each_member(ada, bob):
    room = rooms.direct(ada.user, [bob.id])
    versions = Membership.objects.filter(room=room).values_list("version", flat=True)
    assert sorted([room.info_version, *versions]) == [1, 2, 3]
    assert version_of(room.pk) == 3


def test_two_rooms_of_one_name_have_two_addresses(ada):
    name = new_name("Kitchen")
    one, two = (rooms.create(ada.user, kind="public", name=name) for _ in range(2))
    assert one.slug != two.slug


def test_an_address_that_is_taken_is_refused_where_it_was_asked_for(ada):
    slug = new_name("kitchen")
    rooms.create(ada.user, kind="public", name="Kitchen", slug=slug)
    with pytest.raises(Invalid, match="^slug:"):
        rooms.create(ada.user, kind="public", name="Kitchen", slug=slug)


def test_no_room_takes_the_address_of_a_page(ada):
    assert rooms.create(ada.user, kind="public", name="New").slug != "new"


def test_a_name_without_a_latin_letter_has_an_address(ada):
    assert rooms.create(ada.user, kind="public", name="厨房").slug


def test_a_name_and_a_topic_are_one_line(ada):
    room = rooms.create(ada.user, kind="public", name="  The \n kitchen ", topic="a\tb\n\nc")
    assert (room.name, room.topic) == ("The kitchen", "a b c")


@pytest.mark.parametrize("kind", ["direct", "secret", ""])
def test_a_room_is_public_or_private(ada, kind):
    with pytest.raises(Invalid, match="^kind:"):
        rooms.create(ada.user, kind=kind, name="Kitchen")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": " \n "}, Invalid),
        ({"name": "a\0b"}, Invalid),
        ({"name": "x" * (NAME_MAX + 1)}, TooLarge),
        ({"topic": "a\0b"}, Invalid),
        ({"topic": "x" * (TOPIC_MAX + 1)}, TooLarge),
    ],
)
def test_what_does_not_fit_makes_no_room(ada, fields, refusal):
    with pytest.raises(refusal):
        rooms.create(ada.user, kind="public", **({"name": "Kitchen"} | fields))
    assert not Room.objects.of(ada.user).exists()


def test_a_name_and_a_topic_reach_to_their_edge(ada):
    name, topic = "😀" * NAME_MAX, "é" * TOPIC_MAX
    room = rooms.create(ada.user, kind="public", name=f" {name} ", topic=f" {topic}\n")
    assert (room.name, room.topic) == (name, topic)


def test_long_names_that_are_alike_have_addresses_of_their_own_within_the_limit(ada):
    name = new_name("kitchen").ljust(NAME_MAX, "x")
    made = [rooms.create(ada.user, kind="public", name=name) for _ in range(8)]
    slugs = {room.slug for room in made}
    assert len(slugs) == len(made)
    assert max(map(len, slugs)) <= SLUG_MAX


# --- update, lock, archive --------------------------------------------------------------------


def test_an_owner_and_a_moderator_change_a_room(room, owner, moderator):
    with takes_versions(room.pk):
        rooms.update(owner.user, room.pk, name="Pantry", topic="Jam", slow_mode=5)
    with takes_versions(room.pk):
        rooms.update(moderator.user, room.pk, name="Larder")
    room.refresh_from_db()
    assert (room.name, room.topic, room.slow_mode) == ("Larder", "Jam", 5)
    assert room.info_version == room.version


def test_changing_nothing_of_a_room_takes_no_version(room, owner):
    with takes_versions(room.pk, 0):
        rooms.update(owner.user, room.pk, name=room.name, topic=room.topic, slow_mode=0)
        rooms.lock(owner.user, room.pk, False)
        rooms.archive(owner.user, room.pk, False)


def test_in_a_read_only_room_owners_and_moderators_write_and_the_others_read(
    room, owner, moderator, ada
):
    said = make_message(room, moderator)
    assert rooms.update(moderator.user, room.pk, writers="stewards").writers == "stewards"
    for attempt in (
        lambda: make_message(room, ada),
        lambda: messages.react(ada.user, said.pk, "👍", True),
    ):
        with pytest.raises(Forbidden, match="read-only"):
            attempt()
    for steward in (owner, moderator):
        make_message(room, steward)
    members.mark_read(ada.user, room.pk, 2)
    rooms.update(moderator.user, room.pk, writers="members")
    make_message(room, ada)
    with pytest.raises(Invalid, match="^writers:"):
        rooms.update(owner.user, room.pk, writers="nobody")


@pytest.mark.parametrize("slow_mode", [-1, SLOW_MODE_MAX + 1])
def test_a_pause_out_of_range_is_invalid(room, owner, slow_mode):
    with pytest.raises(Invalid, match="^slow_mode:"):
        rooms.update(owner.user, room.pk, slow_mode=slow_mode)


def test_a_moderator_locks_and_unlocks_a_room(room, moderator):
    with takes_versions(room.pk):
        assert rooms.lock(moderator.user, room.pk, True).locked
    with takes_versions(room.pk):
        assert not rooms.lock(moderator.user, room.pk, False).locked


def test_an_owner_archives_a_room_and_brings_it_back(room, owner):
    with takes_versions(room.pk):
        assert rooms.archive(owner.user, room.pk, True).archived_at
    with takes_versions(room.pk):
        assert rooms.archive(owner.user, room.pk, False).archived_at is None


def test_archiving_twice_changes_nothing(room, owner):
    rooms.archive(owner.user, room.pk, True)
    with takes_versions(room.pk, 0):
        rooms.archive(owner.user, room.pk, True)


def test_a_moderator_may_not_archive(room, moderator):
    with pytest.raises(Forbidden):
        rooms.archive(moderator.user, room.pk, True)


@pytest.mark.parametrize("kind", ["room", "private"])
def test_a_moderator_of_the_site_changes_locks_and_archives_any_room(kind, request, site_moderator):
    room = request.getfixturevalue(kind)
    rooms.update(site_moderator.user, room.pk, topic="Be kind")
    rooms.lock(site_moderator.user, room.pk, True)
    rooms.archive(site_moderator.user, room.pk, True)
    room.refresh_from_db()
    assert room.topic == "Be kind"
    assert room.locked
    assert room.archived_at


CHANGES = [
    lambda user, room: rooms.update(user, room, name="Mine"),
    lambda user, room: rooms.lock(user, room, True),
    lambda user, room: rooms.archive(user, room, True),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_plain_member_may_not_change_a_room(room, private, ada, change):
    for place in (room, private):
        with takes_versions(place.pk, 0), pytest.raises(Forbidden):
            change(ada.user, place.pk)


@pytest.mark.parametrize("change", CHANGES)
def test_who_is_not_in_a_public_room_may_not_change_it(room, stranger, change):
    with takes_versions(room.pk, 0), pytest.raises(Forbidden):
        change(stranger.user, room.pk)


@pytest.mark.parametrize("change", CHANGES)
def test_a_hidden_room_cannot_be_told_from_one_that_never_was(private, direct, stranger, change):
    refusals = set()
    for room_id in (private.pk, direct.pk, NOBODY):
        with pytest.raises(NotFound) as refused:
            change(stranger.user, room_id)
        refusals.add(str(refused.value))
    assert len(refusals) == 1


# --- direct rooms -----------------------------------------------------------------------------


def test_a_direct_room_is_the_only_one_of_its_members(ada, bob, stranger):
    room = rooms.direct(ada.user, [bob.id])
    assert rooms.direct(bob.user, [ada.id, ada.id, bob.id]) == room
    assert rooms.direct(ada.user, [bob.id, stranger.id]) != room
    assert roles_in(room) == {ada.id: Role.MEMBER, bob.id: Role.MEMBER}


def test_finding_a_direct_room_again_tells_nobody(ada, bob):
    room = rooms.direct(ada.user, [bob.id])
    with takes_versions(room.pk, 0):
        rooms.direct(bob.user, [ada.id])


def test_one_cannot_talk_directly_with_nobody_or_a_crowd(ada):
    with pytest.raises(Invalid, match="^users:"):
        rooms.direct(ada.user, [])
    with pytest.raises(Invalid, match="^users:"):
        rooms.direct(ada.user, [ada.id])
    others = [make_member().id for _ in range(rooms.DIRECT_MAX)]
    with pytest.raises(Invalid, match=f"at most {rooms.DIRECT_MAX} members"):
        rooms.direct(ada.user, others)
    assert not Room.objects.of(ada.user).exists()
    assert len(roles_in(rooms.direct(ada.user, others[1:]))) == rooms.DIRECT_MAX


def test_one_cannot_talk_directly_with_who_is_not_there(ada, bob, stranger):
    User.objects.filter(pk=bob.id).update(is_active=False)
    for missing in (NOBODY, bob.id):
        with pytest.raises(NotFound):
            rooms.direct(ada.user, [stranger.id, missing])
    assert not Room.objects.of(ada.user).exists()


def test_a_direct_room_has_no_stewards_no_name_and_no_comings_and_goings(direct, ada, bob, owner):
    refused = [
        lambda: rooms.update(ada.user, direct.pk, name="Us"),
        lambda: rooms.lock(ada.user, direct.pk, True),
        lambda: rooms.archive(ada.user, direct.pk, True),
        lambda: members.leave(ada.user, direct.pk),
        lambda: members.invite(ada.user, direct.pk, owner.id),
        lambda: members.remove(ada.user, direct.pk, bob.id),
        lambda: members.set_role(ada.user, direct.pk, bob.id, "owner"),
        lambda: members.mute(ada.user, direct.pk, bob.id, None),
    ]
    with takes_versions(direct.pk, 0):
        for attempt in refused:
            with pytest.raises(Forbidden):
                attempt()


def test_making_a_room_tells_its_members_and_all_its_changes(ada, bob):
    with listening() as heard:
        room = make_room("direct", [ada, bob])
    [changed] = heard.changes_in(room.pk)
    assert (changed.from_, changed.to) == (0, room.version)
    assert {seat.user for seat in heard.events[1:]} == {ada.id, bob.id}


# --- addresses --------------------------------------------------------------------------------


def test_an_owner_gives_a_room_another_address(room, owner):
    slug = new_name("kitchen")
    with takes_versions(room.pk):
        rooms.update(owner.user, room.pk, slug=f" {slug.upper()} ")
    room.refresh_from_db()
    assert room.slug == slug


def test_a_room_keeps_its_address_where_another_has_the_wanted_one(room, private, owner):
    for taken in (private.slug, "new"):
        with pytest.raises(Invalid, match="^slug: another room"):
            rooms.update(owner.user, room.pk, slug=taken, topic="never stored")
    before = room.slug
    room.refresh_from_db()
    assert (room.slug, room.topic) == (before, "")
    with takes_versions(room.pk, 0):
        rooms.update(owner.user, room.pk, slug=before)


@pytest.mark.parametrize("slug", ["", "a b", "-a", "ä", "a/b"])
def test_an_address_that_is_none_is_refused(room, owner, slug):
    with pytest.raises(Invalid, match="^slug:"):
        rooms.update(owner.user, room.pk, slug=slug)
    with pytest.raises(TooLarge, match="^slug:"):
        rooms.update(owner.user, room.pk, slug="x" * (SLUG_MAX + 1))


def test_an_address_reaches_to_its_edge(room, owner):
    slug = new_name("x").ljust(SLUG_MAX, "x")
    assert rooms.update(owner.user, room.pk, slug=slug).slug == slug


def test_an_address_is_for_owners_to_give(room, moderator, ada):
    for member in (moderator, ada):
        with pytest.raises(Forbidden):
            rooms.update(member.user, room.pk, slug=new_name("mine"))
    rooms.update(moderator.user, room.pk, slug=room.slug, topic="as ever")
