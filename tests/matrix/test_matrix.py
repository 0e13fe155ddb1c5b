"""Every role, action and kind of room, over every face: as the table says, and nothing shows more.

Where the table says that a room is not there, the answer is that of an id that was never used: in
its status, in every word, and in the number of queries, which is what time would tell.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from tests.api.calling import description
from tests.corpus.markup import ROOT
from tests.matrix.faces import Told, by_admin, by_api, by_page, by_socket
from tests.matrix.people import Scene, scene_of
from tests.matrix.table import ACTIONS, GRIDS, KINDS, ROLES, Action

pytestmark = pytest.mark.django_db

FACES: dict[str, Callable[..., Told]] = {
    "socket": by_socket,
    "api": by_api,
    "page": by_page,
    "admin": by_admin,
}


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    """Everybody asks more often here than anybody would."""
    settings.RATE_LIMITS = False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("face", FACES)
def test_everybody_may_do_what_the_table_says_and_nothing_else(face: str, kind: str) -> None:
    scene = scene_of(kind)
    wrong = [
        complaint
        for action in ACTIONS
        if getattr(action, face)
        for role in ROLES
        if action.outcome(kind, role) != "."
        for complaint in complaints(FACES[face], scene, action, role)
    ]
    assert not wrong, "\n".join(["", *wrong])


def complaints(ask: Callable[..., Told], scene: Scene, action: Action, role: str) -> list[str]:
    """Do ``action`` as ``role``, take it back, and return what was not as the table says."""
    wanted = action.outcome(scene.kind, role)
    told = undone(ask, action, scene.people[role], scene.things)
    case = f"{role} in a {scene.kind} room: {action.name}"
    if told.outcome != wanted:
        return [f"{case}: {told.outcome} instead of {wanted} ({told.words!r:.200})"]
    if wanted != "h" and not (action.admin and wanted == "f"):
        return []
    if role == "keeper":  # who sees every room in the admin
        return []
    unused = undone(ask, action, scene.people[role], scene.nothing)
    if unused.words != told.words:
        return [f"{case}: {told.words!r:.200} where nothing is {unused.words!r:.200}"]
    if unused.queries != told.queries:
        return [f"{case}: {told.queries} queries, and {unused.queries} where nothing is"]
    return []


def undone(ask: Callable[..., Told], *given: Any) -> Told:
    """Ask, and take back whatever that changed."""
    with transaction.atomic():
        told = ask(*given)
        transaction.set_rollback(True)
    return told


def test_the_table_has_every_operation_that_names_a_room_or_a_message() -> None:
    named = {
        (action.api[0].lower(), action.api[1].partition("?")[0]) for action in ACTIONS if action.api
    }
    shapes = {(method, shape(path)) for method, path in named}
    missing = [
        (method, path)
        for path, operations in description()["paths"].items()
        for method in operations
        if "{room_id}" in path or "{message_id}" in path
        if (method, shape(path.removeprefix("/api/v1/"))) not in shapes
    ]
    assert missing == []


def shape(path: str) -> str:
    """Return a path without the names of what stands in it."""
    return "/".join("*" if part.startswith("{") else part for part in path.split("/"))


def test_there_are_as_many_cases_as_is_said() -> None:
    cases = Counter(
        face
        for action in ACTIONS
        for face in FACES
        if getattr(action, face)
        for kind in KINDS
        for role in ROLES
        if action.outcome(kind, role) != "."
    )
    said = " ".join((ROOT / "docs" / "security.md").read_text().split())
    assert (
        f"{len(ROLES)} roles, {len(ACTIONS)} actions, {len(KINDS)} kinds of room. "
        f"From it {cases.total():,} cases are made, each done and taken back: "
        f"{cases['socket']:,} over a socket's frames, {cases['api']:,} over the API, "
        f"{cases['page']:,} on pages, {cases['admin']:,} in the admin."
    ) in said
    assert f"({cases.total():,} cases)" in (ROOT / "SECURITY.md").read_text()
    assert {action.rule for action in ACTIONS} == set(GRIDS)
