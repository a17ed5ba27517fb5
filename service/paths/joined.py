"""Many short texts, searched at once."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

_BETWEEN = "\n"


class Joined:
    """Texts that are searched at once for words that stand in them.

    Examples
    --------
    >>> list(Joined(["急救与常见病", "历史", "艺术史"]).holding("史"))
    ['历史', '艺术史']
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(sorted(text for text in texts if _BETWEEN not in text))
        self._joined = _BETWEEN.join(self._texts)
        sizes = (len(text) + 1 for text in self._texts)
        self._starts = tuple(accumulate(sizes, initial=0))

    def holding(self, words: str) -> Iterator[str]:
        """Each text in which the words stand, once; of no words none."""
        at = self._joined.find(words) if words and _BETWEEN not in words else -1
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            yield self._texts[place]
            at = self._joined.find(words, self._starts[place + 1])
