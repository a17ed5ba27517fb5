"""Names in a text: people, places, organisations, works and others."""

import re

from nlp.analysis import Entity
from nlp.lexicon import Rarity, default_lexicon, word_list
from nlp.parsed import Parsed
from nlp.persons import persons
from nlp.tokens import Word
from nlp.vocabulary import stopwords

_TYPES = {"ns": "place", "nz": "other", "nrt": "other"}
_RARE = 8.5
_WORK = re.compile(r"《([^《》\n]{1,40})》")
# the dictionary calls 天文学, 中西部 and 四合院 organisations
_ORGANISATION = re.compile(
    r".*(?:大学|学院|[究科程法察务]院|医院|公司|[协学]会|联合会|委员会|[议国]会|基金会|理事会|出版社|[华讯报]社|书[局馆店]"
    r"|组织|银行|央行|集团|政府|(?<![东西南北中内外])部|局|署|党|军|联盟|联合国|[物术书]馆|[中小]学|[视电]台|交易所)"
)
_MAX_ENTITIES = 500


def entities(parsed: Parsed, rarity: Rarity) -> tuple[Entity, ...]:
    """Find people, places, organisations, 《works》 and other names, in order, without overlap.

    At most 500. Names are what the dictionary says they are: there is no model behind.
    """
    found: list[tuple[int, int, str]] = []
    works = [(m.start(1), m.end(1), "work") for m in _WORK.finditer(parsed.normalized.text)]
    named = persons(parsed.normalized.text, parsed.words, rarity)
    work = 0
    nouns = [i for i, pos in enumerate(parsed.pos) if pos[0] == "n" or i in named]
    for i in nouns:
        word = parsed.words[i]
        while work < len(works) and works[work][1] <= word.start:
            work += 1
        if work < len(works) and word.start >= works[work][0]:
            continue
        start = word.start
        if i in named:
            found.append((start, named[i], "person"))
            continue
        kind = _kind(word, rarity)
        if kind is None:
            continue
        if kind == "place" and i + 1 < len(parsed.words):
            after = parsed.words[i + 1]
            if after.start == word.end and _ORGANISATION.fullmatch(after.text):
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
    if _ORGANISATION.fullmatch(word.text) and (word.pos == "nt" or len(word.text) > 3):
        return "organisation"
    if word.pos == "ns" and (
        word.text in word_list("no_places.txt") or not default_lexicon().pos(word.text)
    ):
        return None
    kind = _TYPES.get(word.pos)
    return None if kind == "other" and rarity.idf(word.text) < _RARE else kind
