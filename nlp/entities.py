"""Names in a text: people, places, organisations, works and others."""

import re

from nlp.analysis import Entity
from nlp.lexicon import SURNAMES, Rarity
from nlp.parsed import Parsed
from nlp.tokens import Word
from nlp.vocabulary import stopwords

_TYPES = {"nr": "person", "nrt": "person", "nrfg": "person", "ns": "place", "nt": "organisation"}
_OTHER = "nz"
_RARE = 8.5
_WORK = re.compile(r"《([^《》\n]{1,40})》")
_ORGANISATION = ("大学", "学院", "研究院", "研究所", "公司", "协会", "委员会", "出版社", "科学院")
_MAX_ENTITIES = 500


def entities(parsed: Parsed, rarity: Rarity) -> tuple[Entity, ...]:
    """Find people, places, organisations, 《works》 and other names, in order, without overlap.

    At most 500. Names are what the dictionary says they are: there is no model behind.
    """
    found: list[tuple[int, int, str]] = []
    works = [(m.start(1), m.end(1), "work") for m in _WORK.finditer(parsed.normalized.text)]
    work = 0
    named = [i for i, pos in enumerate(parsed.pos) if pos[0] == "n"]
    for i in named:
        word = parsed.words[i]
        while work < len(works) and works[work][1] <= word.start:
            work += 1
        if work < len(works) and word.start >= works[work][0]:
            continue
        kind = _kind(word, rarity)
        if kind is None:
            continue
        start = word.start
        if kind == "place" and i + 1 < len(parsed.words):
            after = parsed.words[i + 1]
            if after.start == word.end and after.text.endswith(_ORGANISATION):
                found.append((start, after.end, "organisation"))
                continue
        found.append((start, word.end, kind))
    listed: list[tuple[int, int, str]] = []
    for start, end, kind in sorted([*found, *works]):
        if listed and start < listed[-1][1]:
            continue
        listed.append((start, end, kind))
    return tuple(
        Entity(*parsed.original(start, end), kind) for start, end, kind in listed[:_MAX_ENTITIES]
    )


def _kind(word: Word, rarity: Rarity) -> str | None:
    """Type of a noun that is a name."""
    if len(word.text) < 2 or word.text in stopwords():
        return None
    if word.pos == "nt" or word.text.endswith(_ORGANISATION):
        return "organisation" if len(word.text) > 3 or word.pos == "nt" else None
    if word.pos in ("nr", "nrt", _OTHER) and rarity.idf(word.text) < _RARE:
        return None
    # The dictionary calls many common words names (陈述, 科普, 绿水青山): ask for a surname, or
    # for the length of a foreign name.
    if word.pos == "nr" and (word.text[0] not in SURNAMES or len(word.text) > 3):
        return None
    if word.pos == "nrt" and len(word.text) < 3 and word.text[0] not in SURNAMES:
        return None
    return _TYPES.get(word.pos) or ("other" if word.pos == _OTHER else None)
