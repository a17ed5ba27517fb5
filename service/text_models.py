"""Text models that somebody trained, by name: a folder each, with a manifest and its arrays.

The manifest names its array file by content. Writing a new version puts the arrays down first
and then swaps the manifest, so whoever reads finds the old version or the new one, whole.
"""

import hashlib
import io
import logging
import os
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import orjson

from nlp import Analyzer, NlpError
from nlp.sentiment import SentimentModel
from nlp.topics import TopicModel
from service import messages
from service.errors import InvalidRequestError, ModelFileError, UnknownError

logger = logging.getLogger(__name__)

FORMAT = 1
Kind = Literal["topics", "sentiment"]
KINDS: tuple[Kind, ...] = ("topics", "sentiment")
TextModel = TopicModel | SentimentModel

#: names of taxonomies that come with the analyser
RESERVED = frozenset({"subject", "domain"})
_NAME = re.compile(r"[\w][\w.-]{0,63}")


@dataclass(frozen=True, slots=True)
class TextManifest:
    """What a text model is; the same training gives the same manifest, byte for byte.

    Attributes
    ----------
    kind : str
        ``"topics"`` or ``"sentiment"``.
    labels : tuple of str
        What it may answer.
    figures : mapping
        Quality by cross-validation at training.
    data : mapping
        ``n`` texts, and the sha256 of the file they came from.
    library, engine : str
        Versions of this package and of the segmentation it was trained with.
    file, sha256 : str
        The arrays beside the manifest.
    """

    kind: Kind
    labels: tuple[str, ...]
    figures: Mapping[str, float | None]
    data: Mapping[str, Any]
    library: str
    engine: str
    file: str
    sha256: str
    format: int = FORMAT


def write_model(
    folder: Path,
    kind: Kind,
    model: TextModel,
    *,
    labels: tuple[str, ...],
    figures: Mapping[str, float | None],
    data: Mapping[str, Any],
) -> TextManifest:
    """Write a model into `folder`, in place of the one that may be there."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **model.to_arrays())
    content = buffer.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    manifest = TextManifest(
        kind=kind,
        labels=labels,
        figures=figures,
        data=data,
        library=library_version("zhiying"),
        engine=Analyzer.default().engine.version,
        file=f"model-{sha256[:16]}.npz",
        sha256=sha256,
    )
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / manifest.file, content)
    _put(folder / "manifest.json", orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
    for old in folder.glob("model-*.npz"):
        if old.name != manifest.file:
            old.unlink(missing_ok=True)
    return manifest


def read_manifest(folder: Path) -> TextManifest:
    """The manifest of a model folder. Raises `ModelFileError` if it cannot be read."""
    try:
        found = orjson.loads((folder / "manifest.json").read_bytes())
        manifest = TextManifest(**{**found, "labels": tuple(found["labels"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelFileError(
            messages.MODEL_UNREADABLE, version=folder.name, name="manifest.json", reason=str(error)
        ) from None
    if manifest.format != FORMAT or manifest.kind not in KINDS:
        raise ModelFileError(
            messages.MODEL_FORMAT,
            version=folder.name,
            found=f"{manifest.format} of {manifest.kind!r}",
            needed=f"{FORMAT} of {', '.join(KINDS)}",
        )
    return manifest


def read_model(folder: Path) -> tuple[TextManifest, TextModel]:
    """A model, its arrays checked against the manifest before they are used.

    Raises
    ------
    ModelFileError
        If a file is missing, damaged, or not what the manifest says.
    """
    manifest = read_manifest(folder)
    name = folder.name
    try:
        content = (folder / Path(manifest.file).name).read_bytes()
    except (OSError, TypeError) as error:
        raise _unreadable(name, manifest.file, error) from None
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise ModelFileError(messages.MODEL_DAMAGED, version=name, name=manifest.file)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            reader = TopicModel if manifest.kind == "topics" else SentimentModel
            return manifest, reader.from_arrays(arrays)
    except (NlpError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _unreadable(name, manifest.file, error) from None


def _unreadable(name: str, file: str, error: Exception) -> ModelFileError:
    return ModelFileError(messages.MODEL_UNREADABLE, version=name, name=file, reason=str(error))


def check_name(name: str) -> str:
    """The name, if a model may have it. Raises `InvalidRequestError`."""
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise InvalidRequestError(
            f"name: found {name!r}, needs up to 64 letters, digits, '_', '-' or '.', "
            f"the first no sign, and none of {', '.join(sorted(RESERVED))}"
        )
    return name


@dataclass
class TextModels:
    """The named models of one folder: loaded when first asked for, again when they change.

    Safe under threads. A version is used whole or not at all: one that is damaged is refused,
    also where another was in memory before.
    """

    path: Path
    _loaded: dict[str, tuple[object, TextManifest, TextModel]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def manifests(self) -> dict[str, TextManifest]:
        """Manifests by name; one that cannot be read is logged and left out."""
        found = {}
        for file in sorted(self.path.glob("*/manifest.json")):
            try:
                found[file.parent.name] = read_manifest(file.parent)
            except ModelFileError:
                logger.exception("text model refused", extra={"model": file.parent.name})
        return found

    def get(self, name: str, kind: Kind, *, pointer: str | None = None) -> tuple[str, TextModel]:
        """Version (sha256) and model of a name.

        Raises
        ------
        UnknownError
            If there is no such model, or it is of another kind.
        ModelFileError
            If its files are damaged.
        """
        folder = self.path / name
        try:
            if not _NAME.fullmatch(name):
                raise FileNotFoundError
            status = (folder / "manifest.json").stat()
        except OSError:
            raise UnknownError(f"{kind} model", name, pointer=pointer) from None
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        with self._lock:
            known = self._loaded.get(name)
            if known is None or known[0] != stamp:
                known = (stamp, *self._read(folder))
                self._loaded[name] = known
        _, manifest, model = known
        if manifest.kind != kind:
            raise UnknownError(
                f"{kind} model",
                name,
                pointer=pointer,
                message=messages.UNKNOWN_OF_OTHER_KIND,
                kind=manifest.kind,
            )
        return manifest.sha256, model

    @staticmethod
    def _read(folder: Path) -> tuple[TextManifest, TextModel]:
        try:
            return read_model(folder)
        except ModelFileError:
            return read_model(folder)  # a new version was put while the old one was being read

    def analyzer(
        self, base: Analyzer, topics: tuple[str, ...] = (), sentiment: str | None = None
    ) -> Analyzer:
        """`base` with the named models: more taxonomies, and another judge of sentiment.

        Raises
        ------
        UnknownError, ModelFileError
            See `get`.
        """
        if not topics and sentiment is None:
            return base
        versions, taxonomies = [], {}
        for name in topics:
            version, model = self.get(name, "topics", pointer="topics")
            versions.append(f"{name}={version[:12]}")
            taxonomies[name] = model
        judge = None
        if sentiment is not None:
            version, judge = self.get(sentiment, "sentiment", pointer="sentiment")
            versions.append(f"sentiment:{sentiment}={version[:12]}")
        return base.with_models(
            taxonomies=taxonomies,  # type: ignore[arg-type]
            sentiment=judge,  # type: ignore[arg-type]
            version="+".join(versions),
        )


def _put(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
