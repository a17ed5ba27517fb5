"""How surely an item is about some words: title, tags, attributes and topics, by one score."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from nlp import Analyzer
from service.paths.matching import WHOLE, Index, cores, is_apart
from service.paths.syllabus import TOPIC_WEIGHT, fold

Matched = Literal["id", "words", "attribute", "topic", "text"]

#: the value of an attribute, or the label of a topic, that is the words; of which they are a part
#: by themselves; that begins with them; in which they merely stand
EQUAL, PART, BEGINS, STANDS = 1.0, 0.9, 0.72, 0.1
#: words that stand in a title or tag, beside those that are the title: less than any `PART`, so
#: that who only names a subject does not hide the items that are filed under it
NAMED = 0.8
#: a topic that is read in a text, beside the value that somebody set, for the same reason
READ = 0.75
#: a value begins with words that are this share of it
BEGINNING = 1 / 3
#: the last words of a sentence that are found count more: what goes before says how and with whom
LAST = 2.0
#: with a smaller share of the words of a sentence, an item is about something else
LEAST = 0.2
#: how much less an item matches that is as rare as the best: beside it, it does not count
RARE = 0.5

_PARTS = re.compile(r"[与和及、，,/／·|&;；\s]+")


@dataclass(frozen=True, slots=True)
class Match:
    """Why an item is about some words.

    Attributes
    ----------
    score : float
        How surely, in (0, 1].
    matched : str
        By what of the item.
    found : str
        The words of the title or tag, the value, the label, or the words of a sentence.
    """

    score: float
    matched: Matched
    found: str


def about(index: Index, phrase: str, analyzer: Analyzer) -> dict[str, Match]:
    """Items that are about a folded phrase or sentence, each by what says most.

    Examples
    --------
    >>> from service.catalogue import Entry
    >>> from service.paths.syllabus import syllabus
    >>> def course(title, subject):
    ...     return syllabus(Entry(title, "course", {"subject": subject}, None), {}, 0)
    >>> index = Index.of({"a": course("止血与包扎", "急救与常见病"),
    ...                   "b": course("急救箱里有什么", "家居")})
    >>> found = about(index, "急救", Analyzer.default())
    >>> [(item, round(found[item].score, 2), found[item].matched) for item in sorted(found)]
    [('a', 0.9, 'attribute'), ('b', 0.72, 'words')]
    """
    found: dict[str, Match] = {}
    for words, share in cores(phrase).items():
        for item, match in _phrase(index, words).items():
            _keep(found, item, replace(match, score=share * match.score))
    for item, match in _sentence(index, phrase, analyzer).items():
        _keep(found, item, match)
    return found


def _keep(found: dict[str, Match], item: str, match: Match) -> None:
    if item not in found or match.score > found[item].score * (1 + 1e-9):
        found[item] = match


def _phrase(index: Index, words: str) -> dict[str, Match]:
    found: dict[str, Match] = {}
    for item, sure in index.find(words).items():
        found[item] = Match(sure if sure == WHOLE else NAMED * sure, "words", words)
    for value in index.values.holding(words):
        if (sure := _in_value(value, words)) > 0:
            for item in index.by_value[value]:
                _keep(found, item, Match(sure, "attribute", value))
    for small in index.topics.holding(words):
        if (sure := _in_label(small.partition(":")[2], words)) > 0:
            term = index.topic_terms[small]
            label = term.partition(":")[2]
            for item, weight in index.by_term[term].items():
                score = READ * sure * weight / TOPIC_WEIGHT
                _keep(found, item, Match(score, "topic", label))
    return found


def _in_label(label: str, words: str) -> float:
    """Of a topic and its parents, that which says most."""
    if words not in label:
        return 0.0
    return max(_in_value(part, words) for part in label.split("/"))


def _in_value(value: str, words: str) -> float:
    if not words or words not in value:
        return 0.0
    if value == words:
        return EQUAL
    if words in _PARTS.split(value):
        return PART
    if len(words) < 2:
        return 0.0
    at = value.find(words)
    if not is_apart(value, at, at + len(words)):
        return 0.0
    return BEGINS if at == 0 and len(words) >= BEGINNING * len(value) else STANDS


def _sentence(index: Index, phrase: str, analyzer: Analyzer) -> dict[str, Match]:
    """Mean over the words of a sentence; one that many items match says less."""
    terms = {fold(term): count for term, count in sorted(analyzer.analyze(phrase).terms.items())}
    matches = {words: _phrase(index, words) for words in terms}
    ends = {words: phrase.rfind(words) + len(words) for words in terms}
    last = max((ends[words] for words in terms if matches[words]), default=0)
    score: dict[str, float] = {}
    said: dict[str, list[str]] = {}
    whole = 0.0
    for words, count in terms.items():
        says = count / _spread(matches[words]) * (LAST if ends[words] == last else 1.0)
        whole += says
        for item, match in matches[words].items():
            score[item] = score.get(item, 0.0) + says * match.score
            said.setdefault(item, []).append(words)
    least = LEAST * sum(terms.values())
    return {
        item: Match(score[item] / whole, "text", " ".join(_longest(found)))
        for item, found in said.items()
        if sum(terms[words] for words in found) >= least
    }


def _spread(matches: Mapping[str, Match]) -> float:
    """By how much less a word says that several items match about as well."""
    best = max((match.score for match in matches.values()), default=0.0)
    near = sum(match.score >= RARE * best for match in matches.values())
    return 1.0 + math.log(max(near, 1))


def _longest(words: Iterable[str]) -> list[str]:
    """Words that are no piece of another."""
    said = list(words)
    return [w for w in said if not any(w != other and w in other for other in said)]
