"""Names in a text, and the concepts it teaches or expects."""

import re
from collections.abc import Sequence

from nlp.analysis import Concept, Entity, Tag
from nlp.cues import cues
from nlp.lexicon import SURNAMES, Rarity
from nlp.parsed import Parsed
from nlp.terms import phrases, stopwords
from nlp.tokens import Word

_TYPES = {"nr": "person", "nrt": "person", "nrfg": "person", "ns": "place", "nt": "organisation"}
_OTHER = "nz"
_RARE = 8.5
_WORK = re.compile(r"《([^《》\n]{1,40})》")
_ORGANISATION = ("大学", "学院", "研究院", "研究所", "公司", "协会", "委员会", "出版社", "科学院")
_CLAUSE_END = re.compile("[，,；;。]")
_MAX_ENTITIES = 500
_MAX_CONCEPTS = 12


def entities(parsed: Parsed, rarity: Rarity) -> tuple[Entity, ...]:
    """Find people, places, organisations, 《works》 and other names, in order, without overlap.

    At most 500. Names are what the dictionary says they are: there is no model behind.
    """
    found: list[tuple[int, int, str]] = []
    works = [(m.start(1), m.end(1), "work") for m in _WORK.finditer(parsed.normalized.text)]
    work = 0
    for i, word in enumerate(parsed.words):
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
    if word.pos[0] != "n" or len(word.text) < 2 or word.text in stopwords():
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


def concepts(parsed: Parsed, tags: Sequence[Tag]) -> tuple[Concept, ...]:
    """Find the concepts of a text where they first stand, in order.

    Prerequisites are the terms of sentences with a cue (先修, 具备…基础, 需要掌握);
    what is taught are the heaviest tags. A term that is expected is not also taught.
    """
    places: dict[str, tuple[int, int, bool]] = {}
    for sentence, words in zip(parsed.sentences, parsed.sentence_words, strict=True):
        for start, end in _expected(sentence.text, sentence.start, words):
            places.setdefault(parsed.normalized.text[start:end], (start, end, True))
    needed = len(places)
    pos = {w.text: w.pos for w in parsed.words}
    for tag in tags:
        if len(places) - needed == _MAX_CONCEPTS:
            break
        term = tag.text.strip("《》")
        if pos.get(term, "n")[0] not in "nejl":
            continue
        start = parsed.normalized.text.find(term)
        if start >= 0 and not any(term in other or other in term for other in places):
            places[term] = (start, start + len(term), False)
    return tuple(
        Concept(*parsed.original(start, end), expected)
        for start, end, expected in sorted(places.values())
    )


def _expected(sentence: str, offset: int, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Spans of the terms a sentence expects to be known."""
    cue = cues().prerequisite.search(sentence)
    if cue is None or cues().no_prerequisite.search(sentence):
        return []
    stop = _CLAUSE_END.search(sentence, cue.end())
    start, end = cue.start(), len(sentence) if stop is None else stop.start()
    if cue["inside"]:  # 学完线性代数再学机器学习: what comes later is not expected
        start, end = cue.span("inside")
    after = [w for w in words if start <= w.start - offset < end]
    spans = [(p[0].start, p[-1].end) for p in phrases(after)]
    covered = {w.start for p in phrases(after) for w in p}
    spans.extend(
        (w.start, w.end)
        for w in after
        if w.start not in covered
        and w.pos.startswith(("n", "eng", "j", "l"))
        and len(w.text) > 1
        and w.text not in stopwords()
    )
    return sorted(spans)
