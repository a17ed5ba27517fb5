"""Analysis to numbers: the raw named values of one text, before any catalogue is known."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from nlp.analysis import Analysis
from nlp.errors import FeatureSpaceError

_MAX_TERMS = 500  # kept of one text
_MAX_PAIRS = 500


@dataclass(frozen=True, slots=True)
class Features:
    """The raw named values of one text, before any catalogue is known.

    Attributes
    ----------
    terms : mapping of str to float
        Count of each term, lower case, title terms included; the 500 most frequent.
    topics : mapping of str to float
        Probability by ``taxonomy:label``.
    style : mapping of str to float
        Numbers of style; empty for an empty text.
    polarity : float or None
        Sentiment in [0, 1]; ``None`` if there was no sentence.
    difficulty : int or None
        Level from 1 to 5; ``None`` if there was no word.
    pairs : mapping of str to float
        Count of each pair of neighbouring signs, see `nlp.pairs`; the 500 most frequent.

    Examples
    --------
    >>> features = Features({"矩阵分解": 2.0}, {"subject:理学": 0.8}, {}, 0.5, 3, {"矩阵": 2.0})
    >>> Features.from_json(features.to_json()) == features
    True
    """

    terms: Mapping[str, float]
    topics: Mapping[str, float]
    style: Mapping[str, float]
    polarity: float | None
    difficulty: int | None
    pairs: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """Write as one line of compact JSON; nothing is lost."""
        by_count: dict[float, list[str]] = {}
        for pair, count in sorted(self.pairs.items()):
            by_count.setdefault(count, []).append(pair)
        values = {
            # pairs of a count in one string: a third of the room of a name and number each
            "pairs": {repr(count): "".join(pairs) for count, pairs in by_count.items()},
            "terms": dict(self.terms),
            "topics": dict(self.topics),
            "style": dict(self.style),
            "polarity": self.polarity,
            "difficulty": self.difficulty,
        }
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, data: str | bytes) -> "Features":
        """Read what `to_json` wrote, also before there were pairs.

        Raises
        ------
        FeatureSpaceError
            If it is not such a line.
        """
        try:
            raw = json.loads(data)
            pairs = {
                text[i : i + 2]: float(count)
                for count, text in raw.get("pairs", {}).items()
                for i in range(0, len(text), 2)
            }
            return cls(
                raw["terms"], raw["topics"], raw["style"], raw["polarity"], raw["difficulty"], pairs
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FeatureSpaceError(
                f"JSON that fails with {error!r}", "a line of to_json"
            ) from None


def extract(analysis: Analysis) -> Features:
    """Take the raw named values out of an analysis.

    Examples
    --------
    >>> from nlp import analyze
    >>> found = extract(analyze("矩阵分解"))
    >>> found.terms
    {'矩阵分解': 1.0, '分解': 0.5, '矩阵': 0.5}
    >>> found.pairs
    {'分解': 1.0, '矩阵': 1.0, '阵分': 1.0}
    >>> extract(analyze("")).polarity is None
    True
    """
    terms: dict[str, float] = {}
    for term, count in analysis.terms.items():
        if term.isprintable():  # no line breaks or lone surrogates in a column name
            key = term.lower()
            terms[key] = terms.get(key, 0.0) + count
    return Features(
        terms=_most_frequent(terms, _MAX_TERMS),
        topics={
            f"{taxonomy}:{topic.label}": topic.probability
            for taxonomy, topics in analysis.topics.items()
            for topic in topics
        },
        style=dict(analysis.style),
        polarity=analysis.sentiment.polarity if analysis.sentiment else None,
        difficulty=analysis.difficulty.level if analysis.difficulty else None,
        pairs=_most_frequent(analysis.pairs, _MAX_PAIRS),
    )


def _most_frequent(counts: Mapping[str, float], n: int) -> dict[str, float]:
    return {t: float(counts[t]) for t in sorted(counts, key=lambda t: (-counts[t], t))[:n]}
