"""Files in which a worker keeps its figures for the others, safe on a disk that is full.

Such a file is mapped into memory and grows by holes. Who writes to a hole of a full disk is ended
by the system (SIGBUS): the first request of each worker would be its last. So the blocks are asked
for before they are written, and where there are none, the figures stay in memory.
"""

import errno
import logging
import mmap
import os
from contextlib import suppress
from typing import Any

from prometheus_client.mmap_dict import MmapedDict

logger = logging.getLogger(__name__)

_FIRST = 1 << 16
#: what a figure takes beside its name, at most: two lengths, padding, value and time
_BESIDE = 40

#: what file systems say that reserve nothing, and the C library that would write in their place
_NO_PROMISE = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENODEV, errno.EBADF)


class FigureFile(MmapedDict):
    """The client's own file of figures, which asks for blocks before it writes."""

    _f: Any
    _m: Any

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        if not read_mode:
            try:
                with open(filename, "ab") as file:
                    _reserve(file.fileno(), _FIRST)
            except OSError:
                with suppress(OSError):
                    os.unlink(filename)  # others would read it, and there is nothing to read
                filename = f"/proc/self/fd/{_memory()}"
        super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        """Make room for a figure."""
        needed, capacity = self._used + len(key.encode()) + _BESIDE, self._capacity
        while needed > capacity:
            capacity *= 2
        if capacity > self._capacity:
            try:
                _reserve(self._f.fileno(), capacity)
            except OSError:
                self._move_to_memory()
        super()._init_value(key)  # type: ignore[no-untyped-call]

    def _move_to_memory(self) -> None:
        """Go on in memory; what the file has by now stays in it for the others."""
        file = os.fdopen(_memory(), "r+b")
        file.truncate(self._capacity)
        kept = mmap.mmap(file.fileno(), self._capacity)
        kept[:] = self._m[:]
        self._m.close()
        self._f.close()
        self._f, self._m = file, kept


def _reserve(descriptor: int, n_bytes: int) -> None:
    """Let a file have so many bytes that can be written, where the system can promise that."""
    if not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(descriptor, 0, n_bytes)
    except OSError as error:
        if error.errno not in _NO_PROMISE:
            raise


def _memory() -> int:
    logger.warning("no space for figures: those of this process are not told any more")
    return os.memfd_create("zhiying-figures")
