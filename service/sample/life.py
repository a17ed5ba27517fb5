"""The lives of the simulated learners: where, when and on what they learn, and what they say.

Drawn from a generator of its own, so that what is taken does not depend on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import orjson

REGIONS = ("广东", "江苏", "浙江", "北京", "四川", "湖北", "山东", "陕西")
DEVICES = ("phone", "computer", "tablet", "tv")

#: where a learner comes from -> share of visits, chance that an item shown there is taken
REFERRERS = {
    "/": (0.34, 0.20),
    "/channel/education": (0.16, 0.30),
    "https://weibo.com/": (0.16, 0.10),
    "https://www.xiaohongshu.com/explore": (0.10, 0.15),
    "https://www.zhihu.com/question/1": (0.14, 0.25),
    "https://space.bilibili.com/1": (0.10, 0.45),
}

_DEVICE_OF_COURSE = np.array([0.45, 0.40, 0.14, 0.01])
_DEVICE_OF_FILM = np.array([0.55, 0.08, 0.17, 0.20])
_HABITS = {"清晨": 6.5, "上午": 9.5, "下午": 14.5, "晚间": 20.5}
_SHARE_OF_HABIT = np.array([0.12, 0.18, 0.2, 0.5])


@cache
def _phrases() -> dict[str, dict[str, list[str]]]:
    phrases: dict[str, dict[str, list[str]]] = orjson.loads(
        files("service.sample").joinpath("reviews.json").read_bytes()
    )
    return phrases


@dataclass(frozen=True, slots=True)
class Life:
    """One learner's region, habitual hour on the clock of Shanghai, and device."""

    rng: np.random.Generator
    region: str
    hour: float
    device: str

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Life":
        """A learner's life; most learn in the evening, on a phone."""
        region = REGIONS[int(rng.integers(len(REGIONS)))]
        hour = list(_HABITS.values())[int(rng.choice(4, p=_SHARE_OF_HABIT))]
        return cls(rng, region, hour, DEVICES[int(rng.choice(4, p=_DEVICE_OF_COURSE))])

    def start_hour(self, is_film: bool) -> float:
        """Hour at which a course or a film is begun: films late, courses as usual."""
        usual = 21.5 if is_film and self.rng.random() < 0.7 else self.hour
        return float(np.clip(usual + self.rng.normal(0, 1.0), 0, 23.9))

    def context(self, is_film: bool) -> dict[str, str]:
        """Context of the events of one item."""
        device = self.device
        if self.rng.random() < 0.5:
            chances = _DEVICE_OF_FILM if is_film else _DEVICE_OF_COURSE
            device = DEVICES[int(self.rng.choice(4, p=chances))]
        return {"device": device, "region": self.region}

    def came_from(self) -> str:
        """Referrer of an item that is taken: a visit, and it was worth it."""
        weights = np.array([share * chance for share, chance in REFERRERS.values()])
        return list(REFERRERS)[int(self.rng.choice(len(weights), p=weights / weights.sum()))]

    def passed_by(self, n_items: int) -> Iterator[tuple[int, str]]:
        """Items that were shown beside a taken one and not taken, with their referrers."""
        shares = np.array([share * (1 - chance) for share, chance in REFERRERS.values()])
        for _ in range(int(self.rng.poisson(1.5))):
            place = int(self.rng.choice(len(shares), p=shares / shares.sum()))
            yield int(self.rng.integers(n_items)), list(REFERRERS)[place]

    def review(self, liked: float, level: float, mine: float) -> str | None:
        """What is said of an item, if anything: of its aspects, and how hard it was."""
        if self.rng.random() > 0.15:
            return None
        phrases, said = _phrases(), []
        aspects = list(phrases)
        for place in self.rng.choice(len(aspects), size=2, replace=False).tolist():
            good = self.rng.random() < 0.25 + 0.7 * liked
            if aspects[place] == "难度":
                good = level <= mine + 0.5
            side = phrases[aspects[place]]["good" if good else "bad"]
            said.append(side[int(self.rng.integers(len(side)))])
        return "，".join(said) + "。"
