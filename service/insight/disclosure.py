"""Disclosure control: how many people did something, told so that nobody is told of.

Numbers of people are rounded to multiples of the floor, up or down at a threshold that is drawn
for each item from a secret of the database. Shares, rates, lifts, intervals, verdicts and the
order of groups are computed from these numbers alone, so they tell no more than the numbers do.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from recommend.shrinkage import Rate, beta_rate


@dataclass(frozen=True)
class Disclosure:
    """Rounding of the numbers of people in all answers about one item.

    With b the floor and u the threshold, n people are told as ``b ⌊(n + u) / b⌋``. Whatever
    the log,

    * two numbers that are told differ by nothing or by b at least, and so do their differences;
    * a number is wrong by less than b, and more people never read as fewer;
    * as u is uniform to who does not know it, the mean is n, and one person more or less changes
      a number with a probability of 1 / b;
    * a group that is shown has more than b people, and no number of people makes it sure to
      appear with its next member but 2 b - 1.

    Attributes
    ----------
    floor : int
        At least 1, which tells every number as it is, and a group from two people on.
    threshold : float
        In [0, floor).

    Examples
    --------
    >>> low, high = Disclosure(10, 2.0), Disclosure(10, 9.0)
    >>> [low.told(n) for n in (0, 7, 8, 25)], [high.told(n) for n in (0, 1, 10, 25)]
    ([0, 0, 10, 20], [0, 10, 10, 30])
    >>> low.shown(17), low.shown(18)
    (None, 20)
    """

    floor: int
    threshold: float = 0.0

    @classmethod
    def of(cls, subject: str, floor: int, secret: bytes) -> "Disclosure":
        """Rounding for the answers about a subject: an item, or ``""``, the whole catalogue."""
        drawn = hashlib.blake2b(subject.encode(), key=secret[:64], digest_size=4).digest()
        return cls(floor, floor * int.from_bytes(drawn) / 2**32)  # sums with n stay exact

    def told(self, n: float) -> int:
        """Round a number of people, or a sum of one number in [0, 1] of each person."""
        return self.floor * int((n + self.threshold) // self.floor)

    def shown(self, n: int) -> int | None:
        """Round the size of a group; ``None`` if it is too small to be shown."""
        told = self.told(n)
        return told if told >= 2 * self.floor else None

    @cached_property
    def noise(self) -> float:
        """Variance of the error of a rounded number, its mean over remainders."""
        return (self.floor**2 - 1) / 6

    def rate(self, part: int, whole: int, *, usual: float = 0.5, strength: float = 1.0) -> Rate:
        """Posterior of a share of two numbers that were told, as unsure as rounding makes it."""
        return beta_rate(min(part, whole), whole, usual=usual, strength=strength, noise=self.noise)
