"""The flood that a site is put to: frames of every kind, on ever new sockets, and searches."""

import json
from contextlib import suppress
from typing import Any

from benchmarks import abuser
from benchmarks.abuser import BURST, Flood
from tests.bench.fake_site import FakeSite, InThread
from tests.parts.part import wait_until

COOKIES = ["sessionid=key0", "sessionid=key1"]


class CuttingSite(FakeSite):
    """Cuts each socket off after one burst."""

    async def _member(self, socket: Any) -> None:
        self.cookies.append(socket.request.headers["Cookie"])
        await socket.send(json.dumps(self._hello()))
        for _ in range(BURST):
            text = await socket.recv()
            with suppress(ValueError):
                self.heard.append(json.loads(text))
        socket.transport.abort()


def test_a_flood_is_of_every_kind_and_goes_on_where_a_socket_is_closed(monkeypatch):
    monkeypatch.setattr(abuser, "ASKING", 1)
    site = CuttingSite()
    with InThread(site), Flood(site.port, COOKIES) as flood:
        wait_until(
            lambda: flood.counts["closed"] > 2 and flood.counts["asked"] > 2, 10, "closed sockets"
        )
    said = {frame["type"] for frame in site.heard}
    assert said == {"send", "typing", "react", "sync", "focus", "nonsense"}
    assert set(site.cookies) == set(COOKIES)
    assert flood.counts["opened"] > 2
    assert flood.counts["frames"] >= BURST * 2
