"""What was computed lately: text follows Zipf's law, so hot words are asked for again and again."""

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key", bound=str | tuple[str, str])
Value = TypeVar("Value")

MOST = 1 << 15  # words
LONGEST = 100  # characters of a word that is kept: longer ones do not come again


class Memory(dict[Key, Value]):
    """Values of a pure function; full, it forgets all of them and begins anew.

    A look-up reads one entry and writes nothing, so it stays cheap where a text asks for
    thousands of words: `functools.lru_cache` moves what was asked for to the end of a list, whose
    neighbours are anywhere in the memory of the machine. It is safe under threads and forks: a
    value is at worst computed twice.

    Parameters
    ----------
    function : callable
        Of a word, or a word and something said of it; pure.
    most : int
        Values kept at the same time.

    Examples
    --------
    >>> sizes = Memory(len, most=2)
    >>> [sizes[word] for word in ("矩阵", "矩阵", "微积分", "导数")], len(sizes)
    ([2, 2, 3, 2], 1)
    """

    def __init__(self, function: Callable[[Key], Value], most: int = MOST) -> None:
        super().__init__()
        self._function, self._most = function, most

    def __missing__(self, key: Key) -> Value:
        value = self._function(key)
        if len(key if isinstance(key, str) else key[0]) <= LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[key] = value
        return value
