"""A room of each kind, and one person of each role, for the matrix."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.utils import timezone

from chat.models import HeldMessage, Membership, Room
from chat.services import bans, links, members, messages, polls, reports, rooms, scheduled
from tests.factories import Member, make_member, make_message, make_moderator, make_room

UNUSED = 987_654_321


@dataclass
class Scene:
    """What there is, and what stands in its place where nothing is."""

    kind: str
    people: dict[str, Member | None] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    nothing: dict[str, Any] = field(default_factory=dict)


def scene_of(kind: str) -> Scene:
    """Make a room of ``kind``, with everybody and everything that the table speaks of."""
    scene = Scene(kind)
    if kind == "direct":
        room = _direct(scene)
    else:
        room = _room(scene, "private" if kind == "private" else "public")
    _things(scene, room)
    _close(scene, room)
    return scene


def _direct(scene: Scene) -> Room:
    member, author = make_member(), make_member()
    expelled = make_member()
    scene.people = {"member": member, "author": author}
    room = make_room("direct", [member, author, expelled])
    _outside(scene, expelled)
    scene.things |= {"other": author.id, "banned": UNUSED}
    return room


def _room(scene: Scene, kind: str) -> Room:
    people = {role: make_member() for role in ("member", "muted", "author", "moderator", "owner")}
    outcast, expelled, other = make_member(), make_member(), make_member()
    owner = people["owner"]
    room = make_room(kind, [*people.values(), outcast, expelled, other], owner=owner)
    until = timezone.now() + timedelta(days=1)
    members.set_role(owner.user, room.pk, people["moderator"].id, "moderator")
    members.mute(owner.user, room.pk, people["muted"].id, until)
    members.ban(owner.user, room.pk, outcast.id, None)
    scene.people = {**people, "outcast": outcast}
    _outside(scene, expelled)
    scene.things |= {"other": other.id, "banned": outcast.id}
    return room


def _outside(scene: Scene, expelled: Member) -> None:
    keeper = make_member(is_staff=True)
    keeper.user.groups.add(Group.objects.get(name="Moderators"))
    bans.ban(make_moderator().user, expelled.id, "enough")
    scene.people |= {
        "visitor": None, "stranger": make_member(), "guest": make_member(is_guest=True),
        "keeper": keeper, "expelled": expelled,
    }  # fmt: skip


def _things(scene: Scene, room: Room) -> None:
    author, chair = scene.people["author"], make_moderator()
    assert author is not None
    message = make_message(room, author, "what it is about")
    gone = make_message(room, author, "what is gone")
    poll = polls.ask(author.user, room.pk, uuid4(), "Which?", ["a", "b"])
    messages.remove(chair.user, gone.pk)
    later = timezone.now() + timedelta(hours=1)
    planned = scheduled.schedule(author.user, room.pk, "later", later)
    report = reports.report_message(_reporter(scene).user, message.pk, "spam")
    elsewhere = make_room(owner=chair)
    for member in scene.people.values():
        if member is not None and member is not scene.people["expelled"]:
            members.invite(chair.user, elsewhere.pk, member.id)
    caught = HeldMessage.objects.create(
        room=room, author=author.user, client_id=uuid4(), body="what a filter held"
    )
    link = None
    if scene.kind != "direct":
        owner = scene.people["owner"]
        assert owner is not None
        link, _secret = links.create(owner.user, room.pk, expires_in=None, uses_max=None)
    scene.things |= {
        "room": room.pk, "slug": room.slug, "message": message.pk, "gone": gone.pk,
        "held": caught.pk, "poll": poll.id, "link": link.pk if link else UNUSED,
        "scheduled": planned.id, "report": report.pk, "elsewhere": elsewhere.pk,
        "seat": Membership.objects.get(room=room, user=scene.things["other"]).pk,
        "newcomer": make_member().id, "later": f"{timezone.now() + timedelta(days=1):%FT%TZ}",
    }  # fmt: skip
    scene.nothing = scene.things | {
        "room": UNUSED, "slug": "never-used", "message": UNUSED, "gone": UNUSED, "poll": UNUSED,
        "held": UNUSED,
        "link": UNUSED, "scheduled": UNUSED, "report": UNUSED, "seat": UNUSED,
    }  # fmt: skip


def _reporter(scene: Scene) -> Member:
    """Return a member of the room who says nothing of which the table speaks."""
    found = scene.people["member"]
    assert found is not None
    return found


def _close(scene: Scene, room: Room) -> None:
    keeper = make_moderator().user
    if scene.kind == "read-only":
        rooms.update(keeper, room.pk, writers="stewards")
    elif scene.kind == "locked":
        rooms.lock(keeper, room.pk, True)
    elif scene.kind == "archived":
        rooms.archive(keeper, room.pk, True)
