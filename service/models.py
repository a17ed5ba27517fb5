"""Fitted models on disk: a folder of ``.npy`` files and a manifest for each version.

A version is written beside its final place, flushed, and renamed: it is there whole or not at
all. Its writer holds a lock on the draft, so that what a killed one left can be told from what
another is writing, and be removed. Arrays are memory mapped, so that all workers share one
copy. No pickle anywhere.
"""

import hashlib
import logging
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service import leftovers, messages
from service.errors import ModelFileError

logger = logging.getLogger(__name__)

FORMAT = 1

_MOMENT = re.compile(r"\d{8}T\d{9}Z-")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version is: how it was made, from how much, and the hash of each file."""

    version: str
    created_at: float
    analysis_version: str
    feature_space: str
    catalogue_change: int
    n_users: int
    n_items: int
    n_interactions: int
    config: Mapping[str, Any]
    quality: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT
    n_events: int = 0


Arrays = Mapping[str, NDArray[Any]]


class ModelDirectory:
    """The versions kept in one folder.

    Parameters
    ----------
    path : Path
        Made when the first version is put.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, manifest: Manifest, arrays: Arrays) -> Manifest:
        """Store a version whole or not at all; returns its manifest with the file hashes."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.sweep()
        draft = self.path / f".draft-{uuid.uuid4().hex}"
        draft.mkdir()
        descriptor = leftovers.hold(draft)
        try:
            files = {}
            for name, array in arrays.items():
                with (draft / f"{name}.npy").open("wb") as file:
                    np.save(file, array, allow_pickle=False)
                    file.flush()
                    os.fsync(file.fileno())
                files[name] = _sha256(draft / f"{name}.npy")
            manifest = Manifest(**{**asdict(manifest), "files": files})
            with (draft / "manifest.json").open("wb") as file:
                file.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.path / manifest.version)
            _fsync_folder(self.path)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        finally:
            os.close(descriptor)
        return manifest

    def sweep(self) -> int:
        """Remove drafts whose writers died; returns how many."""
        return leftovers.sweep(self.path.glob(".draft-*"))

    def get(self, version: str) -> tuple[Manifest, dict[str, NDArray[Any]]]:
        """Manifest and memory-mapped arrays of a version.

        Raises
        ------
        ModelFileError
            If a file is missing, its hash is not the manifest's, or the format is unknown.
        """
        manifest = self.manifest(version)
        folder = self.path / version
        arrays = {}
        for name, sha256 in manifest.files.items():
            path = folder / f"{name}.npy"
            try:
                found = _checked_sha256(path, path.stat().st_mtime_ns)
                if found != sha256:
                    raise ModelFileError(
                        messages.MODEL_DAMAGED, version=version, name=f"{name}.npy"
                    )
                arrays[name] = np.load(path, mmap_mode="r", allow_pickle=False)
            except (OSError, ValueError) as error:
                raise ModelFileError(
                    messages.MODEL_UNREADABLE,
                    version=version,
                    name=f"{name}.npy",
                    reason=str(error),
                ) from error
        return manifest, arrays

    def manifest(self, version: str) -> Manifest:
        """Manifest of a version, its arrays unread."""
        path = self.path / version / "manifest.json"
        try:
            manifest = Manifest(**orjson.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise ModelFileError(
                messages.MODEL_UNREADABLE, version=version, name="manifest.json", reason=str(error)
            ) from error
        if manifest.format != FORMAT:
            raise ModelFileError(
                messages.MODEL_FORMAT, version=version, found=manifest.format, needed=FORMAT
            )
        return manifest

    def manifests(self) -> list[Manifest]:
        """Manifests of the versions kept that can be read, newest first."""
        found = []
        for version in self.versions():
            try:
                found.append(self.manifest(version))
            except ModelFileError:
                logger.exception("manifest refused", extra={"model": version})
        return found

    def versions(self) -> list[str]:
        """Versions kept, newest first."""
        if not self.path.is_dir():
            return []
        return sorted((p.parent.name for p in self.path.glob("[!.]*/manifest.json")), reverse=True)

    def prune(self, keep: int, active: str | None) -> None:
        """Delete all but the newest `keep` versions and the active one."""
        for version in self.versions()[keep:]:
            if version != active:
                shutil.rmtree(self.path / version, ignore_errors=True)


def new_version(newest: str = "") -> str:
    """Name of a version: its moment in UTC to the millisecond, and letters against two at once.

    Names sort by age. So where the clock has been set back since the version `newest`, the moment
    is the one after that of `newest`: no fit would go into service otherwise before that day.

    Examples
    --------
    >>> new_version("29991231T235959999Z-abcdef")[:19]
    '30000101T000000000Z'
    """
    moment = datetime.now(UTC)
    if _MOMENT.match(newest):
        last = datetime.strptime(newest[:18] + "+0000", "%Y%m%dT%H%M%S%f%z")
        moment = max(moment, last + timedelta(milliseconds=1))
    thousandths = moment.microsecond // 1000
    return f"{moment:%Y%m%dT%H%M%S}{thousandths:03}Z-{uuid.uuid4().hex[:6]}"


def pack(texts: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Texts of any length as two plain arrays: UTF-8 bytes and where each ends.

    Examples
    --------
    >>> list(unpack(pack(["微积分", "", "a/b"])))
    ['微积分', '', 'a/b']
    """
    encoded = [t.encode() for t in texts]
    ends = np.cumsum([len(e) for e in encoded], dtype=np.int64)
    return {"bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8), "ends": ends}


def unpack(arrays: Arrays) -> list[str]:
    """Inverse of :func:`pack`."""
    whole = arrays["bytes"].tobytes()
    ends = arrays["ends"].tolist()
    return [whole[a:b].decode() for a, b in zip([0, *ends], ends, strict=False)]


def under(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Names with a prefix, so that several objects share one folder."""
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def within(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The arrays that :func:`under` put under this prefix."""
    start = prefix + "."
    return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}


def csr_to_arrays(matrix: csr_array) -> dict[str, NDArray[Any]]:
    """A sparse matrix as named arrays, values in float32."""
    return {
        "data": matrix.data.astype(np.float32),
        "indices": matrix.indices,
        "indptr": matrix.indptr,
        "shape": np.array(matrix.shape, dtype=np.int64),
    }


def csr_from_arrays(arrays: dict[str, NDArray[Any]]) -> csr_array:
    """Inverse of :func:`csr_to_arrays`."""
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    return csr_array(parts, shape=tuple(arrays["shape"].tolist()))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=256)
def _checked_sha256(path: Path, mtime_ns: int) -> str:
    return _sha256(path)


def _fsync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
