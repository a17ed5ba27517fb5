"""The refit: the whole catalogue and the whole log -> a model version in service."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp import Analyzer, Features, FeatureSpace
from recommend import Content, HybridConfig, HybridSVD, IdMap, auto_config, interaction_matrix
from service.models import Manifest, ModelDirectory, new_version, pack, under
from service.ordering import order_arrays
from service.store import Store

logger = logging.getLogger(__name__)

Progress = Callable[[float], None]


def refit(
    store: Store,
    models: ModelDirectory,
    *,
    auto: bool = False,
    half_life_days: float | None = None,
    keep: int = 3,
    n_factors: int = 512,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> Manifest:
    """Fit the hybrid on all that is stored, keep it on disk and put it into service.

    Parameters
    ----------
    auto : bool
        Choose the parameters on a validation split of the log; otherwise the defaults
        of :class:`recommend.HybridConfig`, which were chosen on course enrolments.
    half_life_days : float, optional
        See :func:`recommend.interaction_matrix`.
    keep : int
        Versions that stay on disk.
    n_factors : int
        Most factors of a fit without `auto`.
    seed : int
        Equal data and seed give equal lists.
    progress : callable
        Told a share in [0, 1] now and then.
    """
    progress(0.0)
    version = new_version()  # by the moment of its data: names sort by it
    with store.read() as connection:
        change, _ = store.now(connection)
        rows = list(store.items.everything(connection))
        log = store.events.everything(connection)
    ids, users = IdMap(r.id for r in rows), IdMap(dict.fromkeys(log.user))
    progress(0.2)

    features = [Features.from_json(r.features) for r in rows]
    space = FeatureSpace.fit(features)
    f = Content(space.transform(features), space.blocks)
    progress(0.4)

    r = interaction_matrix(
        users.rows(log.user),
        ids.rows(log.item),
        log.type,
        log.value,
        log.time,
        shape=(len(users), len(ids)),
        now=time.time(),
        half_life_days=half_life_days,
    )
    rng = np.random.default_rng(seed)
    config = HybridConfig(n_factors=n_factors)
    quality: dict[str, Any] = {}
    if auto:
        tuned = auto_config(r, f, rng=rng, progress=lambda share: progress(0.4 + 0.4 * share))
        config = tuned.model
        quality = {"validation_ndcg@10": tuned.score, "n_trials": tuned.n_trials}
    progress(0.8)
    model = HybridSVD.fit(r, f, config, rng=rng).single()

    manifest = models.put(
        Manifest(
            version=version,
            created_at=time.time(),
            analysis_version=Analyzer.default().version,
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
            **under("order", order_arrays(log, users, ids)),
            **under("space", space.to_arrays()),
            **under("content", csr_to_arrays(f.rows)),
            **under("model", model.to_arrays()),
        },
    )
    if not store.activate(version, only_newer=True):
        logger.info("a model of later data is in service already", extra={"model": version})
    models.prune(keep, store.now()[1])
    progress(1.0)
    return manifest


def csr_to_arrays(matrix: csr_array) -> dict[str, NDArray[Any]]:
    """A sparse matrix as named arrays, values in float32."""
    return {
        "data": matrix.data.astype(np.float32),
        "indices": matrix.indices,
        "indptr": matrix.indptr,
        "shape": np.array(matrix.shape, dtype=np.int64),
    }


def csr_from_arrays(arrays: dict[str, NDArray[Any]]) -> csr_array:
    """Inverse of :func:`csr_to_arrays`."""
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    return csr_array(parts, shape=tuple(arrays["shape"].tolist()))
