"""Aspects of reviews: which side of a course a clause judges, and how."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import NamedTuple

from nlp.analysis import Aspect
from nlp.clauses import Clause
from nlp.hashing import Floats
from nlp.opinion_words import Lexicon, Mark, build, packaged, scan
from nlp.parsed import Parsed
from nlp.sentiment import SentimentModel, Statement, sentence_statements, statement

# Least share of opinion against exposition, and least |polarity - 0.5|, of a clause in which
# the rules see an opinion, and of one in which only the model does.
_JUDGED, _UNJUDGED = (0.2, 0.05), (0.5, 0.4)
_MAX_ASPECTS = 200
_ROLES = frozenset({"ignored", "yielding", "nouns"})


@dataclass(frozen=True, slots=True)
class AspectWords:
    """Which sides of a course are told apart, and the expressions that name them.

    Attributes
    ----------
    lexicon : Lexicon
        Kinds of an expression are the aspects it names, and ``ignored``, ``yielding``, ``nouns``.
    people : frozenset of str
        Aspects that are people: thanks are about them alone.
    weak : frozenset of str
        Aspects beside which a yielding expression still names its own.
    """

    lexicon: Lexicon
    people: frozenset[str]
    weak: frozenset[str]

    @staticmethod
    def of(
        terms: Mapping[str, Iterable[str]],
        *,
        nouns: Iterable[str] = (),
        yielding: Iterable[str] = (),
        ignored: Iterable[str] = (),
        people: Iterable[str] = (),
        weak: Iterable[str] = (),
    ) -> "AspectWords":
        """Words of a trade.

        Parameters
        ----------
        terms : mapping of aspect to expressions
        nouns : iterable of str
            Of several that make one noun (老师的声音), the last names the aspect.
        yielding : iterable of str
            Count only where nothing else is named (太慢 in 更新太慢).
        ignored : iterable of str
            Keep their characters from being read otherwise (数值 holds no 值).
        people, weak : iterable of str
            See the attributes.

        Examples
        --------
        >>> words = AspectWords.of({"疗效": ["疗效", "见效"]})
        >>> sorted(words.lexicon.entries["见效"])
        ['疗效']
        """
        kinds = {**terms, "nouns": nouns, "yielding": yielding, "ignored": ignored}
        return AspectWords(build(kinds, stops=False), frozenset(people), frozenset(weak))

    @staticmethod
    @cache
    def default() -> "AspectWords":
        """Return the packaged words: 内容 讲师 节奏 难度 实用 价格 音画 服务."""
        raw = packaged("aspects.json")
        roles = {kind: raw[kind] for kind in _ROLES}
        return AspectWords.of(raw["terms"], **roles, people=("讲师", "服务"), weak=("讲师",))


class NamingClause(NamedTuple):
    """A clause that names an aspect; offsets in the normal form."""

    name: str
    start: int
    end: int
    judged: bool  # the rules see an opinion in it


def aspects(
    parsed: Parsed, model: SentimentModel, words: AspectWords | None = None
) -> tuple[Aspect, ...]:
    """Find the clauses that name an aspect and hold an opinion, in the order of the text.

    An aspect is named by a term (板书, 语速) or by an opinion that has only one object
    (听不懂, 太贵). A clause without opinion passes its aspect on to the next if that names
    none (老师讲课,非常生动). Exposition and questions give none. At most 200.
    """
    words = words or AspectWords.default()
    found = naming_clauses(parsed, sentence_statements(parsed), words)
    return judged_aspects(parsed, found, model.probabilities(clause_statements(parsed, found)))


def clause_statements(parsed: Parsed, found: Sequence[NamingClause]) -> list[Statement]:
    """Prepare the clauses that name an aspect for the model."""
    return [statement(parsed, clause.start, clause.end) for clause in found]


def judged_aspects(
    parsed: Parsed, found: Sequence[NamingClause], probabilities: Floats
) -> tuple[Aspect, ...]:
    """Keep the clauses that hold an opinion by their class probabilities (n, 3)."""
    judged: list[Aspect] = []
    for clause, (bad, told, good) in zip(found, probabilities.tolist(), strict=True):
        polarity = 0.5 + (good - bad) / 2
        least, margin = _JUDGED if clause.judged else _UNJUDGED
        if 1.0 - told >= least and abs(polarity - 0.5) >= margin:
            judged.append(Aspect(clause.name, polarity, *parsed.original(clause.start, clause.end)))
    return tuple(judged[:_MAX_ASPECTS])


def naming_clauses(
    parsed: Parsed, sentences: Sequence[Statement], words: AspectWords
) -> list[NamingClause]:
    """Clauses that name an aspect, in order, once for each; `sentences` are those of the text."""
    return list(islice(_naming(parsed, sentences, words), 4 * _MAX_ASPECTS))


def _naming(
    parsed: Parsed, sentences: Sequence[Statement], known: AspectWords
) -> Iterator[NamingClause]:
    for sentence, read in zip(parsed.sentences, sentences, strict=True):
        reading = read.reading
        if reading.exposition or reading.question:
            continue
        marks = scan(read.document, known.lexicon)
        named = [mark for mark in marks if "stop" not in mark.kinds]
        if not named:
            continue
        carried: list[str] = []
        carried_from = 0
        for clause in reading.clauses:
            names = _names(sentence.text, clause, named, known.weak)
            start = clause.start
            if not names and carried and clause.opinions:
                names, start = carried, carried_from
            if not clause.opinions and names:
                carried, carried_from = names, clause.start
            else:
                carried = []
            if clause.thanks and len(clause.opinions) == 1:  # 期待新的视频 judges no video
                names = [name for name in names if name in known.people]
            begin, end = _trimmed(sentence.text, start, clause.end)
            for name in names:
                yield NamingClause(
                    name, sentence.start + begin, sentence.start + end, bool(clause.opinions)
                )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _names(text: str, clause: Clause, named: list[Mark], weak: frozenset[str]) -> list[str]:
    """Aspects named in a clause.

    Of terms that make one noun (老师的声音), the last counts; a term that only yields
    (太慢 in 更新太慢) counts if no other does but a weak one.
    """
    inside = [m for m in named if clause.start <= m.start < clause.end]
    firm: list[str] = []
    soft: list[str] = []
    for i, mark in enumerate(inside):
        after = inside[i + 1] if i + 1 < len(inside) else None
        is_part = after is not None and text[mark.end : after.start] in {"", "的"}
        if is_part and after is not None and "nouns" in mark.kinds & after.kinds:
            continue
        yields = "yielding" in mark.kinds
        (soft if yields else firm).extend(sorted(mark.kinds - _ROLES))
    if set(firm) <= weak:
        firm += soft
    return list(dict.fromkeys(firm))
