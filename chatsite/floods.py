"""Who asks far more often than anybody needs to is refused before anything is looked up for them.

The Python that answers requests is the one that serves the sockets: everybody in the process waits
for what a flood costs it. So this counts in the process, by what the client shows, whether there is
such a session or not, and by the address it comes from.

And no more requests are answered at once than there are connections to the database for them.
Forty searches of one member, each in a thread, would take all of the pool's: then nothing that
anybody says is stored for seconds.
"""

import json
import math
from asyncio import sleep
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from django.conf import settings

from chat.errors import RateLimited
from chat.live.handshake import address_in, credentials_in
from chat.live.limits import Pace, Rate, Turns

REQUESTS = Rate(300, 10)  # of one session or token
# From one address, for each of the sockets that it may have.
REQUESTS_EACH = Rate(4, 0.1)
HELD_FOR = 1.0  # s before a refusal: who asks on at each answer is refused once a second
HELD_MAX = 100  # at once

Application = Callable[..., Awaitable[None]]


class FloodGate:
    """An ASGI application around `application`: refuses requests of those who flood the site.

    The others are answered in turn.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._shown = Pace(REQUESTS)
        self._addresses = Pace(REQUESTS_EACH.times(settings.SOCKETS_PER_ADDRESS))
        self._turns = Turns(settings.REQUESTS_AT_ONCE)
        self._held = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(settings.STATIC_URL):
            await self._application(scope, receive, send)
            return
        credentials, address = credentials_in(scope), address_in(scope)
        shown = credentials.token or credentials.session
        if settings.RATE_LIMITS and (wait := self._wait(shown, address)):
            await self._hold()
            await _refuse(send, RateLimited(retry_after=wait))
            return
        async with self._turns.turn(shown or address):
            await self._application(scope, receive, send)

    def _wait(self, shown: str, address: str) -> float:
        """Count a request; return 0, or after how many seconds it would not be too many."""
        now = monotonic()
        return self._shown.wait(shown, now) or self._addresses.wait(address, now)

    async def _hold(self) -> None:
        if self._held < HELD_MAX:
            self._held += 1
            try:
                await sleep(HELD_FOR)
            finally:
                self._held -= 1


async def _refuse(send: Any, refusal: RateLimited) -> None:
    told = refusal.as_dict()
    body = json.dumps(told).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", str(math.ceil(told["retry_after"])).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
