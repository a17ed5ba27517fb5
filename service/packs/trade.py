"""A pack read, checked and put to use: its analyser and its weights of events."""

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from nlp import Analyzer, AspectWords
from nlp.topics import TopicModel
from recommend import EVENT_WEIGHTS, EventTable
from service.errors import InvalidRequestError, ModelFileError, ServiceError
from service.packs.schema import Pack
from service.text_models import read_model

DEFAULT = "default"
_FOLDER = Path(__file__).parent
_FILE = "pack.json"


class PackError(ServiceError, ValueError):
    """A pack is not there, or not what a pack must be."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A pack in use.

    Attributes
    ----------
    pack : Pack
    analyzer : Analyzer
        Its version covers what of the pack analyses rest on: topics and aspects.
    weights : EventTable
    version : str
        Name and digest of all files of the pack.
    """

    pack: Pack
    analyzer: Analyzer
    weights: EventTable
    version: str


def read_pack(name: str) -> Pack:
    """Read a pack, by the name of a packaged one or by its folder.

    Raises
    ------
    PackError
        Names each field that is not as it must be.

    Examples
    --------
    >>> read_pack("default").forms.rules["健康生活"]
    ('微电影', '情景剧')
    """
    return _read(_folder(name))


@cache
def load_trade(name: str = DEFAULT) -> Trade:
    """A pack with its analyser and weights; read once in a process.

    Raises
    ------
    PackError
        If it cannot be used.

    Examples
    --------
    >>> load_trade().analyzer is Analyzer.default(), load_trade().weights is EVENT_WEIGHTS
    (True, True)
    """
    folder = _folder(name)
    pack = _read(folder)
    return Trade(pack, _analyzer(folder, pack), _weights(pack), _version(folder, pack))


def packaged() -> tuple[str, ...]:
    """Names of the packs that come with the program."""
    return tuple(sorted(file.parent.name for file in _FOLDER.glob(f"*/{_FILE}")))


def _folder(name: str) -> Path:
    folder = _FOLDER / name if name in packaged() else Path(name)
    if not (folder / _FILE).is_file():
        raise PackError(
            f"pack: found no {name!r}, needs one of {', '.join(packaged())}, "
            f"or a folder with {_FILE}"
        )
    return folder


def _read(folder: Path) -> Pack:
    try:
        return Pack.model_validate_json((folder / _FILE).read_bytes())
    except ValidationError as error:
        fields = InvalidRequestError.of(error).errors
        told = "; ".join(f"{f.pointer or '/'}: {f.detail}" for f in fields)
        raise PackError(f"{folder / _FILE}: {told}") from None


def _version(folder: Path, pack: Pack) -> str:
    """Name of the pack, and a digest of its files as they are."""
    known = hashlib.sha256((folder / _FILE).read_bytes())
    if pack.topics is not None:
        known.update((folder / pack.topics.folder / "manifest.json").read_bytes())
    return f"{pack.name}={known.hexdigest()[:12]}"


def _analyzer(folder: Path, pack: Pack) -> Analyzer:
    """The packaged analyser; with the pack's taxonomy and aspects, if it has any."""
    base = Analyzer.default()
    if pack.topics is None and pack.aspects is None:
        return base
    taxonomies = {}
    known = hashlib.sha256()
    if pack.topics is not None:
        try:
            manifest, model = read_model(folder / pack.topics.folder)
        except ModelFileError as error:
            raise PackError(f"{folder / _FILE}: /topics/folder: {error}") from error
        if not isinstance(model, TopicModel):
            raise PackError(
                f"{folder / _FILE}: /topics/folder: found {manifest.kind}, needs topics"
            )
        taxonomies[pack.topics.name] = model
        known.update(manifest.sha256.encode())
    aspects = None
    if pack.aspects is not None:
        aspects = AspectWords.of(**pack.aspects.model_dump())
        known.update(pack.aspects.model_dump_json().encode())
    version = f"pack:{pack.name}={known.hexdigest()[:12]}"
    return base.with_models(taxonomies=taxonomies, aspects=aspects, version=version)


def _weights(pack: Pack) -> EventTable:
    """The usual weights, but for those that the pack names."""
    if not pack.event_weights:
        return EVENT_WEIGHTS
    changed = {
        name: weight.model_dump(exclude_none=True) for name, weight in pack.event_weights.items()
    }
    return EventTable(replace(kind, **changed.get(kind.name, {})) for kind in EVENT_WEIGHTS.kinds)
