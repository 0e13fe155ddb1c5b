"""Finding people and talking with them directly."""

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Room
from chat.services import blocks
from tests.factories import make_member, make_user, new_name

pytestmark = pytest.mark.django_db


def handles(response, which="people"):
    """Return the handles that a page of people lists."""
    return [person.username for person in response.context[which]]


def test_people_are_found_by_parts_of_name_and_handle_in_any_case(ada, browse):
    word = new_name("word")
    by_handle, by_name = make_user(username=f"x{word}"), make_user(display_name=f"M {word.upper()}")

    found = handles(browse(ada).get("/people/", {"q": word}))

    assert set(found) == {by_handle.username, by_name.username}


def test_neither_oneself_nor_the_banned_nor_the_closed_are_listed(ada, browse):
    banned = make_user(banned_at=timezone.now())
    closed = make_user(is_active=False)
    browser = browse(ada)

    for handle in (ada.username, banned.username, closed.username):
        assert handles(browser.get("/people/", {"q": handle})) == []


def test_one_click_starts_a_conversation_and_the_next_finds_it(ada, bob, browse):
    browser = browse(ada)

    first = browser.post(reverse("chat:direct"), {"only": bob.id})
    second = browser.post(reverse("chat:direct"), {"only": bob.id})
    third = browse(bob).post(reverse("chat:direct"), {"only": ada.id})

    assert first.url == second.url == third.url
    assert browser.get(first.url).context["page"]["rooms"][0]["name"] == "Bob"


def test_a_click_on_one_person_leaves_those_who_are_ticked_out_of_it(ada, bob, browse):
    carol = make_member()

    response = browse(ada).post(reverse("chat:direct"), {"with": [carol.id], "only": bob.id})

    room = Room.objects.get(slug=response.url.split("/")[2])
    assert set(room.memberships.values_list("user", flat=True)) == {ada.id, bob.id}


def test_several_talk_together(ada, bob, browse):
    carol = make_member()

    response = browse(ada).post(reverse("chat:direct"), {"with": [bob.id, carol.id]})

    room = Room.objects.get(slug=response.url.split("/")[2])
    assert set(room.memberships.values_list("user", flat=True)) == {ada.id, bob.id, carol.id}


def test_who_is_ticked_stays_ticked_through_a_search(ada, bob, browse):
    carol = make_member()

    response = browse(ada).post("/people/", {"q": carol.username, "with": [bob.id]}, follow=True)

    assert "csrf" not in response.redirect_chain[0][0]
    assert handles(response, "chosen") == [bob.username]
    assert handles(response) == [carol.username]


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([], "Choose somebody first."),
        (["x", "-1", "9" * 30], "Choose somebody first."),
        (list(range(1, 40)), "at most"),
    ],
)
def test_a_conversation_with_nobody_or_too_many_is_refused_in_words(ada, browse, ids, words):
    response = browse(ada).post(reverse("chat:direct"), {"with": ids}, follow=True)

    assert words in response.content.decode()
    assert not Room.objects.of(ada.user).exists()


def test_a_conversation_with_an_unknown_member_is_not_found(ada, browse):
    assert browse(ada).post(reverse("chat:direct"), {"only": 987654321}).status_code == 404


def test_people_cost_the_same_however_many_there_are(ada, browse, django_assert_num_queries):
    for _ in range(5):
        make_member()
    browser = browse(ada)

    # The session, the member, those chosen, those found.
    with django_assert_num_queries(4):
        browser.get("/people/", {"with": [ada.id]})


def test_eleven_are_told_that_they_are_too_many_and_stay_ticked(ada, browse):
    ten = [make_member() for _ in range(10)]

    answer = browse(ada).post(
        reverse("chat:direct"), {"with": [member.id for member in ten]}, follow=True
    )

    assert b"at most 10" in answer.content
    assert {person.id for person in answer.context["chosen"]} == {member.id for member in ten}


def test_whom_one_blocks_stands_on_ones_profile_and_can_be_let_back(ada, bob, browse):
    blocks.block(ada.user, bob.id)
    browser = browse(ada)
    refused = browser.post(reverse("chat:direct"), {"only": bob.id}, follow=True)
    assert b"You cannot be in a conversation with all of these" in refused.content

    page = browser.get(reverse("accounts:profile"))
    assert [person.id for person in page.context["blocked"]] == [bob.id]
    browser.post(reverse("chat:unblock", args=[bob.id]))

    assert browser.get(reverse("accounts:profile")).context["blocked"] == []
