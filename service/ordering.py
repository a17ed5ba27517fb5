"""The order of study, kept with a model: the log -> edges between its items -> arrays, and back."""

from typing import Any

from numpy.typing import NDArray

from recommend import Edges, EventTable, IdMap, Source, count_pairs, event_weights, order_edges
from service.store.events import Log


def order_arrays(log: Log, users: IdMap, ids: IdMap, table: EventTable) -> dict[str, NDArray[Any]]:
    """Edges between rows of `ids` by what learners did first: :func:`recommend.order_edges`."""
    did = event_weights(log.type, log.value, table=table) > 0
    rows = users.rows(log.user)[did], ids.rows(log.item)[did]
    edges = order_edges(count_pairs(*rows, log.time[did], n_items=len(ids)))
    return {"before": edges.before, "after": edges.after, "confidence": edges.confidence}


def order_from_arrays(arrays: dict[str, NDArray[Any]]) -> Edges:
    """Inverse of :func:`order_arrays`; a model that was stored without has no edges."""
    if not arrays:
        return Edges.of([], [], [], Source.ORDER)
    return Edges.of(arrays["before"], arrays["after"], arrays["confidence"], Source.ORDER)
