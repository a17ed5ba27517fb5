"""Tags of a text: words and phrases by weight, a phrase instead of its parts."""

import importlib.resources
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from nlp.analysis import Tag
from nlp.engines import Engine
from nlp.lexicon import Rarity
from nlp.parsed import Parsed
from nlp.tokens import Word

TITLE_WEIGHT = 3.0  # a term in the title counts as three in the text
_MAX_TAGS = 20
_MAX_WORDS, _MAX_CHARS = 4, 12  # longest phrase
_ORDINARY = 8.0  # score of a word of middling rarity seen once: weight 1/2
_NESTED = 0.5  # what an occurrence inside a phrase counts for the word itself
_AGAIN, _ENOUGH = 2.0, 0.25  # a phrase this often, and this share of its word, replaces it
_NO_NOUN = 0.5  # verbs and adjectives say less about what a text is on
# Constants chosen on 600 rows of kw_csl; on the other 600, F1 at 5 is .162 (jieba tf-idf .129).
_PHRASE_BONUS = 0.1
_PRIOR_TEXTS = 100  # what general text counts beside a catalogue
_WORK = re.compile(r"《[^《》\n]{1,40}》")
_HEAD = ("n", "vn", "eng", "j", "l", "an")  # may end a phrase; a verb may too: 矩阵|分解
_MODIFIERS = ("ad", "vd", "a")
# Too common to be a tag, but good at either end of a phrase: 机器|学习, 网络|安全.
_STOP_PARTS = frozenset(["学习", "网络", "方法", "理论", "体系", "过程", "教学", "能力", "专业"])
_NEVER = frozenset(["nr", "nrt", "nrfg", "ns", "m", "t", "f", "r", "ng", "vg", "ag"])


