"""The lint that leaves one door to a room."""

import subprocess
import sys

import pytest

from tests.parts.site import ROOT


def findings(path: str, code: str) -> str:
    """Return what the lint says of ``code`` were it at ``path``."""
    return subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select=TID251", f"--stdin-filename={path}", "-"],
        cwd=ROOT, input=code, capture_output=True, text=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize("package", ["chat/live", "chat/api", "chat/views"])
@pytest.mark.parametrize(
    "code",
    [
        "from chat.models import Room\nRoom.objects.get(pk=1)\n",
        "from chat.models import Message\n",
        "from chat.models.room import Room\n",
        "from chat.models.message import BODY_MAX, Message\n",
        "from chat import models\nmodels.Room.objects.all()\n",
        "import chat.models\nchat.models.Message.objects.all()\n",
    ],
)
def test_who_speaks_for_a_member_cannot_go_around_the_member(package: str, code: str) -> None:
    assert "chat.services.access" in findings(f"{package}/new.py", code)


@pytest.mark.parametrize("package", ["chat/services", "chat/admin", "chat/models", "tests/live"])
def test_the_rest_may_know_the_tables(package: str) -> None:
    assert findings(f"{package}/new.py", "from chat.models import Room\n").startswith("All checks")
