"""Where, on what and in how much time an item can be played at all: hard rules, never learned.

An item says what it needs by its attributes: `devices` and `regions`, a text or a list of them,
are all that it is for; `session_minutes`, else its whole length, is what one sitting takes. What
it does not say it does not need: an item of unknown length is never hidden, but told apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.context import Circumstances, part_of_day
from service.insight.channels import channel_of
from service.insight.facts import number


@dataclass(frozen=True, slots=True)
class Situation:
    """In which circumstances a list is asked for; what is ``None`` is not known.

    Attributes
    ----------
    device, region, referrer : str or None
        As events say them, in lower case.
    part : str or None
        Part of the day on the learner's clock.
    minutes : float or None
        Time there is for one sitting.
    """

    device: str | None = None
    region: str | None = None
    referrer: str | None = None
    part: str | None = None
    minutes: float | None = None

    @property
    def contexts(self) -> tuple[str, ...]:
        """Names of the contexts that effects are learned for."""
        return context_names(Circumstances(self.device, self.region, self.referrer), self.part)


def situation(
    device: str | None,
    region: str | None,
    referrer: str | None,
    hour: int | None,
    minutes: float | None,
) -> Situation:
    """The situation of a request, told as events tell theirs.

    Examples
    --------
    >>> situation("Phone", None, None, 21, None)
    Situation(device='phone', region=None, referrer=None, part='晚间', minutes=None)
    """
    where = Circumstances.named({"device": device, "region": region, "referrer": referrer})
    part = None if hour is None else part_of_day(hour)
    return Situation(where.device, where.region, where.referrer, part, minutes)


def context_names(where: Circumstances, part: str | None) -> tuple[str, ...]:
    """Names of the contexts of an event or a request.

    Examples
    --------
    >>> context_names(Circumstances("phone", None, "https://weibo.com/"), "晚间")
    ('device:phone', 'channel:social', 'part:晚间')
    """
    channel = None if where.referrer is None else channel_of(where.referrer)
    named = {"device": where.device, "region": where.region, "channel": channel, "part": part}
    return tuple(f"{name}:{value}" for name, value in named.items() if value is not None)


@dataclass(frozen=True, eq=False)
class Playing:
    """What the items of a catalogue need, by row.

    Attributes
    ----------
    minutes : array of shape (n_items,)
        Time that one sitting takes; NaN where it is not known.
    devices, regions : mappings of row to frozenset of str
        Of the items that are for some only.
    """

    minutes: NDArray[np.float64]
    devices: Mapping[int, frozenset[str]]
    regions: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, n_items: int, attributes: Mapping[int, Mapping[str, Any]]) -> "Playing":
        """Needs of the items with these attributes by row."""
        minutes = np.full(n_items, np.nan)
        devices: dict[int, frozenset[str]] = {}
        regions: dict[int, frozenset[str]] = {}
        for row, said in attributes.items():
            minutes[row] = sitting_minutes(said)
            for name, needs in (("devices", devices), ("regions", regions)):
                if name in said:
                    needs[row] = frozenset(_texts(said[name]))
        return cls(minutes, devices, regions)

    def impossible(self, situation: Situation) -> NDArray[np.bool_]:
        """Rows that cannot be played in this situation.

        Examples
        --------
        >>> items = {0: {"minutes": 90}, 1: {"devices": ["TV"]}, 2: {"session_minutes": 10}}
        >>> Playing.of(3, items).impossible(Situation(device="phone", minutes=20)).tolist()
        [True, True, False]
        """
        out = np.zeros(len(self.minutes), bool)
        if situation.minutes is not None:
            out |= self.minutes > situation.minutes  # never of an unknown length: NaN
        for value, needs in ((situation.device, self.devices), (situation.region, self.regions)):
            if value is not None:
                out[[row for row, allowed in needs.items() if value not in allowed]] = True
        return out


def sitting_minutes(attributes: Mapping[str, Any]) -> float:
    """What one sitting of an item takes, NaN where its attributes do not say.

    Examples
    --------
    >>> sitting_minutes({"minutes": 420, "session_minutes": 15}), sitting_minutes({"minutes": 24})
    (15.0, 24.0)
    >>> sitting_minutes({"minutes": "long"})
    nan
    """
    for name in ("session_minutes", "minutes", "duration_minutes"):
        if (found := number(attributes.get(name), 0.0, 1e6)) is not None:
            return found
    return float("nan")


def _texts(value: object) -> Iterator[str]:
    values: Sequence[object] = value if isinstance(value, list) else [value]
    return (v.strip().lower() for v in values if isinstance(v, str))
