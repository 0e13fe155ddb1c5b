"""Commands beside the admin: a token for a program, a new epoch for a restored database."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiToken
from chat.models import SiteState
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def run(*args, **options):
    out, err = StringIO(), StringIO()
    call_command(*args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_token_prints_a_secret_that_acts_for_the_member():
    ada = make_member()
    secret, words = run("token", f"@{ada.username.upper()}", name="build bot")
    assert ApiToken.objects.user_for(secret.strip()) == ada.user
    assert ApiToken.objects.get().name == "build bot"
    assert secret.strip() not in words


def test_token_refuses_in_words_whoever_could_not_use_it():
    ada = make_member(is_active=False)
    for handle, name, words in (
        ("nobody-at-all", "x", "There is no member @nobody-at-all."),
        (ada.username, "x", "not active"),
        (ada.username, " ", "--name"),
        (ada.username, "x" * 61, "--name"),
    ):
        with pytest.raises(CommandError, match=words):
            run("token", handle, name=name)
    assert not ApiToken.objects.exists()


def test_epoch_is_another_one_each_time_and_shown_without_changing():
    before = SiteState.current().epoch
    words, _ = run("epoch")
    after = SiteState.current().epoch
    assert before != after
    assert before in words
    assert after in words
    assert run("epoch", show=True)[0].strip() == after == SiteState.current().epoch
