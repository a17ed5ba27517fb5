"""Tags of a text: the phrases an author would choose as keywords, and how likely that is."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from nlp.analysis import Tag
from nlp.engines import Engine
from nlp.lexicon import Rarity
from nlp.memory import Memory
from nlp.parsed import Parsed
from nlp.phrase_words import Piece, read
from nlp.phrases import candidates
from nlp.ranker import Ranker, default_ranker

_MAX_TAGS = 20
_LEAST = 0.02  # what is less likely, summed over the parts, is no tag unless it is forced
_LOOKED_AT = 40  # candidates of one part, by falling probability
_PART = 2048  # words read at once
_MAX_TITLE = 256  # words
_MAX_WORKS = 50
_AGAIN = 2  # times a tag must stand outside a longer one
_DIGITS = 5  # of a weight: what processors agree on
_WORK = re.compile(r"《([^《》\n]{1,40})》")


@dataclass(slots=True)
class _Seen:
    """A candidate over all parts.

    `key` is its text in lower case, `start` and `end` say where it first stands in title and
    text.
    """

    key: str
    text: str
    start: int
    end: int
    forced: bool
    weight: float


def tags(
    parsed: Parsed,
    title: Parsed,
    engine: Engine,
    rarity: Rarity,
    *,
    catalogue: Rarity | None = None,
    ranker: Ranker | None = None,
) -> tuple[Tag, ...]:
    """Tags by falling weight, at most 20.

    Parameters
    ----------
    parsed, title : Parsed
        The text and its title; either may be empty.
    engine : Engine
        Its forced terms are tags if there is room for them, however unlikely.
    rarity : Rarity
        IDF of words in general text.
    catalogue : Rarity, optional
        IDF of terms in a catalogue: see `nlp.terms.learned_rarity`.
    ranker : Ranker, optional
        The packaged one if not given.

    Returns
    -------
    tuple of Tag
        The weight is the probability that an author would choose the tag, with a catalogue
        times the share of its texts without the tag: equation (1b) of docs/math.md. A tag
        that is part of another stands at least twice outside it; one that only overlaps a
        likelier one is none. A named 《work》 keeps its marks and weighs as the likeliest
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
    return tags_of([(parsed, title)], engine, rarity, catalogue=catalogue, ranker=ranker)[0]


def tags_of(
    texts: Sequence[tuple[Parsed, Parsed]],
    engine: Engine,
    rarity: Rarity,
    *,
    catalogue: Rarity | None = None,
    ranker: Ranker | None = None,
) -> list[tuple[Tag, ...]]:
    """Tags of texts with their titles, as `tags` gives them: short ones are read together."""
    pieces = [list(_pieces(parsed, title)) for parsed, title in texts]
    known = ranker or default_ranker()
    likely = chain.from_iterable(
        _likeliest(batch, engine, rarity, known)
        for batch in _batches(list(chain.from_iterable(pieces)))
    )
    return [
        _chosen(list(islice(likely, len(own))), parsed, title, catalogue)
        for (parsed, title), own in zip(texts, pieces, strict=True)
    ]


def _chosen(
    parts: list[list[_Seen]], parsed: Parsed, title: Parsed, catalogue: Rarity | None
) -> tuple[Tag, ...]:
    """Tags of a text from the likeliest candidates of its parts."""
    source = f"{title.normalized.text}\n{parsed.normalized.text}"
    likely = _together(parts)
    for seen in likely:
        share = 0.0 if catalogue is None else _share(seen.text, catalogue)
        seen.weight = round(seen.weight * (1.0 - share), _DIGITS)
    least = round(_LEAST / max(len(parts), 1), _DIGITS)
    likely += _works(source, likely, least)
    kept = [seen for seen in likely if seen.forced or seen.weight >= least]
    kept.sort(key=lambda seen: (-seen.weight, seen.key))
    return tuple(Tag(seen.text, seen.weight) for seen in _apart(kept, source.lower()))


def _share(term: str, catalogue: Rarity) -> float:
    """Share of the texts of a catalogue that have a term; 0 if it does not know."""
    idf = catalogue.values.get(term)
    return 0.0 if idf is None else math.exp(-idf)


