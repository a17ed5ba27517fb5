"""Rules that say which beat a sentence can carry: ``data/beats.json``."""

import hashlib
import importlib.resources
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

BeatName = Literal["hook", "conflict", "turn", "resolution"]

NAMES: tuple[BeatName, ...] = ("hook", "conflict", "turn", "resolution")


@dataclass(frozen=True, slots=True)
class Cue:
    """What a rule is called, how much it weighs, and what it looks for."""

    kind: str
    weight: float
    pattern: re.Pattern[str]


def strongest(name: BeatName, sentence: str) -> tuple[str, str, float] | None:
    """Return kind, words and weight of the strongest rule that sees something in a sentence."""
    for cue in cues()[name]:
        if match := cue.pattern.search(sentence):
            return cue.kind, match[0], cue.weight
    return None


@cache
def rules_version() -> str:
    """Digest of the rules that choose beats: other rules, other beats of the same analysis.

    Examples
    --------
    >>> len(rules_version())
    12
    """
    return hashlib.sha256(_file()).hexdigest()[:12]


def _file() -> bytes:
    return importlib.resources.files("nlp").joinpath("data/beats.json").read_bytes()


@cache
def _data() -> dict[str, object]:
    found: dict[str, object] = json.loads(_file())
    return found


@cache
def aside() -> re.Pattern[str]:
    """Return what is said about the course and not by it: for whom it is, what it needs."""
    return re.compile(str(_data()["aside"]))


@cache
def cues() -> dict[BeatName, tuple[Cue, ...]]:
    """Return the rules of each beat, the strongest first."""
    found: dict[BeatName, tuple[Cue, ...]] = {}
    for name in NAMES:
        listed: object = _data()[name]
        assert isinstance(listed, list)  # noqa: S101 - packaged
        read = [Cue(kind, weight, re.compile(pattern)) for kind, weight, pattern in listed]
        found[name] = tuple(sorted(read, key=lambda c: -c.weight))
    return found
