"""Reading labelled text and writing models: the only files `nlp` opens, at a person's call."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Storable(Protocol):
    """A model that is a set of named arrays."""

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays of the model."""


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def save(arrays: Mapping[str, NDArray[np.generic]], path: Path) -> None:
    """Write named arrays as one compressed file without pickle."""
    if any(array.dtype.hasobject for array in arrays.values()):
        raise TypeError("arrays of objects cannot be stored without pickle")
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
