"""Work shared among the cores, a thread each; BLAS keeps to the thread that calls it."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import threadpool_limits

Part = TypeVar("Part")
Done = TypeVar("Done")


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # macOS, Windows


def in_threads(
    call: Callable[[Part], Done], parts: Sequence[Part], *, n_threads: int
) -> list[Done]:
    """What `call` gives for each part, in their order, by so many threads.

    Only what releases the interpreter's lock (products, partitions, sorts of arrays) is shared.

    Examples
    --------
    >>> in_threads(abs, [1, -2, -3], n_threads=2)
    [1, 2, 3]
    """
    if n_threads == 1 or len(parts) < 2:
        return [call(part) for part in parts]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(call, parts))


_lock = threading.Lock()
_inside: list[threadpool_limits] = []


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """BLAS with one thread, for a block whose own threads have all cores.

    BLAS has one number of threads for the whole process: what else it computes meanwhile has one
    as well, and the number of before comes back when the last of several blocks ends.
    """
    with _lock:
        _inside.append(_inside[0] if _inside else threadpool_limits(1, "blas"))
    try:
        yield
    finally:
        with _lock:
            limits = _inside.pop()
            if not _inside:
                limits.restore_original_limits()
