"""Traits of items that circumstances may favour: kind, length, and the topic at its top."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from nlp import FeatureSpace
from service.insight.facts import length_name, number

#: taxonomies by how much they say, the first that an item has
_TAXONOMIES = ("domain", "subject")


def main_topics(content: csr_array, space: FeatureSpace) -> list[str | None]:
    """The strongest topic of each row, without its leaves; ``None`` where the text is unsure."""
    block = space.blocks["topic"]
    names = [column.partition(":")[2] for column in space.columns[block]]
    values = csr_array(content[:, block])
    found: list[str | None] = [None] * values.shape[0]
    for taxonomy in reversed(_TAXONOMIES):
        tops = [n.startswith(f"{taxonomy}:") and "/" not in n for n in names]
        part = csr_array(values[:, np.flatnonzero(tops)])
        labels = [n.partition(":")[2] for n, top in zip(names, tops, strict=True) if top]
        for row in np.flatnonzero(np.diff(part.indptr)).tolist():
            cells = slice(part.indptr[row], part.indptr[row + 1])
            found[row] = labels[part.indices[cells][np.argmax(part.data[cells])]]
    return found


def traits(kind: str, attributes: Mapping[str, Any], topic: str | None) -> tuple[str, ...]:
    """Names of the traits of an item; its attribute `domain` wins over the topic of its text.

    Examples
    --------
    >>> traits("film", {"minutes": 24, "domain": "教育"}, "文化娱乐")
    ('kind:film', 'length:短', 'topic:教育')
    """
    names = [f"kind:{kind}"]
    minutes = number(attributes.get("minutes"), 0.0, 1e6)
    if minutes is not None:
        names.append(f"length:{length_name(minutes)}")
    domain = attributes.get("domain")
    topic = domain if isinstance(domain, str) and domain else topic
    return (*names, f"topic:{topic}") if topic is not None else tuple(names)


def trait_matrix(items: Iterable[Sequence[str]], names: Sequence[str]) -> csr_array:
    """1 where the item has the trait, (n_items, n_names); other traits are left out."""
    column = {name: place for place, name in enumerate(names)}
    indices: list[int] = []
    indptr = [0]
    for found in items:
        indices.extend(sorted(column[name] for name in found if name in column))
        indptr.append(len(indices))
    shape = (len(indptr) - 1, len(names))
    return csr_array((np.ones(len(indices)), indices, indptr), shape=shape)
