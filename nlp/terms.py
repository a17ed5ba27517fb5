"""Terms of a text and how often each stands in it: what makes texts alike, and words rare."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, compress

from nlp.lexicon import Rarity
from nlp.parsed import Parsed
from nlp.tokens import Word
from nlp.vocabulary import ENDING

TITLE_WEIGHT = 3.0  # a term in the title counts as three in the text
_MAX_WORDS, _MAX_CHARS = 4, 12  # longest phrase
_NESTED = 0.5  # what an occurrence inside a phrase counts for the word itself
_PRIOR_TEXTS = 100  # what general text counts beside a catalogue
# begin and end of each run of two words or more inside a phrase, by its number of words
_PARTS = [
    [(a, b) for a, b in combinations(range(n + 1), 2) if b > a + 1] for n in range(_MAX_WORDS + 1)
]
_WORK = re.compile(r"《[^《》\n]{1,40}》")
_MODIFIERS = ("ad", "vd", "a")


def phrases(parsed: Parsed) -> Iterator[tuple[Word, ...]]:
    """Maximal runs of two to four adjacent words that read as one noun phrase.

    Examples
    --------
    >>> from nlp.parsed import parse
    >>> from nlp.engines import default_engine
    >>> found = phrases(parse("介绍矩阵分解与特征工程。", default_engine()))
    >>> ["".join(w.text for w in phrase) for phrase in found]
    ['矩阵分解', '特征工程']
    """
    run: list[Word] = []
    is_part = parsed.facts["part"].tolist()
    for word, joins in zip(parsed.words, is_part, strict=True):
        if not joins:
            if len(run) > 1:
                yield from _trimmed(run)
            run = []
        elif not run:
            run = [word]
        # A verb opens or closes a phrase (推荐|系统, 矩阵|分解) but does not stand inside one.
        elif (
            word.start != run[-1].end
            or len(run) == _MAX_WORDS
            or (len(run) > 1 and run[-1].pos == "v")
        ):
            if len(run) > 1:
                yield from _trimmed(run)
            run = [word]
        else:
            run.append(word)
    yield from _trimmed(run)


def _trimmed(run: list[Word]) -> Iterator[tuple[Word, ...]]:
    # An adjective belongs to a phrase only if it makes one word with the next sign: 奇异|值.
    while run and run[0].pos in _MODIFIERS and not (len(run) > 1 and len(run[1].text) == 1):
        run = run[1:]
    while run and not run[-1].pos.startswith(ENDING):
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
    """Count the terms of a text: single terms, phrases, and 《works》 with their marks.

    A word inside a phrase counts as the phrase and, half, as itself.
    """
    total: dict[str, float] = {}
    runs: dict[tuple[str, ...], int] = {}
    inside: set[int] = set()
    for phrase in phrases(parsed):
        texts = tuple([w.text for w in phrase])
        inside.update([w.start for w in phrase])
        for first, last in _PARTS[len(texts)]:
            run = texts[first:last]
            runs[run] = runs.get(run, 0) + 1
    longest: dict[tuple[str, ...], int] = {}
    for run, count in runs.items():
        if len(run) > 2:
            for part in (run[1:], run[:-1]):
                longest[part] = max(longest.get(part, 0), count)
    for run, count in runs.items():
        if count > longest.get(run, 0):  # else it occurs only inside one longer phrase
            term = "".join(run)
            total[term] = total.get(term, 0.0) + count
    for text, start in compress(zip(parsed.texts, parsed.starts, strict=True), parsed.is_term):
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
