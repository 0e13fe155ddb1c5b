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
from typing import Any

from django.conf import settings

from chat.errors import RateLimited
from chat.live.handshake import address_in, credentials_in
from chat.live.limits import Arrivals, Rate, Turns

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
        self._requests = Arrivals(REQUESTS, REQUESTS_EACH)
        self._turns = Turns(settings.REQUESTS_AT_ONCE)
        self._held = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(settings.STATIC_URL):
            await self._application(scope, receive, send)
            return
        shown, address = credentials_in(scope).shown, address_in(scope)
        if settings.RATE_LIMITS and (wait := self._requests.wait(shown, address)):
            await self._hold()
            await _refuse(send, RateLimited(retry_after=wait))
            return
        async with self._turns.turn(shown or address):
            await self._application(scope, receive, send)

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
