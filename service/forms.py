"""Which form and length a film should have: by rule, or by what viewers watched to the end."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from service.messages import Remark
from service.messages import brief as said
from service.packs import FormRules

By = Literal["rule", "data"]

#: a form is judged by data from so many works and viewings on
LEAST_WORKS, LEAST_VIEWINGS = 3, 30
#: below so many viewings no mean share is shown, whatever the floor
LEAST_SHOWN = 5
#: works, watched by enough people to be told, whose lengths give advice
LEAST_LENGTHS = 5
#: viewings at the mean of all forms that are added to each form's own
PRIOR_VIEWINGS = 20.0
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Film:
    """A film of the catalogue as it was watched.

    Attributes
    ----------
    form : str
    minutes : float or None
    viewings : int
        People who played or completed it, rounded; 0 if too few to be told.
    watched : float
        Sum over them of the greatest share they played, 1 for a completion, rounded alike.
    """

    form: str
    minutes: float | None
    viewings: int
    watched: float

    @property
    def completion(self) -> float | None:
        """Mean share that was played; ``None`` of fewer people than may be shown."""
        return self.watched / self.viewings if self.viewings >= LEAST_SHOWN else None


@dataclass(frozen=True, slots=True)
class FormFigures:
    """What is known of one form.

    `completion` is the mean watched share, absent below `LEAST_SHOWN` viewings; `shrunk` draws it
    towards that of all forms by `PRIOR_VIEWINGS`; `low` and `high` hold it at 95 %, works drawn
    anew, absent below `LEAST_WORKS` works or `LEAST_VIEWINGS` viewings.
    """

    form: str
    in_rule: bool
    works: int
    viewings: int
    completion: float | None
    shrunk: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Topic:
    """Label that a rule is of, "" where unsure; its probability; where it comes from."""

    label: str
    probability: float | None
    by: Literal["attribute", "topics", "unsure"]


@dataclass(frozen=True, slots=True)
class FormAdvice:
    """The form to make, the others of the rule, and the figures behind them."""

    form: str
    others: tuple[str, ...]
    by: By
    why: Remark
    figures: tuple[FormFigures, ...]


@dataclass(frozen=True, slots=True)
class LengthAdvice:
    """How long, in minutes."""

    low: float
    high: float
    by: By
    why: Remark
    works: int


def advise_form(allowed: Sequence[str], works: Sequence[Film]) -> FormAdvice:
    """Choose among the forms that the rule allows.

    The rule's first form stays unless another of the rule is watched further beyond doubt:
    the lower end of its interval lies above the upper end of the first's, or above the mean of
    all forms where the first has too few viewings.

    Examples
    --------
    >>> advise_form(["微课", "动画"], []).by
    'rule'
    """
    base = _share(works)
    figures = {form: _figures(form, allowed, works, base) for form in _forms(allowed, works)}
    first = figures[allowed[0]]
    known = [figures[f] for f in allowed if figures[f].low is not None]
    bar = base if first.high is None else first.high
    best = max(known, key=lambda f: (f.low or 0.0, f.form), default=None)
    ordered = tuple(figures.values())
    if best is None or bar is None:
        seen = sum(figures[f].viewings for f in allowed)
        facts = {"seen": seen, "works": LEAST_WORKS, "viewings": LEAST_VIEWINGS}
        why = Remark(said.FORM_FEW_VIEWINGS, facts)
    elif best.form != first.form and best.low is not None and best.low > bar:
        facts = {name: getattr(best, name) for name in FormFigures.__slots__}
        words = said.FORM_BY_DATA_ALONE if first.high is None else said.FORM_BY_DATA
        why = Remark(words, facts | {"first": first.form, "bar": bar})
        return FormAdvice(best.form, _but(allowed, best.form), "data", why, ordered)
    else:
        known_first = first.high is not None
        unwatched = {"first": first.form, "bar": bar, "viewings": first.viewings}
        why = Remark(said.FORM_BY_RULE if known_first else said.FORM_UNWATCHED, unwatched)
    return FormAdvice(first.form, _but(allowed, first.form), "rule", why, ordered)


def advise_length(form: str, rules: FormRules, works: Sequence[Film]) -> LengthAdvice:
    """Advise a length: the middle half of the better watched works of a form, else the rule's."""
    timed = [w for w in works if w.form == form and w.minutes is not None and w.viewings]
    if len(timed) < LEAST_LENGTHS:
        low, high = rules.minutes[form]
        facts = {"form": form, "n": len(timed), "needed": LEAST_LENGTHS}
        why = Remark(said.LENGTH_BY_RULE, facts)
        return LengthAdvice(low, high, "rule", why, len(timed))
    base = _share(works) or 0.0
    shrunk = [_shrunk(w.watched, w.viewings, base) for w in timed]
    middle = float(np.median(shrunk))
    better = [w.minutes for w, share in zip(timed, shrunk, strict=True) if share >= middle]
    low, high = np.quantile(np.array(better, dtype=np.float64), (0.25, 0.75)).tolist()
    why = Remark(said.LENGTH_BY_DATA, {"form": form, "n": len(timed), "better": len(better)})
    return LengthAdvice(round(low, 1), round(high, 1), "data", why, len(timed))


