"""The model in service: always the newest catalogue, events read at the moment of asking."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import interaction_matrix, rejection_mask, top_n
from recommend.terms import Termed, with_terms
from service import catalogue as catalogues
from service.catalogue import Catalogue
from service.errors import ModelFileError, UnknownError
from service.fitting import SHANGHAI
from service.insight.takings import history_of
from service.models import ModelDirectory
from service.playing import Situation
from service.store import Store
from service.store.events import Log
from service.terms import Term, term_effects

logger = logging.getLogger(__name__)

Source = Literal["hybrid", "content", "popularity"]

#: events that only say that something was on a screen
UNSEEN = frozenset({"impression", "search"})

#: how long the request that finds another model active waits for it
SWAP_WAIT_S = 1.0

#: a damaged model is looked at again after this time
RETRY_S = 5.0

#: newest events that tell in which circumstances a person takes things anyway
HISTORY = 1_000

#: items of the history that are named as reasons; the rest are summed up in one
NAMED_REASONS = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list must be like; see the query of ``GET …/recommendations``."""

    n: int = 10
    kinds: Sequence[str] = ()
    attributes: Sequence[tuple[str, str]] = ()
    exclude: Sequence[str] = ()
    exclude_seen: bool = True
    explain: bool = False
    situation: Situation | None = None


@dataclass(frozen=True, slots=True)
class Because:
    """One addend of a score; `item` is ``None`` for a sum over several, or popularity."""

    kind: Literal["history", "other_history", "popularity", "context", "quality"]
    contribution: float
    item: str | None = None
    title: str | None = None
    behaviour: float | None = None
    content: float | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """An item of a list."""

    id: str
    title: str
    score: float
    source: Source
    reasons: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Picks:
    """A ranked list, the model that made it, and why it is shorter than asked for."""

    model: str | None
    items: tuple[Pick, ...]
    short_reason: str | None = None


