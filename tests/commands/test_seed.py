"""manage.py seed: much, quickly, and as if the verbs had made it."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser

from accounts.models import User
from chat.models import Membership, Message, Room
from chat.services import messages, reading
from tests.live.client import Client, handshake, origin_of
from tests.live.shapes import room_in
from tests.parts.site import Site


def seed(**options: Any) -> str:
    """Run the command and return what it printed."""
    printed = StringIO()
    wanted = {"members": 4, "rooms": 3, "rooms_per_member": 2, "messages": 20, "yes": True}
    call_command("seed", stdout=printed, **{**wanted, **options})
    return printed.getvalue()


@pytest.fixture
def seeded(tmp_path: Path, db: None) -> dict[str, Any]:
    """What the command wrote into its file."""
    file = tmp_path / "sessions.json"
    seed(sessions=file)
    return dict(json.loads(file.read_text()))


def assert_versions_are_whole(room: Room) -> None:
    """Fail unless each version of ``room`` was taken by exactly one row."""
    taken = [room.info_version]
    taken += Membership.objects.filter(room=room).values_list("version", flat=True)
    taken += Message.objects.filter(room=room).values_list("version", flat=True)
    assert sorted(taken) == list(range(1, room.version + 1))


@pytest.mark.django_db
def test_it_makes_what_it_was_asked_for() -> None:
    seed(members=7, rooms=3, rooms_per_member=2, messages=50)
    assert User.objects.count() == 7
    assert Room.objects.count() == 3
    assert Membership.objects.active().count() == 14
    assert Message.objects.count() == 50
    assert set(Room.objects.values_list("kind", flat=True)) == {"public"}
    assert set(Membership.objects.values_list("role", flat=True)) == {"member"}
    assert not User.objects.filter(is_staff=True).exists()


@pytest.mark.django_db
def test_members_take_their_rooms_round_robin() -> None:
    seed(members=4, rooms=3, rooms_per_member=2, messages=0)
    numbers = {room.pk: number for number, room in enumerate(Room.objects.order_by("pk"))}
    rooms_of = [
        {numbers[room] for room in user.memberships.values_list("room", flat=True)}
        for user in User.objects.order_by("pk")
    ]
    assert rooms_of == [{0, 1}, {2, 0}, {1, 2}, {0, 1}]


@pytest.mark.django_db
def test_versions_and_seqs_are_those_that_the_verbs_would_have_given() -> None:
    seed(messages=50)
    for room in Room.objects.all():
        assert_versions_are_whole(room)
        seqs = Message.objects.filter(room=room).order_by("version").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, room.last_seq + 1))
        assert room.last_seq in (16, 17)


@pytest.mark.django_db
def test_authors_are_members_of_their_rooms() -> None:
    seed(messages=50)
    for message in Message.objects.all():
        assert Membership.objects.filter(room=message.room, user=message.author).exists()
        assert message.html.startswith("<p>")


@pytest.mark.django_db
def test_everybody_has_read_everything() -> None:
    seed()
    for membership in Membership.objects.select_related("room"):
        assert membership.read_seq == membership.room.last_seq
    for user in User.objects.all():
        assert all(row.unread == 0 for row in reading.rooms_of(user))


@pytest.mark.django_db
def test_life_goes_on_from_there() -> None:
    seed()
    room = Room.objects.all()[0]
    author = Membership.objects.filter(room=room)[0].user
    ack = messages.post(author, room.pk, UUID("8" * 32), "and on")
    assert (ack.version, ack.seq) == (room.version + 1, room.last_seq + 1)
    room.refresh_from_db()
    assert_versions_are_whole(room)


@pytest.mark.django_db
def test_it_can_be_run_again() -> None:
    seed()
    seed()
    assert User.objects.count() == 8
    assert Room.objects.count() == 6
    for room in Room.objects.all():
        assert_versions_are_whole(room)


def test_the_file_names_members_and_rooms(seeded: dict[str, Any]) -> None:
    assert seeded.keys() == {"cookie_name", "members", "rooms"}
    assert seeded["cookie_name"] == settings.SESSION_COOKIE_NAME
    assert [room["slug"] for room in seeded["rooms"]] == list(
        Room.objects.order_by("pk").values_list("slug", flat=True)
    )
    for member in seeded["members"]:
        assert member.keys() == {"id", "name", "cookie", "rooms"}
        user = User.objects.get(pk=member["id"])
        assert member["name"] == user.name
        assert set(member["rooms"]) == set(user.memberships.values_list("room", flat=True))


def test_the_cookies_sign_in(seeded: dict[str, Any]) -> None:
    for member in seeded["members"]:
        browser = Browser()
        browser.cookies[seeded["cookie_name"]] = member["cookie"]
        assert browser.get("/api/v1/me").json()["id"] == member["id"]


@pytest.mark.django_db
def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    seed(sessions=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.django_db
def test_a_file_that_cannot_be_written_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere.*cannot be written"):
        seed(sessions=tmp_path / "nowhere" / "sessions.json")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_outside_debug_it_needs_a_yes() -> None:
    assert not settings.DEBUG
    with pytest.raises(CommandError, match="--yes"):
        seed(yes=False)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"members": -1}, "--members"),
        ({"rooms_per_member": 4}, "--rooms-per-member"),
        ({"members": 0}, "Messages need members"),
        ({"rooms_per_member": 0}, "Messages need members"),
        ({"rooms": 0, "rooms_per_member": 0}, "Messages need members"),
    ],
)
@pytest.mark.django_db
def test_numbers_that_make_no_sense_are_refused(options: dict[str, int], named: str) -> None:
    with pytest.raises(CommandError, match=named):
        seed(**options)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_number_of_queries_grows_with_batches_not_with_rows(
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(120):
        seed(members=50, rooms=10, rooms_per_member=3, messages=1000)


def test_the_cookies_open_sockets_of_the_running_site(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    seed(sessions=file, members=2, rooms=1, rooms_per_member=1, messages=10)
    for member in json.loads(file.read_text())["members"]:
        with handshake(site, cookie=member["cookie"], origin=origin_of(site)) as socket:
            hello = Client(socket).hello
            assert hello["user"] == {"id": member["id"], "name": member["name"]}
            room = Room.objects.get(pk=member["rooms"][0])
            assert room_in(hello, room)["version"] == room.version
