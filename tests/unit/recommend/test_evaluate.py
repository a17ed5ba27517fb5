import json

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import (
    MODELS,
    HybridConfig,
    SplitError,
    UnknownModelError,
    auto_config,
    evaluate,
    random_split,
    tune,
)

QUICK = ("popularity", "item-knn", "content-knn", "ease", "hybrid")


def test_every_model_has_a_line_that_json_can_carry(themes):
    r, f, *_ = themes()
    seen = []
    result = evaluate(r, f, models=MODELS, seed=1, progress=lambda *at: seen.append(at))
    table = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert [line["model"] for line in table["models"]] == list(MODELS)
    assert {"data", "split", "seed", "models"} <= set(table)
    for line in table["models"]:
        low, high = line["ndcg@10_ci95"]
        assert low <= line["ndcg@10"] <= high
        assert line["n_trials"] >= 1
        assert {"recall@20", "mrr", "coverage", "fit_s", "recommend_s", "params"} <= set(line)
    assert [at[0] for at in seen] == list(range(len(MODELS) + 1))


def test_themes_beat_popularity(themes):
    r, f, *_ = themes(n_users=200)
    result = evaluate(r, f, models=QUICK)
    assert result.difference("hybrid", "popularity").low > 0.1
    with pytest.raises(UnknownModelError):
        result.difference("hybrid", "cease")


def test_equal_seeds_give_equal_tables(themes):
    r, f, *_ = themes()

    def lines():
        table = evaluate(r, f, models=("ease", "hybrid"), seed=3).as_dict()["models"]
        return [{k: v for k, v in line.items() if not k.endswith("_s")} for line in table]

    assert lines() == lines()


def test_cold_items_are_ranked_by_content_and_popularity_is_blind(themes):
    r, f, *_ = themes(n_users=200, n_items=60)
    result = evaluate(r, f, "cold-items", ("popularity", "content-knn", "hybrid"))
    popularity, content, hybrid = (line.ndcg.mean for line in result.models)
    assert hybrid >= content - 0.02
    assert hybrid > popularity + 0.2
    assert result.data["n_candidates"] == 12


def test_content_is_fitted_on_training_items_only(themes):
    r, f, *_ = themes()
    asked = []

    def build(items):
        asked.append(set(items.tolist()))
        return f

    evaluate(r, build, "cold-items", ("content-knn",))
    inner, outer = asked
    assert inner < outer < set(range(30))


def test_content_shuffled_between_items_does_not_help(themes, rng):
    r, f, *_ = themes(n_users=200, n_items=60)
    shuffled = csr_array(f[rng.permutation(60)])
    models = ("content-knn", "hybrid")
    true, false = (evaluate(r, rows, "cold-items", models) for rows in (f, shuffled))
    for a, b in zip(true.models, false.models, strict=True):
        assert a.ndcg.mean > b.ndcg.mean + 0.2
    without, with_shuffled = (
        evaluate(r, rows, models=("hybrid",)).models[0] for rows in (None, shuffled)
    )
    assert with_shuffled.ndcg.mean < without.ndcg.mean + 0.01


def test_a_time_split_needs_times(themes, rng):
    r, f, *_ = themes()
    with pytest.raises(SplitError):
        evaluate(r, f, "time", ("popularity",))
    result = evaluate(r, f, "time", ("popularity",), times=rng.random(r.nnz))
    assert result.split == "time"


def test_impossible_requests_are_errors(themes):
    r, f, *_ = themes()
    with pytest.raises(UnknownModelError, match="hybird"):
        evaluate(r, f, models=("hybird",))
    with pytest.raises(SplitError):
        evaluate(r, f, "tuesdays", ("popularity",))
    with pytest.raises(SplitError):
        evaluate(csr_array((5, 5)), None, "random", ("popularity",))


def test_useless_content_is_weighed_by_validation(themes, rng):
    r, f, *_ = themes(n_users=120)
    noise = csr_array(f[rng.permutation(30)])
    split = random_split(r, rng=rng)
    with_noise = tune("hybrid", split, noise, rng=np.random.default_rng(0))
    without = tune("hybrid", split, None, rng=np.random.default_rng(0))
    assert with_noise.score >= without.score - 0.03


def test_auto_config_falls_back_to_the_defaults_on_little_data(themes):
    r, f, *_ = themes(n_users=20)
    tuned = auto_config(r, f, rng=np.random.default_rng(0))
    assert tuned.model == HybridConfig()
    assert tuned.n_trials == 0


def test_auto_config_gives_a_configuration_that_fits(themes):
    r, f, *_ = themes(n_users=80)
    shares = []
    tuned = auto_config(r, f, rng=np.random.default_rng(0), progress=shares.append)
    assert isinstance(tuned.model, HybridConfig)
    assert tuned.n_trials > 10
    assert shares[-1] == 1
    tuned.model.fit(r, f, rng=np.random.default_rng(0))


def test_lists_are_held_against_prerequisites_where_there_are_any(themes):
    r, f, *_ = themes()
    nobody_can = csr_array(np.ones((r.shape[1], r.shape[1])))
    free = evaluate(r, f, models=["popularity"], prerequisites=csr_array(nobody_can.shape))
    bound = evaluate(r, f, models=["popularity"], prerequisites=nobody_can)
    name = "prerequisite_violations@10"
    assert free.as_dict()["models"][0][name] is None
    assert bound.as_dict()["models"][0][name] == 1.0
