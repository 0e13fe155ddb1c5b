"""One socket's side of the protocol: commands and refusals in, close codes out."""

import json

import pytest

from chat.errors import BadFrame, NotFound, RateLimited
from chat.live.frames import FRAME_MAX, Ping, Send
from chat.live.limits import RATES, REFUSALS_MAX, REFUSALS_WINDOW, Allowance, Rate, Refusals
from chat.live.session import HEARTBEAT, SILENCE_MAX, Close, Refusal, Session

SEND = {"type": "send", "room": 12, "client_id": "9b2e4a52-0c1f-4a29-9a65-0b4c35f1f0aa"}


@pytest.fixture(autouse=True)
def rate_limits(settings):
    settings.RATE_LIMITS = True


@pytest.fixture
def session():
    return Session(Allowance(), now=0)


def said(session, frame, now=0.0):
    payload = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
    return session.receive(payload, now)


def told(refusal):
    assert isinstance(refusal, Refusal), refusal
    return json.loads(refusal.text)


def test_a_command_comes_out_as_what_it_is(session):
    assert said(session, {"type": "ping", "ref": 1}) == Ping(1)


def test_a_frame_that_is_none_is_refused_and_the_socket_stays(session):
    refusal = said(session, b"hello")
    assert told(refusal)["code"] == "bad_frame"
    assert refusal.close is None


def test_a_binary_frame_is_a_bad_one(session):
    assert told(session.receive_binary(0))["code"] == "bad_frame"


def test_a_frame_over_the_limit_is_too_large_under_its_own_ref(session):
    large = {"type": "send", "ref": "big", "body": "x" * FRAME_MAX}
    answer = told(said(session, large))
    assert (answer["code"], answer["ref"]) == ("too_large", "big")


def test_a_frame_at_the_limit_is_read(session):
    payload = json.dumps({"type": "ping", "x": ""}).encode()
    padded = payload.replace(b'""', b'"%b"' % (b"x" * (FRAME_MAX - len(payload))))
    assert len(padded) == FRAME_MAX
    assert said(session, padded) == Ping()
    assert told(said(session, padded + b" "))["code"] == "too_large"


def test_too_large_alone_never_closes(session):
    refusals = [said(session, b"x" * (FRAME_MAX + 1)) for _ in range(2 * REFUSALS_MAX)]
    assert {refusal.close for refusal in refusals} == {None}


# --- too many refusals ----------------------------------------------------------------------------


def test_twenty_bad_frames_in_ten_seconds_close_4400(session):
    closes = [said(session, b"hello", now=number / 2).close for number in range(20)]
    assert closes == [None] * 19 + [Close.ABUSE]


def test_twenty_bad_frames_over_a_longer_time_close_nothing(session):
    closes = [said(session, b"hello", now=number * 0.53).close for number in range(100)]
    assert set(closes) == {None}


def test_bad_frames_are_counted_binary_ones_with_them(session):
    for _ in range(10):
        session.receive_binary(0)
    closes = [said(session, b"hello").close for _ in range(10)]
    assert closes[-1] == Close.ABUSE


def test_other_refusals_close_nothing(session):
    refusals = [session.refuse(NotFound(), None, 0) for _ in range(100)]
    refusals += [said(session, {"type": "nonsense"}) for _ in range(100)]
    assert {refusal.close for refusal in refusals} == {None}


def test_twenty_times_too_fast_in_ten_seconds_close_4429(session):
    answers = [said(session, SEND) for _ in range(RATES[Send].burst + 20)]
    allowed, refused = answers[: RATES[Send].burst], answers[RATES[Send].burst :]
    assert {type(answer) for answer in allowed} == {Send}
    assert {told(answer)["code"] for answer in refused} == {"rate_limited"}
    assert [answer.close for answer in refused] == [None] * 19 + [Close.TOO_MANY]


def test_without_rate_limits_nothing_is_too_fast_but_abuse_still_closes(settings):
    settings.RATE_LIMITS = False
    session = Session(Allowance(), now=0)
    assert {type(said(session, SEND)) for _ in range(500)} == {Send}
    closes = [said(session, b"hello").close for _ in range(20)]
    assert closes[-1] == Close.ABUSE


def test_refusals_of_two_kinds_are_counted_apart(session):
    for _ in range(REFUSALS_MAX - 1):
        assert session.refuse(BadFrame(), None, 0).close is None
        assert session.refuse(RateLimited(), None, 0).close is None
    assert session.refuse(BadFrame(), None, 0).close == Close.ABUSE


def test_a_window_of_refusals_ends_where_it_says():
    for span, too_many in ((REFUSALS_WINDOW, True), (REFUSALS_WINDOW + 0.01, False)):
        refusals = Refusals()
        for _ in range(REFUSALS_MAX - 1):
            refusals.add(0)
        assert refusals.add(span) is too_many


# --- silence --------------------------------------------------------------------------------------


def test_a_client_is_silent_after_two_heartbeats_without_a_word(session):
    said(session, {"type": "ping"}, now=10)
    assert not session.is_silent(10 + SILENCE_MAX)
    assert session.is_silent(10 + SILENCE_MAX + 0.1)
    assert SILENCE_MAX == 2 * HEARTBEAT


@pytest.mark.parametrize("payload", [b"hello", b"x" * (FRAME_MAX + 1)])
def test_a_refused_frame_is_a_word_too(session, payload):
    said(session, payload, now=100)
    assert not session.is_silent(101)
    session.receive_binary(200)
    assert not session.is_silent(201)


# --- how often ------------------------------------------------------------------------------------


def count_allowed(allowance, kind, now):
    count = 0
    try:
        while True:
            allowance.take(kind, now)
            count += 1
    except RateLimited:
        return count


@pytest.mark.parametrize("kind", RATES)
def test_a_burst_is_allowed_and_then_so_many_a_second(kind):
    allowance, rate = Allowance(), RATES[kind]
    assert isinstance(rate, Rate)
    assert count_allowed(allowance, kind, now=100) == rate.burst
    assert count_allowed(allowance, kind, now=102) == 2 * rate.per_second
    assert count_allowed(allowance, kind, now=10_000) == rate.burst


def test_who_waits_as_long_as_told_is_allowed():
    allowance = Allowance()
    count_allowed(allowance, Send, now=0)
    with pytest.raises(RateLimited) as refused:
        allowance.take(Send, 0.123)
    allowance.take(Send, 0.123 + refused.value.as_dict()["retry_after"])


def test_what_one_asks_for_is_counted_by_kind_and_for_all_ones_sockets():
    shared = Allowance()
    one, two = Session(shared, 0), Session(shared, 0)
    for _ in range(RATES[Send].burst):
        said(one, SEND)
    assert told(said(two, SEND))["code"] == "rate_limited"
    assert said(two, {"type": "ping"}) == Ping()
