"""Beats of a screen story found in a text: hook, conflict, three turns, resolution.

Nothing is written here. Each beat is a sentence of the text, chosen by rules that can be read
(``data/beats.json``), and a beat that no sentence can carry is missing, with the reason.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from nlp.analysis import Analysis, KeyPoint
from nlp.beat_rules import NAMES, BeatName, aside, strongest
from nlp.keypoints import role
from nlp.text import Sentence, normalize, sentences

N_TURNS = 3
_CANDIDATES = 6  # sentences tried for each of hook, conflict and resolution
_KEY = 0.5  # a key point of weight 1 is worth so much of a cue
_HOOK_WITHIN = 2 / 3  # a hook stands before this share of the text,
_RESOLVED_FROM = 1 / 3  # a resolution after this one

_LEAST_TURN = 6  # characters of a turn that no cue speaks for

_OPENING = "opening"  # a rule for the first sentence alone


@dataclass(frozen=True, slots=True)
class Beat:
    """A sentence that can carry a part of the story.

    Attributes
    ----------
    name : str
        ``"hook"``, ``"conflict"``, ``"turn"`` or ``"resolution"``.
    text : str
        The sentence as it stands: ``text[start:end]`` of what was analysed.
    start, end : int
        Code points of that text.
    role : str
        Role of the sentence, as of a key point: 定义, 例子, 步骤, 结论, 其他.
    cue : str
        Which rule chose it (a key of ``data/beats.json``), ``"key_point"`` for a turn chosen
        by weight alone.
    words : str
        What the rule saw, ``""`` if it saw no word.
    score : float
        Sum of the rule's weight, the place, the arc and the weight as a key point.
    teaches : KeyPoint or None
        The key point taught here: the sentence itself, or the one that shares most nouns with it,
        the nearest of several.
    """

    name: BeatName
    text: str
    start: int
    end: int
    role: str
    cue: str
    words: str
    score: float
    teaches: KeyPoint | None


@dataclass(frozen=True, slots=True)
class MissingBeat:
    """A part of the story that the text has no sentence for, or too few.

    Attributes
    ----------
    found : int
        Sentences that there are: of turns fewer than `N_TURNS`, of the others none.
    """

    name: BeatName
    found: int = 0


@dataclass(frozen=True, slots=True)
class Beats:
    """The story of a text.

    Attributes
    ----------
    found : tuple of Beat
        No sentence twice: hook, conflict, turns in the order of the text, resolution.
    missing : tuple of MissingBeat
        In the same order; one entry for all turns that are wanting.
    n_sentences : int
        Of the text.
    """

    found: tuple[Beat, ...]
    missing: tuple[MissingBeat, ...]
    n_sentences: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: int
    cue: str
    words: str
    score: float


def beats(text: str, analysis: Analysis) -> Beats:
    """Find the beats of a text.

    Parameters
    ----------
    text : str
        What was analysed.
    analysis : Analysis
        Of that text: its key points and its sentiment arc are read.

    Returns
    -------
    Beats
        Total and deterministic. Hook, conflict and resolution are the three different
        sentences with the greatest sum of scores; the turns are the heaviest of the rest.

    Notes
    -----
    score = weight of the strongest cue + ½ weight as a key point, and for a hook
    + 3/2 (1 - place), for a resolution + 2 place, for a conflict + 2 max(0, ½ - arc), with the
    place of a sentence from 0 (first) to 1 (last). What is said about the course and not by it (for
    whom it is, what it needs) is no beat.

    Examples
    --------
    >>> from nlp import analyze
    >>> text = "刷牙为什么还会蛀牙？许多人误以为用力就好。先刷外侧，再刷内侧。因此方法更重要。"
    >>> [beat.cue for beat in beats(text, analyze(text)).found]
    ['question', 'misconception', 'step', 'conclusion']
    """
    normal = normalize(text)
    rows = sentences(normal.text)
    if not rows:
        return Beats((), tuple(MissingBeat(name) for name in NAMES), 0)
    spans = [normal.to_original(s.start, s.end) for s in rows]
    weights = {point.start: point.weight for point in analysis.key_points}
    keys = [weights.get(start, 0.0) for start, _ in spans]
    arc = () if analysis.sentiment is None else analysis.sentiment.arc
    low = [max(0.0, 0.5 - a) for a in arc] if len(arc) == len(rows) else [0.0] * len(rows)
    told = [i for i, s in enumerate(rows) if not aside().search(s.text)]

    chosen = _spine(rows, told, keys, low)
    points = _Points(analysis)
    taken = {candidate.row for candidate in chosen.values()}
    turns = _turns(rows, [i for i in told if i not in taken], keys)

    def beat(name: BeatName, candidate: _Candidate) -> Beat:
        start, end = spans[candidate.row]
        return Beat(
            *(name, text[start:end], start, end, role(rows[candidate.row].text)),
            *(candidate.cue, candidate.words, candidate.score),
            points.taught(start, end),
        )

    found: list[Beat] = []
    missing: list[MissingBeat] = []
    for name in NAMES:
        if name == "turn":
            found.extend(beat(name, turn) for turn in turns)
            if len(turns) < N_TURNS:
                missing.append(MissingBeat(name, len(turns)))
        elif name in chosen:
            found.append(beat(name, chosen[name]))
        else:
            missing.append(MissingBeat(name))
    return Beats(tuple(found), tuple(missing), len(rows))


def _spine(
    rows: Sequence[Sentence], told: Sequence[int], keys: Sequence[float], low: Sequence[float]
) -> dict[BeatName, _Candidate]:
    """Hook, conflict and resolution, no sentence twice, with the greatest sum of scores."""
    last = max(1, len(rows) - 1)
    options: dict[BeatName, list[_Candidate | None]] = {}
    for name in ("hook", "conflict", "resolution"):
        candidates = []
        for i in told:
            place = i / last
            if (name == "hook" and place > _HOOK_WITHIN) or (
                name == "resolution" and place < _RESOLVED_FROM
            ):
                continue
            bonus = {
                "hook": 1.5 * (1.0 - place),
                "conflict": 2.0 * low[i],
                "resolution": 2.0 * place,
            }[name]
            if (found := strongest(name, rows[i].text)) is not None:
                kind, words, weight = found
                if kind == _OPENING and i > 0:
                    continue
                score = weight + bonus + _KEY * keys[i]
                candidates.append(_Candidate(i, kind, words, score))
        candidates.sort(key=lambda c: (-c.score, c.row))
        options[name] = [*candidates[:_CANDIDATES], None]
    best: dict[BeatName, _Candidate] = {}
    most = -1.0
    for picks in product(*options.values()):
        used = [p.row for p in picks if p is not None]
        total = sum(p.score for p in picks if p is not None)
        if total > most and len(set(used)) == len(used):
            most = total
            best = {n: p for n, p in zip(options, picks, strict=True) if p is not None}
    return best


def _turns(
    rows: Sequence[Sentence], left: Sequence[int], keys: Sequence[float]
) -> list[_Candidate]:
    """The heaviest steps, examples, definitions and key points, in the order of the text."""
    candidates = []
    for i in left:
        found = strongest("turn", rows[i].text)
        if found is None and (keys[i] == 0.0 or len(rows[i].text) < _LEAST_TURN):
            continue
        kind, words, weight = found or ("key_point", "", 0.0)
        candidates.append(_Candidate(i, kind, words, weight + _KEY * keys[i]))
    heaviest = sorted(candidates, key=lambda c: (-c.score, c.row))[:N_TURNS]
    return sorted(heaviest, key=lambda c: c.row)


class _Points:
    """Key points of an analysis by the nouns they share with a sentence."""

    def __init__(self, analysis: Analysis) -> None:
        self._tokens = analysis.tokens
        self._points = [(p, self._nouns(p.start, p.end)) for p in analysis.key_points]

    def taught(self, start: int, end: int) -> KeyPoint | None:
        """The sentence itself, or the point that shares most nouns, the nearest of several."""
        own = self._nouns(start, end)

        def far(of: tuple[KeyPoint, frozenset[str]]) -> tuple[bool, int, int]:
            point, nouns = of
            return point.start != start, -len(own & nouns), abs(point.start - start)

        return min(self._points, key=far)[0] if self._points else None

    def _nouns(self, start: int, end: int) -> frozenset[str]:
        first = bisect_left(self._tokens, start, key=lambda token: token.start)
        last = bisect_left(self._tokens, end, key=lambda token: token.start)
        return frozenset(t.text for t in self._tokens[first:last] if t.pos[0] in "ne")
