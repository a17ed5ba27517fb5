"""Split × model × metric: one honest table."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import metrics
from recommend.baselines import FittedModel, Model
from recommend.content import Content
from recommend.errors import SplitError, UnknownModelError
from recommend.ranking import top_n
from recommend.results import LONG, Evaluation, ModelResult, SliceResult
from recommend.rivals import library
from recommend.search import Tuned
from recommend.slices import Slice, slices
from recommend.split import Split, carve, cold_item_split, random_split, time_split
from recommend.tuning import MODELS, RIVALS, Features, tune

Csr = csr_array[np.float64]
Progress = Callable[[int, int, str], None]
BATCH = 1000


def evaluate(
    r: Csr,
    f: Features = None,
    split: Literal["random", "time", "cold-items"] | Split = "random",
    models: Sequence[str] = MODELS,
    *,
    seed: int = 0,
    n: int = 10,
    fraction: float = 0.2,
    times: NDArray[np.float64] | Csr | None = None,
    max_tuning_users: int = 5000,
    prerequisites: Csr | None = None,
    at_least: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Tune, fit and judge models on one split.

    Full ranking over all candidates, items of the row masked. Hyper-parameters are chosen on
    a validation split of the training part; then each model is fitted on all of that part.

    Parameters
    ----------
    r : csr_array of shape (n_users, n_items)
        Weights >= 0.
    f : csr_array of shape (n_items, n_features), Content, or callable, optional
        Content. A callable gets the rows of the items in training and returns content for
        all items, so that IDF and the like are fitted on training items only. A matrix is
        taken as it is: then its space has seen the held-out items' texts.
    split : "random", "time", "cold-items", or Split
        "time" needs `times`.
    models : sequence of names from `MODELS` and `RIVALS`
    seed : int
    n : int
        Length of the lists of nDCG, MRR, coverage and popularity lift; recall is at 20.
    fraction : float
        Share held out for test; half of it, of what remains, for validation.
    times : array of shape (r.nnz,), or csr_array with the pattern of `r`
    max_tuning_users : int
        Users that judge each trial.
    prerequisites : csr_array of shape (n_items, n_items), optional
        Stored entries of a row are what its item needs: then each line says in how many places
        of the lists something needed is neither in the training row nor earlier in the list.
    at_least : int
        Trials of every model but the hybrid and its corners, see `recommend.tune`.
    progress : callable, optional
        Called with (models done, models in all, what comes next).

    Raises
    ------
    UnknownModelError
        If a model is in neither.
    MissingRivalError
        If the library of a rival is not installed.
    SplitError
        If the interactions cannot be divided, or nobody is left to judge by.
    """
    require_models(models)
    parts = _split(r, split, fraction, times, np.random.default_rng([seed, 0]))
    users = parts.users
    if len(users) == 0:
        raise SplitError("no user has both training and held-out interactions")
    # half the share: a validation split much sparser than the test split favours other ridges
    validation = carve(parts, fraction=fraction / 2, rng=np.random.default_rng([seed, 1]))
    inner_f, outer_f = (_content(f, part) for part in (validation, parts))

    results = []
    for done, name in enumerate(models):
        if progress is not None:
            progress(done, len(models), name)
        began = perf_counter()
        rng = np.random.default_rng([seed, 2])
        tuned = tune(
            name,
            validation,
            inner_f,
            rng=rng,
            n=n,
            max_users=max_tuning_users,
            at_least=at_least,
        )
        tune_s = perf_counter() - began
        result = _judge(name, tuned, tune_s, parts, outer_f, users, prerequisites, seed=seed, n=n)
        results.append(result)
    if progress is not None:
        progress(len(models), len(models), "")
    data = {
        "n_users": r.shape[0],
        "n_items": r.shape[1],
        "n_interactions": int(r.nnz),
        "n_train": int(parts.train.nnz),
        "n_test": int(parts.test.nnz),
        "n_judged_users": len(users),
        "n_candidates": int(parts.candidates.sum()),
    }
    return Evaluation(data, parts.name, seed, n, tuple(results))


