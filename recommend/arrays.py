"""Models as named arrays: no pickle, memory maps welcome."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

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


def pack_csr(name: str, matrix: csr_array[np.float64]) -> dict[str, NDArray[Any]]:
    """Four arrays that hold a CSR matrix."""
    return {
        f"{name}.data": matrix.data,
        f"{name}.indices": matrix.indices,
        f"{name}.indptr": matrix.indptr,
        f"{name}.shape": np.array(matrix.shape, np.int64),
    }


def unpack_csr(name: str, arrays: Arrays) -> csr_array[np.float64]:
    """Matrix that `pack_csr` packed."""
    rows, columns = (int(size) for size in arrays[f"{name}.shape"])
    parts = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.indptr"])
    return csr_array(parts, shape=(rows, columns))
