"""Channels: which one a referrer is, and which of them brought a person to take an item."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from service.context import Circumstances
from service.messages import Message
from service.store import StoredEvent

#: events that a channel may have brought about, and those that say it was worth it
TOUCHES, CONVERSIONS = ("impression", "view"), ("enrol", "purchase")
TYPES = TOUCHES + CONVERSIONS

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Tally:
    """People that a channel reached, and those of them it brought to take the item."""

    reached: int = 0
    brought: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.reached + other.reached, self.brought + other.brought)


@cache
def _file() -> dict[str, Any]:
    raw: dict[str, Any] = orjson.loads(
        files("service.insight").joinpath("channels.json").read_bytes()
    )
    return raw


@cache
def channels() -> Mapping[str, Message]:
    """Names of the channels, in the order of the file."""
    return {k: Message(en=c["en"], zh=c["zh"]) for k, c in _file()["channels"].items()}


@lru_cache(maxsize=4096)
def channel_of(referrer: str) -> str:
    """Channel of a referrer: a URL, a path of the platform's own, or a channel's name.

    A tag in the query (``utm_medium=kol``) wins over the host, the longest host over shorter ones.

    Examples
    --------
    >>> [channel_of(r) for r in ("/", "/channel/maths", "https://www.zhihu.com/question/1")]
    ['home', 'channel', 'forum']
    >>> channel_of("https://weibo.com/?utm_medium=kol"), channel_of("notzhihu.com")
    ('kol', 'other')
    """
    named = _by("names")
    said = referrer.strip().lower()
    if said in named:
        return named[said]
    try:
        url = urlsplit(said if "//" in said or said.startswith("/") else f"//{said}")
        host, query = url.hostname or "", parse_qs(url.query)
    except ValueError:
        return OTHER  # a bracket where a port should be: no address at all
    for tag in _file()["tags"]:
        for value in query.get(tag, ()):
            if value in named:
                return named[value]
    if host:
        labels = host.split(".")
        hosts = _by("hosts")
        found = (hosts.get(".".join(labels[n:])) for n in range(len(labels)))
        return next((channel for channel in found if channel is not None), OTHER)
    return _of_path(url.path)


def _of_path(path: str) -> str:
    prefixes = _by("paths")
    for prefix in sorted(prefixes, key=len, reverse=True):
        if path == prefix or (len(prefix) > 1 and path.startswith(prefix)):
            return prefixes[prefix]
    return OTHER


@cache
def _by(what: str) -> Mapping[str, str]:
    return {value.lower(): name for name, c in _file()["channels"].items() for value in c[what]}


@dataclass(frozen=True, slots=True)
class Credit:
    """What became of one person and one item.

    Attributes
    ----------
    reached : frozenset of str
        Channels that reached the person before they took it, or at all.
    brought : str or None
        The channel of the taking itself, else the last before it; ``None`` if it was not taken,
        or nobody knows from where.
    time : float or None
        When it was taken.
    """

    reached: frozenset[str]
    brought: str | None
    time: float | None


def credit(events: Sequence[StoredEvent]) -> Credit:
    """Credit of one person's events about one item, in the order of time: the last touch counts."""
    reached: set[str] = set()
    last: str | None = None
    for event in events:
        referrer = Circumstances.of(event.context).referrer
        if referrer is not None and event.type in TYPES:
            last = channel_of(referrer)
            reached.add(last)
        if event.type in CONVERSIONS:
            return Credit(frozenset(reached), last, event.time)
    return Credit(frozenset(reached), None, None)


def credits_of(events: Iterable[StoredEvent]) -> Iterator[Credit]:
    """Credits of the people in events that stand by user, item and time."""
    return (credit(list(group)) for _, group in groupby(events, lambda e: (e.user, e.item)))


def tallies(found: Iterable[Credit]) -> dict[str, Tally]:
    """Tally of each channel, in the order of the file."""
    out = dict.fromkeys(channels(), Tally())
    for one in found:
        for channel in one.reached:
            out[channel] += Tally(1, int(one.brought == channel))
    return out
