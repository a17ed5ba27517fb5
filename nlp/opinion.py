"""What the rules read in a sentence as a whole: its opinions weighed, a question, an exposition."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nlp.clause_reader import ClauseReader
from nlp.clauses import CONCEDED, REACH, Clause
from nlp.hashing import Document
from nlp.opinion_words import Mark, lexicon, scan
from nlp.statements import states, tells_what_is_taught

_POLITE = 0.2  # weight of thanks in a complaint
_UNSAID = 0.5  # of a clause without opinion, in the mean over clauses
_FAULTY, _SHORT = -0.2, 24  # a short sentence that finds fault is no exposition
_INDEFINITE, _ALL, _NONE = frozenset({"什么", "啥", "谁"}), frozenset("都也"), frozenset("没不无")
_NEAR = 4  # characters in which 没 makes 什么 indefinite
_ASKING = frozenset("吗呢么?")


class Reading(NamedTuple):
    """What the rules read in one sentence.

    Attributes
    ----------
    clauses : tuple of Clause
        In order.
    plain, sure : float
        Mean over clauses of the two kinds of opinion, in [-1, 1].
    question : bool
        It asks for something, and holds no sure opinion.
    exposition : int
        1 if it says what is taught, in nobody's voice; 2 if its form says so: a law, a
        definition, a step; else 0.
    """

    clauses: tuple[Clause, ...]
    plain: float
    sure: float
    question: bool
    exposition: int


def read(document: Document) -> Reading:
    """Read one sentence or clause.

    Examples
    --------
    >>> from nlp.parsed import parse
    >>> from nlp.engines import default_engine
    >>> def tell(text):
    ...     found = read(parse(text, default_engine()).document())
    ...     return round(found.plain, 2), round(found.sure, 2)
    >>> tell("没有浪费时间"), tell("虽然便宜,但是有点枯燥"), tell("讲得非常清楚")
    ((0.0, 0.6), (0.0, -0.29), (0.9, 0.0))
    """
    text = document.text
    marks = scan(document, lexicon())
    reader = ClauseReader(text)
    for mark in marks:
        reader.take(mark)
    reader.close(len(text))
    clauses = tuple(reader.clauses)
    if "谁说" in text:
        _contradict(text, clauses)
    if reader.mocked or reader.contrasted or "不是" in text:
        _settle(text, clauses, mocked=reader.mocked, contrasted=reader.contrasted)
    kinds = frozenset().union(*[mark.kinds for mark in marks])
    asked = text[-1:] in _ASKING or any(
        "asks" in mark.kinds and not _is_indefinite(text, mark) for mark in marks
    )
    plain, sure = _mean(clauses, sure=False), _mean(clauses, sure=True)
    if states(text, kinds):
        return Reading(clauses, 0.0, 0.0, asked, 2)
    faulty = sure <= _FAULTY and len(text) <= _SHORT  # 没有讲解,互动少
    if not faulty and tells_what_is_taught(text, marks, kinds):
        return Reading(clauses, 0.0, 0.0, asked, 1)
    return Reading(clauses, plain, sure, asked and sure == 0.0, 0)


def _is_indefinite(text: str, mark: Mark) -> bool:
    """没抱什么希望, 啥都懂: a word of questions that asks nothing."""
    if mark.text not in _INDEFINITE:
        return False
    before = text[max(0, mark.start - _NEAR) : mark.start]
    return text[mark.end : mark.end + 1] in _ALL or not _NONE.isdisjoint(before)


def _contradict(text: str, clauses: Sequence[Clause]) -> None:
    """谁说免费没好货: what somebody is said to say is not so."""
    for clause in clauses:
        if text.startswith("谁说", clause.start):
            for opinion in clause.opinions:
                opinion.value, opinion.sure = -opinion.value, True


def _settle(text: str, clauses: Sequence[Clause], *, mocked: bool, contrasted: bool) -> None:
    """Weigh the clauses of a sentence against each other."""
    for denied, stated in pairwise(clauses):  # 不是不用心,是听不懂
        if text.startswith("不是", denied.start) and text.startswith(("是", "而是"), stated.start):
            denied.weight = min(denied.weight, CONCEDED)
            contrasted = True
    opinions = [o for clause in clauses for o in clause.opinions]
    if contrasted:
        for opinion in opinions:
            opinion.sure = True  # which side outweighs is structure
    elif mocked and any(o.value < 0 for o in opinions) and any(o.value > 0 for o in opinions):
        # 谢谢老师,让我成功放弃: praise beside damage mocks, or is polite
        for opinion in opinions:
            opinion.sure = True
            opinion.value = opinion.value if opinion.value > 0 else -1.0
        for clause in clauses:
            if clause.opinions and all(o.value > 0 for o in clause.opinions):
                clause.weight *= _POLITE


def _mean(clauses: Sequence[Clause], *, sure: bool) -> float:
    """Mean of the clauses, by weight; a clause without such an opinion counts half."""
    if not any(o.sure is sure for clause in clauses for o in clause.opinions):
        return 0.0
    total = weight = 0.0
    for clause in clauses:
        share = clause.weight
        said = [o.value for o in clause.opinions if o.sure is sure]
        if said:
            total += share * max(-1.0, min(1.0, sum(said)))
        else:
            # 不得不说, is hardly a clause
            share *= _UNSAID * min(1.0, (clause.end - clause.start) / REACH)
        weight += share
    return total / weight if weight else 0.0
