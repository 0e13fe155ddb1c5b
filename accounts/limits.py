"""How often someone may do something, counted in the cache for all processes.

Without a cache nothing is counted: nobody is locked out because Redis is away.
"""

import hashlib
import ipaddress
import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# A cache that does not answer is left alone for so long: nobody should wait for it.
PAUSE = 10  # s
IPV6_PREFIX = 64  # bits: what one household or server is given

_resumes_at = 0.0  # by the monotonic clock


@dataclass
class Limit:
    """``most`` times in each ``window`` of seconds, for each of those who are told apart."""

    name: str
    most: int
    window: int

    def count(self, who: str) -> float | None:
        """Count one time; return None, or after how many seconds to come back."""
        if not settings.RATE_LIMITS:
            return None
        now = time.time()
        number = int(now // self.window)
        if _count(self._key(who, number), self.window * 2) <= self.most:
            return None
        return max(0.1, (number + 1) * self.window - now)

    def forget(self, who: str) -> None:
        """Begin anew to count for ``who``."""
        cache.delete(self._key(who, int(time.time() // self.window)))

    def is_reached(self, who: str) -> bool:
        """Tell whether once more would be too often, without counting."""
        if not settings.RATE_LIMITS:
            return False
        return _read(self._key(who, int(time.time() // self.window))) >= self.most

    def _key(self, who: str, number: int) -> str:
        # What a person typed can be long, and hold what a cache's key cannot.
        told_apart = hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return f"{self.name}:{told_apart}:{number}"


def address_of(request: HttpRequest) -> str:
    """Return from where a request came; of IPv6, the network that one peer has to itself."""
    return network_of(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """Return ``address``, or the network of an IPv6 one; what is no address, as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)


def is_public(address: str) -> bool:
    """Tell whether ``address`` is on the internet, and not one within a building or a machine."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _count(key: str, timeout: int) -> int:
    """Return how often this was called with ``key``; 0 while the cache is away."""
    global _resumes_at
    if time.monotonic() < _resumes_at:
        return 0
    try:
        return 1 if cache.add(key, 1, timeout) else cache.incr(key)
    except Exception:
        # Each backend has errors of its own, and incr raises ValueError for a key just expired.
        logger.warning("The cache is away: nothing is counted.", exc_info=True)
        _resumes_at = time.monotonic() + PAUSE
        return 0


def _read(key: str) -> int:
    try:
        return int(cache.get(key, 0))
    except Exception:
        return 0
