"""Who and what a text offers to a screen story: people, places, works, and its learner."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from nlp.analysis import Analysis, Entity, Token
from nlp.text import normalize

_LEARNER = re.compile(
    r"(?:适合|适用于|面向|针对|写给|帮助|培养|为)(?:广大)?(?P<who>[^。,;!?:]{2,30}?(?:者|人|员|生|师|家长|父母|爱好者|同学|朋友|"
    r"新手|小白|人士|人群|群体|负责人|主管|经理))(?=[^\w]|和|与|及|以及|$|的|设|准备|掌握|了解|熟悉|学习|理解|认识|入门|提[高升])"
)
# who somebody is by work or kin: 审计师, 船匠, 外婆
_ROLE = re.compile(
    r".{1,3}(?:员|师|匠|医生|护士|律师|法官|司机|经理|老板|店主)|医生|护士|律师|法官|司机|警察|农民|工人|"
    r"老人|老板|店主|顾客|客户|邻居|同事|记者|父母|妈妈|爸爸|母亲|父亲|爷爷|奶奶|外公|外婆|妻子|丈夫|"
    r"女儿|儿子|孙女|孙子|孩子|女孩|男孩|少年|徒弟|学徒|师傅"
)
_NO_ROLE = re.compile(
    ".*(?:[学成人动全复满会]员|[讲老教导出]师)"
)  # who learns or teaches, or nobody
# the dictionary calls many words places (加密, 上市): a place is where something is
_WHERE = re.compile(r"[在到去从自于往回向访离]$")
_WHEREOF = re.compile(r"^[的里城街人市县村镇山湖]")


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the text: where it first stands (``text[start:end]``) and how often."""

    text: str
    start: int
    end: int
    count: int


@dataclass(frozen=True, slots=True)
class Cast:
    """What can be on the screen because it is in the text; nothing is invented.

    Attributes
    ----------
    people, roles, organisations, places, works : tuple of Named
        By falling count, then in the order of the text. `roles` are people without a name
        (审计师, 外婆). Names are what the dictionary says they are; of places, those that
        stand where a place would (在…, …的).
    learners : tuple of Named
        Whom the text says it is for, in the order of the text: the point of view.
    """

    people: tuple[Named, ...]
    roles: tuple[Named, ...]
    organisations: tuple[Named, ...]
    places: tuple[Named, ...]
    works: tuple[Named, ...]
    learners: tuple[Named, ...]


def cast(text: str, analysis: Analysis) -> Cast:
    """Read the cast of a text from its analysis.

    Examples
    --------
    >>> from nlp import analyze
    >>> text = "适合零基础的上班族学员。《史记》写项羽在乌江的选择。"
    >>> found = cast(text, analyze(text))
    >>> [n.text for n in found.works], [n.text for n in found.learners]
    (['史记'], ['零基础的上班族学员'])
    """
    return Cast(
        people=_people(analysis),
        roles=_named(t for t in analysis.tokens if t.pos.startswith("n") and _is_role(t)),
        organisations=_named(e for e in analysis.entities if e.type == "organisation"),
        places=_named(e for e in analysis.entities if e.type == "place" and _is_where(text, e)),
        works=_named(e for e in analysis.entities if e.type == "work"),
        learners=_learners(text),
    )


def _people(analysis: Analysis) -> tuple[Named, ...]:
    """Names that come twice, or do something, or stand beside a stop: 高斯 in 高斯消元 does not."""
    following = {a.end: b for a, b in pairwise(analysis.tokens) if a.end == b.start}
    acting = {
        e.text
        for e in analysis.entities
        if (after := following.get(e.end)) is None or after.pos[0] in "vdpcux"
    }
    persons = _named(e for e in analysis.entities if e.type == "person" and not _is_role(e))
    return tuple(n for n in persons if n.count > 1 or n.text in acting)


def _is_role(word: Entity | Token) -> bool:
    return bool(_ROLE.fullmatch(word.text) and not _NO_ROLE.fullmatch(word.text))


def _is_where(text: str, place: Entity) -> bool:
    before, after = text[max(0, place.start - 1) : place.start], text[place.end : place.end + 1]
    return bool(_WHERE.search(before) or _WHEREOF.search(after))


def _named(entities: Iterable[Entity | Token]) -> tuple[Named, ...]:
    found: dict[str, Named] = {}
    for entity in entities:
        known = found.get(entity.text)
        if known is None:
            found[entity.text] = Named(entity.text, entity.start, entity.end, 1)
        else:
            found[entity.text] = Named(known.text, known.start, known.end, known.count + 1)
    return tuple(sorted(found.values(), key=lambda n: (-n.count, n.start)))


def _learners(text: str) -> tuple[Named, ...]:
    normal = normalize(text)
    found: dict[str, Named] = {}
    for match in _LEARNER.finditer(normal.text):
        start, end = normal.to_original(*match.span("who"))
        found.setdefault(text[start:end], Named(text[start:end], start, end, 1))
    return tuple(found.values())
