"""What the rules read in a sentence as a whole: its opinions weighed, a question, an exposition."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nlp.clause_reader import ClauseReader
from nlp.clauses import CONCEDED, JUDGING, REACH, Clause
from nlp.hashing import Document
from nlp.opinion_words import Mark, lexicon, scan

_POLITE = 0.2  # weight of thanks in a complaint
_UNSAID = 0.5  # of a clause without opinion, in the mean over clauses
_OPENING = 12  # characters in which an exposition says what it does
_FAULTY, _SHORT = -0.2, 24  # a short sentence that finds fault is no exposition
_PERSONAL = ("很", "挺", "真", "太", "超", "非常")  # 很好的学习体验
_TAIL = "。.;,!的了吧啊呀啦哦"
_JOINS = frozenset("的与和及、")
_ASKING = frozenset("吗呢么?")
# 长江是亚洲第一长河: a copula, a scope no buyer has, a rank that measures, and what is ranked
_SCOPES = (
    "世界|全球|全国|我国|中国|[亚欧非美]洲|大洋洲|[一-鿿]国|地球|宇宙|太阳系|自然界|人类|生物|动物"
    "|植物|人体|历史上|[夏商周秦汉唐宋元明清]代|[夏商周秦汉唐宋元明清]朝|古代|近代|现代|当代|已知|现存"
)
_RANKS = (
    "第[一二三四五六七八九十]|最为?(?:大|小|长|短|高|低|深|浅|早|晚|古老|悠久|快|慢|重|轻|广|远|多|少"
    "|热|冷|硬|丰富|完整|常见|主要|重要|著名)|著名|知名|首[个座部次位]"
)
_RANKED = re.compile(
    rf"(?:是|为|成为|位居|居)[^,.。;!?]{{0,8}}?(?:{_SCOPES})[^,.。;!?]{{0,12}}?(?:{_RANKS})的?[^,.。;!?的了]"
)
_POINTED = ("这", "那", "他", "她", "它", "此")  # 这是国内最大的网课: somebody judges what he has


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
    exposition : bool
        It says what is taught, in nobody's voice.
    """

    clauses: tuple[Clause, ...]
    plain: float
    sure: float
    question: bool
    exposition: bool


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
    if reader.mocked or reader.contrasted or "不是" in text:
        _settle(text, clauses, mocked=reader.mocked, contrasted=reader.contrasted)
    kinds = frozenset().union(*[mark.kinds for mark in marks])
    asked = text[-1:] in _ASKING or "asks" in kinds
    plain, sure = _mean(clauses, sure=False), _mean(clauses, sure=True)
    faulty = sure <= _FAULTY and len(text) <= _SHORT  # 没有讲解,互动少
    if not faulty and _is_exposition(text, marks, kinds):
        return Reading(clauses, 0.0, 0.0, asked, True)
    return Reading(clauses, plain, sure, asked and sure == 0.0, False)


def _is_exposition(text: str, marks: Sequence[Mark], kinds: frozenset[str]) -> bool:
    """Say whether a sentence tells what is taught: 本章介绍…, or a heading like …的理论.

    `kinds` are those of all marks.
    """
    words = [mark for mark in marks if "stop" not in mark.kinds]
    if "voices" in kinds or any(m.text.startswith(_PERSONAL) for m in words):
        return False
    ends = joined = False
    if words:
        last = words[-1]
        ends = not text[last.end :].strip(_TAIL)
        joined = text[last.start - 1 : last.start] in _JOINS
        if ends and last.kinds & JUDGING and not joined:
            return False  # 知识点讲解透彻, but 兴起与失败
    if "exposition" in kinds and "了" not in text:
        first = next(mark for mark in words if "exposition" in mark.kinds)
        if first.start <= _OPENING:
            return True
    if _is_ranked(text, kinds):
        return True
    is_head = ends and "heads" in words[-1].kinds
    return is_head and not kinds & {"praise", "blame", "negators"}


def _is_ranked(text: str, kinds: frozenset[str]) -> bool:
    """Say whether a sentence states a rank in the world: a fact, whatever the superlative."""
    if text.startswith(_POINTED) or kinds & {"praise", "blame", "negative"}:
        return False
    return _RANKED.search(text) is not None


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
