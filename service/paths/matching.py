"""Phrases to items: which of the catalogue teaches what somebody asks for."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from service.paths.joined import BETWEEN, Joined
from service.paths.syllabus import Syllabus

#: confidence that an item teaches a phrase which is its title, begins a part of it, or stands in it
WHOLE, HEAD, INSIDE = 1.0, 0.9, 0.4
#: and of a tag: from the first to the sum, by the weight of the tag
TAG, TAG_WEIGHT = 0.45, 0.45
#: a tag that is a good part of the phrase
PART = 0.6
#: another kind (a film for a course), the same level, and other topics make it less sure
OTHER_KIND, SAME_LEVEL, OTHER_TOPIC = 0.7, 0.9, 0.8
#: a part of a phrase, without its plain words
CORE = 0.9
#: below this a phrase has found nothing
LEAST = 0.3
_DIGITS = 9

_AND = re.compile("[与和及]")
#: words at the beginning or end of a phrase that say nothing about its matter
_PLAIN = re.compile(
    r"^(?:(?:基础|基本|初步|初级|中级|简单|必要|一定)的?)+"
    r"|(?:的?(?:基础|基本|入门|语法|概念|知识|方法|技巧|内容|两课|课程|经验|能力|原理|理论|思想|运算|流程))+$"
)
#: what the parts of a title stand after
_PARTS = "：:、，,—–-(（“”|/"


ByWord = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Index:
    """Titles, terms and attributes of the catalogue, to be searched by phrases.

    Attributes
    ----------
    syllabi : mapping of id to Syllabus
    by_term : mapping of term to mapping of id to weight
    by_value : mapping of value to mapping of id to 1
        Texts that are values of attributes.
    """

    syllabi: Mapping[str, Syllabus]
    by_term: ByWord
    by_value: ByWord

    @classmethod
    def of(cls, syllabi: Mapping[str, Syllabus]) -> "Index":
        """Index of these items."""
        return cls({}, {}, {}).changed(syllabi, syllabi)

    def changed(self, syllabi: Mapping[str, Syllabus], ids: Iterable[str]) -> "Index":
        """The index of `syllabi`, where items `ids` alone are not as they were; this one stays."""
        changed = {item: (self.syllabi.get(item), syllabi.get(item)) for item in ids}
        by_term = _moved(self.by_term, changed, lambda own: own.terms)
        by_value = _moved(self.by_value, changed, lambda own: dict.fromkeys(own.values, 1.0))
        return Index(syllabi, by_term, by_value)

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(self.syllabi)

    @cached_property
    def _titles(self) -> Joined:
        """Titles in the order of `_ids`."""
        return Joined(own.title for own in self.syllabi.values())

    @cached_property
    def values(self) -> Joined:
        """The values of attributes."""
        return Joined(sorted(self.by_value))

    @cached_property
    def topics(self) -> Joined:
        """The labels of topics, with their taxonomies, in small letters: ``domain:教育/历史``."""
        return Joined(sorted(self.topic_terms))

    @cached_property
    def topic_terms(self) -> Mapping[str, str]:
        """Terms that are labels of topics, by the same in small letters."""
        return {term.casefold(): term for term in self.by_term if term.find(":") > 0}

    def find(self, phrase: str) -> dict[str, float]:
        """Items that teach a folded phrase, with confidence; of one letter none does."""
        found: dict[str, float] = {}
        if len(phrase) < 2 or BETWEEN in phrase:
            return found
        for item, weight in self.by_term.get(phrase, {}).items():
            found[item] = TAG + TAG_WEIGHT * weight
        for length in range(_least(phrase), len(phrase)):
            for start in range(len(phrase) - length + 1):
                sure = PART * length / len(phrase)
                for item in self.by_term.get(phrase[start : start + length], ()):
                    found[item] = max(found.get(item, 0.0), sure)
        for row, at in self._titles.places(phrase):
            item = self._ids[row]
            title = self.syllabi[item].title
            if is_apart(title, at, at + len(phrase)):
                found[item] = max(found.get(item, 0.0), _in_title(title, phrase, at))
        return found

    def teaches(self, phrase: str, item: str) -> bool:
        """Whether an item is among what `find` finds, without looking at the others."""
        own, least = self.syllabi[item], _least(phrase)
        return phrase in own.title or any(
            term == phrase or (len(term) >= least and term in phrase) for term in own.terms
        )

    def nearness(self, items: Iterable[str]) -> dict[str, float]:
        """Cosine over terms with the nearest of some items, of each item that shares a term."""
        nearest: dict[str, float] = {}
        for item in items:
            own = self.syllabi[item]
            found: dict[str, float] = {}
            for term, weight in own.terms.items():
                for other, w in self.by_term[term].items():
                    found[other] = found.get(other, 0.0) + weight * w
            for other, product in found.items():
                cosine = min(product / (own.norm * self.syllabi[other].norm), 1.0)
                if cosine > nearest.get(other, 0.0):
                    nearest[other] = cosine
        return nearest


class Asked:
    """A phrase that items ask for: what teaches it is looked up once for all of them.

    Examples
    --------
    >>> from service.catalogue import Entry
    >>> from service.paths.syllabus import syllabus
    >>> def course(title, level):
    ...     return syllabus(Entry(title, "course", {"level": level}, None), {}, 0)
    >>> index = Index.of({"a": course("线性代数入门", 1), "b": course("线性代数专题", 4),
    ...                   "c": course("机器学习", 3)})
    >>> Asked(index, "线性代数").prerequisite("c")
    ('a', 0.9)
    """

    def __init__(self, index: Index, phrase: str) -> None:
        self._index = index
        found = ((words, share, index.find(words)) for words, share in cores(phrase).items())
        self._parts = [
            (w, _Candidates(index, {o: share * m for o, m in hits.items()}))
            for w, share, hits in found
            if hits
        ]

    def prerequisite(self, item: str) -> tuple[str, float] | None:
        """The item that this one's phrase points to, and how sure that is; ``None`` if none is.

        It is no harder than the item itself, of its kind and about its topics if there is a choice;
        among equals the easiest.
        """
        own = self._index.syllabi[item]
        hits = (those.best(item, own) for words, those in self._parts if words not in own.title)
        sure, _, other = min((h for h in hits if h is not None), default=(0.0, 0.0, ""))
        return (other, round(-sure, 6)) if other else None


class _Candidates:
    """Items that teach some words, the easiest first, as columns."""

    def __init__(self, index: Index, match: Mapping[str, float]) -> None:
        syllabi = {other: index.syllabi[other] for other in match}
        self.ids = sorted(match, key=lambda other: (syllabi[other].level or 3.0, other))
        those = [syllabi[other] for other in self.ids]
        self.place = {other: n for n, other in enumerate(self.ids)}
        self.match = np.array([match[other] for other in self.ids])
        kinds = np.array([own.kind for own in those])
        self.like = {k: np.where(kinds == k, 1.0, OTHER_KIND) for k in {own.kind for own in those}}
        self.level = np.array([np.nan if own.level is None else own.level for own in those])
        self.least_level = np.where(np.isnan(self.level), 1.0, self.level)
        names = {topic: n for n, topic in enumerate({t for own in those for t in _topics(own)})}
        self.topics = np.zeros((len(those), len(names)))
        for row, own in enumerate(those):
            for topic, weight in _topics(own).items():
                self.topics[row, names[topic]] = weight
        self.names, norm = names, np.sqrt((self.topics**2).sum(axis=1))
        self.has_topics = norm > 0
        self.topics[self.has_topics] /= norm[self.has_topics, None]

    def best(self, item: str, own: Syllabus) -> tuple[float, float, str] | None:
        """What suits an item best, in the order of falling sureness, level and id."""
        sure = self.match * self._agreement(own)
        hard = 5.0 if own.level is None else own.level
        sure[self.least_level > hard] = 0.0
        if item in self.place:
            sure[self.place[item]] = 0.0
        sure = sure.round(_DIGITS)  # what is equal but for its last digits is equal
        first = int(sure.argmax())
        if sure[first] < LEAST:
            return None
        level = self.level[first]
        return -float(sure[first]), 3.0 if np.isnan(level) else float(level), self.ids[first]

    def _agreement(self, own: Syllabus) -> NDArray[np.float64]:
        """How well each fits as a prerequisite of an item, whatever the phrase, in (0, 1]."""
        like = self.like.get(own.kind)
        fit = np.full(len(self.ids), OTHER_KIND) if like is None else like.copy()
        if own.level is not None:
            fit[self.level == own.level] *= SAME_LEVEL
        return fit * (OTHER_TOPIC + (1.0 - OTHER_TOPIC) * self._same_topic(own))

    def _same_topic(self, own: Syllabus) -> NDArray[np.float64]:
        """Cosine of the topics, 1 where one has none."""
        mine = _topics(own)
        if not mine:
            return np.ones(len(self.ids))
        vector = np.zeros(len(self.names))
        for topic, weight in mine.items():
            if topic in self.names:
                vector[self.names[topic]] = weight
        vector /= math.sqrt(sum(weight * weight for weight in mine.values()))
        return np.where(self.has_topics, self.topics @ vector, 1.0)


def cores(phrase: str) -> dict[str, float]:
    """A phrase, its parts, and these without words that any phrase may have, with weights.

    Examples
    --------
    >>> cores("基础乐理知识")
    {'基础乐理知识': 1.0, '乐理': 0.9}
    >>> cores("衣橱与厨房两课")
    {'衣橱与厨房两课': 1.0, '衣橱': 0.9, '厨房': 0.9}
    """
    found = {phrase: 1.0}
    for part in _AND.split(phrase):
        core = _PLAIN.sub("", part).strip()
        if len(core) > 1:
            found.setdefault(core, CORE)
    return found


def _topics(own: Syllabus) -> dict[str, float]:
    return {term: weight for term, weight in own.terms.items() if ":" in term}


def _least(phrase: str) -> int:
    """Length from which a term that stands in a phrase is a good part of it."""
    return max(3, math.ceil(len(phrase) / 2))


def is_apart(text: str, start: int, end: int) -> bool:
    """Whether a place of a text is no piece of a Latin word or number.

    Examples
    --------
    >>> is_apart("java 入门", 0, 4), is_apart("javascript", 0, 4), is_apart("学java编程", 1, 5)
    (True, False, True)
    """
    return not (_is_within(text, start) or _is_within(text, end))


def _is_within(text: str, at: int) -> bool:
    """Whether a Latin word or number goes on from before a place to behind it."""
    return 0 < at < len(text) and all(c.isascii() and c.isalnum() for c in text[at - 1 : at + 1])


def _moved(
    by_word: ByWord,
    changed: Mapping[str, tuple[Syllabus | None, Syllabus | None]],
    words: Callable[[Syllabus], Mapping[str, float]],
) -> ByWord:
    """Items by their words, where these items were and are now as said."""
    found, own = dict(by_word), dict[str, dict[str, float]]()
    for item, (old, new) in changed.items():
        for word in () if old is None else words(old):
            own.setdefault(word, dict(by_word.get(word, {}))).pop(item, None)
        for word, weight in () if new is None else words(new).items():
            own.setdefault(word, dict(by_word.get(word, {})))[item] = weight
    return found | own


def _in_title(title: str, phrase: str, at: int) -> float:
    if title == phrase:
        return WHOLE
    return HEAD if at == 0 or title[at - 1] in _PARTS else INSIDE
