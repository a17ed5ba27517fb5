"""How hard a text is, from 1 to 5, with the reasons."""

import math
from collections.abc import Mapping
from itertools import compress

from nlp.analysis import Concept, Difficulty, Evidence
from nlp.cues import cues
from nlp.levels import default_levels
from nlp.parsed import Parsed

_MAX_TERMS = 5_000  # of the beginning: difficulty does not depend on the length of a book
_MAX_CHARACTERS = 20_000
# Points of each reason. By eye on course introductions, so that levels 1 to 5 all occur, and on
# pairs that nobody doubts (小学算术, 泛函分析): not a stable way.
_USUAL = 3.2  # mean level of the terms of a course introduction
_DOUBT = 1.5  # terms of that level that are added to each text: a few words tell little
_SLOPE = 2.6


def difficulty(
    parsed: Parsed, style: Mapping[str, float], concepts: tuple[Concept, ...], *, title: str = ""
) -> Difficulty | None:
    """Judge a text and its title by their terms, readability, cue words and prerequisites.

    Returns ``None`` if the text has no words. More prerequisites never lower the level.
    """
    if not style:
        return None
    needed = [c.text for c in concepts if c.prerequisite]
    said = f"{title}\n{parsed.normalized.text[:_MAX_CHARACTERS]}"
    easy = sorted(set(cues().easy.findall(said)))
    hard = sorted(set(cues().hard.findall(cues().denied.sub("", said))))
    # what must be known before counts by itself, and what is not taught does not
    apart = "\n".join([*needed, *cues().denied.findall(said)])
    read = compress(parsed.texts[:_MAX_TERMS], parsed.is_term[:_MAX_TERMS])
    terms = frozenset(read)
    if apart:
        terms = frozenset([t for t in terms if t not in apart])
    levels = default_levels().of(terms)
    mean = (math.fsum(levels.values()) + _DOUBT * _USUAL) / (len(levels) + _DOUBT)
    points = (
        3.0
        + _SLOPE * (mean - _USUAL)
        + max(-0.3, min(0.8, (style["sentence_length"] - 25.0) / 50.0))
        + min(1.2, 0.3 * len(hard))
        + min(1.0, 0.4 * len(needed))
        - min(1.8, 0.6 * len(easy))
    )
    hardest = sorted(levels, key=lambda t: (-levels[t], t))[:5]
    return Difficulty(
        max(1, min(5, round(points))),
        (
            Evidence("terms", mean, "、".join(hardest)),
            Evidence("sentence_length", style["sentence_length"], ""),
            Evidence("hard_words", float(len(hard)), "、".join(hard[:5])),
            Evidence("easy_words", float(len(easy)), "、".join(easy[:5])),
            Evidence("prerequisites", float(len(needed)), "、".join(needed[:5])),
        ),
    )
