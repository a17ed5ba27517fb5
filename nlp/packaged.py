"""Arrays that come with this package."""

import importlib.resources
import io

import numpy as np
from numpy.typing import NDArray


def packaged(name: str) -> dict[str, NDArray[np.generic]]:
    """Arrays of ``nlp/data/NAME.npz``; nothing is kept for the next call.

    Examples
    --------
    >>> sorted(packaged("levels"))
    ['codes', 'words']
    """
    return unpacked(importlib.resources.files("nlp").joinpath(f"data/{name}.npz").read_bytes())


def unpacked(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Arrays of the bytes of such a file; none is of object type."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)
