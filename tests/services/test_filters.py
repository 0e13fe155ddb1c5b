"""Filters: what they catch, on every way in, and what becomes of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from chat.broadcast import FiltersChanged, Told
from chat.errors import Forbidden, Held, Invalid, NotFound, SlowMode, TooLarge
from chat.filtering import PATTERN_MAX
from chat.models import AuditEntry, Filter, HeldMessage, Membership, Message, Sanction
from chat.models.filter import FILTER_LINES_MAX, FILTER_TEXT_MAX
from chat.services import (
    filters,
    forwarding,
    held,
    members,
    messages,
    polls,
    scheduled,
    screening,
)
from chat.services.plain_posts import PlainPosts
from chat.services.posting import Post, post_many
from tests.factories import make_message
from tests.services.telling import listening, takes_versions

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(site_moderator):
    """Return what makes a filter and lets it go live."""

    def make(kind="words", **wanted):
        wanted = {"name": f"no {kind}", "kind": kind, "action": "refuse", **wanted}
        made = filters.save(site_moderator.user, wanted)
        filters.try_out(site_moderator.user, made.pk)
        return filters.go_live(site_moderator.user, made.pk)

    return make


def say(member, room, body, **how):
    return messages.post(member.user, room.pk, how.pop("client_id", uuid4()), body, **how)


def bodies_in(room):
    return list(Message.objects.filter(room=room).order_by("seq").values_list("body", flat=True))


# --- what is caught ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "casino",
        "a Casino!",
        "(CASINO)",
        "ＣＡＳＩＮＯ",
        "cas\u200bino",
        "**casino**",
        "x\nlottery now",
    ],
)
def test_words_are_caught_however_they_are_written(live, room, ada, said):
    live(text="casino\nlottery")
    with pytest.raises(Forbidden, match="filter of this site"):
        say(ada, room, said)
    assert bodies_in(room) == []


@pytest.mark.parametrize("said", ["casinos", "my-lotteryticket", "cas ino"])
def test_a_word_within_another_word_is_not_that_word(live, room, ada, said):
    live(text="casino\nlottery")
    say(ada, room, said)


def test_a_star_stands_for_the_rest_of_a_word(live, room, ada):
    live(text="casin*")
    with pytest.raises(Forbidden):
        say(ada, room, "two casinos")


def test_words_may_be_of_any_script(live, room, ada):
    live(text="казино\n賭博")
    for said in ("КАЗИНО тут", "賭博"):
        with pytest.raises(Forbidden):
            say(ada, room, said)


def test_patterns_are_caught(live, room, ada):
    live("patterns", text=r"buy \d+ coins")
    with pytest.raises(Forbidden):
        say(ada, room, "BUY 100 coins")
    say(ada, room, "buy some coins")


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*a){25}x", r"^(\w+\s?)*$x"])
def test_a_catastrophic_pattern_takes_no_longer_than_another_one(live, room, ada, pattern):
    live("patterns", text=pattern)
    # Python's own expressions would not come back from this in years.
    say(ada, room, "a" * 3999 + "!")


@pytest.mark.parametrize("pattern", [r"(?=x)", r"(x)\1", "(", "a{2000}", "*"])
def test_what_cannot_be_looked_for_in_good_time_is_refused(site_moderator, pattern):
    with pytest.raises(Invalid, match="cannot be looked for"):
        filters.save(site_moderator.user, {"name": "x", "kind": "patterns", "text": pattern})


@pytest.mark.parametrize(
    ("said", "is_caught"),
    [
        ("see https://evil.example/x", True),
        ("see https://www.evil.example", True),
        ("[here](http://EVIL.example.:80/)", True),
        ("https://notevil.example", False),
        ("evil.example.org is fine", False),
        ("https://xn--mnchen-3ya.example", True),
        ("https://münchen.example/", True),
        ("`https://evil.example`", False),
    ],
)
def test_links_are_caught_by_their_domain(live, room, ada, said, is_caught):
    live("links", text="evil.example\n*.münchen.example")
    if is_caught:
        with pytest.raises(Forbidden):
            say(ada, room, said)
    else:
        say(ada, room, said)


def test_links_may_be_let_through_to_listed_domains_and_the_site_alone(live, room, ada, settings):
    settings.ALLOWED_HOSTS = ["chat.example.org"]
    live("links", text="good.example", domains="allowed")
    say(ada, room, "https://docs.good.example/ and https://chat.example.org/rooms/x/1/")
    with pytest.raises(Forbidden):
        say(ada, room, "https://other.example/")


def test_mentioning_many_within_a_time_is_caught(live, room, ada, bob, owner, moderator):
    live("mentions", limit=2, window=60)
    say(ada, room, f"@{bob.username} and @{owner.username}")
    say(ada, room, "no one")
    with pytest.raises(Forbidden):
        say(ada, room, f"@{moderator.username}")
    say(bob, room, f"@{moderator.username}")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        say(ada, room, f"@{moderator.username}")
        with pytest.raises(Forbidden):
            say(ada, room, f"@{bob.username} @{owner.username} @{moderator.username}")


def test_the_same_text_again_and_again_is_caught_in_whatever_room(live, room, private, ada, bob):
    live("repeats", limit=2, window=60)
    for where in (room, private):
        say(ada, where, "Buy  now")
    with pytest.raises(Forbidden):
        say(ada, room, "buy now")
    say(ada, room, "something else")
    say(bob, room, "buy now")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        say(ada, room, "buy now")


def test_a_filter_of_a_room_looks_at_nothing_elsewhere(live, room, private, ada):
    live("repeats", limit=1, room_id=room.pk)
    say(ada, private, "hello")
    say(ada, room, "hello")
    say(ada, private, "hello")
    with pytest.raises(Forbidden):
        say(ada, room, "hello")


def test_repetitions_that_are_sent_together_are_caught_as_well(live, room, ada):
    live("repeats", limit=2)
    outcomes = post_many([Post(ada.id, room.pk, uuid4(), "flood") for _ in range(5)])
    assert [isinstance(outcome, Forbidden) for outcome in outcomes] == [False] * 2 + [True] * 3
    assert bodies_in(room) == ["flood", "flood"]


@pytest.mark.parametrize(("newcomers", "caught"), [("links", "https://x.example"), ("all", "hi")])
def test_new_members_are_restricted_until_they_are_not_new(live, room, ada, newcomers, caught):
    live("newcomers", newcomers=newcomers, new_for=24)
    with pytest.raises(Forbidden):
        say(ada, room, caught)
    if newcomers == "links":
        say(ada, room, "without a link")
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        say(ada, room, caught)


def test_new_members_may_be_slowed_down(live, room, ada):
    live("newcomers", newcomers="pace", limit=30)
    first, second = post_many([Post(ada.id, room.pk, uuid4(), text) for text in "ab"])
    assert isinstance(second, SlowMode)
    assert "new here" in second.detail
    assert 0 < second.retry_after <= 30
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        say(ada, room, "c")


# --- whom it is not applied to ------------------------------------------------------------------


def test_those_who_look_after_the_room_or_the_site_are_let_through(
    live, room, ada, owner, moderator, site_moderator
):
    members.join(site_moderator.user, room.pk)
    live(text="casino")
    for who in (owner, moderator, site_moderator):
        say(who, room, "casino")
    with pytest.raises(Forbidden):
        say(ada, room, "casino")


def test_a_filter_may_say_that_it_is_for_moderators_too(live, room, moderator):
    live(text="casino", also_moderators=True)
    with pytest.raises(Forbidden):
        say(moderator, room, "casino")


def test_who_may_not_write_there_is_told_that_and_nothing_is_kept(
    live, room, private, stranger, ada, owner
):
    live(text="casino", action="hold")
    with pytest.raises(NotFound, match="no such room"):
        say(stranger, private, "casino")
    with pytest.raises(Forbidden, match="not a member"):
        say(stranger, room, "casino")
    members.mute(owner.user, room.pk, ada.id, timezone.now() + timedelta(hours=1))
    with pytest.raises(Forbidden, match="muted"):
        say(ada, room, "casino")
    with pytest.raises(NotFound):
        say(ada, private, "casino", reply_to=make_message(room, owner).pk)
    assert not HeldMessage.objects.exists()


# --- every way in -------------------------------------------------------------------------------


def test_every_way_in_is_looked_at(live, room, private, ada, bob):
    mine = make_message(room, ada, "clean")
    bad = make_message(private, bob, "casino")
    live(text="casino")
    ways = {
        "post": lambda: say(ada, room, "casino"),
        "thread": lambda: say(ada, room, "casino", thread=mine.pk),
        "edit": lambda: messages.edit(ada.user, mine.pk, "casino"),
        "forward": lambda: forwarding.forward(ada.user, bad.pk, room.pk, uuid4()),
        "question": lambda: polls.ask(ada.user, room.pk, uuid4(), "casino", ["a", "b"]),
        "options": lambda: polls.ask(ada.user, room.pk, uuid4(), "which", ["casino", "b"]),
    }
    for way, go in ways.items():
        with pytest.raises(Forbidden, match="filter"):
            go()
        assert bodies_in(room) == ["clean"], way
    row = scheduled.schedule(ada.user, room.pk, "casino", timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        scheduled.send_due()
    [left] = scheduled.scheduled_of(ada.user)
    assert (left.id, left.state) == (row.id, "failed")
    assert "filter" in left.failure


def test_one_that_is_caught_does_not_keep_its_neighbours(live, room, ada, bob):
    live(text="casino", action="hold")
    outcomes = post_many(
        [
            Post(ada.id, room.pk, uuid4(), "before"),
            Post(ada.id, room.pk, uuid4(), "casino"),
            Post(bob.id, room.pk, uuid4(), "after"),
        ]
    )
    assert [outcome.seq if hasattr(outcome, "seq") else None for outcome in outcomes] == [
        1,
        None,
        2,
    ]
    assert bodies_in(room) == ["before", "after"]


def test_a_retry_of_what_was_posted_is_answered_as_the_first_time(live, room, ada):
    client_id = uuid4()
    first = say(ada, room, "casino", client_id=client_id)
    live(text="casino", action="mute")
    live("repeats", limit=1)
    assert say(ada, room, "casino", client_id=client_id) == first
    assert not Membership.objects.get(room=room, user=ada.user).muted_until
    assert not HeldMessage.objects.exists()


def test_a_filter_that_is_a_draft_or_stopped_does_nothing(live, site_moderator, room, ada):
    made = filters.save(site_moderator.user, {"name": "x", "kind": "words", "text": "casino"})
    say(ada, room, "casino")
    running = live(text="casino")
    assert made.state == "draft"
    filters.stop(site_moderator.user, running.pk)
    say(ada, room, "casino")
    assert len(bodies_in(room)) == 2


def takes_short_way(*posts):
    """Whether they are stored without asking the database anything before."""
    plain = PlainPosts(posts)
    return not plain.takes_time and bool(plain.statements())


def test_without_filters_a_batch_is_prepared_without_asking_the_database(
    room, ada, live, django_assert_num_queries
):
    screening.refresh()
    posts = [Post(ada.id, room.pk, uuid4(), "plain words") for _ in range(3)]
    with django_assert_num_queries(0):
        assert takes_short_way(*posts)
    live(text="casino")
    screening.refresh()
    with django_assert_num_queries(0):
        assert takes_short_way(*posts), "a filter of words asks nobody"
        bad = Post(ada.id, room.pk, uuid4(), "casino")
        assert not takes_short_way(*posts, bad), "what is caught goes the careful way"


def test_whoever_was_a_member_for_long_is_not_asked_for_again(
    room, ada, live, django_assert_num_queries
):
    live("newcomers", newcomers="all", new_for=1)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        screening.refresh()
        posts = [Post(ada.id, room.pk, uuid4(), "plain words")]
        assert not takes_short_way(*posts)
        post_many(posts)
        with django_assert_num_queries(0):
            assert takes_short_way(*posts)


def test_many_are_judged_together(room, ada, bob, live, django_assert_max_num_queries):
    live("repeats", limit=3)
    screening.refresh()
    posts = [Post(who.id, room.pk, uuid4(), f"{n}") for n in range(20) for who in (ada, bob)]
    with django_assert_max_num_queries(16):
        post_many(posts)


# --- what becomes of it -------------------------------------------------------------------------


def test_a_held_message_waits_and_its_author_is_told(live, room, ada, bob):
    live(text="casino", action="hold", words="We look at gambling first.")
    client_id = uuid4()
    with takes_versions(room.pk, 0):
        for _ in range(2):  # sent again, it is the same one
            with pytest.raises(Held, match="look at gambling") as refused:
                say(ada, room, "casino", client_id=client_id)
    assert refused.value.as_dict()["code"] == "forbidden"
    assert refused.value.as_dict()["held"] is True
    [waiting] = HeldMessage.objects.all()
    assert (waiting.body, waiting.state) == ("casino", "waiting")
    assert bodies_in(room) == []


@pytest.mark.parametrize("who", ["moderator", "site_moderator"])
def test_released_it_is_posted_as_a_new_message_under_its_client_id(
    live, request, room, ada, bob, who
):
    judge = request.getfixturevalue(who)
    root = make_message(room, bob, "root")
    live(text="casino", action="hold")
    client_id = uuid4()
    with pytest.raises(Held):
        say(ada, room, f"casino @{bob.username}", client_id=client_id, thread=root.pk)
    make_message(room, bob, "meanwhile")
    [waiting] = held.waiting_in(judge.user, room.pk)
    with listening() as heard:
        ack = held.release(judge.user, waiting.pk)
    message = Message.objects.get(pk=ack.id)
    assert (message.seq, message.client_id, message.author_id) == (3, client_id, ada.id)
    assert message.thread_id == root.pk
    assert message.mentions.get().user_id == bob.id
    assert [told.user for told in heard.of(Told)] == [ada.id]
    assert held.waiting_in(judge.user, room.pk) == []
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor_id, entry.user_id) == ("held.release", judge.id, ada.id)
    # Whatever the author's page sends again is answered with that message.
    assert say(ada, room, "casino", client_id=client_id).id == ack.id
    with pytest.raises(Forbidden, match="decided"):
        held.release(judge.user, waiting.pk)


def test_a_held_poll_is_released_as_a_poll(live, room, ada, moderator):
    live(text="casino", action="hold")
    with pytest.raises(Held):
        polls.ask(ada.user, room.pk, uuid4(), "where?", ["casino", "home"], multiple=True)
    [waiting] = held.waiting_in(moderator.user, room.pk)
    ack = held.release(moderator.user, waiting.pk)
    poll = Message.objects.get(pk=ack.id).poll
    assert (poll.options, poll.multiple) == (["casino", "home"], True)


def test_a_held_edit_is_released_as_an_edit(live, room, ada, moderator):
    message = make_message(room, ada, "clean")
    live(text="casino", action="hold")
    for _ in range(2):
        with pytest.raises(Held):
            messages.edit(ada.user, message.pk, "casino")
    assert bodies_in(room) == ["clean"]
    [waiting] = held.waiting_in(moderator.user, room.pk)
    held.release(moderator.user, waiting.pk)
    message.refresh_from_db()
    assert message.body == "casino"
    assert message.edited_at is not None


def test_rejected_it_is_never_posted_and_its_author_is_told_why(live, room, ada, moderator):
    live(text="casino", action="hold")
    client_id = uuid4()
    with pytest.raises(Held):
        say(ada, room, "casino", client_id=client_id)
    [waiting] = held.waiting_in(moderator.user, room.pk)
    with listening() as heard:
        held.reject(moderator.user, waiting.pk, "Not here.")
    [told] = heard.of(Told)
    assert (told.user, told.about, told.room) == (ada.id, "held", room.pk)
    assert "Not here." in told.texts["en"]
    with pytest.raises(Forbidden, match=r"Not here\.") as refused:
        say(ada, room, "casino", client_id=client_id)
    assert not isinstance(refused.value, Held)
    assert [kept.words for kept in held.of(ada.user)] == ["Not here."]
    assert bodies_in(room) == []


def test_what_the_room_does_not_take_stays_held(live, room, ada, moderator, owner):
    live(text="casino", action="hold")
    with pytest.raises(Held):
        say(ada, room, "casino")
    [waiting] = held.waiting_in(moderator.user, room.pk)
    members.remove(owner.user, room.pk, ada.id)
    with pytest.raises(Forbidden, match="not a member"):
        held.release(moderator.user, waiting.pk)
    assert held.waiting_in(moderator.user, room.pk) == [waiting]


def test_the_one_who_releases_is_told_of_the_author_what_the_room_does_not_take(
    live, room, ada, moderator, owner
):
    message = make_message(room, ada, "clean")
    live(text="casino", action="hold")
    with pytest.raises(Held):
        say(ada, room, "casino")
    with pytest.raises(Held):
        messages.edit(ada.user, message.pk, "casino")
    waiting = held.waiting_in(moderator.user, room.pk)
    until = timezone.now() + timedelta(days=1)
    members.mute(owner.user, room.pk, ada.id, until, "Shouting")
    for each in waiting:
        with pytest.raises(Forbidden, match=r"^Its author is muted in this room\."):
            held.release(moderator.user, each.pk)
    members.mute(owner.user, room.pk, ada.id, None)
    members.remove(owner.user, room.pk, ada.id)
    for each in waiting:
        with pytest.raises(Forbidden, match=r"^Its author is not a member of this room\.$"):
            held.release(moderator.user, each.pk)
    assert held.waiting_in(moderator.user, room.pk) == waiting


def test_others_neither_see_nor_decide_what_is_held(live, room, private, ada, bob, stranger):
    live(text="casino", action="hold")
    with pytest.raises(Held):
        say(ada, private, "casino")
    waiting = HeldMessage.objects.get()
    with pytest.raises(NotFound, match="no such room"):
        held.waiting_in(stranger.user, private.pk)
    with pytest.raises(Forbidden):
        held.waiting_in(bob.user, private.pk)
    for who in (ada, bob, stranger):
        for verb in (held.release, held.reject):
            with pytest.raises(NotFound):
                verb(who.user, waiting.pk)


def test_nobody_releases_their_own(live, room, moderator):
    live(text="casino", action="hold", also_moderators=True)
    with pytest.raises(Held):
        say(moderator, room, "casino")
    [waiting] = held.waiting_in(moderator.user, room.pk)
    with pytest.raises(Forbidden, match="Somebody else"):
        held.release(moderator.user, waiting.pk)


def test_so_many_messages_of_a_member_wait_and_no_more(live, room, ada, monkeypatch):
    monkeypatch.setattr(screening, "HELD_MAX", 2)
    live(text="casino", action="hold")
    for _ in range(2):
        with pytest.raises(Held):
            say(ada, room, "casino")
    with pytest.raises(Forbidden, match="2 of your messages wait") as refused:
        say(ada, room, "casino")
    assert not isinstance(refused.value, Held)
    assert HeldMessage.objects.count() == 2


def test_a_deleted_one_is_kept_for_moderators_who_may_still_release_it(
    live, room, ada, site_moderator
):
    live(text="casino", action="delete", words="No gambling.")
    with pytest.raises(Forbidden, match="No gambling"):
        say(ada, room, "casino")
    kept = HeldMessage.objects.get()
    assert kept.state == "deleted"
    assert held.waiting_in(site_moderator.user, room.pk) == []
    held.release(site_moderator.user, kept.pk)
    assert bodies_in(room) == ["casino"]


def test_a_filter_that_mutes_does_so_for_its_time_and_says_why(live, room, private, ada):
    live(text="casino", action="mute", mute_for=10, words="No gambling.")
    with listening() as heard, pytest.raises(Forbidden, match="No gambling"):
        say(ada, room, "casino")
    seat = Membership.objects.get(room=room, user=ada.user)
    assert timedelta(minutes=9) < seat.muted_until - timezone.now() <= timedelta(minutes=10)
    sanction = Sanction.objects.get(user=ada.user)
    assert (sanction.kind, sanction.reason, sanction.by) == ("mute", "No gambling.", None)
    assert sanction.may_be_appealed
    assert "No gambling." in heard.of(Told)[0].texts["en"]
    entry = AuditEntry.objects.filter(verb="member.mute").get()
    assert (entry.actor_id, entry.user_id, entry.room_id) == (None, ada.id, room.pk)
    with pytest.raises(Forbidden, match="muted"):
        say(ada, room, "sorry")
    say(ada, private, "elsewhere")


def test_of_several_filters_the_gravest_is_done(live, room, ada):
    live(text="casino", action="hold")
    live(text="casino", action="refuse", words="Refused.")
    with pytest.raises(Forbidden, match=r"Refused\."):
        say(ada, room, "casino")
    assert not HeldMessage.objects.exists()


# --- making them ----------------------------------------------------------------------------------


def test_a_filter_goes_live_only_as_it_was_tried_out(site_moderator, room, ada):
    moderator = site_moderator.user
    made = filters.save(moderator, {"name": "x", "kind": "words", "text": "casino"})
    with pytest.raises(Forbidden, match="Try it out"):
        filters.go_live(moderator, made.pk)
    filters.try_out(moderator, made.pk)
    filters.save(moderator, {"text": "lottery"}, made.pk)
    with pytest.raises(Forbidden, match="Try it out"):
        filters.go_live(moderator, made.pk)
    filters.try_out(moderator, made.pk)
    with listening() as heard:
        filters.go_live(moderator, made.pk, "spam")
    assert heard.of(FiltersChanged)
    with listening() as heard:
        assert filters.save(moderator, {"text": "lotto"}, made.pk).state == "draft"
    assert heard.of(FiltersChanged)
    say(ada, room, "lottery and lotto")
    trail = list(
        AuditEntry.objects.filter(verb__startswith="filter")
        .order_by("pk")
        .values_list("verb", "after__filter")
    )
    assert trail == [
        ("filter.change", made.pk),
        ("filter.change", made.pk),
        ("filter.start", made.pk),
        ("filter.change", made.pk),
    ]


def test_trying_out_tells_what_would_have_been_caught_and_does_nothing(
    site_moderator, room, private, ada, bob, owner, moderator
):
    caught = [make_message(room, ada, "casino"), make_message(private, bob, "the casino")]
    make_message(room, ada, "nothing")
    make_message(room, moderator, "casino, I say")
    gone = make_message(room, ada, "casino too")
    messages.remove(owner.user, gone.pk)
    wanted = {"name": "x", "kind": "words", "text": "casino", "action": "mute"}
    made = filters.save(site_moderator.user, wanted)
    with takes_versions(room.pk, 0):
        assert filters.try_out(site_moderator.user, made.pk) == caught[::-1]
    assert filters.try_out(site_moderator.user, made.pk, newest=2) == []
    assert not HeldMessage.objects.exists()
    filters.save(site_moderator.user, {"room_id": room.pk}, made.pk)
    assert filters.try_out(site_moderator.user, made.pk) == caught[:1]


def test_trying_out_counts_floods_and_repetitions_as_they_were_at_the_time(
    site_moderator, room, ada, bob
):
    start = timezone.now() - timedelta(hours=1)
    said = []
    for second, who in [(0, ada), (10, ada), (20, bob), (30, ada), (200, ada)]:
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            said.append(make_message(room, who, f"hi @{bob.username}"))
    made = filters.save(
        site_moderator.user, {"name": "x", "kind": "repeats", "limit": 2, "window": 60}
    )
    assert filters.try_out(site_moderator.user, made.pk) == [said[3]]
    filters.save(site_moderator.user, {"kind": "mentions", "limit": 1}, made.pk)
    assert filters.try_out(site_moderator.user, made.pk) == [said[3], said[1]]
    filters.save(site_moderator.user, {"kind": "newcomers", "newcomers": "all"}, made.pk)
    assert len(filters.try_out(site_moderator.user, made.pk)) == 5


def test_moderators_of_the_site_alone_make_filters(site_moderator, moderator, owner):
    made = filters.save(site_moderator.user, {"name": "x", "kind": "words", "text": "y"})
    for who in (moderator, owner):
        for verb, *given in (
            (filters.save, {"name": "x"}), (filters.try_out, made.pk), (filters.go_live, made.pk),
            (filters.stop, made.pk), (filters.remove, made.pk),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                verb(who.user, *given)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"text": ""}, Invalid),
        ({"text": " \n "}, Invalid),
        ({"text": "*"}, Invalid),
        ({"text": "x\x00"}, Invalid),
        ({"name": " "}, Invalid),
        ({"name": "n" * 61}, TooLarge),
        ({"text": "x" * (FILTER_TEXT_MAX + 1)}, TooLarge),
        ({"text": "\n".join(map(str, range(FILTER_LINES_MAX + 1)))}, TooLarge),
        ({"kind": "links", "text": "no domain"}, Invalid),
        ({"kind": "links", "text": "https://x.example"}, Invalid),
        ({"kind": "patterns", "text": "x" * (PATTERN_MAX + 1)}, Invalid),
        ({"kind": "other"}, Invalid),
        ({"kind": "repeats", "limit": 0}, Invalid),
        ({"window": 3601}, Invalid),
        ({"words": "w" * 201}, TooLarge),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(site_moderator, wanted, error):
    sound = {"name": "n" * 60, "kind": "words", "text": "x"}
    filters.save(site_moderator.user, sound)
    with pytest.raises(error):
        filters.save(site_moderator.user, sound | wanted)
    assert Filter.objects.count() == 1


def test_a_removed_filter_catches_nothing_and_what_it_held_stays(live, site_moderator, room, ada):
    made = live(text="casino", action="hold")
    with pytest.raises(Held):
        say(ada, room, "casino")
    filters.remove(site_moderator.user, made.pk, "over")
    say(ada, room, "casino again")
    assert HeldMessage.objects.get().filter is None
    with pytest.raises(NotFound):
        filters.go_live(site_moderator.user, made.pk)


def test_a_process_that_missed_the_news_finds_out_by_the_number(live, room, ada):
    screening.refresh()
    live(text="casino")
    screening.refresh()
    assert screening.at_hand().rules
    Filter.objects.update(state="draft")
    screening.refresh()
    assert screening.at_hand().rules, "the number is the same"
    screening.changed()
    assert screening.at_hand() is None
    assert screening.current().rules == []
