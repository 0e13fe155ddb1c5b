"""A server that is told to end: who is told what, how long it takes, and what is left."""

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from tests.parts.part import listens, wait_until
from tests.server.raw import HANDSHAKE, RawClient, connected, request, wait_for
from tests.server.small_site import SmallSite
from tests.server.test_websocket import code_of_end


@contextmanager
def site_that_ends(processes: int = 1, **settings: str) -> Iterator[SmallSite]:
    with SmallSite(processes, **settings) as site:
        yield site
        assert "Traceback" not in site.unexpected(), site.unexpected()


def ends_within(site: SmallSite, seconds: float) -> int:
    """The exit code of a site that was told to end; its time is judged."""
    wait_until(lambda: not site.running, seconds, "the end")
    return site.process.wait()


async def test_every_socket_hears_the_last_words_and_4412() -> None:
    with site_that_ends(2) as site:
        sockets = [await connect(f"{site.ws_url}/echo") for _ in range(20)]
        for one in sockets:
            await one.recv()
        site.signal(signal.SIGTERM)
        for one in sockets:
            assert json.loads(await one.recv()) == {"last": "words"}
            assert await code_of_end(one) == 4412
        assert ends_within(site, 5) == 0


async def test_sockets_that_the_application_left_open_are_closed_with_4412() -> None:
    with site_that_ends() as site:
        one = await connect(f"{site.ws_url}/asgi-echo")
        site.signal(signal.SIGTERM)
        assert await code_of_end(one) == 4412
        assert ends_within(site, 5) == 0


def test_sockets_opened_a_moment_ago_and_half_opened_end_without_a_traceback() -> None:
    with site_that_ends() as site:
        raws = [RawClient(site) for _ in range(30)]
        for n, raw in enumerate(raws):
            path = ("/echo", "/asgi-echo", "/patient")[n % 3]
            raw.send(request(path, HANDSHAKE))
        site.signal(signal.SIGTERM)
        assert ends_within(site, 5) == 0


def test_interrupting_it_at_the_terminal_is_the_same() -> None:
    with site_that_ends(2) as site:
        os.killpg(site.pid, signal.SIGINT)
        assert ends_within(site, 5) == 0


def test_a_running_page_is_finished_first() -> None:
    with site_that_ends() as site:
        answers = []
        thread = threading.Thread(target=lambda: answers.append(httpx.get(f"{site.url}/slow")))
        thread.start()
        wait_for(lambda: "slow: began" in site.said(), "the page has begun")
        site.signal(signal.SIGTERM)
        thread.join(10)
        assert answers[0].text == "slow, but whole"
        assert ends_within(site, 5) == 0


async def test_a_platform_that_tells_every_process_does_not_cut_the_drain_short() -> None:
    """Heroku does: a server process hears of its end from there, and from its parent."""
    with site_that_ends() as site:
        one = await connect(f"{site.ws_url}/echo")
        await one.recv()
        page = asyncio.create_task(asyncio.to_thread(httpx.get, f"{site.url}/slow"))
        await asyncio.to_thread(wait_for, lambda: "slow: began" in site.said(), "the page began")
        for pid in site.children():
            os.kill(pid, signal.SIGTERM)
        assert json.loads(await one.recv()) == {"last": "words"}
        site.signal(signal.SIGTERM)
        assert (await page).text == "slow, but whole"
        assert ends_within(site, 5) == 0


def test_nobody_is_accepted_any_more() -> None:
    with site_that_ends() as site, connected(site, "/asgi-echo"):
        site.signal(signal.SIGTERM)
        wait_for(lambda: not listens(site.port), "connections are refused")
        assert site.running


def test_a_peer_that_does_not_say_goodbye_is_not_waited_for() -> None:
    with site_that_ends() as site, connected(site, "/echo"):
        site.signal(signal.SIGTERM)
        assert ends_within(site, 5) == 0


async def test_an_application_that_does_not_drain_is_cut_short() -> None:
    with site_that_ends(DRAIN_HANGS="1") as site:
        one = await connect(f"{site.ws_url}/echo")
        began = time.monotonic()
        site.signal(signal.SIGTERM)
        assert await asyncio.wait_for(code_of_end(one), 10) == 4412
        assert ends_within(site, 10) == 0
        assert 7.5 <= time.monotonic() - began < 10


async def test_an_application_that_fails_to_drain_still_ends_in_order() -> None:
    with SmallSite(DRAIN_FAILS="1") as site:
        one = await connect(f"{site.ws_url}/echo")
        site.signal(signal.SIGTERM)
        assert await code_of_end(one) == 4412
        assert ends_within(site, 5) == 0
        assert "the drain of the application failed" in site.said()


def test_asked_twice_it_ends_at_once() -> None:
    with site_that_ends(DRAIN_HANGS="1") as site:
        site.signal(signal.SIGTERM)
        wait_for(lambda: not listens(site.port), "it has begun to end")
        site.signal(signal.SIGTERM)
        assert ends_within(site, 2) == 1


async def test_without_their_parent_the_processes_drain_and_end() -> None:
    with SmallSite(2) as site:
        children = site.children()
        sockets = [await connect(f"{site.ws_url}/echo") for _ in range(4)]
        site.signal(signal.SIGKILL)
        for one in sockets:
            assert await code_of_end(one) == 4412
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "the end")
        assert "The parent process has died" in site.said()


def test_a_thread_that_hangs_does_not_hold_up_the_end() -> None:
    with site_that_ends() as site:
        raw = RawClient(site)
        raw.send(request("/thread", {"Host": "a"}))
        wait_for(lambda: "thread: hangs" in site.said(), "a thread hangs")
        raw.socket.close()
        site.signal(signal.SIGTERM)
        assert ends_within(site, 10) == 0
