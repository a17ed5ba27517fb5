"""How hard a text is, from 1 to 5, with the reasons."""

from collections.abc import Mapping
from itertools import compress

from nlp.analysis import Concept, Difficulty, Evidence
from nlp.cues import cues
from nlp.lexicon import Rarity
from nlp.parsed import Parsed

_RARE = 9.5  # idf of a term that few general texts use
_MAX_TERMS = 5_000  # of the beginning: difficulty does not depend on the length of a book
# Points of each reason; a plain text of middling sentences has 2.5. By eye on course
# introductions, so that levels 1 to 5 all occur: not a stable way, see docs/design.
_BASE = 1.3


def difficulty(
    parsed: Parsed, style: Mapping[str, float], concepts: tuple[Concept, ...], rarity: Rarity
) -> Difficulty | None:
    """Judge a text by readability, rarity of its terms, cue words and prerequisites.

    Returns ``None`` if the text has no words. More prerequisites or rarer terms never
    lower the level.
    """
    if not style:
        return None
    read = parsed.texts[:_MAX_TERMS]
    different = frozenset(read)
    found = list(compress(read, parsed.is_term))
    rare = [t for t in found if rarity.idf(t) >= _RARE]
    share = len(rare) / len(found) if found else 0.0
    easy = sorted(different & cues().easy)
    hard = sorted(different & cues().hard)
    needed = [c.text for c in concepts if c.prerequisite]
    points = (
        _BASE
        + min(1.2, style["sentence_length"] / 50)
        + min(1.5, 3.0 * share)
        + min(1.0, 0.3 * len(hard))
        + min(1.0, 0.4 * len(needed))
        + min(0.5, style["latin"] * 2)
        - min(1.5, 0.5 * len(easy))
    )
    level = max(1, min(5, round(points)))
    return Difficulty(
        level,
        (
            Evidence("sentence_length", style["sentence_length"], ""),
            Evidence("rare_terms", share, "、".join(dict.fromkeys(rare[:5]))),
            Evidence("hard_words", float(len(hard)), "、".join(hard[:5])),
            Evidence("easy_words", float(len(easy)), "、".join(easy[:5])),
            Evidence("prerequisites", float(len(needed)), "、".join(needed[:5])),
        ),
    )