@cache
def stopwords() -> frozenset[str]:
    """Return words that make no term, and neither begin nor end a phrase."""
    text = importlib.resources.files("nlp").joinpath("data/stopwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def is_term(word: Word) -> bool:
    """Say whether a word means something by itself: a noun, name, verb or foreign term."""
    return _is_term(word.text, word.pos)


@lru_cache(1 << 15)
def _is_term(text: str, pos: str) -> bool:
    return (
        len(text) > 1
        and pos[0] in "nvajlibe"
        and text.lower() not in stopwords()
        and any(ch.isalpha() for ch in text)
        and "/" not in text
        and "@" not in text
    )


def phrases(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Maximal runs of two to four adjacent words that read as one noun phrase.

    Examples
    --------
    >>> from nlp.parsed import parse
    >>> from nlp.engines import default_engine
    >>> found = phrases(parse("介绍矩阵分解与特征工程。", default_engine()).words)
    >>> ["".join(w.text for w in phrase) for phrase in found]
    ['矩阵分解', '特征工程']
    """
    run: list[Word] = []
    for word in words:
        closed = not run or word.start != run[-1].end or len(run) == _MAX_WORDS
        # A verb opens or closes a phrase (推荐|系统, 矩阵|分解) but does not stand inside one.
        closed = closed or (len(run) > 1 and run[-1].pos == "v")
        part = _part(word.text, word.pos)
        if part and not closed:
            run.append(word)
            continue
        if len(run) > 1:
            yield from _trimmed(run)
        run = [word] if part else []
    yield from _trimmed(run)


@lru_cache(1 << 15)
def _part(text: str, pos: str) -> bool:
    return (
        pos.startswith((*_HEAD, "v", "a", "b"))
        and pos not in _NEVER
        and (len(text) > 1 or pos in ("n", "eng"))
        and any(ch.isalpha() for ch in text)
        and len(text) <= 8
        and (text not in stopwords() or text in _STOP_PARTS)
    )


def _trimmed(run: list[Word]) -> Iterator[tuple[Word, ...]]:
    # An adjective belongs to a phrase only if it makes one word with the next sign: 奇异|值.
    while run and run[0].pos in _MODIFIERS and not (len(run) > 1 and len(run[1].text) == 1):
        run = run[1:]
    while run and not run[-1].pos.startswith((*_HEAD, "v")):
        run = run[:-1]
    if len(run) < 2 or sum(len(w.text) for w in run) > _MAX_CHARS:
        return
    verb = run[0].pos == "v" and (run[-1].pos == "v" or len(run) > 2 or run[1].pos == "eng")
    if verb or run[0].text == "学习":
        run = run[1:]
    if len(run) < 2 or all(w.pos == "eng" for w in run):
        return
    yield tuple(run)


def terms(parsed: Parsed) -> dict[str, float]:
    """Count the candidates of a text: single terms, phrases, and 《works》 with their marks.

    A word inside a phrase counts as the phrase and, half, as itself.
    """
    counts: Counter[str] = Counter()
    runs: Counter[tuple[str, ...]] = Counter()
    inside: set[int] = set()
    for phrase in phrases(parsed.words):
        texts = tuple(w.text for w in phrase)
        inside.update(w.start for w in phrase)
        runs.update(texts[a:b] for a in range(len(texts)) for b in range(a + 2, len(texts) + 1))
    longest: dict[tuple[str, ...], int] = {}
    for run, count in runs.items():
        for part in (run[1:], run[:-1]):
            longest[part] = max(longest.get(part, 0), count)
    for run, count in runs.items():
        if count > longest.get(run, 0):  # else it occurs only inside one longer phrase
            counts["".join(run)] += count
    total: dict[str, float] = {term: float(count) for term, count in counts.items()}
    for text, start, _, pos in parsed.words:
        if _is_term(text, pos):
            total[text] = total.get(text, 0.0) + (_NESTED if start in inside else 1.0)
    for work in _WORK.findall(parsed.normalized.text):
        total[work] = total.get(work, 0.0) + 1.0
    return total


def merged(body: Mapping[str, float], title: Mapping[str, float]) -> dict[str, float]:
    """Counts of a text with those of its title, which weigh three times as much."""
    total = dict(body)
    for term, count in title.items():
        total[term] = total.get(term, 0.0) + TITLE_WEIGHT * count
    return total


def tags(counts: Mapping[str, float], engine: Engine, rarity: Rarity) -> tuple[Tag, ...]:
    """Tags by falling weight, at most 20; none is part of another.

    Parameters
    ----------
    counts : mapping of str to float
        Candidates of the text, from `terms`.
    engine : Engine
        Splits a phrase into the words whose rarity is known.
    rarity : Rarity
        IDF of words.

    Returns
    -------
    tuple of Tag
        ``weight = s / (s + s0)`` with ``s = ln(1 + count) · idf`` and s0 the score of a
        word of middling rarity seen once, so weights of different texts compare.
    """
    scored = {term: _score(term, count, engine, rarity) for term, count in counts.items()}
    # A named work, and a phrase said again, come before the words they are made of.
    for whole in [t for t in counts if counts[t] >= _AGAIN and _is_whole(t, engine)]:
        for part in engine.cut(whole):
            if part in scored and counts[whole] >= _ENOUGH * counts[part]:
                scored[part] = min(scored[part], 0.99 * scored[whole])
    order = sorted(scored, key=lambda t: (not t.startswith("《"), -scored[t], t))
    chosen: dict[str, str] = {}
    for term in order:
        if len(chosen) == _MAX_TAGS:
            break
        folded = term.lower().strip("《》")
        if not any(folded in other or other in folded for other in chosen):
            chosen[folded] = term
    weighed = [Tag(term, scored[term] / (scored[term] + _ORDINARY)) for term in chosen.values()]
    return tuple(sorted(weighed, key=lambda tag: (-tag.weight, tag.text)))


def learned_rarity(catalogue: Sequence[Mapping[str, float]], prior: Rarity) -> Rarity:
    """Rarity of words in a catalogue, from general text where the catalogue is small.

    Parameters
    ----------
    catalogue : sequence of mapping of str to float
        `Analysis.terms` of each text.
    prior : Rarity
        Counts as 100 texts in which words are as rare as in general text.

    Returns
    -------
    Rarity
        ``idf = -ln((df + n0·exp(-prior)) / (n + n0))`` of each term of the catalogue, never
        negative; a word the catalogue does not have keeps its prior. Without texts: `prior`.

    Examples
    --------
    >>> from nlp.lexicon import default_rarity
    >>> found = learned_rarity([{"矩阵": 1.0}] * 900 + [{"算法": 1.0}] * 9, default_rarity())
    >>> found.idf("矩阵") < 0.2, found.idf("矩阵") < found.idf("算法")
    (True, True)
    """
    if not catalogue:
        return prior
    df = Counter(term for terms_ in catalogue for term in terms_)
    n = len(catalogue) + _PRIOR_TEXTS
    learned: dict[str, float] = {}
    for term, count in df.items():
        seen = count + _PRIOR_TEXTS * math.exp(-prior.idf(term))
        learned[term] = max(0.0, -math.log(seen / n))
    return prior.with_learned(learned)


def _score(term: str, count: float, engine: Engine, rarity: Rarity) -> float:
    bare = term.strip("《》")
    parts = [bare]
    if bare not in rarity.values and "\u3400" <= bare[-1:] <= "\u9fff":
        parts = list(engine.cut(bare))
    idf = sum(rarity.idf(part) for part in parts) / len(parts)
    if len(parts) == 1 and engine.pos(bare)[0] in "vadi" and engine.pos(bare) not in ("vn", "an"):
        idf *= _NO_NOUN
    # idf of a phrase = mean of its words · (1 + bonus for each further word)
    return math.log1p(count) * idf * (1.0 + _PHRASE_BONUS * (min(len(parts), 3) - 1))


def _is_whole(term: str, engine: Engine) -> bool:
    return len(term) > 2 and not term.startswith("《") and len(list(engine.cut(term))) > 1
