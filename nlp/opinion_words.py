"""Opinion words and the small words that steer them, found in one pass over the characters."""

import importlib.resources
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from nlp.hashing import Document

_CLASSES = 8  # of first characters: with more, a search looks at each place more often
_DIGITS = frozenset("0123456789.")
_STOPS = frozenset("。!?;…,:，！？；：\n \t")


class Mark(NamedTuple):
    """A known expression, ``text[start:end]`` of the sentence, with the parts it can play."""

    text: str
    start: int
    end: int
    kinds: frozenset[str]


class Sides(NamedTuple):
    """Qualities that praise an object, and those that are a fault of it: 更新 快, 更新 慢."""

    good: frozenset[str]
    bad: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Expressions by what they do; the kinds are the keys of ``data/opinion.json``.

    Attributes
    ----------
    entries : dict of str to frozenset of str
        Kinds of each expression. An expression that is only ``ignored`` keeps its characters
        from being read otherwise: 好 in 好像.
    sizes : dict of str to tuple of int
        Lengths, longest first, of the expressions that begin with two characters; and of those
        that are one character.
    degrees : dict of str to float
        Factor of each word of degree.
    transparent : frozenset of str
        Characters that may stand between a negator and the word it turns directly.
    objects : dict of str to Sides
        Which qualities praise an object of courses, and which are a fault of it.
    places : pattern
        Matches where an expression may begin: a character of one, before one that may follow
        it or another of its class.
    """

    entries: dict[str, frozenset[str]]
    sizes: dict[str, tuple[int, ...]]
    degrees: dict[str, float]
    transparent: frozenset[str]
    objects: dict[str, Sides]
    places: re.Pattern[str]


def build(
    expressions: dict[str, Iterable[str]],
    degrees: Mapping[str, float] | None = None,
    transparent: str = "",
    objects: Mapping[str, Sides] | None = None,
    *,
    stops: bool = True,
) -> Lexicon:
    """Lexicon of expressions by kind; unless told otherwise, `scan` finds stops with them."""
    kinds: dict[str, set[str]] = {}
    sides = objects or {}
    qualities = {quality for good, bad in sides.values() for quality in good | bad}
    for kind, found in (expressions | {"objects": sides, "qualities": qualities}).items():
        for expression in found:
            kinds.setdefault(expression, set()).add(kind)
    kinds |= {stop: {"stop"} for stop in _STOPS}
    sizes: dict[str, set[int]] = {}
    for expression in kinds:
        alone = {1} if expression[0] in kinds else set()
        sizes.setdefault(expression[:2], alone).add(len(expression))
    return Lexicon(
        {expression: frozenset(found) for expression, found in kinds.items()},
        {opening: tuple(sorted(lengths, reverse=True)) for opening, lengths in sizes.items()},
        dict(degrees or {}),
        frozenset(transparent),
        dict(sides),
        _places(kinds if stops else kinds.keys() - _STOPS),
    )


def _places(expressions: Iterable[str]) -> re.Pattern[str]:
    openings = sorted({expression[:2] for expression in expressions})
    alone = [opening for opening in openings if len(opening) == 1]
    found = [_one_of(alone)] if alone else []
    for n in range(_CLASSES):
        own = [o for o in openings if len(o) == 2 and ord(o[0]) % _CLASSES == n]
        if own:
            found.append(f"{_one_of(o[0] for o in own)}(?={_one_of(o[1] for o in own)})")
    return re.compile("|".join(found) or "(?!)")


def _one_of(characters: Iterable[str]) -> str:
    return "[" + "".join(map(re.escape, sorted(set(characters)))) + "]"


@cache
def lexicon() -> Lexicon:
    """Return the packaged lexicon of opinion words."""
    raw = packaged("opinion.json")
    del raw["origin"]
    degrees, transparent = raw.pop("degrees"), raw.pop("transparent")
    objects: dict[str, Sides] = {}
    for names, good, bad in raw.pop("objects"):
        for name in names.split():  # 干货 stands in two groups: 多 praises, 少 is a fault
            known = objects.get(name, Sides(frozenset(), frozenset()))
            objects[name] = Sides(known.good.union(good.split()), known.bad.union(bad.split()))
    return build(raw | {"degrees": list(degrees)}, degrees, transparent, objects)


def packaged(name: str) -> dict[str, Any]:
    """Return a packaged JSON file."""
    text = importlib.resources.files("nlp").joinpath("data", name).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def scan(document: Document, known: Lexicon) -> list[Mark]:
    """Known expressions of a sentence or clause, longest first at each place, not overlapping.

    Words guard against chance: an expression begins or ends where a word does, one of Latin
    letters both; none begins within a number (0分 in 90分); and a single
    character counts inside a longer word only if the rest of the word is known or light
    (不累, 讲慢, but not 难民). So two engines that cut 讲慢 differently give the same marks.

    Parameters
    ----------
    document : Document
        The sentence, with its words.
    known : Lexicon
        What to look for.

    Examples
    --------
    >>> from nlp.parsed import parse
    >>> from nlp.engines import default_engine
    >>> text = "学生动手,好像不难"
    >>> document = parse(text, default_engine()).document()
    >>> [m.text for m in scan(document, lexicon())]
    [',', '不', '难']
    """
    entries, sizes, new = known.entries, known.sizes, tuple.__new__
    text, start = document.text, document.start
    begins, ends = frozenset(document.begins), frozenset(document.ends)
    found: list[Mark] = []
    until, length = 0, len(text)
    for match in known.places.finditer(text):
        at = match.start()
        lengths = sizes.get(text[at : at + 2]) or sizes.get(text[at])
        if lengths is None or at < until:
            continue
        begun = start + at in begins
        for size in lengths:
            end = at + size
            expression = text[at:end]
            kinds = entries.get(expression)
            if kinds is None or end > length:
                continue
            if "stop" not in kinds:
                ended = start + end in ends
                if not (begun and ended if expression.isascii() else begun or ended):
                    continue
                if expression[0].isdigit() and at and text[at - 1] in _DIGITS:
                    continue  # 0分 in 90分
                alone = size > 1 or (begun and ended)
                if not alone and not _light(text, at, start, begins, ends, known):
                    continue
            if len(kinds) > 1 or "ignored" not in kinds:
                found.append(new(Mark, (expression, at, end, kinds)))
            until = end
            break
    return found


def _light(
    text: str, at: int, start: int, begins: frozenset[int], ends: frozenset[int], known: Lexicon
) -> bool:
    """Say whether the word around one character is made of known and light parts only."""
    first, last = at, at + 1
    while start + first not in begins and first > 0:
        first -= 1
    while start + last not in ends and last < len(text):
        last += 1
    return all(
        part == "" or part in known.entries or all(ch in known.transparent for ch in part)
        for part in (text[first:at], text[at + 1 : last])
    )
