"""Figures for Prometheus: requests by route template, lines stored, jobs, and the model.

Labels are bounded: routes are templates, never paths; nothing names a person, an item or a
text. With several workers each keeps its figures in files that all can read, so that
whichever worker is asked answers for all of them.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from sqlalchemy.exc import SQLAlchemyError

from nlp import Analyzer
from service import leftovers
from service.drift import drift
from service.errors import ModelFileError
from service.figure_files import FigureFile
from service.kept import Kept
from service.pipeline import Fate, Pipeline
from service.schemas.events import EventIn
from service.schemas.items import ItemLine
from service.store import Store
from service.store.items import Check

if TYPE_CHECKING:
    from service.services import Services

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "zhiying-figures-"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
AGES = (1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400)
#: sizes of the store that are long to count are those of a minute ago
SIZES_AT_ONCE_S, SIZES_REST_S = 0.01, 60.0
OUTCOMES = {200: "repeated", 201: "new", 404: "unknown_item", 409: "conflict"}


class Metrics:
    """The figures of one worker, and of all workers when they are scraped.

    Parameters
    ----------
    registry : CollectorRegistry, optional
        Where the figures of this process are; several apps in one process have one each.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.lines.labels("example", "new").inc(3)
    >>> metrics.registry.get_sample_value(
    ...     "zhiying_lines_total", {"kind": "example", "outcome": "new"})
    3.0
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        here = self.registry
        self._sizes = Kept[tuple[int, int]](SIZES_AT_ONCE_S, SIZES_REST_S)
        self.requests = Counter(
            "zhiying_http_requests",
            "Answers by route template and status.",
            ["method", "route", "status"],
            registry=here,
        )
        self.seconds = Histogram(
            "zhiying_http_request_seconds",
            "Time until the answer was ready to be sent.",
            ["method", "route"],
            buckets=SECONDS,
            registry=here,
        )
        self.in_flight = Gauge(
            "zhiying_http_requests_in_flight",
            "Requests being answered.",
            multiprocess_mode="livesum",
            registry=here,
        )
        self.lines = Counter(
            "zhiying_lines",
            "Items and events taken in, single and bulk, by what became of them.",
            ["kind", "outcome"],
            registry=here,
        )
        self.batch = Histogram(
            "zhiying_batch_seconds",
            "Time until a batch of items or events was durable.",
            ["kind"],
            buckets=SECONDS,
            registry=here,
        )
        self.lag = Histogram(
            "zhiying_ingest_lag_seconds",
            "Time from an event to its being stored.",
            buckets=AGES,
            registry=here,
        )

    def install(self, app: Flask) -> None:
        """Measure every request of `app`."""

        @app.before_request
        def begin() -> None:
            g.metrics_began = time.perf_counter()
            self.in_flight.inc()

        @app.after_request
        def end(response: Response) -> Response:
            rule = "unmatched" if request.url_rule is None else request.url_rule.rule
            method = request.method if request.method in METHODS else "other"
            self.requests.labels(method, rule, response.status_code).inc()
            if "metrics_began" in g:
                took = time.perf_counter() - g.metrics_began
                self.seconds.labels(method, rule).observe(took)
            return response

        @app.teardown_request
        def leave(_: BaseException | None) -> None:
            if g.pop("metrics_began", None) is not None:
                self.in_flight.dec()

    def scraped(self, services: "Services") -> bytes:
        """All figures as text: of every worker, of the queue, and of the model in service."""
        registry = self.registry
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        stored = CollectorRegistry()
        stored.register(_Stored(services, self._sizes))
        return generate_latest(registry) + generate_latest(stored)


class MeteredPipeline(Pipeline):
    """The pipeline, counted."""

    def __init__(self, store: Store, analyzer: Analyzer, metrics: Metrics) -> None:
        super().__init__(store, analyzer)
        self.metrics = metrics

    def put_items(self, items: Sequence[ItemLine], check: Check | None = None) -> list[Fate]:
        """As :meth:`Pipeline.put_items`."""
        with self.metrics.batch.labels("item").time():
            fates = super().put_items(items, check)
        self._count("item", fates)
        return fates

    def add_events(self, events: Sequence[EventIn], *, repeatable: bool) -> list[Fate]:
        """As :meth:`Pipeline.add_events`."""
        with self.metrics.batch.labels("event").time():
            fates = super().add_events(events, repeatable=repeatable)
        self._count("event", fates)
        now = time.time()
        for event, fate in zip(events, fates, strict=True):
            if fate.status == 201:
                happened = now if event.time is None else event.time
                self.metrics.lag.observe(max(0.0, now - happened))
        return fates

    def _count(self, kind: str, fates: Sequence[Fate]) -> None:
        outcomes = [OUTCOMES.get(f.status, "refused") for f in fates]
        for outcome in sorted(set(outcomes)):
            self.metrics.lines.labels(kind, outcome).inc(outcomes.count(outcome))


