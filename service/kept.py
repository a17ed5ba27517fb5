"""Figures that are long to count: counted seldom, and then told for a while."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: counting may take one part in so many of a worker's time
SHARE = 20


class Kept(Generic[T]):
    """A figure that is counted each time it is asked for, or, once that is long, now and then.

    Parameters
    ----------
    at_once_s : float
        What is counted in this time is counted each time.
    rest_s : float
        What is not is told for so long, and for `SHARE` times as long as counting took.
    clock : callable
        Seconds that only rise.

    Examples
    --------
    >>> quick = Kept[int](at_once_s=60.0)
    >>> quick.get(lambda: 1), quick.get(lambda: 2)
    (1, 2)
    >>> long = Kept[int](at_once_s=-1.0, rest_s=60.0)
    >>> long.get(lambda: 1), long.get(lambda: 2)
    (1, 1)
    """

    def __init__(
        self, at_once_s: float, rest_s: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.at_once_s, self.rest_s, self.clock = at_once_s, rest_s, clock
        self._lock = threading.Lock()
        self._known: tuple[float, T] | None = None

    def get(self, count: Callable[[], T]) -> T:
        """The figure; who asks while another counts waits for it."""
        with self._lock:
            began = self.clock()
            if self._known is None or began >= self._known[0]:
                figure = count()
                took = self.clock() - began
                rest = max(self.rest_s, SHARE * took) if took > self.at_once_s else 0.0
                self._known = began + rest, figure
            return self._known[1]
