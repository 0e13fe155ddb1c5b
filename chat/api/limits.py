"""How often one member may change something over HTTP, counted in the cache for all processes."""

import logging
import time

from django.conf import settings
from django.core.cache import cache

from chat.errors import RateLimited

logger = logging.getLogger(__name__)

WRITES_MAX = 40  # of one member within WINDOW
WINDOW = 10  # s
# A cache that does not answer is left alone for so long: nobody's write should wait for it.
PAUSE = 10  # s

_resumes_at = 0.0  # by the monotonic clock


def count_write(user_id: int) -> None:
    """Count a write of that member; without a cache, of nobody. Raises RateLimited."""
    if not settings.RATE_LIMITS:
        return
    now = time.time()
    window = int(now // WINDOW)
    if _count(f"api-writes:{user_id}:{window}") > WRITES_MAX:
        raise RateLimited(retry_after=max(0.1, (window + 1) * WINDOW - now))


def _count(key: str) -> int:
    """Return how often this was called with ``key``; 0 while the cache is away."""
    global _resumes_at
    if time.monotonic() < _resumes_at:
        return 0
    try:
        return 1 if cache.add(key, 1, WINDOW * 2) else cache.incr(key)
    except Exception:
        # Each backend has errors of its own, and incr raises ValueError for a key just expired.
        logger.warning("The cache is away: writes over HTTP are not counted.", exc_info=True)
        _resumes_at = time.monotonic() + PAUSE
        return 0
