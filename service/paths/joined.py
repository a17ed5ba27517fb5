"""Many short texts, searched at once."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby

BETWEEN = "\n"  # what no words that are searched for hold


class Joined:
    """Texts that are searched at once for words that stand in them.

    Examples
    --------
    >>> list(Joined(["急救与常见病", "历史", "艺术史"]).holding("史"))
    ['历史', '艺术史']
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(texts)
        self._joined = BETWEEN.join(self._texts)
        sizes = (len(text) + 1 for text in self._texts)
        self._starts = tuple(accumulate(sizes, initial=0))

    def places(self, words: str) -> Iterator[tuple[int, int]]:
        """Wherever the words stand: the row of the text and the offset in it; of no words none."""
        at = self._joined.find(words) if words and BETWEEN not in words else -1
        while at >= 0:
            row = bisect_right(self._starts, at) - 1
            yield row, at - self._starts[row]
            at = self._joined.find(words, at + 1)

    def holding(self, words: str) -> Iterator[str]:
        """Each text in which the words stand, once."""
        for row, _ in groupby(row for row, _ in self.places(words)):
            yield self._texts[row]
