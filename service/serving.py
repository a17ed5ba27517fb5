"""Lists from the model in service, events read at the moment of asking."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import EVENT_WEIGHTS, EventTable, Ranking, TopN, rank, top_n
from service.ahead import list_made_ahead
from service.catalogue import Catalogue
from service.errors import UnknownError
from service.fitting import SHANGHAI
from service.insight.takings import history_of
from service.kept import Kept
from service.live import Live
from service.reasons import reasons
from service.scoring import Addend, Scored, Source, Visitor, row_of, scored
from service.seen import masks_of
from service.shortage import Shortage, shortage
from service.store.events import Log
from service.terms import LEARNED
from service.wishes import Pick, Picks, Wish

#: popularity that is counted in this time is counted in each request that needs it
COUNTED_AT_ONCE_S = 0.5

#: newest events that tell in which circumstances a person takes things anyway
HISTORY = 1_000


@dataclass
class Serving(Live):
    """Answers from the model in service; one object a worker, safe under threads."""

    half_life_days: float | None = None
    weights: EventTable = EVENT_WEIGHTS
    clock: Callable[[], float] = time.time
    addends: Sequence[Addend] = LEARNED
    zone: tzinfo = SHANGHAI
    _popular: Kept[dict[str, int]] = field(
        default_factory=lambda: Kept(COUNTED_AT_ONCE_S), repr=False
    )

    def for_user(self, user: str, wish: Wish) -> Picks:
        """What is next for this person; an unknown one gets what is popular.

        A list that was made ahead and still holds is taken, if nothing else than the model and
        filters has a say. Attributes of the user are read if the model knows any that matter.
        """
        known, now = self.store.lists.known(user), self.clock()
        catalogue = self.catalogue_at(known.change, known.model)
        attributes: Mapping[str, Any] = {}
        segments = None if catalogue.fitted is None else catalogue.fitted.segments
        if segments:
            stored = self.store.users.get(user)
            attributes = {} if stored is None else stored.attributes

        has_say = self._adds_to(catalogue, attributes)
        made = list_made_ahead(
            *(catalogue, None if has_say else known.made, wish),
            lambda: self._of_added(catalogue, user, now),
            now=now,
            half_life_days=self.half_life_days,
        )
        if made is not None:
            return Picks(catalogue.version, _picked(catalogue, made))
        visitor = Visitor(
            self.store.events.of_user(user),
            now,
            attributes,
            wish.situation,
            lambda: history_of(self.store.readings.of_user(user, HISTORY), self.zone, self.weights),
        )
        return self._recommend(catalogue, visitor, wish)

    def for_session(self, events: Log, attributes: Mapping[str, Any], wish: Wish) -> Picks:
        """The same for somebody without a name. Raises `UnknownError` for unknown items."""
        catalogue = self.catalogue()
        for position, item in enumerate(events.item):
            if catalogue.ids.row(item) not in catalogue.entries:
                raise UnknownError("item", item, pointer=f"/events/{position}/item")
        visitor = Visitor(events, self.clock(), attributes, wish.situation)
        return self._recommend(catalogue, visitor, wish)

    def similar(self, item: str, n: int, by: Literal["hybrid", "content"]) -> Picks:
        """Neighbours of an item: by factors (texts and behaviour) or by texts alone."""
        catalogue = self.catalogue()
        row = catalogue.ids.row(item)
        if row is None or row not in catalogue.entries:
            raise UnknownError("item", item)
        if catalogue.model is None or catalogue.content is None:
            return Picks(None, (), Shortage.not_fitted())
        hidden = catalogue.hidden(now=self.clock(), kinds=(), attributes=())
        hidden[row] = True
        if by == "hybrid":
            rows, found = catalogue.model.similar(row, len(catalogue.ids))
            shown = ~hidden[rows]
            rows, found = rows[shown][:n], found[shown][:n]
        else:
            cosines = (catalogue.content @ catalogue.content[[row]].T).toarray().ravel()
            rows, found = top_n(cosines, n, exclude=hidden)
        source: Source = "hybrid" if by == "hybrid" else "content"
        picks = tuple(
            Pick(catalogue.ids.ids[r], catalogue.entries[r].title, s, source)
            for r, s in zip(rows.tolist(), found.tolist(), strict=True)
        )
        short = None if len(picks) == n else Shortage(len(picks), len(catalogue.entries))
        return Picks(catalogue.version, picks, short)

    def vector(self, item: str) -> tuple[str | None, dict[str, dict[str, float]]]:
        """Version of the feature space, and the item's named values by block."""
        catalogue = self.catalogue()
        row = catalogue.ids.row(item)
        if row is None or row not in catalogue.entries:
            raise UnknownError("item", item)
        if catalogue.fitted is None or catalogue.content is None:
            return None, {}
        space, values = catalogue.fitted.space, catalogue.content[[row]]
        blocks: dict[str, dict[str, float]] = {name: {} for name in space.blocks}
        for column, value in zip(values.indices.tolist(), values.data.tolist(), strict=True):
            block, _, name = space.columns[column].partition(":")
            blocks[block][name] = value
        return space.version, blocks

    def taste(self, catalogue: Catalogue, log: Log) -> NDArray[np.float64]:
        """Scores of all rows of a catalogue for the person of these events."""
        visitor = Visitor(log, self.clock())
        return self._scored(catalogue, visitor, self._row(catalogue, visitor)).total

    def _of_added(self, catalogue: Catalogue, user: str, now: float) -> NDArray[np.float64]:
        """Scores of the items posted since the fit."""
        row = self._row(catalogue, Visitor(self.store.events.of_user(user), now))
        model = catalogue.model
        return np.zeros(0) if model is None else model.score(row, start=model.n_fitted)[0]

    def _row(self, catalogue: Catalogue, visitor: Visitor) -> csr_array:
        return row_of(catalogue, visitor, table=self.weights, half_life_days=self.half_life_days)

    def _adds_to(self, catalogue: Catalogue, attributes: Mapping[str, Any]) -> bool:
        """Whether something else than the model has a say, whatever the circumstances."""
        segments = None if catalogue.fitted is None else catalogue.fitted.segments
        return tuple(self.addends) != LEARNED or bool(segments and segments.knows(attributes))

    def _screened(
        self,
        catalogue: Catalogue,
        visitor: Visitor,
        row: csr_array,
        hidden: NDArray[np.bool_],
        wish: Wish,
    ) -> TopN | None:
        """The best items without the scores of all; ``None`` where those are needed."""
        fitted, model = catalogue.fitted, catalogue.model
        if fitted is None or model is None or fitted.screen is None:
            return None
        if wish.diversity or wish.explore or wish.situation is not None:
            return None
        if self._adds_to(catalogue, visitor.attributes):
            return None
        return fitted.screen.top_n(model, row, wish.n, exclude=hidden)

    def _scored(self, catalogue: Catalogue, visitor: Visitor, row: csr_array) -> Scored:
        return scored(
            catalogue,
            visitor,
            row,
            counts=lambda: self._popular.get(
                lambda: dict(self.store.events.popular(len(catalogue.ids)))
            ),
            addends=self.addends,
        )

    def _recommend(self, catalogue: Catalogue, visitor: Visitor, wish: Wish) -> Picks:
        log = visitor.log
        row = self._row(catalogue, visitor)
        mine = (np.zeros(len(log), dtype=np.int64), catalogue.ids.rows(log.item))
        never = masks_of(log, *mine, shape=row.shape, table=self.weights)
        masks: dict[str, NDArray[np.integer]] = {"rejected": never["rejected"].indices}
        if wish.exclude_seen:
            masks["seen"] = never["seen"].indices
        masks["excluded"] = catalogue.ids.rows(wish.exclude)
        if wish.situation is not None:
            masks["unplayable"] = np.flatnonzero(catalogue.playing.impossible(wish.situation))
        hidden = catalogue.hidden(now=visitor.now, kinds=wish.kinds, attributes=wish.attributes)
        for mask in masks.values():
            hidden[mask[mask >= 0]] = True

        seed = wish.seed
        if wish.explore > 0 and seed is None:
            seed = secrets.randbits(32)
        best = self._screened(catalogue, visitor, row, hidden, wish)
        if best is not None:
            found, ranking = Scored(row, np.zeros(0), True), Ranking.of(best)
        else:
            found = self._scored(catalogue, visitor, row)
            ranking = rank(
                found.total,
                wish.policy,
                exclude=hidden,
                content=catalogue.content if wish.diversity > 0 else None,
                support=_support(catalogue, found.base) if wish.explore > 0 else None,
                rng=np.random.default_rng(seed) if wish.explore > 0 else None,
            )
        picks = tuple(
            Pick(
                catalogue.ids.ids[row],
                catalogue.entries[row].title,
                score,
                found.source(catalogue, row),
                reasons(catalogue, found, row) if wish.explain else (),
                propensity,
                explored,
            )
            for row, score, propensity, explored in zip(
                ranking.items.tolist(),
                ranking.scores.tolist(),
                ranking.propensities.tolist(),
                ranking.explored.tolist(),
                strict=True,
            )
        )
        short = None
        if len(picks) < wish.n:
            short = shortage(catalogue, masks, wish.kinds, wish.attributes, visitor.now, len(picks))
        unknown = None
        if wish.situation is not None and wish.situation.minutes is not None:
            is_unknown = np.isnan(catalogue.playing.minutes[ranking.items])
            unknown = tuple(p.id for p, u in zip(picks, is_unknown, strict=True) if u)
        drawn = seed if wish.explore > 0 else None
        return Picks(catalogue.version, picks, short, drawn, unknown, log)


def session_log(items: Sequence[str], types: Sequence[str], values: Sequence[float | None]) -> Log:
    """Events of a session that have no user and happened now, in this order."""
    return Log(
        user=[""] * len(items),
        item=list(items),
        type=list(types),
        value=np.array([np.nan if v is None else v for v in values], dtype=np.float64),
        time=np.full(len(items), time.time()),
    )


def _picked(catalogue: Catalogue, best: TopN) -> tuple[Pick, ...]:
    """Items of a personal list without reasons."""
    ids, entries = catalogue.ids.ids, catalogue.entries
    columns = (best.items, best.scores, catalogue.warm[best.items])
    return tuple(
        Pick(ids[row], entries[row].title, score, "hybrid" if is_warm else "content")
        for row, score, is_warm in zip(*(c.tolist() for c in columns), strict=True)
    )


def _support(catalogue: Catalogue, counts: NDArray[np.floating]) -> NDArray[np.int64]:
    """Number of users of each item: at the fit, or so far if there was none."""
    if catalogue.model is None:
        return counts.astype(np.int64)
    support = np.zeros(len(catalogue.ids), dtype=np.int64)
    support[: catalogue.model.n_fitted] = catalogue.model.support
    return support