def require_models(models: Sequence[str]) -> None:
    """Raise `UnknownModelError` or `MissingRivalError` unless all of these can be fitted."""
    for name in models:
        if name not in (*MODELS, *RIVALS):
            raise UnknownModelError(name, (*MODELS, *RIVALS))
        if name in RIVALS:
            library(name)


def _split(
    r: Csr,
    split: str | Split,
    fraction: float,
    times: NDArray[np.float64] | Csr | None,
    rng: np.random.Generator,
) -> Split:
    if isinstance(split, Split):
        return split
    if split == "random":
        return random_split(r, fraction=fraction, rng=rng)
    if split == "cold-items":
        return cold_item_split(r, fraction=fraction, rng=rng)
    if split != "time":
        raise SplitError(f"{split!r} is not one of random, time, cold-items")
    if times is None:
        raise SplitError("a time split needs the times of the interactions")
    return time_split(r, times, fraction=fraction)


def _content(f: Features, split: Split) -> Csr | Content | None:
    return f(split.train_items) if callable(f) else f


def _judge(
    name: str,
    tuned: Tuned[Model],
    tune_s: float,
    split: Split,
    f: Csr | Content | None,
    users: NDArray[np.int64],
    prerequisites: Csr | None,
    *,
    seed: int,
    n: int,
) -> ModelResult:
    began = perf_counter()
    fitted = tuned.model.fit(split.train, f, rng=np.random.default_rng([seed, 3]))
    fit_s = perf_counter() - began
    began = perf_counter()
    lists = recommend_all(fitted, split, users, max(n, LONG))
    recommend_s = perf_counter() - began
    relevant = csr_array(split.test[users])
    by_user = metrics.ndcg(lists, relevant, n=n)
    return ModelResult(
        model=name,
        params=asdict(tuned.model),  # type: ignore[call-overload]
        ndcg=metrics.bootstrap_interval(by_user, rng=np.random.default_rng([seed, 4])),
        recall=float(np.mean(metrics.recall(lists, relevant, n=LONG))),
        mrr=float(np.mean(metrics.mrr(lists, relevant, n=n))),
        coverage=metrics.coverage(lists, int(split.candidates.sum()), n=n),
        popularity_lift=metrics.popularity_lift(lists, split.train, n=n),
        fit_s=fit_s,
        recommend_s=recommend_s,
        tune_s=tune_s,
        n_trials=tuned.n_trials,
        validation_ndcg=tuned.score,
        prerequisite_violations=_violations(lists, prerequisites, csr_array(split.train[users]), n),
        by_user=by_user,
        slices=tuple(_sliced(part, lists, relevant, n, seed) for part in slices(split, users)),
    )


def _sliced(
    part: Slice, lists: NDArray[np.int64], test: csr_array[np.float64], n: int, seed: int
) -> SliceResult:
    relevant = part.relevant(test)
    by_user = metrics.ndcg(lists, relevant, n=n)
    return SliceResult(
        name=part.name,
        n_users=int(np.isfinite(by_user).sum()),
        ndcg=metrics.bootstrap_interval(by_user, rng=np.random.default_rng([seed, 4])),
        recall=float(np.nanmean(metrics.recall(lists, relevant, n=LONG))),
        by_user=by_user,
    )


def _violations(lists: NDArray[np.int64], prerequisites: Csr | None, known: Csr, n: int) -> float:
    if prerequisites is None or not prerequisites.nnz:
        return float("nan")
    rates = metrics.prerequisite_violations(lists, prerequisites, known, n=n)
    return float(np.nanmean(rates)) if np.isfinite(rates).any() else float("nan")


def recommend_all(
    model: FittedModel, split: Split, users: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Lists of candidates for users of the training part, their own items left out.

    In batches, so that memory stays below a thousand rows of scores.
    """
    batches = []
    for start in range(0, len(users), BATCH):
        rows = csr_array(split.train[users[start : start + BATCH]])
        scores = model.score(rows)
        scores[:, ~split.candidates] = -np.inf
        batches.append(top_n(scores, n, exclude=rows).items)
    return np.concatenate(batches)
