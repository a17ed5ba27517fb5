"""发布与推广: which channel brings people to an item, how sure that is, and when they take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

import numpy as np

from recommend.shrinkage import Rate, beta_rate, shrunk_shares
from service.context import PARTS_OF_DAY, local_hours, part_of_day
from service.insight.channels import Credit, Tally, credits_of, tallies
from service.insight.groups import Segment
from service.store import StoredEvent

#: events of an item that are looked at, the newest
N_EVENTS = 200_000

#: people that the catalogue's rate is worth as a prior, and the overall rate for a channel's
STRENGTH = 20.0

Verdict = Literal["better", "worse", "usual", "not_enough"]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of an item.

    Attributes
    ----------
    reached, brought : int or None
        People reached, and brought to take it; ``None`` below the floor.
    rate : Rate
        Share brought of those reached: a Beta posterior whose prior is the rate of this
        channel in the catalogue.
    usual : float
        That prior's mean.
    verdict : str
        Beside all channels of this item together: ``better`` or ``worse`` if the interval says so,
        ``usual`` if not, ``not_enough`` below the floor.
    """

    name: str
    reached: int | None
    brought: int | None
    rate: Rate
    usual: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Timing:
    """When an item is taken: shares of 24 hours, of parts of the day, and of the weekend."""

    n: int
    hours: tuple[float, ...]
    parts: Mapping[str, float]
    weekend: float
    best_hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Where and when to promote an item, the surest channel first."""

    floor: int
    overall: Rate
    channels: tuple[Channel, ...]
    timing: Timing | None
    segments: tuple[Segment, ...]
    short_reason: str | None


def promotion(
    events: Sequence[StoredEvent],
    usual: Mapping[str, Tally],
    segments: Sequence[Segment],
    *,
    zone: tzinfo,
    floor: int,
) -> Promotion:
    """The plan of one item.

    Parameters
    ----------
    events : sequence of StoredEvent
        Of the types of `service.insight.channels.TYPES`, in the order of time.
    usual : mapping of channel to Tally
        Of the whole catalogue, as of the last fit; empty before the first.
    """
    found = list(credits_of(sorted(events, key=lambda e: (e.user, e.item, e.time, e.id))))
    own = tallies(found)
    whole = sum(usual.values(), Tally())
    base = beta_rate(whole.brought, whole.reached).mean
    total = sum(own.values(), Tally())
    told = total if total.reached >= floor else Tally()
    overall = beta_rate(told.brought, told.reached, usual=base, strength=STRENGTH)
    channels = [
        channel_report(name, tally, usual.get(name, Tally()), base, overall.mean, floor)
        for name, tally in own.items()
    ]
    channels.sort(key=lambda c: (c.verdict == "not_enough", -c.rate.low, c.name))
    timing = _timing(found, zone, floor)
    enough = any(c.verdict != "not_enough" for c in channels)
    return Promotion(
        floor=floor,
        overall=overall,
        channels=tuple(channels),
        timing=timing,
        segments=tuple(segments),
        short_reason=None if enough else f"no channel has reached {floor} people yet",
    )


def channel_report(
    name: str, own: Tally, usual: Tally, base: float, overall: float, floor: int
) -> Channel:
    """What may be said of one channel of an item.

    Parameters
    ----------
    own, usual : Tally
        Of the item, and of the catalogue.
    base, overall : float
        Rate of all channels of the catalogue, and of the item.
    floor : int
        Fewer people are not told.
    """
    prior = beta_rate(usual.brought, usual.reached, usual=base, strength=STRENGTH).mean
    if own.reached < floor:
        # too few to be told: what is shown is what the catalogue says of the channel
        rate = beta_rate(0, 0, usual=prior, strength=STRENGTH)
        return Channel(name, None, None, rate, prior, "not_enough")
    rate = beta_rate(own.brought, own.reached, usual=prior, strength=STRENGTH)
    verdict: Verdict = "usual"
    if rate.low > overall:
        verdict = "better"
    elif rate.high < overall:
        verdict = "worse"
    return Channel(name, own.reached, own.brought, rate, prior, verdict)


def _timing(found: Sequence[Credit], zone: tzinfo, floor: int) -> Timing | None:
    times = np.array([one.time for one in found if one.time is not None], dtype=np.float64)
    if len(times) < floor:
        return None
    hours, days = local_hours(times, zone)
    counts = np.bincount(hours, minlength=24)
    by_hour = shrunk_shares(counts, np.full(24, 1 / 24))
    parts = dict.fromkeys(PARTS_OF_DAY.values(), 0.0)
    for hour, share in enumerate(by_hour.tolist()):
        parts[part_of_day(hour)] += share
    best = np.argsort(-by_hour, kind="stable")[:3]
    return Timing(
        n=len(times),
        hours=tuple(by_hour.tolist()),
        parts=parts,
        weekend=float((days >= 5).mean()),
        best_hours=tuple(sorted(best[by_hour[best] > 1 / 24].tolist())),
    )
