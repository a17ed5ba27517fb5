"""Folders that belong to a process: what a killed one left is told from what another uses."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

#: folders younger than this are left alone: who makes one locks it a moment later
GRACE_S = 2.0


def hold(folder: Path) -> int:
    """Lock a folder until the descriptor is closed here and in all processes forked from here.

    The system lets go when the last of them dies.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def sweep(folders: Iterable[Path]) -> int:
    """Remove those whose processes died; returns how many."""
    removed = 0
    for folder in folders:
        try:
            # nothing but a folder: to open a pipe that nobody writes to waits for ever
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue  # who made it was faster, renamed or removed it; or it is another user's
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - os.fstat(descriptor).st_mtime < GRACE_S:
                continue
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
        except OSError:
            continue  # somebody uses it
        finally:
            os.close(descriptor)
    return removed
