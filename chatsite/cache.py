"""The cache on Redis, which carries hints: when it is away, pages are slower and never wrong."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class HintCache(RedisCache):
    """Redis, or an empty cache where Redis does not answer.

    What is kept here are counts of tries: without them a limit lets through, and nobody is
    locked out of their account because a cache is.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is stored, or ``default``."""
        return self._or(default, super().get, key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Store a value if possible."""
        self._or(None, super().set, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Store a value unless there is one. Without Redis there never is: a lock is free."""
        return self._or(True, super().add, key, value, *args, **kwargs)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up, from nothing where Redis does not answer."""
        return self._or(delta, super().incr, key, delta, version)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep a value for longer if it is there."""
        return self._or(False, super().touch, key, *args, **kwargs)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value."""
        return self._or(False, super().delete, key, version)

    def _or(self, fallback: Any, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return ask(*args, **kwargs)
        except RedisError as error:
            logger.warning("Redis does not answer the cache: %s", error)
            return fallback
