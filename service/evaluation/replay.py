"""Another way of choosing, judged by what was shown: impressions with their propensities."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from recommend import event_weights, snips
from service.files import FileFormatError, read_events, read_lists
from service.schemas.events import EventIn

DAY = 86_400.0


def evaluate_replay(
    events: Path, lists: Path, *, n: int = 10, days: float = 7.0, level: float = 0.95
) -> dict[str, Any]:
    """What other lists would have earned where these events were logged.

    A place counts if it was sent as an ``impression`` with ``recommendation_id`` and ``propensity``
    in its context, and its user has a list in `lists`. It earned 1 if within `days` the same
    person did something with the item that speaks for it, else 0.

    Parameters
    ----------
    events : Path
        JSON lines of events, as ``zhiying export`` writes them.
    lists : Path
        JSON lines ``{"user", "items": [..]}``: what the other way would show.
    n : int
        Length of those lists that is judged.
    days : float
        How long after an impression what is done counts.
    level : float
        Of the interval.

    Raises
    ------
    FileFormatError
        If a line is not what it should be, or no impression has a propensity.
    """
    log = list(read_events(events, "view"))
    chosen = {user: frozenset(items[:n]) for user, items in read_lists(lists)}
    places = [(event, chance) for event in log if (chance := _chance(event, events)) is not None]
    if not places:
        detail = "no impression has recommendation_id and propensity in its context"
        raise FileFormatError(events, 1, f"{detail}: need those of lists with `explore`")
    judged = [(event, chance) for event, chance in places if event.user in chosen]
    answers = _answers(log)
    found = snips(
        [float(_answered(event, answers, days)) for event, _ in judged],
        [chance for _, chance in judged],
        [float(event.item in chosen[event.user]) for event, _ in judged],
        [str((event.context or {})["recommendation_id"]) for event, _ in judged],
        level=level,
    )
    plain = {k: None if v != v else v for k, v in asdict(found).items()}
    return plain | {
        "n": n,
        "days": days,
        "level": level,
        "n_places_without_list": len(places) - len(judged),
    }


def as_text(result: Mapping[str, Any]) -> str:
    """The estimate for reading."""
    head = f"{result['n_places']} places of {result['n_lists']} lists"
    if result["value"] is None:
        return f"{head}: nothing that these lists show was shown"
    weak = "" if result["effective_size"] >= 30 else "; too few to be trusted"
    return (
        f"{head}, of effective size {result['effective_size']:.0f}{weak}\n"
        f"reward of a place {result['value']:.4f} [{result['low']:.4f}, {result['high']:.4f}]"
        f" (SNIPS); as it was shown {result['logged']:.4f}; of a list {result['ips']:.4f} (IPS)"
    )


def _chance(event: EventIn, path: Path) -> float | None:
    """Propensity of a place; ``None`` of all that is no place with one."""
    context = event.context or {}
    if event.type != "impression" or not {"recommendation_id", "propensity"} <= context.keys():
        return None
    found = context["propensity"]
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= 1:
        detail = f"context.propensity of {event.user} and {event.item}: found {found!r}"
        raise FileFormatError(path, 1, f"{detail}, needs a chance in (0, 1]")
    return float(found)


def _answers(log: list[EventIn]) -> dict[tuple[str, str], list[float]]:
    """Moments at which somebody did something that speaks for an item."""
    weights = event_weights([e.type for e in log], [getattr(e, "value", None) for e in log])
    out: dict[tuple[str, str], list[float]] = {}
    for event, weight in zip(log, np.asarray(weights).tolist(), strict=True):
        if weight > 0 and event.time is not None:
            out.setdefault((event.user, event.item), []).append(event.time)
    return out


def _answered(event: EventIn, answers: dict[tuple[str, str], list[float]], days: float) -> bool:
    if event.time is None:
        return False
    times = answers.get((event.user, event.item), ())
    return any(event.time <= moment <= event.time + days * DAY for moment in times)
