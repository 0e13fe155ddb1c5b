"""manage.py demo: something to try, once."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from chat.models import Message, Room


def demo() -> str:
    """Run the command and return what it printed."""
    printed = StringIO()
    call_command("demo", stdout=printed)
    return printed.getvalue()


@pytest.mark.django_db
def test_it_makes_an_administrator_members_and_rooms_with_history() -> None:
    demo()
    assert User.objects.get(username="admin").is_superuser
    assert User.objects.filter(is_superuser=False).count() >= 3
    assert set(Room.objects.values_list("kind", flat=True)) == {"public", "private", "direct"}
    assert Message.objects.filter(room__slug="general").count() >= 10


@pytest.mark.django_db
def test_the_passwords_it_prints_are_theirs() -> None:
    printed = dict(re.findall(r"^  (\S+) +(\S{12})$", demo(), re.MULTILINE))
    assert printed.keys() == set(User.objects.values_list("username", flat=True))
    for handle, password in printed.items():
        assert User.objects.get(username=handle).check_password(password)


@pytest.mark.django_db
def test_it_says_how_to_set_another_password() -> None:
    assert "changepassword" in demo()


@pytest.mark.django_db
def test_where_there_are_members_it_does_nothing() -> None:
    User.objects.create_user("somebody")
    assert demo() == ""
    assert User.objects.count() == 1
    assert not Room.objects.exists()


@pytest.mark.django_db
def test_history_is_in_the_order_in_which_it_was_said() -> None:
    demo()
    for room in Room.objects.all():
        said = list(Message.objects.filter(room=room).order_by("seq"))
        assert [message.created_at for message in said] == sorted(
            message.created_at for message in said
        )


@pytest.mark.django_db
def test_what_fails_midway_leaves_nothing(monkeypatch: Any) -> None:
    monkeypatch.setattr("chat.management.commands.demo.DIRECT", [(1, "nobody", "x", {})])
    with pytest.raises(KeyError):
        demo()
    assert not User.objects.exists()