def _pieces(parsed: Parsed, title: Parsed) -> Iterator[tuple[Piece, int]]:
    """Parts of a text, the title before each, and how far the part stands from it."""
    head = title.part(0, _MAX_TITLE)
    title_text = title.normalized.text[: head.ends[-1] if head.ends else 0]
    behind = len(title.normalized.text) - len(title_text)
    text, n_words = parsed.normalized.text, len(parsed.words)
    for first in range(0, max(n_words, 1), _PART):
        part = parsed.part(first, first + _PART)
        if head.texts or part.texts:
            start, end = (part.starts[0], part.ends[-1]) if part.texts else (0, 0)
            yield Piece(title_text, head, text[start:end], part, start), behind + start


def _batches(pieces: Sequence[tuple[Piece, int]]) -> Iterator[Sequence[tuple[Piece, int]]]:
    """Neighbours that have together no more words than one part may have."""
    first = size = 0
    for last, (piece, _) in enumerate(pieces):
        own = len(piece.title_words.texts) + len(piece.text_words.texts)
        if size + own > _PART and last > first:
            yield pieces[first:last]
            first, size = last, 0
        size += own
    if first < len(pieces):
        yield pieces[first:]


def _likeliest(
    batch: Sequence[tuple[Piece, int]], engine: Engine, rarity: Rarity, ranker: Ranker
) -> Iterator[list[_Seen]]:
    """The likeliest candidates of each piece with their probabilities, and those forced."""
    phrases = candidates(read([piece for piece, _ in batch], rarity, terms=engine.terms))
    p = ranker.probabilities(phrases)
    forced = np.zeros(len(p), dtype=bool) if phrases.forced is None else phrases.forced
    bounds = phrases.bounds()
    text, begins = phrases.reading.text, phrases.reading.begins.tolist()
    for i, (piece, shift) in enumerate(batch):
        first, last = bounds[i], bounds[i + 1]
        best = (-p[first:last]).argsort(kind="stable") + first
        chosen, others = best[:_LOOKED_AT], best[_LOOKED_AT:]
        if phrases.forced is not None:
            chosen = np.concatenate([chosen, others[forced[others]]])
        starts, ends = phrases.spans(chosen)
        in_source = np.where(starts < begins[i] + len(piece.title), 0, shift) - begins[i]
        columns = starts, ends, starts + in_source, ends + in_source, forced[chosen], p[chosen]
        yield [
            _Seen(text[a:b].lower(), text[a:b], start, end, is_forced, weight)
            for a, b, start, end, is_forced, weight in zip(
                *(column.tolist() for column in columns), strict=True
            )
        ]


def _together(parts: list[list[_Seen]]) -> list[_Seen]:
    """The likeliest candidates by the mean of their weights over the parts, those forced first."""
    if len(parts) == 1 and len(parts[0]) <= _LOOKED_AT:
        return parts[0]
    found: dict[str, _Seen] = {}
    for seen in chain.from_iterable(parts):
        seen.weight /= len(parts)
        if (before := found.setdefault(seen.key, seen)) is not seen:
            before.weight += seen.weight
    order = sorted(found.values(), key=lambda seen: (not seen.forced, -seen.weight, seen.key))
    return order[:_LOOKED_AT]


def _works(source: str, likely: Sequence[_Seen], least: float) -> list[_Seen]:
    """Named works with their marks, each once, the first 50; none weighs less than `least`."""
    found: dict[str, _Seen] = {}
    for match in _WORK.finditer(source) if "《" in source else ():
        name = match.group()
        inside = (seen.weight for seen in likely if seen.text in name)
        weight = max(inside, default=least)
        found.setdefault(name, _Seen(name.lower(), name, *match.span(), False, weight))
        if len(found) == _MAX_WORKS:
            break
    return list(found.values())


def _apart(order: Sequence[_Seen], source: str) -> list[_Seen]:
    """Candidates in order, at most 20, without those that one before makes needless."""
    count = Memory(source.count).__getitem__
    chosen: list[_Seen] = []
    for seen in order:
        if len(chosen) == _MAX_TAGS:
            break
        for other in chosen:
            if seen.key in other.key or other.key in seen.key:
                if _nested(seen.key, other.key, count):
                    break
            elif seen.start < other.end and other.start < seen.end:
                both = source[min(seen.start, other.start) : max(seen.end, other.end)]
                if count(seen.key) <= count(both):
                    break
        else:
            chosen.append(seen)
            continue
        if seen.forced:
            chosen.append(seen)
    return chosen


def _nested(one: str, two: str, count: Callable[[str], int]) -> bool:
    """Say whether the shorter of two keys hardly stands outside the longer."""
    short, long = sorted((one, two), key=len)
    return count(short) - count(long) * long.count(short) < _AGAIN
