"""How often a caller may ask: by key, and by address for those who fail to show one.

The library `limits` counts. In memory each worker counts for itself, so a caller of N workers gets
up to N times the rate; ``ZHIYING_RATE_STORAGE=redis://…`` counts for all of them together.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from service import messages
from service.errors import RateError
from service.store import StoredKey


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a caller's rate: the numbers of the headers."""

    limit: int
    window_s: int
    left: int
    reset_s: int


class Limiter:
    """Counts requests.

    Parameters
    ----------
    rate : str or None
        Of each key that has none of its own, such as ``"1000/second"``.
    failures : str
        Of requests without a valid key, by address.
    storage : str
        URL that `limits` reads, ``"memory://"`` or ``"redis://…"``.
    """

    def __init__(self, rate: str | None, failures: str, storage: str) -> None:
        self.rate = rate
        self.failures = failures
        # a fixed window costs one increment; the burst of two windows at their seam is harmless
        self._counter = FixedWindowRateLimiter(storage_from_string(storage))

    def spend(self, key: StoredKey) -> None:
        """Count a request of this key. Raises `RateError` past its rate."""
        rate = key.rate or self.rate
        if rate is not None:
            g.budget = self._hit(_parsed(rate), rate, "key", key.id)

    def fail(self, address: str) -> None:
        """Count a request without a valid key. Raises `RateError` past the rate of failures."""
        self._hit(_parsed(self.failures), self.failures, "address", address)

    def _hit(self, item: RateLimitItem, rate: str, kind: str, who: str) -> Budget:
        fits = self._counter.hit(item, kind, who)
        window = self._counter.get_window_stats(item, kind, who)
        if window.reset_time - time.time() > item.get_expiry() + 1:
            # the clock was set back: a window of a second would last until it is there again
            self._counter.clear(item, kind, who)
            fits = self._counter.hit(item, kind, who)
            window = self._counter.get_window_stats(item, kind, who)
        left_s = max(1, int(window.reset_time - time.time() + 0.999))
        budget = Budget(item.amount, item.get_expiry(), window.remaining, left_s)
        if not fits:
            headers = {"Retry-After": str(left_s), **_headers(budget)}
            length_s = budget.window_s
            raise RateError(
                messages.TOO_MANY, headers=headers, n=budget.limit, window_s=length_s, wait_s=left_s
            )
        return budget


def install(app: Flask) -> None:
    """Tell each caller what is left: draft-ietf-httpapi-ratelimit-headers."""

    @app.after_request
    def tell(response: Response) -> Response:
        budget: Budget | None = g.get("budget")
        if budget is not None:
            response.headers.update(_headers(budget))
        return response


@lru_cache(maxsize=256)
def _parsed(rate: str) -> RateLimitItem:
    return parse(rate)


def _headers(budget: Budget) -> dict[str, Any]:
    return {
        "RateLimit-Policy": f'"default";q={budget.limit};w={budget.window_s}',
        "RateLimit": f'"default";r={budget.left};t={budget.reset_s}',
    }