class _Stored:
    """What the database and the model's manifest say at the moment of a scrape."""

    def __init__(self, services: "Services", sizes: Kept[tuple[int, int]]) -> None:
        self.services, self.sizes = services, sizes

    def _counted(self) -> tuple[int, int]:
        """Numbers of events and items."""
        return self.services.store.events.count(), self.services.store.items.count()

    def collect(self) -> Iterator[Metric]:
        try:
            change, version = self.services.store.now()
            counts, wait_s, progress = self.services.store.jobs.figures()
            sizes = self.sizes.get(self._counted)
        except SQLAlchemyError:
            yield GaugeMetricFamily("zhiying_database_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("zhiying_database_up", "Whether the database answers.", 1)
        jobs = GaugeMetricFamily("zhiying_jobs", "Jobs by state.", labels=["state"])
        for state in ("queued", "running", "succeeded", "failed"):
            jobs.add_metric([state], counts.get(state, 0))
        yield jobs
        yield GaugeMetricFamily(
            "zhiying_job_wait_seconds", "How long the oldest queued job has waited.", wait_s
        )
        yield GaugeMetricFamily("zhiying_job_progress", "Share done of the job at work.", progress)
        yield GaugeMetricFamily("zhiying_catalogue_change", "Writes of items so far.", change)
        yield from self._model(change, version, sizes)

    def _model(self, change: int, version: str | None, sizes: tuple[int, int]) -> Iterator[Metric]:
        known = self.services.serving.version
        yield GaugeMetricFamily(
            "zhiying_model_current",
            "Whether the worker that was asked serves the active model.",
            float(version is not None and version == known),
        )
        if version is None:
            return
        try:
            manifest = self.services.models.manifest(version)
        except ModelFileError:
            return
        info = InfoMetricFamily("zhiying_model", "The active model.")
        info.add_metric([], {"version": version, "feature_space": manifest.feature_space})
        yield info
        moved = drift(manifest, *sizes)
        for name, help_text, value in (
            ("age_seconds", "Time since the fit.", time.time() - manifest.created_at),
            ("users", "Users of the fit.", manifest.n_users),
            ("items", "Items of the fit.", manifest.n_items),
            ("interactions", "User-item pairs of the fit.", manifest.n_interactions),
            (
                "behind_changes",
                "Writes of items since the fit.",
                change - manifest.catalogue_change,
            ),
            ("drift_event_share", "Share of the events that came since.", moved.event_share),
            ("drift_item_share", "Share of the items that came since.", moved.item_share),
            ("refit_due", "Whether lists have measurably moved away.", float(moved.refit_due)),
        ):
            yield GaugeMetricFamily(f"zhiying_model_{name}", help_text, value)
        quality = GaugeMetricFamily(
            "zhiying_model_quality", "Of the fit's own validation.", labels=["measure"]
        )
        for measure, value in manifest.quality.items():
            if isinstance(value, int | float):
                quality.add_metric([measure], value)
        yield quality


def share_between_workers() -> Path:
    """Keep figures where all processes of this server see them; call before `Metrics` is made.

    The folder is new at each start: figures begin at zero then, as Prometheus expects.
    """
    leftovers.sweep(Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"))
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    leftovers.hold(Path(folder))  # by this process and its workers, as long as one of them lives
    os.environ[FOLDER] = folder
    values.MmapedDict = FigureFile  # type: ignore[attr-defined]
    # the client looks for the folder once, when it is imported
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    return Path(folder)


def forget_worker(pid: int) -> None:
    """A worker has ended: it has no requests in flight any more."""
    if FOLDER in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def forget_all(folder: Path) -> None:
    """The server has ended."""
    os.environ.pop(FOLDER, None)
    shutil.rmtree(folder, ignore_errors=True)


def figures_of(text: str) -> dict[str, float]:
    r"""Samples of an exposition by their full names; for tests and small scripts.

    Examples
    --------
    >>> figures_of('# HELP a b\na{x="1"} 2.0\n')
    {'a{x="1"}': 2.0}
    """
    rows: Any = (
        line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")
    )
    return {name: float(value) for name, value in rows}
