"""What the data say of people, items and channels: portraits, audiences, reports, promotion.

Everything is computed from the store at the moment of asking, so a user who is erased is in no
later answer. What is kept between questions are facts of items alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from time import time

from nlp import Analyzer
from recommend.shrinkage import quality_prior
from service.errors import UnknownError
from service.insight.audience import Asked, Audience, audience
from service.insight.facts import FactBook
from service.insight.profile import N_EVENTS, Profile, portrait
from service.insight.report import N_EVENTS as REPORT_EVENTS
from service.insight.report import TYPES, Report, report
from service.insight.rows import profile_features
from service.models import ModelDirectory
from service.serving import Serving
from service.store import Store

__all__ = ["Asked", "Audience", "Insight", "Profile", "Report", "portrait", "profile_features"]


@dataclass(frozen=True)
class Insight:
    """Composes the store, the facts of items and the model in service."""

    store: Store
    serving: Serving
    models: ModelDirectory
    facts: FactBook
    analyzer: Analyzer
    half_life_days: float | None = None
    clock: Callable[[], float] = time

    def profile(self, user: str, zone: tzinfo) -> Profile:
        """The portrait of a user. Raises `UnknownError` for somebody never heard of."""
        known = self.store.users.get(user)
        if known is None:
            raise UnknownError("user", user)
        events = self.store.readings.of_user(user, N_EVENTS)
        return portrait(
            *(user, known.attributes, events, self.facts.newest(), zone),
            now=self.clock(),
            half_life_days=self.half_life_days,
        )

    def audience(self, item: str, asked: Asked) -> Audience:
        """Who should see an item. Raises `UnknownError` for one that is not there."""
        facts, catalogue = self.facts.newest(), self.serving.catalogue()
        if item not in facts.by_id:
            raise UnknownError("item", item)
        version = catalogue.version
        fitted_at = None if version is None else self.models.manifest(version).created_at
        return audience(
            *(item, asked, self.store, catalogue, facts),
            now=self.clock(),
            fitted_at=fitted_at,
            half_life_days=self.half_life_days,
        )

    def report(self, item: str, *, zone: tzinfo, floor: int, n_reviews: int) -> Report:
        """What its creators should know of an item. Raises `UnknownError` if it is not there."""
        if item not in self.facts.newest().by_id:
            raise UnknownError("item", item)
        marks = self.store.readings.marks()
        quality = quality_prior([total for _, total, _ in marks], [n for _, _, n in marks])
        known = dict(zip((name for name, _, _ in marks), quality.tolist(), strict=True))
        return report(
            self.store.readings.of_item(item, REPORT_EVENTS, types=TYPES),
            self.analyzer,
            zone=zone,
            floor=floor,
            quality=known.get(item, 0.0),
            n_reviews=n_reviews,
        )
