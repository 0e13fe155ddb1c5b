"""The load generator counts what members got, and notices each way to break the promise."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.load_core import LoadCore, is_sound
from benchmarks.parts import HERE
from benchmarks.servers import BUILD, OURS
from tests.bench.fake_site import FakeSite, InThread

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="gcc builds the load generator")

MEMBERS = 5
SENDS = 20


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    BUILD.mkdir(exist_ok=True)
    sources = sorted(map(str, (HERE / "load").glob("*.c")))
    command = ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(BUILD / "lg")]
    subprocess.run(command + sources, check=True)


@pytest.fixture
def cookies(tmp_path: Path) -> Path:
    path = tmp_path / "cookies"
    path.write_text("".join(f"sessionid=key{number}\n" for number in range(MEMBERS)))
    return path


@contextmanager
def members_of(site: FakeSite, cookies: Path, **options: Any) -> Iterator[LoadCore]:
    log = cookies.parent / "log"
    with (
        InThread(site),
        LoadCore(OURS, site.port, log, cores=(0, 1), cookies=cookies, **options) as lg,
    ):
        connected = lg.connect(MEMBERS)
        assert connected["connected"] == MEMBERS
        yield lg


def load_on(site: FakeSite, cookies: Path) -> dict[str, Any]:
    with members_of(site, cookies) as lg:
        return lg.load(rate=SENDS / 0.2, seconds=0.2, drain=1)


def test_each_member_gets_each_message_once(cookies):
    site = FakeSite()
    answer = load_on(site, cookies)
    assert answer["sent"] == answer["acked"] == SENDS
    assert answer["delivered"] == answer["expected"] == SENDS * MEMBERS
    assert is_sound(answer)
    assert 0 < answer["p50_ms"] <= answer["p99_ms"]


def test_members_come_with_their_own_cookies(cookies):
    site = FakeSite()
    load_on(site, cookies)
    assert sorted(site.cookies) == cookies.read_text().split()


def test_sends_have_a_client_id_each_and_go_round_rooms_and_members(cookies):
    site = FakeSite(rooms=2)
    answer = load_on(site, cookies)
    assert len({frame["client_id"] for frame in site.heard}) == SENDS
    assert [frame["room"] for frame in site.heard].count(2) == SENDS / 2
    assert is_sound(answer)


def test_several_messages_in_a_frame_are_counted_each(cookies):
    held: list[Any] = []

    def in_pairs(frame, number):
        held.append(frame)
        if number % 2 == 0:
            return []
        rows = site.posted[1][-2:]
        return [changes_of(frame, rows[0]["version"] - 1, rows)]

    site = FakeSite(fault=in_pairs)
    answer = load_on(site, cookies)
    assert held
    assert answer["delivered"] == SENDS * MEMBERS
    assert is_sound(answer)


def test_an_array_of_frames_is_read_in_order(cookies):
    site = FakeSite(fault=lambda frame, number: [[{"type": "pong"}, frame]])
    answer = load_on(site, cookies)
    assert answer["batches"] == SENDS * MEMBERS
    assert is_sound(answer)


def test_a_frame_left_out_is_a_gap_and_is_healed_by_sync(cookies):
    site = FakeSite(fault=lambda frame, number: [] if number == 3 else [frame])
    answer = load_on(site, cookies)
    assert answer["gaps"] == answer["syncs"] == MEMBERS
    assert answer["delivered"] == SENDS * MEMBERS
    assert not is_sound(answer)


def test_the_last_frame_left_out_is_a_loss(cookies):
    site = FakeSite(fault=lambda frame, number: [] if number == SENDS - 1 else [frame])
    answer = load_on(site, cookies)
    assert answer["lost"] == MEMBERS
    assert not is_sound(answer)


def test_a_frame_twice_is_allowed_and_counted_once(cookies):
    site = FakeSite(fault=lambda frame, number: [frame, frame])
    answer = load_on(site, cookies)
    assert answer["repeats"] >= (SENDS - 1) * MEMBERS  # the last may come after the step
    assert answer["delivered"] == SENDS * MEMBERS
    assert is_sound(answer)


def test_a_row_missing_from_its_frame_is_a_hole(cookies):
    def without_row(frame, number):
        return [frame | {"messages": []}] if number == 3 else [frame]

    answer = load_on(FakeSite(fault=without_row), cookies)
    assert answer["holes"] == MEMBERS
    assert not is_sound(answer)


def test_rows_out_of_order_are_noticed(cookies):
    def backwards(frame, number):
        if number % 2 == 0:
            return []
        rows = site.posted[1][-2:]
        return [changes_of(frame, rows[0]["version"] - 1, rows[::-1])]

    site = FakeSite(fault=backwards)
    answer = load_on(site, cookies)
    assert answer["disorder"] > 0
    assert not is_sound(answer)


def test_a_seq_that_skips_is_noticed(cookies):
    def skipping(frame, number):
        rows = [row | {"seq": row["seq"] + (number > 3)} for row in frame["messages"]]
        return [frame | {"messages": rows}]

    answer = load_on(FakeSite(fault=skipping), cookies)
    assert answer["seq_breaks"] > 0
    assert not is_sound(answer)


def test_lagged_is_answered_by_sync_and_is_no_gap(cookies):
    def lagging(frame, number):
        return [{"type": "lagged", "rooms": [1]}] if number == 3 else [frame]

    answer = load_on(FakeSite(fault=lagging), cookies)
    assert answer["lagged"] == answer["syncs"] == MEMBERS
    assert answer["gaps"] == 0
    assert answer["delivered"] == SENDS * MEMBERS


@pytest.mark.parametrize("text", ["{", '{"type":"changes","room":1', "[{]", "null", '{"type":1}'])
def test_what_is_no_frame_is_noticed(cookies, text):
    answer = load_on(FakeSite(fault=lambda frame, number: [text, frame]), cookies)
    assert answer["malformed"] == SENDS * MEMBERS
    assert not is_sound(answer)


def test_a_refusal_answers_a_send_and_is_told(cookies):
    refusal = {"type": "error", "ref": None, "code": "forbidden", "detail": "no"}
    answer = load_on(FakeSite(fault=lambda frame, number: [refusal, frame]), cookies)
    assert answer["refused"] == SENDS * MEMBERS
    assert "forbidden" in answer["refusal"]


def test_a_member_sends_on_as_soon_as_it_is_answered(cookies):
    site = FakeSite()
    with members_of(site, cookies) as lg:
        answer = lg.sends(seconds=0.3, window=2)
    assert answer["acked"] == answer["sent"] == len(site.posted[1]) > 4 * MEMBERS
    assert answer["ack_p50_ms"] > 0
    assert is_sound(answer)


def test_an_open_window_bounds_what_is_unanswered(cookies):
    site = FakeSite()
    with members_of(site, cookies) as lg:
        answer = lg.load(rate=200_000, seconds=0.05, window=1)
    assert answer["held"] > 0
    assert answer["held"] + answer["sent"] == 10_000
    assert is_sound(answer)


def test_members_who_go_come_back(cookies):
    site = FakeSite()
    with members_of(site, cookies) as lg:
        answer = lg.churn(per_second=20, away=0.1, seconds=0.5)
    assert answer["greeted"] == 10
    assert answer["ready"] == MEMBERS
    assert len(site.cookies) == MEMBERS + 10


def changes_of(frame: dict[str, Any], since: int, rows: list[Any]) -> dict[str, Any]:
    """Return ``frame`` with other rows, from version ``since`` on."""
    return frame | {"from": since, "messages": rows}
