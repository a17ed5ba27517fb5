"""The questions, answered from the store, the facts of items and the model in service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from time import time

from nlp import Analyzer
from recommend import EVENT_WEIGHTS, EventTable
from recommend.shrinkage import QualityScale
from service.errors import UnknownError
from service.insight.audience import Asked, Audience, audience
from service.insight.channels import TYPES as CHANNEL_TYPES
from service.insight.disclosure import Disclosure
from service.insight.facts import FactBook
from service.insight.profile import N_EVENTS, Profile, portrait
from service.insight.promotion import N_EVENTS as PROMOTION_EVENTS
from service.insight.promotion import Promotion, promotion, rounded
from service.insight.report import N_EVENTS as REPORT_EVENTS
from service.insight.report import TYPES as REPORT_TYPES
from service.insight.report import Report, report
from service.insight.weighing import Weighing
from service.serving import Serving
from service.store import Store


@dataclass(frozen=True)
class Insight:
    """Composes the store, the facts of items and the model in service.

    Attributes
    ----------
    floor : int
        Of `service.insight.disclosure`.
    """

    store: Store
    serving: Serving
    facts: FactBook
    analyzer: Analyzer
    floor: int
    half_life_days: float | None = None
    weights: EventTable = EVENT_WEIGHTS
    clock: Callable[[], float] = time

    def profile(self, user: str, zone: tzinfo) -> Profile:
        """The portrait of a user. Raises `UnknownError` for somebody never heard of."""
        known = self.store.users.get(user)
        if known is None:
            raise UnknownError("user", user)
        events = self.store.readings.of_user(user, N_EVENTS)
        return portrait(
            *(user, known.attributes, events, self.facts.newest(), zone), self._weighing()
        )

    def audience(self, item: str, asked: Asked, *, max_age_s: float = 0.0) -> Audience:
        """Who should see an item, by events as old as this at most.

        Raises `UnknownError` for an item that is not there.
        """
        facts, catalogue = self.facts.newest(), self.serving.catalogue()
        if item not in facts.by_id:
            raise UnknownError("item", item)
        return audience(
            *(item, asked, self.store, catalogue, facts),
            weighing=self._weighing(),
            disclosure=self.disclosure(item),
            max_age_s=max_age_s,
        )

    def report(self, item: str, *, zone: tzinfo, n_reviews: int) -> Report:
        """What its creators should know of an item. Raises `UnknownError` if it is not there."""
        if item not in self.facts.newest().by_id:
            raise UnknownError("item", item)
        marks = self.store.readings.marks()
        scale = QualityScale.fit(
            [m.total for m in marks], [m.n for m in marks], [m.squares for m in marks]
        )
        return report(
            self.store.readings.of_item(item, REPORT_EVENTS, types=REPORT_TYPES),
            self.analyzer,
            zone=zone,
            disclosure=self.disclosure(item),
            scale=scale,
            n_reviews=n_reviews,
        )

    def promotion(self, item: str, asked: Asked) -> Promotion:
        """Where and when to promote an item. Raises `UnknownError` if it is not there."""
        fitted = self.serving.catalogue().fitted
        usual = {} if fitted is None else fitted.learned.tallies
        whole, found = self.disclosure(""), self.audience(item, asked)
        return promotion(
            self.store.readings.of_item(item, PROMOTION_EVENTS, types=CHANNEL_TYPES),
            {name: rounded(tally, whole) for name, tally in usual.items()},
            zone=asked.zone,
            disclosure=self.disclosure(item),
            segments=found.segments,
            segments_reason=found.segments_reason,
        )

    @cached_property
    def _secret(self) -> bytes:
        return self.store.secret()

    def disclosure(self, subject: str) -> Disclosure:
        """How numbers of people are told in all answers about an item."""
        return Disclosure.of(subject, self.floor, self._secret)

    def _weighing(self) -> Weighing:
        return Weighing(self.clock(), self.half_life_days, self.weights)
