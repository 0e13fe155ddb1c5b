"""What goes wrong, and that it is told in one shape with the matching status."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from chat import limits
from chat.api import errors
from chat.models import Message
from tests.api.calling import CSRF_TOKEN, UNUSED_ID, Caller, assert_refused, description
from tests.factories import make_member, make_message, make_room, make_token, new_name

pytestmark = pytest.mark.django_db


# --- who asks ---------------------------------------------------------------------------------


def test_nobody_is_told_to_sign_in():
    answer = Caller().get("rooms")
    assert_refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_nobody_is_told_to_sign_in_also_when_they_want_to_change_something(room):
    assert_refused(Caller().post(f"rooms/{room.pk}/messages"), 401, "unauthenticated")


def test_a_token_speaks_for_its_member_without_a_csrf_token(ada, room):
    bot = Caller(token=make_token(ada))
    assert bot.get("me").json["id"] == ada.id
    assert bot.post(f"rooms/{room.pk}/read", seq=0).status == 200


def test_a_wrong_token_is_refused_even_beside_a_good_cookie(ada):
    caller = Caller(ada, token="nonsense")
    assert_refused(caller.get("me"), 401, "unauthenticated")


def test_another_scheme_of_authorization_is_not_ours_to_judge(ada):
    caller = Caller(ada)
    caller.headers["Authorization"] = "Basic b3RoZXI6cHJveHk="
    assert caller.get("me").json["id"] == ada.id


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_an_inactive_member_is_told_to_sign_in(ada, by):
    caller = Caller(ada) if by == "cookie" else Caller(token=make_token(ada))
    ada.user.is_active = False
    ada.user.save()
    assert_refused(caller.get("me"), 401, "unauthenticated")


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_a_banned_member_is_refused(ada, by):
    caller = Caller(ada) if by == "cookie" else Caller(token=make_token(ada))
    ada.user.banned_at = timezone.now()
    ada.user.save()
    assert_refused(caller.get("me"), 403, "forbidden")


def test_a_cookie_alone_may_read_but_change_nothing(ada, room):
    caller = Caller(ada)
    del caller.headers["X-CSRFToken"]
    assert caller.get("me").status == 200
    assert_refused(caller.post(f"rooms/{room.pk}/read", seq=0), 403, "forbidden")
    caller.headers["X-CSRFToken"] = CSRF_TOKEN[::-1].replace("x", "y")
    assert_refused(caller.delete(f"rooms/{room.pk}/membership"), 403, "forbidden")
    assert room.memberships.active().filter(user=ada.user).exists()


def test_a_page_of_another_site_changes_nothing(ada, room):
    caller = Caller(ada)
    caller.headers["Origin"] = "https://evil.example"
    assert_refused(caller.post(f"rooms/{room.pk}/read", seq=0), 403, "forbidden")


# --- where ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["", "nothing", "rooms/", "rooms/general", "rooms/-1/messages", "rooms/1/messages/"]
)
def test_an_address_that_is_none_says_so(ada, path):
    for caller in (Caller(), Caller(ada)):
        assert_refused(caller.get(path), 404, "not_found")
        assert_refused(caller.post(path), 404, "not_found")


def test_a_method_that_is_not_answered_says_which_are(ada, room):
    answer = Caller(ada).send("PUT", f"rooms/{room.pk}/membership", "{}")
    assert_refused(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "PATCH", "DELETE"}


# A body that would do at every address, so that only the id decides.
SOUND = {
    "name": "New", "body": "hi", "client_id": "00000000-0000-4000-8000-000000000000", "seq": 1,
    "emoji": "👍", "on": True, "role": "member", "user": 1, "notify": "all", "room": 1,
    "question": "Lunch?", "options": ["a", "b"], "choice": [], "hours": 1, "days": 1,
    "reason": "spam",
    "due_at": f"{datetime.now(UTC) + timedelta(days=1):%FT%TZ}",
}  # fmt: skip


def operations_on(parameter):
    return [
        (method, path.removeprefix("/api/v1/"))
        for path, methods in description()["paths"].items()
        for method in methods
        if f"{{{parameter}}}" in path
    ]


def call(caller, method, path):
    return {
        "get": lambda path: caller.get(path, at="2026-11-21T20:00:00Z"),
        "delete": caller.delete,
        "post": lambda path: caller.post(path, **SOUND),
        "patch": lambda path: caller.patch(path, **SOUND),
        "put": lambda path: caller.put(path, **SOUND),
    }[method](path)


@pytest.mark.parametrize("huge", ["9" * digits for digits in (19, 30, 4500)], ids=len)
def test_a_hidden_room_and_an_unused_id_are_answered_alike(ada, huge, settings):
    settings.RATE_LIMITS = False
    owner = make_member()
    hidden = [
        make_room("private", owner=owner),
        make_room("direct", [owner, make_member()]),
    ]
    operations = operations_on("room_id")
    assert len(operations) >= 12
    caller = Caller(ada)
    for method, path in operations:
        path = path.replace("{user_id}", str(owner.id))
        unused, *others = (
            call(caller, method, path.replace("{room_id}", str(room_id)))
            for room_id in (UNUSED_ID, huge, *(room.pk for room in hidden))
        )
        assert_refused(unused, 404, "not_found")
        for other in others:
            assert (other.status, other.content) == (404, unused.content), (method, path)


def test_a_message_in_a_hidden_room_and_an_unused_id_are_answered_alike(ada):
    owner = make_member()
    message = make_message(make_room("private", owner=owner), owner)
    operations = operations_on("message_id")
    assert len(operations) >= 5
    caller = Caller(ada)
    for method, path in operations:
        unused, huge, hidden = (
            call(caller, method, path.replace("{message_id}", str(message_id)))
            for message_id in (UNUSED_ID, 2**64, message.pk)
        )
        assert_refused(unused, 404, "not_found")
        assert unused.content == huge.content == hidden.content, (method, path)


# --- what -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    ["", "{", "null", "[]", "7", '"hi"', "{'name': 1}", b"\xff\xfe", '{"name": NaN}',
     '{"name": "\\ud800"}', "[" * 30_000],
)  # fmt: skip
def test_a_body_that_is_no_object_is_invalid(ada, body):
    assert_refused(Caller(ada).send("POST", "rooms", body), 400, "invalid")


@pytest.mark.parametrize(
    ("field", "value"),
    [("client_id", "7"), ("client_id", 7), ("client_id", None), ("client_id", "z" * 36),
     ("body", 7), ("body", None), ("body", ["hi"]), ("body", ""), ("body", "  \n"),
     ("body", "nul \x00"), ("reply_to", "7"), ("reply_to", True), ("reply_to", 1.5),
     ("thread", {})],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(ada, room, field, value):
    fields = {"client_id": "00000000-0000-4000-8000-000000000000", "body": "hi", field: value}
    answer = Caller(ada).post(f"rooms/{room.pk}/messages", **fields)
    assert_refused(answer, 400, "invalid")
    assert answer.json["detail"].startswith(f"{field}:")
    assert not Message.objects.filter(room=room).exists()


def test_a_field_that_is_missing_is_named(ada, room):
    answer = Caller(ada).post(f"rooms/{room.pk}/messages", body="hi")
    assert_refused(answer, 400, "invalid")
    assert answer.json["detail"].startswith("client_id:")


@pytest.mark.parametrize("target", [UNUSED_ID, 0, -1, 2**63, 10**40, -(10**40)])
def test_replying_to_what_is_not_there_is_not_found(ada, room, target):
    for field in ("reply_to", "thread"):
        answer = Caller(ada).post(
            f"rooms/{room.pk}/messages",
            client_id="00000000-0000-4000-8000-000000000000",
            body="hi",
            **{field: target},
        )
        assert_refused(answer, 404, "not_found")


def test_a_body_over_the_limit_is_too_large(ada, room):
    fields = {"client_id": "00000000-0000-4000-8000-000000000000", "body": "é" * 4001}
    assert_refused(Caller(ada).post(f"rooms/{room.pk}/messages", **fields), 413, "too_large")


def test_a_request_over_the_limit_is_too_large(ada):
    body = '{"name": "' + "x" * errors.BODY_BYTES_MAX + '"}'
    assert_refused(Caller(ada).send("POST", "rooms", body), 413, "too_large")


def test_a_request_beyond_what_django_reads_is_too_large(ada, settings):
    body = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert_refused(Caller(ada).send("POST", "rooms", body), 413, "too_large")


@pytest.mark.parametrize("query", ["nul \x00", "x" * 101])
def test_a_search_that_cannot_be_is_invalid(ada, query):
    for path in ("users", "rooms/directory"):
        assert_refused(Caller(ada).get(path, q=query), 400, "invalid")


@pytest.mark.parametrize(
    "until",
    ["tomorrow", 7, "7", "2026-01-01", "2026-01-01T00:00:00", "9999-12-31T23:59:59-14:00",
     "0001-01-01T00:00:00+14:00"],
)  # fmt: skip
def test_a_moment_that_is_none_is_invalid(ada, room, until):
    bob = make_member()
    Caller(bob).post(f"rooms/{room.pk}/membership")
    answer = Caller(ada).patch(f"rooms/{room.pk}/members/{bob.id}", muted_until=until)
    assert_refused(answer, 400, "invalid")
    assert answer.json["detail"].startswith("muted_until:")


def test_a_locked_room_is_forbidden_to_write_in(ada, room):
    bob = make_member()
    Caller(bob).post(f"rooms/{room.pk}/membership")
    assert Caller(ada).patch(f"rooms/{room.pk}", locked=True).json["locked"]
    fields = {"client_id": "00000000-0000-4000-8000-000000000000", "body": "hi"}
    assert_refused(Caller(bob).post(f"rooms/{room.pk}/messages", **fields), 403, "forbidden")


def test_slow_mode_says_when_to_come_back(ada, room):
    bob = make_member()
    Caller(bob).post(f"rooms/{room.pk}/membership")
    Caller(ada).patch(f"rooms/{room.pk}", slow_mode=60)
    make_message(room, bob)
    fields = {"client_id": "00000000-0000-4000-8000-000000000000", "body": "hi"}
    answer = Caller(bob).post(f"rooms/{room.pk}/messages", **fields)
    assert_refused(answer, 429, "slow_mode")
    assert 0 < answer.json["retry_after"] <= 60
    assert 0 < int(answer.headers["Retry-After"]) <= 60


# --- how often --------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch):
    for limit in (limits.WRITES, limits.SEARCHES):
        monkeypatch.setattr(limit, "most", 3)
        monkeypatch.setattr(limit, "window", 3600)
    monkeypatch.setattr("accounts.limits._resumes_at", 0.0)


def write(member, room):
    return Caller(member).post(f"rooms/{room.pk}/read", seq=0)


def test_too_many_writes_are_refused_and_told_when_to_come_back(ada, room, few):
    assert [write(ada, room).status for _ in range(3)] == [200, 200, 200]
    answer = write(ada, room)
    assert_refused(answer, 429, "rate_limited")
    assert 0 < answer.json["retry_after"] <= 3600
    assert int(answer.headers["Retry-After"]) >= answer.json["retry_after"]


def test_reading_and_other_members_are_not_slowed_down(ada, room, few):
    bob = make_member()
    Caller(bob).post(f"rooms/{room.pk}/membership")
    for _ in range(5):
        write(ada, room)
    assert Caller(ada).get("rooms").status == 200
    assert write(bob, room).status == 200


@pytest.mark.parametrize("path", ["users", "rooms/directory"])
def test_too_many_searches_are_refused_and_told_when_to_come_back(ada, few, path):
    caller = Caller(ada)
    assert [caller.get(path, q="a").status for _ in range(3)] == [200, 200, 200]
    answer = caller.get(path, q="a")
    assert_refused(answer, 429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert caller.get("rooms").status == 200


def test_a_site_without_rate_limits_refuses_nobody(ada, room, few, settings):
    settings.RATE_LIMITS = False
    assert {write(ada, room).status for _ in range(6)} == {200}


def test_without_a_cache_everything_is_let_through_and_it_is_asked_only_now_and_then(
    ada, room, few, monkeypatch
):
    asked = []

    def away(*args, **kwargs):
        asked.append(args)
        raise ConnectionError("no cache")

    monkeypatch.setattr(type(cache._connections[cache._alias]), "add", away)
    assert {write(ada, room).status for _ in range(6)} == {200}
    assert len(asked) == 1


# --- whose fault ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("fails", ["SELECT", 'FROM "chat_room"'])
def test_a_database_that_is_away_is_unavailable(ada, room, error, fails):
    caller = Caller(ada)

    def away(execute, sql, params, many, context):
        if fails in sql:
            raise error("the database is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away):
        answer = caller.get("rooms/directory")
    assert_refused(answer, 503, "unavailable")
    assert "gone" not in answer.content.decode()


def test_a_fault_of_our_own_tells_nothing_and_is_noted(ada, monkeypatch, caplog):
    def broken(*args):
        raise KeyError(new_name("secret"))

    monkeypatch.setattr("chat.services.reading.directory", broken)
    answer = Caller(ada).get("rooms/directory")
    assert_refused(answer, 500, "failed")
    assert b"secret" not in answer.content
    assert "secret" in caplog.text


def test_no_answer_is_kept_by_a_cache(ada):
    assert Caller(ada).get("me").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["rooms/1/nothing", "rooms/%0A/draft", "%0A", "rooms//1"])
def test_an_address_that_is_none_is_told_as_everything_else(ada, address):
    assert_refused(Caller(ada).get(address), 404, "not_found")
