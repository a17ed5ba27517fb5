"""Tags of a text: the phrases an author would choose as keywords, and how likely that is."""

import re
from collections.abc import Iterator

import numpy as np

from nlp.analysis import Tag
from nlp.engines import Engine
from nlp.lexicon import Rarity
from nlp.parsed import Parsed
from nlp.phrases import Phrases, candidates, read
from nlp.ranker import Ranker, default_ranker

_MAX_TAGS = 20
_LEAST = 0.02  # what is less likely is no tag, unless the user forces it
_LOOKED_AT = 64  # candidates of one part, by falling probability
_PART = 2048  # words read at once
_MAX_TITLE = 256  # words
_MAX_WORKS = 50
_AGAIN = 2  # times a tag must stand outside a longer one
_DIGITS = 4  # of a weight: what processors agree on
_WORK = re.compile(r"《([^《》\n]{1,40})》")


def tags(
    parsed: Parsed, title: Parsed, engine: Engine, rarity: Rarity, ranker: Ranker | None = None
) -> tuple[Tag, ...]:
    """Tags by falling weight, at most 20.

    Parameters
    ----------
    parsed, title : Parsed
        The text and its title; either may be empty.
    engine : Engine
        Its forced terms are tags if there is room for them, however unlikely.
    rarity : Rarity
        IDF of words, in general text or in a catalogue.
    ranker : Ranker, optional
        The packaged one if not given.

    Returns
    -------
    tuple of Tag
        The weight is the probability that an author would choose the tag. A tag that is
        part of a likelier one, or holds it, does so only where the shorter stands twice
        outside the longer. A named 《work》 keeps its marks and weighs as the likeliest
        candidate in it. Of a text of more than 2,048 words, read in parts, weights are means
        over the parts.

    Examples
    --------
    >>> from nlp.engines import default_engine
    >>> from nlp.lexicon import default_rarity
    >>> from nlp.parsed import parse
    >>> engine = default_engine()
    >>> title, text = parse("推荐系统", engine), parse("用矩阵分解预测评分。", engine)
    >>> [tag.text for tag in tags(text, title, engine, default_rarity())[:2]]
    ['推荐系统', '矩阵分解']
    """
    ranker = ranker or default_ranker()
    names: dict[str, str] = {}
    weights: dict[str, float] = {}
    forced: set[str] = set()
    n_parts = 0
    for phrases in _parts(parsed, title, engine, rarity):
        n_parts += 1
        for name, weight, is_forced in _likeliest(phrases, ranker):
            key = name.lower()
            names.setdefault(key, name)
            weights[key] = weights.get(key, 0.0) + weight
            if is_forced:
                forced.add(key)
    source = f"{title.normalized.text}\n{parsed.normalized.text}"
    likely = sorted(weights, key=lambda key: (key not in forced, -weights[key], key))
    weights = {key: round(weights[key] / n_parts, _DIGITS) for key in likely[:_LOOKED_AT]}
    for name in _works(source):
        key = name.lower()
        names.setdefault(key, name)
        weights[key] = max((w for part, w in weights.items() if part in key), default=_LEAST)
    kept = [key for key, weight in weights.items() if weight >= _LEAST or key in forced]
    order = sorted(kept, key=lambda key: (-weights[key], not key.startswith("《"), key))
    chosen = _apart(order, source.lower(), forced)
    return tuple(Tag(names[key], weights[key]) for key in chosen)


def _parts(parsed: Parsed, title: Parsed, engine: Engine, rarity: Rarity) -> Iterator[Phrases]:
    """Candidates of each part of a text, the title before each."""
    head = title.words[:_MAX_TITLE]
    title_text = title.normalized.text[: head[-1].end if head else 0]
    text, words = parsed.normalized.text, parsed.words
    for first in range(0, max(len(words), 1), _PART):
        part = words[first : first + _PART]
        if not (head or part):
            return
        start, end = (part[0].start, part[-1].end) if part else (0, 0)
        yield candidates(
            read(title_text, head, text[start:end], part, rarity, terms=engine.terms, shift=start)
        )


def _likeliest(phrases: Phrases, ranker: Ranker) -> list[tuple[str, float, bool]]:
    """Text and probability of the likeliest candidates of a part, and of those forced."""
    p = ranker.probabilities(phrases)
    best = np.argsort(-p, kind="stable")
    forced = phrases.forced
    looked_at = best[:_LOOKED_AT]
    if forced is not None:
        looked_at = np.concatenate([looked_at, best[_LOOKED_AT:][forced[best[_LOOKED_AT:]]]])
    starts, ends = phrases.spans(looked_at)
    text = phrases.reading.text
    is_forced = [False] * len(looked_at) if forced is None else forced[looked_at].tolist()
    spans = zip(starts.tolist(), ends.tolist(), p[looked_at].tolist(), is_forced, strict=True)
    return [(text[start:end], weight, must) for start, end, weight, must in spans]


def _works(source: str) -> list[str]:
    """Named works with their marks, each once, the first 50."""
    found: dict[str, None] = {}
    if "《" in source:
        for match in _WORK.finditer(source):
            found[match.group()] = None
            if len(found) == _MAX_WORKS:
                break
    return list(found)


def _apart(order: list[str], source: str, forced: set[str]) -> list[str]:
    """Keys in order, at most 20, without those that a key before makes needless."""
    chosen: list[str] = []
    for key in order:
        if len(chosen) == _MAX_TAGS:
            break
        if key in forced or not any(_needless(key, other, source) for other in chosen):
            chosen.append(key)
    return chosen


def _needless(key: str, other: str, source: str) -> bool:
    """Say whether one key holds the other, and the shorter hardly stands by itself."""
    short, long = (key, other) if len(key) <= len(other) else (other, key)
    if short not in long:
        return False
    return source.count(short) - source.count(long) * long.count(short) < _AGAIN
