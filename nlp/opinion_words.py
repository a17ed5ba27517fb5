"""Opinion words and the small words that steer them, found in one pass over the characters."""

import importlib.resources
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from nlp.tokens import Word

_STOPS = "。!?;…,:，！？；：\n \t"


class Mark(NamedTuple):
    """A known expression, ``text[start:end]`` of the sentence, with the parts it can play."""

    text: str
    start: int
    end: int
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Expressions by what they do; the kinds are the keys of ``data/opinion.json``.

    Attributes
    ----------
    entries : dict of str to frozenset of str
        Kinds of each expression. An expression that is only ``ignored`` keeps its characters
        from being read otherwise: 好 in 好像.
    sizes : dict of str to tuple of int
        Lengths of the expressions that begin with a character, longest first.
    degrees : dict of str to float
        Factor of each word of degree.
    transparent : frozenset of str
        Characters that may stand between a negator and the word it turns directly.
    """

    entries: dict[str, frozenset[str]]
    sizes: dict[str, tuple[int, ...]]
    degrees: dict[str, float]
    transparent: frozenset[str]


def build(
    expressions: Mapping[str, Iterable[str]],
    degrees: Mapping[str, float] | None = None,
    transparent: str = "",
) -> Lexicon:
    """Lexicon of expressions by kind; stops are added to every one."""
    kinds: dict[str, set[str]] = {}
    for kind, found in expressions.items():
        for expression in found:
            kinds.setdefault(expression, set()).add(kind)
    kinds |= {stop: {"stop"} for stop in _STOPS}
    sizes: dict[str, set[int]] = {}
    for expression in kinds:
        sizes.setdefault(expression[0], set()).add(len(expression))
    return Lexicon(
        {expression: frozenset(found) for expression, found in kinds.items()},
        {first: tuple(sorted(lengths, reverse=True)) for first, lengths in sizes.items()},
        dict(degrees or {}),
        frozenset(transparent),
    )


@cache
def lexicon() -> Lexicon:
    """Return the packaged lexicon of opinion words."""
    raw = packaged("opinion.json")
    del raw["origin"]
    degrees, transparent = raw.pop("degrees"), raw.pop("transparent")
    return build(raw | {"degrees": list(degrees)}, degrees, transparent)


def packaged(name: str) -> dict[str, Any]:
    """Return a packaged JSON file."""
    text = importlib.resources.files("nlp").joinpath("data", name).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def scan(text: str, start: int, words: Sequence[Word], known: Lexicon) -> list[Mark]:
    """Known expressions of a sentence, longest first at each place, not overlapping.

    Words guard against chance: an expression begins or ends where a word does, and a single
    character counts inside a longer word only if the rest of the word is known or light
    (不累, 讲慢, but not 难民). So two engines that cut 讲慢 differently give the same marks.

    Parameters
    ----------
    text : str
        The sentence, normalised.
    start : int
        Offset of the sentence in the text the `words` come from.
    words : sequence of Word
        Its words.
    known : Lexicon
        What to look for.

    Examples
    --------
    >>> from nlp.parsed import parse
    >>> from nlp.engines import default_engine
    >>> text = "学生动手,好像不难"
    >>> [m.text for m in scan(text, 0, parse(text, default_engine()).words, lexicon())]
    [',', '不', '难']
    """
    entries, sizes = known.entries, known.sizes
    begins = {w.start - start for w in words}
    ends = {w.end - start for w in words}
    found: list[Mark] = []
    at, length = 0, len(text)
    while at < length:
        for size in sizes.get(text[at], ()):
            end = at + size
            kinds = entries.get(text[at:end])
            if kinds is None or end > length:
                continue
            is_stop = "stop" in kinds
            begun, ended = at in begins, end in ends
            if not (begun or ended or is_stop):
                continue
            alone = size > 1 or is_stop or (begun and ended)
            if not alone and not _light(text, at, begins, ends, known):
                continue
            if len(kinds) > 1 or "ignored" not in kinds:
                found.append(Mark(text[at:end], at, end, kinds))
            at = end
            break
        else:
            at += 1
    return found


def _light(text: str, at: int, begins: set[int], ends: set[int], known: Lexicon) -> bool:
    """Say whether the word around one character is made of known and light parts only."""
    first, last = at, at + 1
    while first not in begins and first > 0:
        first -= 1
    while last not in ends and last < len(text):
        last += 1
    return all(
        part == "" or part in known.entries or all(ch in known.transparent for ch in part)
        for part in (text[first:at], text[at + 1 : last])
    )
