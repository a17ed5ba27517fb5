"""发布与推广: which channel brings people to an item, how sure that is, and when they take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

import numpy as np

from recommend.shrinkage import Rate, shrunk_shares
from service import messages
from service.context import PARTS_OF_DAY, local_hours, part_of_day
from service.insight.channels import Credit, Tally, credits_of, tallies
from service.insight.disclosure import Disclosure
from service.insight.groups import Segment
from service.messages import Remark
from service.store import StoredEvent

#: events of an item that are looked at, the newest
N_EVENTS = 200_000

#: people that the catalogue's rate is worth as a prior, and the overall rate for a channel's
STRENGTH = 20.0

Verdict = Literal["better", "worse", "unclear", "not_enough"]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of an item.

    Attributes
    ----------
    reached, brought : int or None
        People reached, and brought to take it, rounded; ``None`` if too few were reached.
    rate : Rate or None
        Share brought of those reached: a Beta posterior whose prior is the rate of this
        channel in the catalogue. ``None`` as the numbers.
    usual : float
        That prior's mean.
    verdict : str
        Beside all channels of this item together: ``better`` or ``worse`` if the interval says so,
        ``unclear`` if not, ``not_enough`` if too few people were reached.
    """

    name: str
    reached: int | None
    brought: int | None
    rate: Rate | None
    usual: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Timing:
    """When `n` people took an item: shares of 24 hours, of parts of the day, of the weekend."""

    n: int
    hours: tuple[float, ...]
    parts: Mapping[str, float]
    weekend: float
    best_hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Where and when to promote an item, the surest channel first.

    Attributes
    ----------
    overall : Rate
        Of the channels that are shown together; who was reached by two counts twice. Its prior
        is the rate of all channels of the catalogue, where that of a channel is its own.
    """

    floor: int
    overall: Rate
    channels: tuple[Channel, ...]
    timing: Timing | None
    segments: tuple[Segment, ...]
    segments_reason: Remark | None
    short_reason: Remark | None


def promotion(
    events: Sequence[StoredEvent],
    usual: Mapping[str, Tally],
    *,
    zone: tzinfo,
    disclosure: Disclosure,
    segments: Sequence[Segment] = (),
    segments_reason: Remark | None = None,
) -> Promotion:
    """The plan of one item.

    Parameters
    ----------
    events : sequence of StoredEvent
        Of the types of `service.insight.channels.TYPES`, in the order of time.
    usual : mapping of channel to Tally
        Of the whole catalogue, as of the last fit; empty before the first. Rounded.
    """
    found = list(credits_of(sorted(events, key=lambda e: (e.user, e.item, e.time, e.id))))
    own = tallies(found)
    whole = sum(usual.values(), Tally())
    base = disclosure.rate(whole.brought, whole.reached).mean
    shown = [rounded(one, disclosure) for one in own.values() if disclosure.shown(one.reached)]
    told = sum(shown, Tally())
    overall = disclosure.rate(told.brought, told.reached, usual=base, strength=STRENGTH)
    channels = [
        channel_report(name, tally, usual.get(name, Tally()), base, overall.mean, disclosure)
        for name, tally in own.items()
    ]
    channels.sort(key=lambda c: (c.rate is None, -(c.rate.low if c.rate else c.usual), c.name))
    timing = _timing(found, zone, disclosure)
    enough = any(c.verdict != "not_enough" for c in channels)
    return Promotion(
        floor=disclosure.floor,
        overall=overall,
        channels=tuple(channels),
        timing=timing,
        segments=tuple(segments),
        segments_reason=segments_reason,
        short_reason=None if enough else Remark(messages.FEW_REACHED, {"floor": disclosure.floor}),
    )


def rounded(tally: Tally, disclosure: Disclosure) -> Tally:
    """The tally as it may be told."""
    return Tally(disclosure.told(tally.reached), disclosure.told(tally.brought))


def channel_report(
    name: str, own: Tally, usual: Tally, base: float, overall: float, disclosure: Disclosure
) -> Channel:
    """What may be said of one channel of an item.

    Parameters
    ----------
    own, usual : Tally
        Of the item, as counted, and of the catalogue, rounded.
    base, overall : float
        Rate of all channels of the catalogue, and of the item, of rounded numbers.
    """
    prior = disclosure.rate(usual.brought, usual.reached, usual=base, strength=STRENGTH).mean
    if disclosure.shown(own.reached) is None:
        return Channel(name, None, None, None, prior, "not_enough")
    own = rounded(own, disclosure)
    rate = disclosure.rate(own.brought, own.reached, usual=prior, strength=STRENGTH)
    verdict: Verdict = "unclear"
    if rate.low > overall:
        verdict = "better"
    elif rate.high < overall:
        verdict = "worse"
    return Channel(name, own.reached, own.brought, rate, prior, verdict)


def _timing(found: Sequence[Credit], zone: tzinfo, disclosure: Disclosure) -> Timing | None:
    times = np.array([one.time for one in found if one.time is not None], dtype=np.float64)
    n = disclosure.shown(len(times))
    if n is None:
        return None
    hours, days = local_hours(times, zone)
    counts = np.bincount(hours, minlength=24)
    by_hour = shrunk_shares([disclosure.told(c) for c in counts.tolist()], np.full(24, 1 / 24))
    names = [part_of_day(hour) for hour in range(24)]
    people = dict.fromkeys(PARTS_OF_DAY.values(), 0)
    for name, count in zip(names, counts.tolist(), strict=True):
        people[name] += count
    parts = shrunk_shares(
        [disclosure.told(count) for count in people.values()],
        [names.count(name) / 24 for name in people],
    )
    best = np.argsort(-by_hour, kind="stable")[:3]
    return Timing(
        n=n,
        hours=tuple(by_hour.tolist()),
        parts=dict(zip(people, parts.tolist(), strict=True)),
        weekend=min(1.0, disclosure.told(int((days >= 5).sum())) / n),
        best_hours=tuple(sorted(best[by_hour[best] > 1 / 24].tolist())),
    )