def _forms(allowed: Sequence[str], works: Sequence[Film]) -> list[str]:
    return [*allowed, *sorted({w.form for w in works} - set(allowed))]


def _but(allowed: Sequence[str], form: str) -> tuple[str, ...]:
    return tuple(f for f in allowed if f != form)


def _share(works: Sequence[Film]) -> float | None:
    viewings = sum(w.viewings for w in works)
    return sum(w.watched for w in works) / viewings if viewings >= LEAST_SHOWN else None


def _shrunk(watched: float, viewings: int, base: float) -> float:
    return (watched + PRIOR_VIEWINGS * base) / (viewings + PRIOR_VIEWINGS)


def _figures(
    form: str, allowed: Sequence[str], works: Sequence[Film], base: float | None
) -> FormFigures:
    mine = [w for w in works if w.form == form and w.viewings]
    n, viewings = len(mine), sum(w.viewings for w in mine)
    if viewings < LEAST_SHOWN or base is None:
        return FormFigures(form, form in allowed, n, viewings, None, base, None, None)
    watched = sum(w.watched for w in mine)
    mean, shrunk = watched / viewings, _shrunk(watched, viewings, base)
    low = high = None
    if n >= LEAST_WORKS and viewings >= LEAST_VIEWINGS:
        # variance of a ratio of sums over works: viewings of one work are not independent
        spread = sum((w.watched - mean * w.viewings) ** 2 for w in mine) * n / (n - 1)
        half = _Z * math.sqrt(spread) / (viewings + PRIOR_VIEWINGS)
        low, high = max(0.0, shrunk - half), min(1.0, shrunk + half)
    return FormFigures(form, form in allowed, n, viewings, mean, shrunk, low, high)


def topic_of(
    rules: FormRules, attributes: Mapping[str, object], topics: Sequence[tuple[str, float]]
) -> Topic:
    """The topic whose rule holds: of the item's attribute, else of its surest label.

    Examples
    --------
    >>> from service.packs import read_pack
    >>> rules = read_pack("default").forms
    >>> topic_of(rules, {"domain": "教育"}, []).by, topic_of(rules, {}, [("健康生活/睡眠", 0.9)])
    ('attribute', Topic(label='健康生活', probability=0.9, by='topics'))
    """
    named = attributes.get(rules.attribute)
    if isinstance(named, str) and (label := _ruled(rules, named)):
        return Topic(label, None, "attribute")
    for name, probability in topics:
        if label := _ruled(rules, name):
            return Topic(label, probability, "topics")
    return Topic("", None, "unsure")


def _ruled(rules: FormRules, label: str) -> str:
    """The longest beginning of a label's path that has a rule, or ""."""
    parts = label.split("/")
    beginnings = ("/".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    return next((b for b in beginnings if b in rules.rules), "")
