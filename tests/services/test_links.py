"""Join links: who makes them, how often and how long they work, and what each refusal says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.errors import Forbidden, Invalid, NotFound
from chat.models import JoinLink, Membership
from chat.services import links, members, rooms
from chat.services.links import LIFE_MAX, LIFE_MIN, LINKS_MAX, USES_MAX
from tests.factories import make_member
from tests.services.telling import takes_versions

NOBODY = 2**62


def is_in(member, room):
    return Membership.objects.active().filter(user=member.user, room=room).exists()


def make(owner, room, **limits):
    """Return a new link and the digest of its secret."""
    link, secret = links.create(owner.user, room.pk, **limits)
    return link, JoinLink.digest_of(secret)


def refusal(digest, member):
    """Return in which words the link is refused, to look at and to use."""
    said = set()
    for verb in (lambda: links.look(digest), lambda: links.use(member.user, digest)):
        with pytest.raises((Forbidden, NotFound)) as refused:
            verb()
        said.add(str(refused.value))
    assert len(said) == 1
    return said.pop()


def test_who_holds_a_link_comes_into_a_private_room(private, owner, stranger):
    link, digest = make(owner, private)
    assert links.look(digest) == private
    with takes_versions(private.pk):
        links.use(stranger.user, digest)
    assert is_in(stranger, private)
    link.refresh_from_db()
    assert link.uses == 1


def test_only_the_digest_of_a_secret_is_kept(private, owner):
    link, secret = links.create(owner.user, private.pk)
    stored = JoinLink.objects.filter(pk=link.pk).values().get()
    assert secret not in map(str, stored.values())
    assert stored["digest"] == JoinLink.digest_of(secret)


def test_a_link_for_one_is_used_up_by_one(private, owner, stranger):
    _, digest = make(owner, private, uses_max=1)
    links.use(stranger.user, digest)
    second = make_member()
    assert "used up" in refusal(digest, second)
    assert not is_in(second, private)


def test_who_is_in_already_uses_nothing_up(private, owner, ada, stranger):
    link, digest = make(owner, private, uses_max=1)
    with takes_versions(private.pk, 0):
        links.use(ada.user, digest)
    links.use(stranger.user, digest)
    with takes_versions(private.pk, 0):  # also after it was used up
        links.use(stranger.user, digest)
    link.refresh_from_db()
    assert link.uses == 1


def test_a_link_ends_with_its_time(private, owner, stranger):
    link, digest = make(owner, private, expires_in=LIFE_MIN)
    assert links.look(digest)
    JoinLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "expired" in refusal(digest, stranger)
    assert not is_in(stranger, private)


def test_a_link_that_was_revoked_lets_nobody_in(private, owner, moderator, stranger):
    link, digest = make(owner, private)
    links.revoke(moderator.user, private.pk, link.pk)
    assert "revoked" in refusal(digest, stranger)
    links.revoke(owner.user, private.pk, link.pk)
    assert not is_in(stranger, private)


def test_an_unknown_link_leads_nowhere(stranger):
    assert "leads nowhere" in refusal(JoinLink.digest_of("made up \ud800"), stranger)


def test_no_link_leads_into_an_archived_or_locked_room(private, owner, stranger):
    _, digest = make(owner, private)
    rooms.lock(owner.user, private.pk, True)
    assert "locked" in refusal(digest, stranger)
    rooms.lock(owner.user, private.pk, False)
    rooms.archive(owner.user, private.pk, True)
    assert "archived" in refusal(digest, stranger)
    with pytest.raises(Forbidden, match="archived"):
        links.create(owner.user, private.pk)


@pytest.mark.parametrize(
    "limits",
    [
        {"expires_in": LIFE_MIN - 1},
        {"expires_in": LIFE_MAX + 1},
        {"uses_max": 0},
        {"uses_max": USES_MAX + 1},
    ],
)
def test_limits_that_make_no_sense_are_refused_by_name(private, owner, limits):
    with pytest.raises(Invalid, match=f"^{next(iter(limits))}:"):
        links.create(owner.user, private.pk, **limits)


def test_limits_reach_to_their_edge(private, owner):
    for limits in ({"expires_in": LIFE_MIN}, {"expires_in": LIFE_MAX}, {"uses_max": USES_MAX}):
        links.create(owner.user, private.pk, **limits)


def test_a_room_has_so_many_links_until_one_is_revoked(private, owner):
    made = [make(owner, private)[0] for _ in range(LINKS_MAX)]
    with pytest.raises(Invalid, match=str(LINKS_MAX)):
        make(owner, private)
    links.revoke(owner.user, private.pk, made[0].pk)
    make(owner, private)


def test_links_are_seen_as_long_as_they_work(private, owner, stranger):
    spent, digest = make(owner, private, uses_max=1)
    kept, _ = make(owner, private)
    assert links.links_of(owner.user, private.pk) == [kept, spent]
    links.use(stranger.user, digest)
    assert links.links_of(owner.user, private.pk) == [kept]


@pytest.mark.parametrize(
    "verb",
    [
        lambda user, room: links.create(user, room),
        lambda user, room: links.links_of(user, room),
        lambda user, room: links.revoke(user, room, 1),
    ],
)
def test_links_are_for_owners_and_moderators(room, private, direct, ada, stranger, verb):
    with pytest.raises(Forbidden):
        verb(ada.user, private.pk)
    with pytest.raises(Forbidden):
        verb(ada.user, direct.pk)
    with pytest.raises(Forbidden):
        verb(stranger.user, room.pk)
    for room_id in (private.pk, direct.pk, NOBODY):
        with pytest.raises(NotFound):
            verb(stranger.user, room_id)


def test_a_link_of_another_room_is_not_revoked_here(room, private, owner):
    link, digest = make(owner, private)
    with pytest.raises(NotFound):
        links.revoke(owner.user, room.pk, link.pk)
    assert links.look(digest)


def test_one_who_was_removed_and_holds_a_link_comes_back_as_a_plain_member(
    private, owner, moderator
):
    _, digest = make(owner, private)
    members.remove(owner.user, private.pk, moderator.id)
    links.use(moderator.user, digest)
    seat = Membership.objects.get(user=moderator.user, room=private)
    assert seat.role == "member"
