"""Who did what when, in the public logs."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommend import IdMap, count_pairs
from recommend.order import Pairs
from service.files import read_items
from service.schemas.items import ItemLine

FILES = {
    "mooccubex": ("mooccubex", "interactions_10k.csv", "seq"),
    "icourse163": ("icourse163_cs", "interactions.csv", "timestamp"),
}


@dataclass(frozen=True, eq=False)
class Study:
    """Who did what when; re-runs of a course are one item."""

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    times: NDArray[np.float64]
    n_users: int
    n_items: int
    texts: list[tuple[str, str]]

    def pairs(self, users: NDArray[np.bool_], times: NDArray[np.float64] | None = None) -> Pairs:
        when, kept = self.times if times is None else times, users[self.users]
        return count_pairs(self.users[kept], self.items[kept], when[kept], n_items=self.n_items)


def read(name: str) -> Study:
    folder, file, time = FILES[name]
    root = Path(os.environ["ZHIYING_DATA"]) / folder
    catalogue = list(read_items(root / "items.jsonl"))
    group = {item.id: _group(item) for item in catalogue}
    with (root / file).open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["item"] in group]
    users = IdMap(dict.fromkeys(row["user"] for row in rows))
    items = IdMap(dict.fromkeys(group[row["item"]] for row in rows))
    texts = {group[item.id]: (item.title, item.text) for item in reversed(catalogue)}
    return Study(
        users.rows(row["user"] for row in rows),
        items.rows(group[row["item"]] for row in rows),
        np.array([float(row[time]) for row in rows]),
        len(users),
        len(items),
        [texts[item] for item in items],
    )


def _group(item: ItemLine) -> str:
    number = item.attributes.get("text_group", -1)
    return f"group {number}" if isinstance(number, int) and number >= 0 else item.id
