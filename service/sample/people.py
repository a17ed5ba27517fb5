"""Who the simulated learners are, and how they did in exercises: drawn from what they took."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from pydantic import TypeAdapter

from service.sample.life import REGIONS
from service.schemas.events import EventIn
from service.schemas.items import ItemLine
from service.schemas.users import UserLine

#: domain -> who likes it most, their usual age and how far it spreads
_OCCUPATIONS = {
    "教育": ("学生", 20.0, 3.0),
    "职业技能": ("职场人", 31.0, 5.0),
    "文化娱乐": ("自由职业者", 36.0, 8.0),
    "健康生活": ("退休人员", 63.0, 5.0),
}
_SHARE_TYPICAL = 0.65
_SHARE_EXERCISED = 0.5


def people(
    items: Sequence[ItemLine], events: Sequence[EventIn], *, seed: int = 0
) -> Iterator[UserLine]:
    """Attributes of the learners: occupation, age and city.

    Two thirds have the occupation that goes with the domain they took most of, the others any;
    so occupation says something of taste, age what occupation says, and the city nothing.
    """
    rng = np.random.default_rng([seed, 2])
    domain = {item.id: str(item.attributes["domain"]) for item in items}
    taken: dict[str, Counter[str]] = {}
    for event in events:
        if event.type in ("enrol", "play"):
            taken.setdefault(event.user, Counter())[domain[event.item]] += 1
    line: TypeAdapter[UserLine] = TypeAdapter(UserLine)
    names = list(_OCCUPATIONS)
    for user in sorted(taken):
        liked = max(sorted(taken[user]), key=taken[user].__getitem__)
        if rng.random() >= _SHARE_TYPICAL:
            liked = names[int(rng.integers(len(names)))]
        occupation, age, spread = _OCCUPATIONS[liked]
        attributes: Mapping[str, object] = {
            "occupation": occupation,
            "age": int(np.clip(rng.normal(age, spread), 15, 80)),
            "city": REGIONS[int(rng.integers(len(REGIONS)))],
        }
        yield line.validate_python({"id": user, "attributes": attributes}, strict=True)


def exercises(
    items: Sequence[ItemLine], events: Sequence[EventIn], *, seed: int = 0
) -> Iterator[EventIn]:
    """One to three exercises after half of the courses that were played, a few days apart.

    The score rises with the share that was played and from one exercise to the next, and falls
    with the level of the course.
    """
    rng = np.random.default_rng([seed, 3])
    level = {i.id: float(str(i.attributes["level"])) for i in items if i.kind == "course"}
    line: TypeAdapter[EventIn] = TypeAdapter(EventIn)
    number = 0
    for event in events:
        if event.type != "play" or event.item not in level or rng.random() >= _SHARE_EXERCISED:
            continue
        able = 0.3 + 0.6 * (event.value or 0.0) - 0.06 * (level[event.item] - 1.0)
        moment = datetime.fromtimestamp(event.time or 0.0, UTC)
        for _ in range(int(rng.integers(1, 4))):
            number += 1
            moment += timedelta(days=float(rng.exponential(2.0)))
            score = float(np.clip(rng.normal(able, 0.1), 0.0, 1.0))
            able += 0.1
            yield line.validate_python(
                {
                    "id": f"sample-{seed}-exercise-{number:05d}",
                    "user": event.user,
                    "item": event.item,
                    "type": "exercise",
                    "value": round(score, 2),
                    "time": moment.isoformat(),
                },
                strict=True,
            )
