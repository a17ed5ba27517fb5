"""受众: who should see an item, how much better than chance that is, and who they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommend.audience import (
    Lift,
    affinities,
    audience_size,
    influences,
    lift,
    ranked,
    takers_reached,
)
from service import messages
from service.catalogue import Catalogue
from service.insight.crowd import Crowd, crowd_of, facts_by_row
from service.insight.disclosure import Disclosure
from service.insight.facts import Facts
from service.insight.groups import Segment, by_attribute, by_profile, denser
from service.insight.weighing import Weighing
from service.messages import Remark
from service.store import Store

#: shares of all users at which the lift is told
REACHES = (0.01, 0.05, 0.1, 0.2, 0.5)

Measured = Literal["held_out", "in_sample"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A user who should see the item; `score` has no unit, and no other item's scale."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Reach:
    """Lift of the best `share` of users."""

    share: float
    lift: Lift


@dataclass(frozen=True, slots=True)
class Audience:
    """Who should see an item; numbers of people are rounded by `service.insight.disclosure`.

    Attributes
    ----------
    n_users, n_takers : int
        Users with an event, and those among them who took the item, ``None`` if too few.
    size : int or None
        People of the audience: the best of those who neither took the item nor turned it
        down, `share` of all in number. ``None`` if too few.
    measured : {"held_out", "in_sample"} or None
        How the lift was measured: on people who took the item after the model was fitted,
        or, with too few of those to be shown, on all takers, their taking it left out of
        their rows, but not out of the model. ``None`` with too few takers of either kind.
    segments_reason, short_reason : Remark or None
        Why there is no segment, and why there is no audience or no lift.
    """

    model: str | None
    floor: int
    share: float
    n_users: int
    n_takers: int | None = None
    size: int | None = None
    reaches: tuple[Reach, ...] = ()
    measured: Measured | None = None
    segments: tuple[Segment, ...] = ()
    segments_reason: Remark | None = None
    users: tuple[Candidate, ...] = ()
    short_reason: Remark | None = None


#: share of the users that are an audience, if nothing else is asked
SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an audience."""

    n: int
    share: float
    zone: tzinfo


def audience(
    item: str,
    asked: Asked,
    store: Store,
    catalogue: Catalogue,
    facts: Facts,
    *,
    weighing: Weighing,
    disclosure: Disclosure,
    max_age_s: float = 0.0,
) -> Audience:
    """The audience of an item that is in the catalogue.

    Costs one reading of the log, unless one of `max_age_s` seconds will do, and a product of all
    rows with one vector.
    """
    row = catalogue.ids.row(item)
    log = store.readings.everything(catalogue.ids, max_age_s=max_age_s)
    n_users = disclosure.told(len(log.users))
    out = Audience(catalogue.version, disclosure.floor, asked.share, n_users)
    if catalogue.model is None or catalogue.fitted is None or row is None:
        return _short(out, Remark(messages.NOT_FITTED))
    crowd = crowd_of(log, len(catalogue.ids), asked.zone, weighing)
    influence = influences(catalogue.model, row)
    influence[row] = 0.0  # whoever took it is ranked as if they had not
    scores = affinities(crowd.weights, influence)
    takers = _column(crowd, row)
    told = disclosure.shown(int(takers.sum()))
    size = audience_size(len(scores), asked.share)
    away = takers | crowd.rejected[:, [row]].toarray().ravel()
    order = ranked(scores)
    best = order[(scores[order] > 0) & ~away[order]][:size].tolist()
    shown = disclosure.shown(len(best))
    if shown is None:
        return _short(out, Remark(messages.BELOW_FLOOR, {"floor": disclosure.floor}))

    measured: Measured | None = None
    reaches: tuple[Reach, ...] = ()
    fitted_at = catalogue.fitted.created_at
    if disclosure.shown(int(((log.item == row) & (log.time >= fitted_at)).sum())):
        before = crowd_of(log, len(catalogue.ids), asked.zone, weighing, until=fitted_at)
        late = takers & ~_column(before, row)
        if disclosure.shown(int(late.sum())):
            pool = ~(takers & ~late)
            then = affinities(before.weights, influence)
            measured, reaches = "held_out", _reaches(then[pool], late[pool], disclosure)
    if measured is None and told is not None:
        measured, reaches = "in_sample", _reaches(scores, takers, disclosure)

    groups = _groups(best, crowd, catalogue, facts, store, disclosure)
    segments = denser(groups)
    alone = Remark(messages.NO_DENSER if groups else messages.NO_SEGMENT, {"floor": out.floor})
    return Audience(
        *(out.model, out.floor, out.share, out.n_users, told, shown, reaches, measured),
        segments=tuple(segments),
        segments_reason=None if segments else alone,
        users=tuple(Candidate(crowd.users[u], float(scores[u])) for u in best[: asked.n]),
        short_reason=None if measured else Remark(messages.FEW_TAKERS),
    )


def _reaches(
    scores: NDArray[np.float64], takers: NDArray[np.bool_], disclosure: Disclosure
) -> tuple[Reach, ...]:
    whole = disclosure.told(int(takers.sum()))
    found = []
    for share in REACHES:
        size = audience_size(len(scores), share)
        if disclosure.shown(size):
            reached = disclosure.told(takers_reached(scores, takers, share))
            found.append(
                Reach(share, lift(reached, whole, size / len(scores), noise=disclosure.noise))
            )
    return tuple(found)


def _groups(
    best: Sequence[int],
    crowd: Crowd,
    catalogue: Catalogue,
    facts: Facts,
    store: Store,
    disclosure: Disclosure,
) -> list[Segment]:
    """Every group of the audience that has enough people."""
    labels = crowd.labels(facts_by_row(catalogue.ids, facts))
    chosen = [crowd.users[u] for u in best]
    everybody = dict(store.readings.attributes(set(crowd.users)))
    inside = {user: everybody[user] for user in chosen if user in everybody}
    sizes = len(best), len(crowd.users)
    return [
        *by_profile([labels[u] for u in best], labels, *sizes, disclosure),
        *by_attribute(inside, everybody, *sizes, disclosure),
    ]


def _column(crowd: Crowd, row: int) -> NDArray[np.bool_]:
    return crowd.weights[:, [row]].toarray().ravel() > 0


def _short(out: Audience, reason: Remark) -> Audience:
    return replace(out, segments_reason=reason, short_reason=reason)
