"""A member's own sessions: listed, ended one by one or together, and by changes of the account."""

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connection
from django.db.models.signals import post_delete
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, make_user, sign_in

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW_PASSWORD = "another-long-password"


def signed_in(user, **headers):
    """Return a browser in which ``user`` has signed in."""
    client = Client(**headers)
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    return client


def is_in(client):
    """Tell whether the client is signed in, as the site sees it."""
    return client.get(reverse("accounts:profile")).status_code == 200


@pytest.fixture
def deleted_keys():
    """The keys of sessions whose rows were deleted, as live sockets hear of it."""
    keys = []

    def note(instance, **kwargs):
        keys.append(instance.session_key)

    post_delete.connect(note, sender=Session)
    yield keys
    post_delete.disconnect(note, sender=Session)


@pytest.fixture
def user():
    """A member."""
    return make_user()


def test_the_list_names_each_browser_and_marks_the_present_one(user):
    here = signed_in(user, HTTP_USER_AGENT=FIREFOX)
    signed_in(user, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/18 Mobile Safari/604.1")

    page = here.get(reverse("usersessions_list")).content.decode()

    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert page.count("this one") == 1


def test_one_session_is_ended_and_the_others_go_on(user, deleted_keys):
    here, there = signed_in(user), signed_in(user)
    key = there.session.session_key
    row = next(
        row
        for row in here.get(reverse("usersessions_list")).context["sessions"]
        if row.session_key == key
    )

    here.post(reverse("accounts:end_session", args=[row.pk]))

    assert deleted_keys == [key]
    assert is_in(here)
    assert not is_in(there)


def test_all_other_sessions_are_ended_together(user, deleted_keys):
    here, there, elsewhere = signed_in(user), signed_in(user), signed_in(user)
    keys = {there.session.session_key, elsewhere.session.session_key}

    here.post(reverse("usersessions_list"))

    assert set(deleted_keys) == keys
    assert is_in(here)


def test_nobody_ends_the_session_of_another(user):
    other = make_user()
    theirs = signed_in(other)
    row = theirs.get(reverse("usersessions_list")).context["sessions"][0]

    response = signed_in(user).post(reverse("accounts:end_session", args=[row.pk]))

    assert response.status_code == 404
    assert is_in(theirs)


def test_a_session_is_not_ended_by_a_link(user):
    here = signed_in(user)
    row = here.get(reverse("usersessions_list")).context["sessions"][0]

    assert here.get(reverse("accounts:end_session", args=[row.pk])).status_code == 405


def test_changing_the_password_ends_all_sessions_but_the_own_one(user, deleted_keys):
    here, there = signed_in(user), signed_in(user)
    before = {here.session.session_key, there.session.session_key}

    response = here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )

    assert response.status_code == 302
    assert before <= set(deleted_keys)
    assert is_in(here)
    assert not is_in(there)
    assert here.session.session_key not in before


def test_a_password_set_from_elsewhere_ends_every_session(user, deleted_keys):
    here = signed_in(user)
    key = here.session.session_key

    user.set_password(NEW_PASSWORD)
    user.save()

    assert key in deleted_keys
    assert not is_in(here)


def test_closing_the_account_ends_every_session(user, deleted_keys):
    here = signed_in(user)
    key = here.session.session_key

    user.is_active = False
    user.save(update_fields=["is_active"])

    assert key in deleted_keys
    assert not is_in(here)


def test_a_change_of_the_name_ends_no_session(user, deleted_keys):
    here = signed_in(user)

    user.display_name = "Another"
    user.save()

    assert deleted_keys == []
    assert is_in(here)


def test_where_a_session_was_seen_is_not_written_on_every_page(user, django_assert_num_queries):
    here = signed_in(user)
    here.get(reverse("accounts:profile"))

    # The session, the member, and whom they block.
    with django_assert_num_queries(3):
        here.get(reverse("accounts:profile"))


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_session_that_cannot_be_noted_stops_nobody_and_is_noted_next_time(user, error):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = sign_in(user)

    def away(execute, sql, params, many, context):
        if "usersession" in sql:
            raise error("the database is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away):
        answers = [client.get(path) for path in (reverse("accounts:profile"), "/api/v1/me")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not UserSession.objects.filter(user=user).exists()
    client.get(reverse("accounts:profile"))
    assert UserSession.objects.filter(user=user).exists()