@dataclass
class Serving:
    """Answers from the model in service; one object a worker, safe under threads.

    Each answer starts by asking the store which change and which model are the newest: that
    is how a worker learns of items posted and models fitted elsewhere.
    """

    store: Store
    models: ModelDirectory
    half_life_days: float | None = None
    quality_weight: float = 0.0
    zone: tzinfo = SHANGHAI
    clock: Callable[[], float] = time.time
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _catalogue: Catalogue | None = None
    _refused: tuple[str | None, float] = (None, 0.0)
    _loading: threading.Thread | None = None

    @property
    def version(self) -> str | None:
        """Version of the model that this worker serves."""
        return None if self._catalogue is None else self._catalogue.version

    def catalogue(self) -> Catalogue:
        """The newest catalogue.

        Another model is loaded beside the one in service, which answers until the other is
        ready; the request that finds it waits `SWAP_WAIT_S` for it, and nobody else. A model
        whose files are damaged is refused: the one in service stays, or at the start the
        newest that can be read serves instead. It is looked at again now and then, as
        somebody may repair it.
        """
        return self.catalogue_at(*self.store.now())

    def catalogue_at(self, change: int, version: str | None) -> Catalogue:
        """The newest catalogue, to somebody who has just asked the store what is newest."""
        known = self._catalogue
        if known is not None and self._is_wanted(version, known):
            if (loading := self._swap(version)) is not None:
                loading.join(SWAP_WAIT_S)
            known = self._catalogue
        if known is None:
            with self._lock:
                if self._catalogue is None:  # another thread may have been faster
                    self._catalogue = self._loaded(version, None)
                known = self._catalogue
        if known.change < change:
            with self._lock:
                known = self._catalogue or known
                if known.change < change:
                    known = catalogues.refreshed(known, self.store)
                    self._catalogue = known
        return known

    def _is_wanted(self, version: str | None, known: Catalogue) -> bool:
        """Whether the active model is not the one in service, and no damaged one."""
        if version == known.version:
            return False
        refused, again_at = self._refused
        return version != refused or time.monotonic() >= again_at

    def _swap(self, version: str | None) -> threading.Thread | None:
        """Begin to load a model, unless some thread does already."""
        with self._lock:
            if self._loading is not None and self._loading.is_alive():
                return None
            self._loading = threading.Thread(target=self._prepare, args=(version,), daemon=True)
            self._loading.start()
            return self._loading

    def _prepare(self, version: str | None) -> None:
        before = self._catalogue
        loaded = self._loaded(version, before)
        if loaded is before:
            return
        loaded = catalogues.refreshed(loaded, self.store)
        _warm(loaded)
        with self._lock:
            self._catalogue = loaded

    def _loaded(self, version: str | None, known: Catalogue | None) -> Catalogue:
        if version is None:
            return catalogues.empty(None)
        try:
            return catalogues.empty(catalogues.load(self.models, version))
        except ModelFileError:
            logger.exception("model refused", extra={"model": version})
            self._refused = version, time.monotonic() + RETRY_S
        if known is not None:
            return known
        for other in self.models.versions():
            try:
                return catalogues.empty(catalogues.load(self.models, other))
            except ModelFileError:
                logger.exception("model refused", extra={"model": other})
        return catalogues.empty(None)

    def for_user(self, user: str, wish: Wish) -> Picks:
        """What is next for this person; an unknown one gets what is popular."""
        return self._recommend(self.store.events.of_user(user), wish, user)

    def for_session(self, events: Log, wish: Wish) -> Picks:
        """The same for somebody without a name. Raises `UnknownError` for unknown items."""
        catalogue = self.catalogue()
        for position, item in enumerate(events.item):
            if catalogue.ids.row(item) not in catalogue.entries:
                raise UnknownError("item", item, pointer=f"/events/{position}/item")
        return self._recommend(events, wish)

    def similar(self, item: str, n: int, by: Literal["hybrid", "content"]) -> Picks:
        """Neighbours of an item: by factors (texts and behaviour) or by texts alone."""
        catalogue = self.catalogue()
        row = catalogue.ids.row(item)
        if row is None or row not in catalogue.entries:
            raise UnknownError("item", item)
        if catalogue.model is None or catalogue.content is None:
            return Picks(None, (), "no model has been fitted yet: post a refit job")
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
        return Picks(catalogue.version, picks, _short(n, len(picks)))

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

    def _recommend(self, log: Log, wish: Wish, user: str | None = None) -> Picks:
        catalogue = self.catalogue()
        now = self.clock()
        items, shape = catalogue.ids.rows(log.item), (1, len(catalogue.ids))
        users = np.zeros(len(log), dtype=np.int64)
        events = (users, items, log.type, log.value, log.time)
        row = interaction_matrix(*events, shape=shape, now=now, half_life_days=self.half_life_days)

        hidden = catalogue.hidden(now=now, kinds=wish.kinds, attributes=wish.attributes)
        hidden[rejection_mask(*events, shape=shape).indices] = True
        if wish.exclude_seen:
            seen = [t not in UNSEEN for t in log.type]
            hidden[items[(items >= 0) & np.array(seen, dtype=bool)]] = True
        if wish.situation is not None:
            hidden |= catalogue.playing.impossible(wish.situation)
        excluded = catalogue.ids.rows(wish.exclude)
        hidden[excluded[excluded >= 0]] = True

        scores, personal = self._scores(catalogue, row)
        effects = term_effects(
            catalogue, wish.situation, lambda: self._history(user), self.quality_weight
        )
        termed = with_terms(scores, effects) if effects else Termed(scores, {})
        rows, found = top_n(termed.scores, wish.n, exclude=hidden)
        picks = tuple(
            Pick(
                catalogue.ids.ids[r],
                catalogue.entries[r].title,
                s,
                _source(catalogue, r, personal),
                (
                    *self._reasons(catalogue, row, r, float(scores[r]), personal),
                    *_added(termed, r),
                )
                if wish.explain
                else (),
            )
            for r, s in zip(rows.tolist(), found.tolist(), strict=True)
        )
        return Picks(catalogue.version, picks, _short(wish.n, len(picks)))

    def _history(self, user: str | None) -> list[tuple[str, ...]]:
        """Contexts in which a person took things; those of a session are not known."""
        if user is None:
            return []
        return history_of(self.store.readings.of_user(user, HISTORY), self.zone)

    def _scores(self, catalogue: Catalogue, row: csr_array) -> tuple[NDArray[np.float64], bool]:
        """Scores of all items, and whether they are about this person."""
        if catalogue.model is None:
            scores = np.zeros(len(catalogue.ids))
            for item, users in self.store.events.popular(len(catalogue.ids)):
                if (known := catalogue.ids.row(item)) is not None:
                    scores[known] = users
            return scores, False
        return catalogue.model.score(row)[0], not catalogue.model.is_fallback(row)[0]

    def _reasons(
        self, catalogue: Catalogue, row: csr_array, item: int, score: float, personal: bool
    ) -> tuple[Because, ...]:
        if not personal or catalogue.model is None:
            return (Because("popularity", score),)
        parts = catalogue.model.explain(row, item)
        order = np.argsort(-np.abs(parts.contributions), kind="stable")
        named, rest = order[:NAMED_REASONS], order[NAMED_REASONS:]
        reasons = [
            Because(
                "history",
                float(parts.contributions[i]),
                item=catalogue.ids.ids[parts.history[i]],
                title=_title(catalogue, int(parts.history[i])),
                behaviour=float(parts.behaviour[i]),
                content=float(parts.content[i]),
            )
            for i in named
        ]
        if len(rest):
            reasons.append(
                Because(
                    "other_history",
                    float(parts.contributions[rest].sum()),
                    behaviour=float(parts.behaviour[rest].sum()),
                    content=float(parts.content[rest].sum()),
                )
            )
        return tuple(reasons)


