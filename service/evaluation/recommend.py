"""Measuring on files: the walk from items and interactions to one honest evaluation."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp import Analysis, Analyzer, Features, FeatureSpace, extract
from recommend import (
    MODELS,
    Content,
    Evaluation,
    EventTable,
    IdMap,
    SplitError,
    evaluate,
    event_weights,
    require_models,
)
from service.catalogue import Entry
from service.files import FileFormatError, Interaction, read_interactions, read_items
from service.packs import Trade, load_trade
from service.paths.curriculum import of_items
from service.paths.syllabus import Syllabus, syllabus
from service.pipeline import summarise
from service.schemas.items import ItemLine

SPLITS = ("random", "time", "cold-items")

#: a rating counts as liking from this share of the highest one: 4 of 5 stars
LIKED = 0.8

#: share of the progress that analysing the texts is
_ANALYSIS = 0.2


@dataclass(frozen=True, eq=False)
class Loaded:
    """Files as matrices: users × items, moments beside weights, and the items' features.

    `prerequisites` (n_items, n_items) has in each row what the item needs, by its attribute of
    that name and by its text.
    """

    r: csr_array
    times: NDArray[np.float64] | None
    features: Sequence[Features]
    prerequisites: csr_array
    counts: dict[str, Any]


def evaluate_recommend(
    items: Path,
    interactions: Path,
    *,
    split: str = "random",
    models: Sequence[str] = MODELS,
    seed: int = 0,
    n: int = 10,
    merge: str = "text_group",
    min_value: float | None = None,
    at_least: int = 0,
    shuffle_content: bool = False,
    trade: Trade | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Compare models on files in the formats of the README.

    Parameters
    ----------
    items, interactions : Path
        JSONL of items; CSV with the columns user, item and, if known, value, timestamp and type;
        or JSONL of events. Where types are known, interactions weigh what these events weigh.
    split, models, seed, n
        See :func:`recommend.evaluate`.
    merge : str
        Items with the same value (a number from 0, or a text) of this field are one item: the
        re-runs of a course, which would else leak from the held-out part into training.
        Empty: none are merged.
    min_value : float, optional
        Interactions of a lower value are dropped. By default all count if the values are
        all the same, and else (ratings) those of at least 0.8 of the highest value.
    at_least : int
        Trials of every model but the hybrid, see :func:`recommend.tune`.
    shuffle_content : bool
        Give each item the text of another, drawn by `seed`: whatever is still gained by
        content then is not gained by what texts say.
    trade : Trade, optional
        Whose analyser and weights of events count; the default pack's if left out.

    Returns
    -------
    dict
        The evaluation of the contract: data, split, seed, and a line for each model.
    """
    require_models(models)
    trade = trade or load_trade()
    loaded = load(items, interactions, merge, min_value, lambda s: progress(_ANALYSIS * s), trade)
    if split == "time" and loaded.times is None:
        raise SplitError(f"{interactions} has no timestamp in every line")

    features = loaded.features
    if shuffle_content:
        order = np.random.default_rng([seed, 5]).permutation(len(features))
        features = [features[i] for i in order]

    def content(training_items: NDArray[np.int64]) -> Content:
        """Features of all items in a space that has seen the items of training alone."""
        space = FeatureSpace.fit([features[i] for i in training_items])
        return Content(space.transform(features), space.blocks)

    found: Evaluation = evaluate(
        loaded.r,
        content,
        split,  # type: ignore[arg-type]
        models,
        seed=seed,
        n=n,
        at_least=at_least,
        times=loaded.times if split == "time" else None,
        prerequisites=loaded.prerequisites,
        progress=lambda done, total, _: progress(_ANALYSIS + (1 - _ANALYSIS) * done / total),
    )
    result = found.as_dict()
    result["data"] |= {
        **loaded.counts,
        "shuffled_content": shuffle_content,
        "pack": trade.pack.name,
    }
    return result


