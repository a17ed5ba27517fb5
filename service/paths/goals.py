"""What somebody wants to learn, in their words, to items of the catalogue."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nlp import Analyzer
from service.errors import UnknownError
from service.paths.curriculum import Curriculum
from service.paths.syllabus import TOPIC_WEIGHT, fold

Matched = Literal["id", "words", "attribute", "topic", "text"]
Find = Callable[[Curriculum, str, Analyzer], Mapping[str, float]]
#: whether an item is mastered, its level, and how little it is liked: smaller is better
Rank = tuple[bool, float, float]
Ranker = Callable[[str], Rank | None]

#: a match this near to the best leaves the choice to the learner's state
NEAR = 0.85

#: the kind that is preferred where several match: a film shows what a course teaches
TEACHING = "course"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal as it was asked for, and the item that reaches it.

    Attributes
    ----------
    asked, item : str
    matched : str
        By what of the item: see `resolve`.
    score : float
        How surely the item is about what was asked, in (0, 1].
    """

    asked: str
    item: str
    matched: Matched
    score: float


def resolve(
    curriculum: Curriculum,
    asked: Sequence[str],
    *,
    analyzer: Analyzer,
    rank: Ranker,
    pointer: Callable[[int], str],
) -> list[Goal]:
    """The items that reach the goals: one each, no item twice.

    A goal is the id of an item, or words: those of a title or tag, the value of an attribute,
    the label of a topic, or a sentence whose words are looked for. Of the courses that match
    about as well as the best, the easiest is taken that is not mastered, and of these the one the
    learner likes most: a wide goal is climbed step by step.

    Parameters
    ----------
    rank : callable
        See `Rank`; ``None`` for an item that words must not lead to.
    pointer : callable
        Where in the request the goal of this number stands.

    Raises
    ------
    UnknownError
        If nothing in the catalogue is about a goal.
    """
    found: dict[str, Goal] = {}
    for number, text in enumerate(asked):
        goal = _goal(curriculum, text, analyzer, rank)
        if goal is None:
            raise UnknownError("goal", text, pointer=pointer(number))
        found.setdefault(goal.item, goal)
    return list(found.values())


def _goal(curriculum: Curriculum, text: str, analyzer: Analyzer, rank: Ranker) -> Goal | None:
    if text in curriculum.syllabi:
        return Goal(text, text, "id", 1.0)
    for matched, find in _WAYS.items():
        matches = find(curriculum, fold(text), analyzer)
        item = _best(curriculum, matches, rank)
        if item is not None:
            return Goal(text, item, matched, matches[item])
    return None


def _best(curriculum: Curriculum, matches: Mapping[str, float], rank: Ranker) -> str | None:
    ranks = {item: found for item in matches if (found := rank(item)) is not None}
    if not ranks:
        return None
    bar = NEAR * max(matches[item] for item in ranks)
    near = [item for item in ranks if matches[item] >= bar]
    courses = [item for item in near if curriculum.syllabi[item].kind == TEACHING]
    return min(courses or near, key=lambda item: (*ranks[item], -matches[item], item))


def _by_words(curriculum: Curriculum, phrase: str, _: Analyzer) -> Mapping[str, float]:
    return curriculum.index.find(phrase)


def _by_attribute(curriculum: Curriculum, phrase: str, _: Analyzer) -> Mapping[str, float]:
    return {item: 1.0 for item, own in curriculum.syllabi.items() if phrase in own.values}


def _by_topic(curriculum: Curriculum, phrase: str, _: Analyzer) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for term, items in curriculum.index.by_term.items():
        taxonomy, colon, label = term.partition(":")
        if colon and taxonomy and phrase in label.casefold().split("/"):
            for item, weight in items.items():
                found[item] = max(found.get(item, 0.0), weight / TOPIC_WEIGHT)
    return found


def _by_text(curriculum: Curriculum, phrase: str, analyzer: Analyzer) -> Mapping[str, float]:
    """Share of the words of a sentence; one that many items match says less."""
    found: dict[str, float] = {}
    whole = 0.0
    for term, count in sorted(analyzer.analyze(phrase).terms.items()):
        items = curriculum.index.find(fold(term))
        says = count / (1.0 + math.log(max(len(items), 1)))
        whole += says
        for item, sure in items.items():
            found[item] = found.get(item, 0.0) + says * sure
    return {item: weight / whole for item, weight in found.items()}


_WAYS: Mapping[Matched, Find] = {
    "words": _by_words,
    "attribute": _by_attribute,
    "topic": _by_topic,
    "text": _by_text,
}
