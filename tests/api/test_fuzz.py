"""Whatever is sent to any operation of the description: an answer in its shape, never a 500.

The same few hundred requests each time; FUZZ=50 tries fifty times as many, new ones each time.
"""

import json
import os
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis import GenerationMode

from chat.models import Message
from tests.api.calling import ROOT, Caller, description
from tests.factories import make_member, make_message, make_room

pytestmark = pytest.mark.django_db

TIMES = int(os.environ.get("FUZZ", "1"))
EXAMPLES = 12  # of each operation and mode, in one time
OPERATIONS = [
    found.ok() for found in schemathesis.openapi.from_dict(description()).get_all_operations()
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture
def scene(settings: Any) -> dict[str, Any]:
    """A member with a room, and ids that lead somewhere."""
    settings.RATE_LIMITS = False
    ada, bob = make_member(), make_member()
    room = make_room("public", [bob], owner=ada)
    hidden = make_room("private", owner=bob)
    messages = [make_message(room, ada), make_message(room, bob), make_message(hidden, bob)]
    return {
        "caller": Caller(ada),
        "room_id": [room.pk, hidden.pk],
        "message_id": [message.pk for message in messages],
        "user_id": [ada.id, bob.id],
    }


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.label)
def test_whatever_is_sent_is_answered_as_described(
    operation: Any, mode: GenerationMode, scene: dict[str, Any]
) -> None:
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
        pytest.skip("nothing in it can be wrong but the address")
    statuses: Counter[int] = Counter()

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    @hypothesis.settings(
        max_examples=EXAMPLES * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any, data: Any) -> None:
        for name in case.path_parameters:
            if name in scene and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(scene[name]))
        answer = sent(scene["caller"], case)
        statuses[answer.status] += 1
        assert answer.status < 500, (operation.label, case.body, answer)

    send()
    assert statuses


def sent(caller: Caller, case: Any) -> Any:
    """Send what was generated; the caller holds the answer to the description."""
    path = case.formatted_path.removeprefix(ROOT)
    if case.query:
        path += "?" + urlencode(case.query, doseq=True, errors="replace")
    body = b"" if isinstance(case.body, schemathesis.core.NotSet) else encoded(case.body)
    return caller.send(case.method.upper(), path, body)


def encoded(body: Any) -> bytes:
    """Return a body as a client would send it, lone surrogates and all."""
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode()


@pytest.mark.parametrize(
    "text",
    ["\0", "a\0b", "\ud800", "\udfff x", "e" + "\u0301" * 3000, "\u202e" * 50 + "x", "\ufeff",
     "\u200b", "👩‍👩‍👧‍👦" * 500, "\x1b[31m", "\u2028\u2029", "ﷺ" * 500],
    ids=ascii,
)  # fmt: skip
def test_text_that_is_none_is_refused_or_kept_whole(scene: dict[str, Any], text: str) -> None:
    """In every field of every operation that takes one: nothing is cut, and nothing breaks."""
    caller = scene["caller"]
    room, message = scene["room_id"][0], scene["message_id"][0]
    asked = [
        caller.post(f"rooms/{room}/messages", client_id=UUID, body=text),
        caller.patch(f"messages/{message}", body=text),
        caller.post(f"messages/{message}/reactions", emoji=text, on=True),
        caller.post("rooms", kind="public", name=text, topic=text),
        caller.patch(f"rooms/{room}", name=text),
        caller.patch(f"rooms/{room}", topic=text),
        caller.patch(f"rooms/{room}", slug=text),
        caller.patch("me", status=text, status_emoji=text),
        caller.post(f"rooms/{room}/polls", client_id=UUID, question=text, options=[text, "b"]),
        caller.put(f"rooms/{room}/draft", body=text),
        caller.post(f"messages/{scene['message_id'][1]}/reports", reason="spam", note=text),
        caller.post("links/look", token=text),
        caller.get("users", q=text.encode(errors="replace").decode()),
    ]
    assert {answer.status for answer in asked} <= {200, 400, 403, 404, 413}, asked
    kept = Message.objects.filter(room=room, client_id=UUID).first()
    if asked[0].status == 200 and kept is not None:
        assert kept.body == text.strip()


UUID = "00000000-0000-4000-8000-000000000000"
