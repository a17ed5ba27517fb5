"""What a learner still knows of each item, from exercises, completion and time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommend.checks import require
from recommend.errors import ShapeError
from recommend.interactions import SECONDS_PER_DAY
from recommend.prerequisites import PrerequisiteGraph

MASTERED = 0.5
"""From this mastery on an item is judged to be known: more likely than not."""


@dataclass(frozen=True)
class MasteryModel:
    """Parameters of the learner model (equation P1 of `docs/math.md`).

    Attributes
    ----------
    exposure : float
        Mastery after an item was finished and nothing was tested, in [0, 1].
    rise, fall : float
        Share of the way towards a score that one exercise moves mastery, up and down. Below 1,
        since a right answer may be a guess and a wrong one a slip.
    half_life_days : float
        Time in which mastery halves after a first exposure that taught nothing. Each success
        adds as much again: what was practised lasts longer.

    Raises
    ------
    ConfigError
        If a parameter is out of range.
    """

    exposure: float = 0.8
    rise: float = 0.8
    fall: float = 0.6
    half_life_days: float = 365.0

    def __post_init__(self) -> None:
        for name in ("exposure", "rise", "fall"):
            share = getattr(self, name)
            require(name, share, 0 <= share <= 1, "a number in [0, 1]")
        days = self.half_life_days
        require("half_life_days", days, 0 < days < np.inf, "a positive number of days")


@dataclass(frozen=True, eq=False)
class Mastery:
    """What one learner knows.

    Attributes
    ----------
    level : array of shape (n_items,)
        In [0, 1]; 0 where nothing is known.
    evidence : dict of int to tuple of int
        By item, positions of the events it rests on, oldest first.
    surmised : dict of int to int
        Item -> the harder item whose mastery says more about it than its own events do.
    """

    level: NDArray[np.float64]
    evidence: dict[int, tuple[int, ...]] = field(default_factory=dict)
    surmised: dict[int, int] = field(default_factory=dict)


def estimate_mastery(
    items: ArrayLike,
    types: Sequence[str],
    values: ArrayLike,
    times: ArrayLike,
    *,
    n_items: int,
    now: float,
    model: MasteryModel = MasteryModel(),
) -> Mastery:
    """Mastery of each item from one learner's events, at the moment `now` (equation P1).

    ``complete`` and ``play`` (with the watched share) raise mastery to at least
    ``exposure * share``; ``exercise`` moves it towards its score; between events it halves every
    half-life, which grows with success. Other types, and exercises without a score, say nothing.
    A better score or a larger share never lowers mastery at any later moment, and time never
    raises it.

    Parameters
    ----------
    items : array of int
        One per event; events with a negative row are left out.
    types : sequence of str
    values : array of float
        Score or share in [0, 1], clipped; NaN where there is none.
    times : array of float
        Seconds. Events of the future count as of `now`.
    n_items : int
    now : float
        In the unit of `times`.

    References
    ----------
    .. [1] Settles, Meeder. A trainable spaced repetition model for language learning. ACL 2016.
       doi:10.18653/v1/P16-1174 (half-lives that grow with practice)
    .. [2] Pavlik, Cen, Koedinger. Performance factors analysis. AIED 2009 (successes and
       failures count apart)

    Examples
    --------
    >>> types, values = ["complete", "exercise"], [np.nan, 1.0]
    >>> known = estimate_mastery([0, 1], types, values, [0, 0], n_items=3, now=0)
    >>> known.level.tolist()
    [0.8, 0.8, 0.0]
    """
    rows, when = np.asarray(items, np.int64), np.asarray(times, np.float64)
    scores = np.asarray(values, np.float64)
    for name, found in (("items", rows), ("values", scores), ("times", when)):
        if found.shape != (len(types),):
            raise ShapeError(name, found.shape, f"({len(types)},), one per event")
    level = np.zeros(n_items)
    states: dict[int, _State] = {}
    for k in np.argsort(when, kind="stable").tolist():
        kind, row, value = types[k], int(rows[k]), float(scores[k])
        share = 1.0 if kind == "complete" else value
        if row < 0 or kind not in ("complete", "play", "exercise") or np.isnan(share):
            continue
        state = states.setdefault(row, _State())
        state.move(min(float(when[k]), now), model)
        state.learn(kind, min(max(share, 0.0), 1.0), model)
        state.events.append(k)
    for row, state in states.items():
        state.move(now, model)
        level[row] = state.level
    return Mastery(level, {row: tuple(state.events) for row, state in states.items()})


class _State:
    """One item of one learner, at a moment."""

    def __init__(self) -> None:
        self.level, self.successes, self.at = 0.0, 0.0, -np.inf
        self.events: list[int] = []

    def move(self, now: float, model: MasteryModel) -> None:
        """Forget: m · ½^(Δt / (h (1 + successes)))."""
        if self.level > 0:
            days = max(now - self.at, 0.0) / SECONDS_PER_DAY
            self.level *= 0.5 ** (days / (model.half_life_days * (1.0 + self.successes)))
        self.at = now

    def learn(self, kind: str, share: float, model: MasteryModel) -> None:
        """Both branches rise with `share`, so the one at the joint is not jumped over."""
        if kind == "exercise":
            rate = model.rise if share >= self.level else model.fall
            self.level += rate * (share - self.level)
        else:
            self.level = max(self.level, model.exposure * share)
        if kind != "play":  # many plays are one exposure
            self.successes += share


def surmised(graph: PrerequisiteGraph, known: Mastery) -> Mastery:
    """Mastery with what follows from it: who knows an item knows what it rests on.

    Along the best chain of prerequisites, m_before >= confidence · m_after (the surmise relation
    of knowledge spaces [1]_). Never lowers anything.

    References
    ----------
    .. [1] Doignon, Falmagne. Spaces for the assessment of knowledge. IJMMS 23, 1985.
       doi:10.1016/S0020-7373(85)80031-6

    Examples
    --------
    >>> from recommend.prerequisites import Edges, Source
    >>> graph = PrerequisiteGraph.build(2, [Edges.of([0], [1], 1.0, Source.MANUAL)])
    >>> surmised(graph, Mastery(np.array([0.0, 0.8]))).level.tolist()
    [0.8, 0.8]
    """
    level = known.level.copy()
    origin: dict[int, int] = {}
    todo = np.flatnonzero(level > 0).tolist()
    while todo:
        item = todo.pop()
        places = graph.into(item)
        found = graph.edges.confidence[places] * level[item]
        for before, value in zip(graph.edges.before[places].tolist(), found.tolist(), strict=True):
            if value > level[before]:
                level[before] = value
                origin[before] = origin.get(item, item)
                todo.append(before)
    return Mastery(level, known.evidence, origin)
