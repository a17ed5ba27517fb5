"""Why a list is shorter than asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service import messages
from service.catalogue import Catalogue
from service.filters import Filter
from service.messages import Language


@dataclass(frozen=True, slots=True)
class Shortage:
    """What became of the items that are not in a list.

    Attributes
    ----------
    found, total : int
        Items that fit, and items there are.
    hidden : mapping of reason to int
        Each item counts under the first reason of `messages.HIDDEN` that holds of it.
    fitted : bool
        Whether there was a model to ask.
    """

    found: int
    total: int
    hidden: Mapping[str, int] | None = None
    fitted: bool = True

    @classmethod
    def not_fitted(cls) -> "Shortage":
        """There is no model yet."""
        return cls(0, 0, fitted=False)

    def say(self, language: Language) -> str:
        """The sentence of an answer."""
        if not self.fitted:
            return messages.NOT_FITTED.say(language)
        said = messages.SHORT_LIST.say(language, found=self.found, total=self.total)
        why = [
            messages.HIDDEN[reason].say(language, n=n)
            for reason, n in (self.hidden or {}).items()
            if n
        ]
        comma, colon = (", ", ": ") if language == "en" else ("，", "：")
        return said + (colon + comma.join(why) if why else "")


def shortage(
    catalogue: Catalogue,
    masks: Mapping[str, NDArray[np.integer]],
    kinds: Sequence[str],
    attributes: Sequence[Filter],
    now: float,
    found: int,
) -> Shortage:
    """Count why items are not in a list that was found too short.

    Parameters
    ----------
    masks : mapping of reason to rows
        Rows that were hidden for a reason of this visitor's; negative ones are unknown ids.
    """
    alive = np.zeros(len(catalogue.ids), dtype=bool)
    alive[list(catalogue.entries)] = True
    marks = {
        "unpublished": catalogue.hidden(now=now, kinds=(), attributes=()),
        "filtered": catalogue.hidden(now=now, kinds=kinds, attributes=attributes),
    }
    for reason, rows in masks.items():
        marks[reason] = np.zeros(len(alive), dtype=bool)
        marks[reason][rows[rows >= 0]] = True
    left, hidden = alive.copy(), {}
    for reason in messages.HIDDEN:
        if reason in marks:
            hidden[reason] = int((left & marks[reason]).sum())
            left &= ~marks[reason]
    return Shortage(found, int(alive.sum()), hidden)