def parse_attributes(written: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """``name:value`` filters of a query.

    Examples
    --------
    >>> parse_attributes(["level:1", "teacher:林晓舟"])
    (('level', '1'), ('teacher', '林晓舟'))
    """
    return tuple((name, value) for name, _, value in (text.partition(":") for text in written))


def session_log(items: Sequence[str], types: Sequence[str], values: Sequence[float | None]) -> Log:
    """Events of a session that have no user and happened now, in this order."""
    return Log(
        user=[""] * len(items),
        item=list(items),
        type=list(types),
        value=np.array([np.nan if v is None else v for v in values], dtype=np.float64),
        time=np.full(len(items), time.time()),
    )


def _added(termed: Termed[Term], row: int) -> tuple[Because, ...]:
    """What terms added to the score of an item."""
    parts = ((name, float(added[row])) for name, added in termed.added.items())
    return tuple(Because(name, part) for name, part in parts if part)


def _warm(catalogue: Catalogue) -> None:
    """Compute what the first request would else wait for."""
    catalogue.hidden(now=0.0, kinds=(), attributes=())
    if catalogue.model is not None and len(catalogue.ids):
        catalogue.model.score(csr_array((1, len(catalogue.ids))))


def _source(catalogue: Catalogue, row: int, personal: bool) -> Source:
    if not personal or catalogue.model is None:
        return "popularity"
    warm = row < catalogue.model.n_fitted and bool(catalogue.model.warm[row])
    return "hybrid" if warm else "content"


def _title(catalogue: Catalogue, row: int) -> str:
    entry = catalogue.entries.get(row)
    return "" if entry is None else entry.title


def _short(wanted: int, found: int) -> str | None:
    if found >= wanted:
        return None
    return f"only {found} items fit: the others are excluded, seen, filtered or not published"
