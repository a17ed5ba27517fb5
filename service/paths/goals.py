"""What somebody wants to learn, in their words, to items of the catalogue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from nlp import Analyzer
from service.errors import UnknownError
from service.paths.curriculum import Curriculum
from service.paths.syllabus import fold

Matched = Literal["id", "words", "attribute", "topic", "text"]

#: a match this near to the best leaves the choice to taste
NEAR = 0.85


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal as it was asked for, and the item that reaches it."""

    asked: str
    item: str
    matched: Matched


def resolve(
    curriculum: Curriculum,
    asked: Sequence[str],
    *,
    analyzer: Analyzer,
    worth: Callable[[str], float | None],
    pointer: Callable[[int], str],
) -> list[Goal]:
    """The items that reach the goals: one each, no item twice.

    A goal is the id of an item, or words: those of a title or tag, the value of an attribute,
    the label of a topic, or a sentence whose tags are looked for. Of the items that match about
    as well as the best, the one the learner likes most is taken.

    Parameters
    ----------
    worth : callable
        How much the learner likes an item; ``None`` if words must not lead to it.
    pointer : callable
        Where in the request the goal of this number stands.

    Raises
    ------
    UnknownError
        If nothing in the catalogue is about a goal.
    """
    found: dict[str, Goal] = {}
    for number, text in enumerate(asked):
        goal = Goal(text, text, "id") if text in curriculum.syllabi else None
        for matched, find in () if goal is not None else _WAYS:
            item = _best(find(curriculum, fold(text), analyzer), worth)
            if item is not None:
                goal = Goal(text, item, matched)
                break
        if goal is None:
            raise UnknownError("goal", text, pointer=pointer(number))
        found.setdefault(goal.item, goal)
    return list(found.values())


def _best(matches: dict[str, float], worth: Callable[[str], float | None]) -> str | None:
    liked = {item: w for item in matches if (w := worth(item)) is not None}
    if not liked:
        return None
    bar = NEAR * max(matches[item] for item in liked)
    near = (item for item in liked if matches[item] >= bar)
    return min(near, key=lambda item: (-liked[item], -matches[item], item))


def _by_words(curriculum: Curriculum, phrase: str, _: Analyzer) -> dict[str, float]:
    return curriculum.index.find(phrase)


def _by_attribute(curriculum: Curriculum, phrase: str, _: Analyzer) -> dict[str, float]:
    return {item: 1.0 for item, own in curriculum.syllabi.items() if phrase in own.values}


def _by_topic(curriculum: Curriculum, phrase: str, _: Analyzer) -> dict[str, float]:
    found: dict[str, float] = {}
    for term, items in curriculum.index.by_term.items():
        taxonomy, colon, label = term.partition(":")
        if colon and taxonomy and phrase in label.casefold().split("/"):
            for item, weight in items.items():
                found[item] = max(found.get(item, 0.0), weight)
    return found


def _by_text(curriculum: Curriculum, phrase: str, analyzer: Analyzer) -> dict[str, float]:
    found: dict[str, float] = {}
    for tag in analyzer.analyze(phrase).tags:
        for item, sure in curriculum.index.find(fold(tag.text)).items():
            found[item] = found.get(item, 0.0) + sure * tag.weight
    return found


_WAYS: tuple[tuple[Matched, Callable[[Curriculum, str, Analyzer], dict[str, float]]], ...] = (
    ("words", _by_words),
    ("attribute", _by_attribute),
    ("topic", _by_topic),
    ("text", _by_text),
)
