"""Cue words and patterns, written by hand and packaged as data."""

import importlib.resources
import json
import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class PrerequisiteCue:
    """One way to say what must be known before.

    Attributes
    ----------
    name : str
        先修, 掌握, 基础, 学完 or 不需要.
    pattern : pattern
        Its group ``what`` is the term or the list of terms, ``of`` what they are needed for.
    listed : bool
        Whether the list is what follows the cue, to the end of the clause or beyond.
    weak : bool
        Whether the term may also be what the course itself teaches: not if its title has it.
    plain : bool
        Whether the term must be all nouns, since the cue also says other things.
    unless : pattern or None
        A sentence that means something else, such as an aim.
    """

    name: str
    pattern: re.Pattern[str]
    listed: bool = False
    weak: bool = False
    plain: bool = False
    unless: re.Pattern[str] | None = None


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
    hint : pattern
        A sentence that may say what must be known before.
    prerequisites : tuple of PrerequisiteCue
        How it says so: those first that say something need not be known.
    itself : pattern
        Names the course itself (本课程).
    joints, all_joints : pattern
        Between the terms of a list; the second also 与, which stands in names of courses.
    leads, tails : pattern
        What stands before and after a term and is no part of it: 一定的…基础知识.
    no_term : pattern
        What is none: 无, 这门课.
    easy, hard : pattern
        Words of introductions, and of courses for those who know more.
    denied : pattern
        What a course says it does without: 不涉及公式推导.
    """

    roles: re.Pattern[str]
    heading: re.Pattern[str]
    exposition: re.Pattern[str]
    hint: re.Pattern[str]
    prerequisites: tuple[PrerequisiteCue, ...]
    itself: re.Pattern[str]
    joints: re.Pattern[str]
    all_joints: re.Pattern[str]
    leads: re.Pattern[str]
    tails: re.Pattern[str]
    no_term: re.Pattern[str]
    easy: re.Pattern[str]
    hard: re.Pattern[str]
    denied: re.Pattern[str]


@cache
def cues() -> Cues:
    """Return the packaged cues."""
    text = importlib.resources.files("nlp").joinpath("data/cues.json").read_text("utf-8")
    raw = json.loads(text)
    known = raw["prerequisites"]
    return Cues(
        roles=re.compile(
            "|".join(f"(?P<{role}>{pattern})" for role, pattern in raw["roles"].items())
        ),
        heading=re.compile(raw["heading"]),
        exposition=re.compile(raw["exposition"]),
        hint=re.compile(known["hint"]),
        prerequisites=tuple(
            PrerequisiteCue(
                c["cue"],
                re.compile(c["pattern"]),
                c.get("listed", False),
                c.get("weak", False),
                c.get("plain", False),
                re.compile(c["unless"]) if "unless" in c else None,
            )
            for c in known["cues"]
        ),
        itself=re.compile(known["itself"]),
        joints=re.compile(known["joints"]),
        all_joints=re.compile(known["all_joints"]),
        leads=re.compile(known["leads"]),
        tails=re.compile(known["tails"]),
        no_term=re.compile(known["no_term"]),
        easy=re.compile(raw["easy"]),
        hard=re.compile(raw["hard"]),
        denied=re.compile(raw["denied"]),
    )
