"""What stays, and what goes back to the system.

On Linux with glibc each thread that allocates may get an arena of its own, and what is freed inside
of one is kept for later. A model is loaded in a new thread each time: without this, a worker grew
with each swap. Elsewhere nothing is done, and nothing is needed.
"""

import ctypes
import gc
from functools import cache
from typing import Any

_M_ARENA_MAX = -8
ARENAS = 2


@cache
def _libc() -> Any:
    try:
        library = ctypes.CDLL(None)
        return library if hasattr(library, "malloc_trim") else None
    except (OSError, TypeError):  # no such library, no such way to ask for it
        return None


def share_arenas() -> None:
    """Few arenas for all threads; call before there are any."""
    if (libc := _libc()) is not None:
        libc.mallopt(_M_ARENA_MAX, ARENAS)


def settle() -> None:
    """Let no later collection look at what is there now; call before workers fork.

    A collection stops all threads for as long as it looks: a tenth of a second at a few thousand
    items. It also writes to what it looks at, and a page that is written to is no longer shared.
    """
    give_back()
    gc.freeze()


def give_back() -> None:
    """Return what is free to the system: after something large was let go."""
    gc.collect()
    if (libc := _libc()) is not None:
        libc.malloc_trim(0)
