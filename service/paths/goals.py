"""What somebody wants to learn, in their words, to items of the catalogue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlp import Analyzer
from service.errors import UnknownError
from service.paths.about import Match, Matched, about
from service.paths.curriculum import Curriculum
from service.paths.matching import OTHER_KIND
from service.paths.syllabus import fold

#: whether an item is mastered, its level, and how little it is liked: smaller is better
Rank = tuple[bool, float, float]
Ranker = Callable[[str], Rank | None]

#: a match this near to the best leaves the choice to the learner's state
NEAR = 0.8

#: the kind that is preferred where several match: a film shows what a course teaches
TEACHING = "course"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal as it was asked for, and the item that reaches it.

    Attributes
    ----------
    asked, item : str
    matched : str
        By what of the item: see `service.paths.about`.
    score : float
        How surely the item is about what was asked, in (0, 1].
    found : str
        What of the item was found: words of its title or tags, a value, a label.
    peers : mapping of id to Match
        Items that match the words about as well, of any kind.
    """

    asked: str
    item: str
    matched: Matched
    score: float
    found: str
    peers: Mapping[str, Match]


def resolve(
    curriculum: Curriculum,
    asked: Sequence[str],
    *,
    analyzer: Analyzer,
    rank: Ranker,
    pointer: Callable[[int], str],
) -> list[Goal]:
    """The items that reach the goals: one each, no item twice.

    A goal is the id of an item, a title, or words: see `service.paths.about`. Of the courses that
    match about as well as the best, the easiest is taken that is not mastered, and of these the
    one the learner likes most: a wide goal is climbed step by step.

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
    syllabi, phrase = curriculum.syllabi, fold(text)
    if text in syllabi:
        return Goal(text, text, "id", 1.0, text, {})
    if not phrase:
        return None
    titled = {item for item, own in syllabi.items() if own.title == phrase}
    found = about(curriculum.index, phrase, analyzer)
    ranks = _ranked(titled, rank) or _ranked(found, rank)
    if not ranks:
        return None
    matches = {
        item: Match(1.0, "words", phrase) if item in titled else found[item] for item in ranks
    }
    item = _chosen(curriculum, matches, ranks)
    own, best = matches[item], max(match.score for match in matches.values())
    peers = {other: match for other, match in matches.items() if match.score >= NEAR * best}
    return Goal(text, item, own.matched, own.score, own.found, peers)


def _ranked(items: Iterable[str], rank: Ranker) -> dict[str, Rank]:
    return {item: place for item in items if (place := rank(item)) is not None}


def _chosen(curriculum: Curriculum, matches: Mapping[str, Match], ranks: Mapping[str, Rank]) -> str:
    """The easiest of those that match about as well as the best; a course, if there is one."""
    courses = {item for item in matches if curriculum.syllabi[item].kind == TEACHING}
    score = {i: m.score * (1.0 if i in courses else OTHER_KIND) for i, m in matches.items()}
    bar = NEAR * max(score.values())
    near = {item for item in matches if score[item] >= bar}
    return min(near & courses or near, key=lambda item: (*ranks[item], -score[item], item))
