"""Models as named arrays: no pickle, memory maps welcome."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommend.errors import ModelFormatError

Arrays = Mapping[str, NDArray[Any]]


def pack_text(value: object) -> NDArray[np.str_]:
    """JSON of a value, as an array of one string."""
    return np.array([json.dumps(value, sort_keys=True)])


def unpack_text(array: NDArray[Any]) -> Any:
    """Value that `pack_text` packed."""
    try:
        return json.loads(str(array[0]))
    except (ValueError, IndexError) as error:
        raise ModelFormatError(f"bad JSON ({error})") from None
