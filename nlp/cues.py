"""Cue words and patterns, written by hand and packaged as data."""

import importlib.resources
import json
import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Cues:
    """What the finders look for.

    Attributes
    ----------
    roles : pattern
        Cues of the roles of key points; the name of the group that matches is the role.
    heading : pattern
        A question or a line of contents.
    exposition : pattern
        A sentence that says what is taught.
    prerequisite, no_prerequisite : pattern
        A sentence that asks for previous knowledge; one that says none is needed.
    easy, hard : frozenset of str
        Words of introductions, and of courses for those who know more.
    """

    roles: re.Pattern[str]
    heading: re.Pattern[str]
    exposition: re.Pattern[str]
    prerequisite: re.Pattern[str]
    no_prerequisite: re.Pattern[str]
    easy: frozenset[str]
    hard: frozenset[str]


@cache
def cues() -> Cues:
    """Return the packaged cues."""
    text = importlib.resources.files("nlp").joinpath("data/cues.json").read_text("utf-8")
    raw = json.loads(text)
    return Cues(
        re.compile("|".join(f"(?P<{role}>{pattern})" for role, pattern in raw["roles"].items())),
        re.compile(raw["heading"]),
        re.compile(raw["exposition"]),
        re.compile(raw["prerequisite"]),
        re.compile(raw["no_prerequisite"]),
        frozenset(raw["easy"]),
        frozenset(raw["hard"]),
    )
