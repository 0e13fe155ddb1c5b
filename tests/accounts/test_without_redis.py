"""Redis carries hints: with it away, members still get in."""

import pytest
from django.urls import reverse

from tests.factories import PASSWORD, make_user, new_name

pytestmark = pytest.mark.django_db

# Nothing listens on port 1.
REDIS_AWAY = {
    "default": {"BACKEND": "chatsite.cache.HintCache", "LOCATION": "redis://127.0.0.1:1/0"}
}


@pytest.fixture(autouse=True)
def redis_away(settings):
    """Let the cache be a Redis that does not answer."""
    settings.CACHES = REDIS_AWAY
    settings.ACCOUNT_RATE_LIMITS = {}


def test_a_member_signs_in(client):
    client.post(reverse("account_login"), {"login": make_user().username, "password": PASSWORD})

    assert "_auth_user_id" in client.session


def test_a_wrong_password_is_refused_all_the_same(client):
    response = client.post(
        reverse("account_login"), {"login": make_user().username, "password": "not-it"}
    )

    assert response.context["form"].non_field_errors()
    assert "_auth_user_id" not in client.session


def test_somebody_signs_up(client):
    client.post(reverse("account_signup"), {"username": new_name("new"), "password1": PASSWORD})

    assert "_auth_user_id" in client.session
