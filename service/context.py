"""The circumstances of an event: device, region, referrer, and the hour on the learner's clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import orjson
from numpy.typing import NDArray

#: first hour of each part of the day; what comes before the first belongs to the last
PARTS_OF_DAY: Mapping[int, str] = {5: "清晨", 8: "上午", 12: "下午", 18: "晚间", 23: "深夜"}

#: most characters of a value that is counted; a longer one is no name of a device or region
_LONGEST = 200
_SLOT_S = 900  # offsets of time zones change at whole quarters of an hour


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the context of an event says under the names that are understood."""

    device: str | None = None
    region: str | None = None
    referrer: str | None = None

    @classmethod
    def of(cls, context: str | None) -> "Circumstances":
        """Circumstances of a stored context; what is no text is not understood.

        Examples
        --------
        >>> Circumstances.of('{"device": "Phone ", "region": 3, "app": "x"}')
        Circumstances(device='phone', region=None, referrer=None)
        """
        return cls() if context is None else cls.named(orjson.loads(context))

    @classmethod
    def named(cls, said: Mapping[str, object]) -> "Circumstances":
        """The same of values by name."""
        return cls(*(_name(said.get(field)) for field in ("device", "region", "referrer")))


def _name(value: object) -> str | None:
    return (value.strip().lower()[:_LONGEST] or None) if isinstance(value, str) else None


def part_of_day(hour: int) -> str:
    """Name of the part of the day.

    Examples
    --------
    >>> [part_of_day(hour) for hour in (0, 6, 8, 13, 22, 23)]
    ['深夜', '清晨', '上午', '下午', '晚间', '深夜']
    """
    begun = [name for first, name in PARTS_OF_DAY.items() if first <= hour]
    return begun[-1] if begun else list(PARTS_OF_DAY.values())[-1]


def clock(offset: str | None, usual: str) -> tzinfo:
    """The learner's clock: ``+08:00`` if given, else the zone of this name.

    A plus sign that was not encoded arrives as a space, and is read as what it was.

    Examples
    --------
    >>> clock("+08:00", "UTC").utcoffset(None), clock(None, "Asia/Shanghai").key
    (datetime.timedelta(seconds=28800), 'Asia/Shanghai')
    """
    if offset is None:
        return ZoneInfo(usual)
    sign = -1 if offset[0] == "-" else 1
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def hour_now(zone: str) -> int:
    """The hour on that clock at this moment."""
    return datetime.now(ZoneInfo(zone)).hour


def local_hours(times: NDArray[np.float64], zone: tzinfo) -> NDArray[np.int64]:
    """Hour and weekday of Unix times on that clock, as rows ``(hour, weekday)`` of (2, n).

    Examples
    --------
    >>> local_hours(np.array([0.0, 86400.0]), ZoneInfo("Asia/Shanghai")).tolist()
    [[8, 8], [3, 4]]
    """
    slots, place = np.unique(np.floor_divide(times, _SLOT_S), return_inverse=True)
    moments = [datetime.fromtimestamp(slot * _SLOT_S, zone) for slot in slots.tolist()]
    known = np.array([(m.hour, m.weekday()) for m in moments], dtype=np.int64)
    return known.reshape(-1, 2)[place].T
