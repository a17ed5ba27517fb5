"""The refit: the whole catalogue and the whole log -> a model version in service."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp import Features, FeatureSpace
from recommend import (
    Content,
    HybridConfig,
    HybridSVD,
    IdMap,
    Screen,
    Segments,
    auto_config,
    interaction_matrix,
)
from service import ahead
from service.config import Settings
from service.context import clock
from service.errors import ModelFileError
from service.insight.item_traits import main_topics, traits
from service.insight.learned import learn
from service.models import (
    Manifest,
    ModelDirectory,
    csr_to_arrays,
    new_version,
    pack,
    under,
    unpack,
    within,
)
from service.ordering import order_arrays
from service.packs import Trade, load_trade
from service.pipeline import Pipeline
from service.store import Store

logger = logging.getLogger(__name__)

Progress = Callable[[float], None]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def refit(
    store: Store,
    models: ModelDirectory,
    *,
    auto: bool = False,
    warm: bool = False,
    half_life_days: float | None = None,
    keep: int = 3,
    n_factors: int = 512,
    lists_ahead: int = 100_000,
    seed: int = 0,
    trade: Trade | None = None,
    zone: tzinfo = SHANGHAI,
    progress: Progress = lambda share: None,
) -> Manifest:
    """Fit the hybrid on all that is stored, keep it on disk and put it into service.

    Items that another version of the analyser has read are read again first, and stored so:
    a model's features all come from one version.

    Parameters
    ----------
    auto : bool
        Choose the parameters on a validation split of the log; otherwise the defaults
        that :meth:`recommend.HybridConfig.suited` has for a log like it.
    warm : bool
        Start from the factors of the model in service: as accurate, with fewer products. Lists
        of equal scores but for the tolerance may then depend on what was fitted before.
    half_life_days : float, optional
        See :func:`recommend.interaction_matrix`.
    keep : int
        Versions that stay on disk.
    n_factors : int
        Most factors of a fit without `auto`.
    lists_ahead : int
        Users whose lists are made ahead, see :mod:`service.ahead`.
    seed : int
        Equal data and seed give equal lists, unless `warm`.
    trade : Trade, optional
        Whose weights of events count; the default pack's if left out.
    zone : tzinfo
        The clock of the learners, see `service.insight.learned`.
    progress : callable
        Told a share in [0, 1] now and then.
    """
    trade = trade or load_trade()
    progress(0.0)
    # by the moment of its data: names sort by it
    version = new_version(next(iter(models.versions()), ""))
    with store.read() as connection:
        change, _ = store.now(connection)
        rows = list(store.items.everything(connection))
        log = store.events.everything(connection)
        known = {user.id: user.attributes for user in store.users.everything(connection)}
    ids, users = IdMap(r.id for r in rows), IdMap(dict.fromkeys(log.user))
    progress(0.1)
    pipeline = Pipeline(store, trade.analyzer)
    for done, row in enumerate(rows):
        rows[done] = pipeline.reread(row)
        if done % 500 == 0:
            progress(0.1 + 0.1 * done / len(rows))
    progress(0.2)

    features = [Features.from_json(r.features) for r in rows]
    space = FeatureSpace.fit(features)
    f = Content(space.transform(features), space.blocks)
    progress(0.4)
    topics = main_topics(f.rows, space)
    with store.read() as connection:
        learned = learn(
            *(store, connection, ids),
            [traits(i.kind, i.attributes, t) for i, t in zip(rows, topics, strict=True)],
            zone,
            rng=np.random.default_rng([seed, 1]),
            table=trade.weights,
        )

    at = time.time()
    who, what = users.rows(log.user), ids.rows(log.item)
    signed = interaction_matrix(
        *(who, what, log.type, log.value, log.time),
        shape=(len(users), len(ids)),
        now=at,
        half_life_days=half_life_days,
        signed=True,
        table=trade.weights,
    )
    r = csr_array(signed.maximum(0))  # what was turned down is nothing to learn from
    r.eliminate_zeros()
    rng = np.random.default_rng(seed)
    config = HybridConfig.suited(r, n_factors=n_factors)
    quality: dict[str, Any] = {}
    if auto:
        tuned = auto_config(
            r, f, rng=rng, signed=signed, progress=lambda share: progress(0.4 + 0.2 * share)
        )
        config = tuned.model
        quality = {"validation_ndcg@10": tuned.score, "n_trials": tuned.n_trials}
    progress(0.6)
    start = _last_factors(store, models, ids) if warm else None
    model = HybridSVD.fit(r, f, config, rng=rng, start=start).single()
    segments = Segments.fit(r, [known.get(user, {}) for user in users], rng=rng)

    manifest = models.put(
        Manifest(
            version=version,
            created_at=time.time(),
            analysis_version=trade.analyzer.version,
            feature_space=space.version,
            catalogue_change=change,
            n_users=len(users),
            n_items=len(ids),
            n_interactions=int(r.nnz),
            config=asdict(config),
            quality=quality,
            n_events=len(log),
        ),
        {
            **under("ids", pack(ids)),
            **under("space", space.to_arrays()),
            **under("content", csr_to_arrays(f.rows)),
            **under("model", model.to_arrays()),
            **under("segments", segments.to_arrays()),
            **under("order", order_arrays(log, users, ids, trade.weights)),
            **under("learned", learned.to_arrays()),
            **under("screen", Screen.of(model).to_arrays() if Screen.pays(model) else {}),
        },
    )
    progress(0.8)
    if lists_ahead:
        made = ahead.lists_ahead(
            *(model, version, signed, log, who, what), at=at, most=lists_ahead, table=trade.weights
        )
        total = min(lists_ahead, len(users)) or 1
        for batch, some in enumerate(made, start=1):
            store.lists.put(some)
            progress(0.8 + 0.2 * min(1.0, batch * ahead.BATCH / total))
    if not store.activate(version, only_newer=True):
        logger.info("a model of later data is in service already", extra={"model": version})
    active = store.now()[1]
    models.prune(keep, active)
    store.lists.keep_only(active)
    progress(1.0)
    return manifest


def refit_as(
    settings: Settings,
    store: Store,
    models: ModelDirectory,
    *,
    auto: bool = False,
    warm: bool = False,
    progress: Progress = lambda share: None,
) -> Manifest:
    """Refit as these settings say: what the command and the jobs of the service call."""
    return refit(
        store,
        models,
        auto=auto,
        warm=warm,
        half_life_days=settings.half_life_days,
        keep=settings.keep_models,
        n_factors=settings.model_factors,
        lists_ahead=settings.lists_ahead,
        trade=load_trade(settings.pack),
        zone=clock(None, settings.timezone),
        progress=progress,
    )


def _last_factors(store: Store, models: ModelDirectory, ids: IdMap) -> NDArray[np.float64] | None:
    """Factors of these items in the model in service, zero where it has none."""
    version = store.now()[1]
    if version is None:
        return None
    try:
        _, arrays = models.get(version)
    except ModelFileError:
        logger.exception("no warm start", extra={"model": version})
        return None
    rows = IdMap(unpack(within("ids", arrays))).rows(ids)
    factors = arrays["model.item_factors"]
    start = np.zeros((len(ids), factors.shape[1]))
    start[rows >= 0] = factors[rows[rows >= 0]]
    return start