def load(
    items: Path,
    interactions: Path,
    merge: str,
    min_value: float | None,
    progress: Callable[[float], None] = lambda share: None,
    trade: Trade | None = None,
) -> Loaded:
    """Read both files; what cannot be used is counted, not silently dropped."""
    trade = trade or load_trade()
    catalogue = list(read_items(items))
    group = {item.id: _group(item, merge) for item in catalogue}
    first: dict[str, ItemLine] = {}
    for item in catalogue:
        first.setdefault(group[item.id], item)

    rows = _weighed(list(read_interactions(interactions)), trade.weights, interactions)
    least = _least(rows) if min_value is None else min_value
    known = [row for row in rows if row.item in group]
    kept = [row for row in known if _counts(row, least)]
    users = IdMap(dict.fromkeys(row.user for row in kept))
    ids = IdMap(first)
    r, times = _matrix(
        users.rows(row.user for row in kept),
        ids.rows(group[row.item] for row in kept),
        np.array([np.nan if row.time is None else row.time for row in kept]),
        np.array([1.0 if row.type is None or row.value is None else row.value for row in kept]),
        (len(users), len(ids)),
    )
    features, syllabi = [], {}
    for key, (item, analysis) in zip(
        first, _analysed(trade.analyzer, first.values(), len(first), progress), strict=True
    ):
        features.append(extract(analysis))
        syllabi[key] = _syllabus(item, analysis, group)
    prerequisites = of_items(syllabi).graph.matrix()
    counts = {
        "n_lines": len(rows),
        "n_unknown_items": len(rows) - len(known),
        "n_below_min_value": len(known) - len(kept),
        "min_value": least,
        "n_items_merged": len(catalogue) - len(first),
        "merge": merge if len(first) < len(catalogue) else None,
        "n_prerequisites": int(prerequisites.nnz),
    }
    moments = None if np.isnan(times).any() else times
    return Loaded(r, moments, features, prerequisites, counts)


def _group(item: ItemLine, field: str) -> str:
    value = item.attributes.get(field) if field else None
    if value is None or (isinstance(value, int | float) and value < 0):
        return f"id:{item.id}"
    return f"{field}:{value}"


def _weighed(rows: list[Interaction], table: EventTable, path: Path) -> list[Interaction]:
    """The rows with the weights of their events for values, if the file says what they are."""
    if all(row.type is None for row in rows):
        return rows
    for number, row in enumerate(rows, start=2):
        if row.type is None:
            raise FileFormatError(path, number, "type: found nothing, needs one in every line")
    weights = event_weights([str(r.type) for r in rows], [r.value for r in rows], table=table)
    return [replace(r, value=w) for r, w in zip(rows, weights.tolist(), strict=True)]


def _counts(row: Interaction, least: float | None) -> bool:
    """Whether somebody likes what they did there, or did something that weighs anything."""
    if row.type is not None:
        return (row.value or 0.0) > (least or 0.0)
    return least is None or row.value is None or row.value >= least


def _least(rows: Sequence[Interaction]) -> float | None:
    """Lowest value that means liking; ``None`` where all values are alike, or weights."""
    values = {row.value for row in rows if row.value is not None and row.type is None}
    return LIKED * max(values) if len(values) > 1 else None


def _matrix(
    users: NDArray[np.int64],
    items: NDArray[np.int64],
    times: NDArray[np.float64],
    weights: NDArray[np.float64],
    shape: tuple[int, int],
) -> tuple[csr_array, NDArray[np.float64]]:
    """One interaction for each pair, at its earliest moment, in the order of a CSR matrix.

    The greatest of the pair's weights is its weight.
    """
    order = np.lexsort((times, items, users))
    pairs = users[order] * shape[1] + items[order]
    first = np.ones(len(pairs), dtype=bool)
    first[1:] = pairs[1:] != pairs[:-1]
    chosen = order[first]
    greatest = np.maximum.reduceat(weights[order], np.flatnonzero(first)) if len(order) else weights
    r = csr_array((greatest, (users[chosen], items[chosen])), shape=shape)
    return r, times[chosen]


def _analysed(
    analyzer: Analyzer,
    items: Iterable[ItemLine],
    total: int,
    progress: Callable[[float], None],
) -> Iterator[tuple[ItemLine, Analysis]]:
    for done, item in enumerate(items):
        if done % 100 == 0:
            progress(done / total)
        yield item, analyzer.analyze(item.text, title=item.title)


def _syllabus(item: ItemLine, analysis: Analysis, group: Mapping[str, str]) -> Syllabus:
    """What an item asks for; the items that an editor names stand for their groups."""
    entry = Entry(item.title, item.kind, item.attributes, item.published_at)
    own = syllabus(entry, summarise(analysis), len(item.text))
    named = own.prerequisites
    return replace(own, prerequisites=named and tuple(group.get(i, i) for i in named))
