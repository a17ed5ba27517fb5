"""The sample catalogue: texts written for this project, and simulated learners.

128 courses and 44 films and short dramas in four domains of eight leaves each, in
``*.jsonl`` beside this file, each with the length of a sitting. Nobody's data is in here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from importlib.resources import files

import numpy as np
from pydantic import TypeAdapter

from service.sample.life import Life
from service.sample.people import exercises as exercises
from service.sample.people import people as people
from service.schemas.events import EventIn
from service.schemas.items import ItemLine
from service.strictjson import parse_json

LEARNERS = 600
#: type, value and text of an event
_Act = tuple[str, float | None, str | None]

#: midnight in Shanghai
_START = datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=8)))
_DAYS = 1000


def catalogue() -> list[ItemLine]:
    """All courses and films, in the order of their ids.

    Examples
    --------
    >>> items = catalogue()
    >>> sum(item.kind == "course" for item in items) >= 120
    True
    """
    line = TypeAdapter(ItemLine)
    folder = files("service.sample")
    items = [
        line.validate_python(parse_json(raw), strict=True)
        for path in folder.iterdir()
        if path.name.endswith(".jsonl")
        for raw in path.read_bytes().splitlines()
    ]
    return sorted(items, key=lambda item: item.id)


def learners(items: list[ItemLine], *, n: int = LEARNERS, seed: int = 0) -> Iterator[EventIn]:
    """Events of `n` simulated learners; equal arguments give equal events.

    A learner likes one to three leaves (drawn with weights from a Dirichlet distribution),
    likes the rest of these leaves' domains a little and everything else hardly; starts at
    a level of 1 to 3 and rises by half a level with each course; likes films more or less.
    The next item is drawn from

        taste(leaf) · zipf(item) · exp(-|level(item) - level(learner)|) · film(learner)

    without repetition, 4 to 25 times over 1,000 days. Each leaves a view and an enrolment
    or a play with the share that was watched; better fitting ones are completed and rated.
    What is drawn depends on leaf, level and kind only: no text is read.

    Events say on what, where and, with the first of an item, from where it was reached; films
    are watched later in the day than courses. Some items are reviewed, and some are only shown,
    which leaves an impression. See `service.sample.life.Life`.
    """
    rng, life_rng = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    adapter: TypeAdapter[EventIn] = TypeAdapter(EventIn)
    leaves = sorted({str(i.attributes["leaf"]) for i in items})
    leaf = np.array([leaves.index(str(i.attributes["leaf"])) for i in items])
    domain_of = {str(i.attributes["leaf"]): str(i.attributes["domain"]) for i in items}
    domain = np.array([domain_of[name] for name in leaves])
    level = np.array([float(str(i.attributes["level"])) for i in items])
    is_film = np.array([i.kind != "course" for i in items])
    zipf = 1.0 / (1.0 + rng.permutation(len(items))) ** 0.5
    number = 0
    for learner in range(n):
        taste = _taste(rng, domain)
        mine, film = rng.uniform(1, 3), rng.gamma(2.0, 0.5)
        day, left = rng.uniform(0, 0.7 * _DAYS), np.ones(len(items), dtype=bool)
        life = Life.draw(life_rng)
        for _ in range(min(int(rng.integers(4, 26)), len(items))):
            fit = taste[leaf] * np.exp(-np.abs(level - mine)) * np.where(is_film, film, 1.0)
            chance = fit * zipf * left
            item = int(rng.choice(len(items), p=chance / chance.sum()))
            left[item] = False
            liked = float(np.clip(fit[item] / fit.max() + rng.normal(0, 0.15), 0, 1))
            film_now = bool(is_film[item])
            at, context = int(day) + life.start_hour(film_now) / 24, life.context(film_now)
            came = context | {"referrer": life.came_from()}
            acts: list[tuple[int, _Act, Mapping[str, str]]] = [
                (item, act, came if act[0] in ("view", "enrol") else context)
                for act in _acts(rng, liked, film_now)
            ]
            said = life.review(liked, float(level[item]), float(mine))
            if said is not None:
                acts.append((item, ("review", None, said), context))
            for other, referrer in life.passed_by(len(items)):
                acts.append((other, ("impression", None, None), context | {"referrer": referrer}))
            for minute, (what, (kind, value, text), where) in enumerate(acts):
                number += 1
                moment = _START + timedelta(days=min(at, _DAYS), minutes=minute)
                yield adapter.validate_python(
                    {
                        "id": f"sample-{seed}-{number:06d}",
                        "user": f"学员{learner:03d}",
                        "item": items[what].id,
                        "type": kind,
                        "value": value,
                        "time": moment.isoformat(),
                        "context": where,
                        "text": text,
                    },
                    strict=True,
                )
            day += rng.exponential(8.0)
            mine = min(5.0, mine + 0.5 * liked)


def _taste(rng: np.random.Generator, domain: np.ndarray) -> np.ndarray:
    """Weight of each leaf for one learner."""
    favourites = rng.choice(len(domain), size=int(rng.integers(1, 4)), replace=False)
    taste = np.full(len(domain), 0.01)
    taste[np.isin(domain, domain[favourites])] = 0.06
    taste[favourites] += rng.dirichlet(np.ones(len(favourites)))
    return taste


def _acts(rng: np.random.Generator, liked: float, is_film: bool) -> Iterator[_Act]:
    """What a learner does with an item that is liked this much, in [0, 1]."""
    yield "view", None, None
    if not is_film:
        yield "enrol", None, None
    played = float(np.clip(0.3 + 0.7 * liked + rng.normal(0, 0.1), 0, 1))
    yield "play", round(played, 2), None
    if played > 0.9:
        yield "complete", None, None
    if rng.random() < 0.3:
        yield "rate", round(float(np.clip(2 * liked - 0.4 + rng.normal(0, 0.2), -1, 1)), 2), None
    if liked > 0.7 and rng.random() < 0.3:
        yield "favourite", None, None
