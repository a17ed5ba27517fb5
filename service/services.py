"""What a request may use, made once by `create_app`."""

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import cast

from flask import current_app

from nlp import Analyzer
from service.briefs import FRESH_S, Briefs
from service.config import Settings
from service.context import clock
from service.insight.answers import Insight
from service.insight.audience import SHARE, Asked
from service.insight.facts import FactBook
from service.jobs import JobRunner
from service.keys import Keyring
from service.metrics import MeteredPipeline, Metrics
from service.models import ModelDirectory
from service.packs import load_trade
from service.paths import Planner
from service.pipeline import Pipeline
from service.serving import Serving
from service.store import Store
from service.terms import LEARNED, quality_terms
from service.text_models import TextModels

EXTENSION = "zhiying"


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the door."""

    settings: Settings
    store: Store
    models: ModelDirectory
    text_models: TextModels
    analyzer: Analyzer
    pipeline: Pipeline
    serving: Serving
    briefs: Briefs
    planner: Planner
    runner: JobRunner
    keyring: Keyring
    metrics: Metrics
    insight: Insight
    #: each holds a connection for as long as its client reads
    exports: BoundedSemaphore

    @classmethod
    def build(cls, settings: Settings) -> "Services":
        """Open the store (its schema is brought up to date) and load the analyser."""
        store = Store(settings.url, pool_size=settings.threads + 2)
        store.upgrade()
        models = ModelDirectory(settings.models)
        trade, metrics = load_trade(settings.pack), Metrics()
        analyzer, zone = trade.analyzer, clock(None, settings.timezone)
        serving = Serving(
            store,
            models,
            half_life_days=settings.half_life_days,
            weights=trade.weights,
            addends=(*LEARNED, *quality_terms(settings.quality_weight)),
            zone=zone,
        )
        insight = Insight(
            *(store, serving, FactBook(store), analyzer, settings.privacy_floor),
            half_life_days=settings.half_life_days,
            weights=trade.weights,
        )
        usual = Asked(0, SHARE, zone)
        return cls(
            settings=settings,
            store=store,
            models=models,
            text_models=TextModels(settings.text_models),
            analyzer=analyzer,
            pipeline=MeteredPipeline(store, analyzer, metrics),
            serving=serving,
            briefs=Briefs(
                store,
                serving,
                analyzer,
                trade.pack,
                trade.version,
                insight.disclosure,
                lambda item: insight.audience(item, usual, max_age_s=FRESH_S).segments,
            ),
            planner=Planner(serving, analyzer),
            runner=JobRunner(settings),
            keyring=Keyring(store),
            metrics=metrics,
            insight=insight,
            exports=BoundedSemaphore(settings.threads),
        )


def services() -> Services:
    """The services of the app that answers."""
    return cast(Services, current_app.extensions[EXTENSION])
