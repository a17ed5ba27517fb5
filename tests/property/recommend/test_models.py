"""Laws of the models, for any small world."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, vstack

from recommend import (
    EASE,
    ContentKNN,
    HybridConfig,
    HybridSVD,
    ItemKNN,
    Popularity,
    PureSVD,
    metrics,
    random_split,
    top_n,
)

few = settings(deadline=None, max_examples=25)
fewer = settings(deadline=None, max_examples=10)
SEEDS = st.integers(0, 2**32 - 1)
close = partial(np.testing.assert_allclose, rtol=1e-8, atol=1e-9)


def fit(model, r, f=None, seed=0):
    return model.fit(r, f, rng=np.random.default_rng(seed))


@st.composite
def worlds(draw, warm=False):
    """Random weights, and content in unit rows; if `warm`, every user and item has weights."""
    rng = np.random.default_rng(draw(SEEDS))
    n_users, n_items = draw(st.integers(2, 20)), draw(st.integers(2, 12))
    r = rng.uniform(0.2, 2, (n_users, n_items)) * (rng.random((n_users, n_items)) < 0.4)
    if warm:
        user, item = np.indices(r.shape)
        r[(user % n_items == item) | (item % n_users == user)] += 0.5
    f = rng.random((n_items, 6)) * (rng.random((n_items, 6)) < 0.6) + 1e-3
    f /= np.linalg.norm(f, axis=1, keepdims=True)
    return csr_array(r), csr_array(f)


@st.composite
def configs(draw, **fixed):
    """Any corner of the family, but an item may speak for itself where there is no ridge."""
    options = {
        "n_factors": draw(st.sampled_from([2, 5, 1000])),
        "content_weight": draw(st.sampled_from([0.0, 0.35, 2.0])),
        "popularity_scaling": draw(st.sampled_from([0.0, 0.6, 1.0])),
        "user_scaling": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "ridge": draw(st.sampled_from([0.0, 0.5, 7.0])),
        "cold": draw(st.sampled_from(["ridge", "fold_in", "none"])),
        "prior_weight": draw(st.sampled_from([0.0, 0.2])),
        "output_scaling": 0.0,
    }
    options["remove_diagonal"] = options["ridge"] > 0 and draw(st.booleans())
    return HybridConfig(**(options | fixed))


models = st.one_of(
    st.sampled_from(
        [
            Popularity(),
            ItemKNN(3),
            ContentKNN(3),
            PureSVD(3),
            EASE(0.5),
            EASE(0.5, content_weight=0.5, popularity_scaling=0.6),
        ]
    ),
    configs(),
)


def cut_in_a_gap(model, r, f):
    """The model fitted, if the answer does not hang on rounding.

    No tie of singular values at the cut, and no row at right angles to all that is kept.
    """
    if not isinstance(model, HybridConfig | PureSVD):
        return fit(model, r, f)
    whole = fit(replace(model, n_factors=1000), r, f)
    k = model.n_factors
    assume(k >= whole.n_factors or whole.s[k - 1] - whole.s[k] > 1e-3 * whole.s[0])
    fitted = fit(model, r, f)
    length = np.linalg.norm(fitted.project(r), axis=1)
    assume((length[np.diff(r.indptr) > 0] > 1e-9).all())
    return fitted


@few
@given(worlds(), models)
def test_one_row_equals_the_batch(world, model):
    r, f = world
    fitted = fit(model, r, f)
    for user, scores in enumerate(fitted.score(r)):
        close(fitted.score(r[[user]])[0], scores)


@few
@given(worlds(), models, SEEDS)
def test_permuting_users_permutes_scores(world, model, seed):
    r, f = world
    order = np.random.default_rng(seed).permutation(r.shape[0])
    shuffled = csr_array(r[order])
    model = replace(model, cold="none") if isinstance(model, HybridConfig) else model
    close(fit(model, shuffled, f).score(shuffled), cut_in_a_gap(model, r, f).score(r)[order])


@few
@given(worlds(warm=True), models, SEEDS)
def test_permuting_items_permutes_scores(world, model, seed):
    r, f = world
    order = np.random.default_rng(seed).permutation(r.shape[1])
    moved = csr_array(r[:, order])
    scores = fit(model, moved, csr_array(f[order])).score(moved)
    close(scores, cut_in_a_gap(model, r, f).score(r)[:, order])


@few
@given(worlds(warm=True), configs(), st.floats(1e-3, 1e3))
def test_scaling_all_weights_scales_all_scores_and_changes_no_order(world, config, c):
    r, f = world
    scores = cut_in_a_gap(config, r, f).score(r)
    # N R grows by c^(1-u), D by c^((1-u)(d-1)), the row by c; A as a whole, so W stays
    power = 1 + (1 - config.user_scaling) * (config.popularity_scaling - 1)
    scaled = fit(config, c * r, f).score(c * r)
    size = np.abs(scores).max()
    assume(size > 1e-6)  # without its diagonal, a world of unrelated items says nothing
    np.testing.assert_allclose(scaled / c**power / size, scores / size, atol=1e-7)


@few
@given(worlds(), models, st.integers(0, 15))
def test_seen_items_never_return_and_a_shorter_list_is_a_prefix(world, model, n):
    r, f = world
    scores = fit(model, r, f).score(r)
    short, long = top_n(scores, n, exclude=r).items, top_n(scores, n + 1, exclude=r).items
    np.testing.assert_array_equal(short, long[:, : short.shape[1]])
    seen = r.toarray() > 0
    for user, items in enumerate(long):
        items = items[items >= 0]
        assert not seen[user, items].any()
        assert len(set(items.tolist())) == len(items)


@few
@given(worlds(), configs())
def test_arrays_give_back_the_same_lists(world, config):
    r, f = world
    model = fit(config, r, f).extend(f[:2])
    again = HybridSVD.from_arrays({k: np.array(v) for k, v in model.to_arrays().items()})
    one, two = (top_n(m.score(r), 5, exclude=r) for m in (model, again))
    np.testing.assert_array_equal(one.items, two.items)
    np.testing.assert_array_equal(one.scores, two.scores)


@few
@given(worlds(), models, SEEDS, SEEDS)
def test_two_seeds_agree_on_a_small_catalogue(world, model, seed, other):
    r, f = world
    np.testing.assert_array_equal(fit(model, r, f, seed).score(r), fit(model, r, f, other).score(r))


def test_two_seeds_agree_where_the_krylov_basis_does_not_fill_the_catalogue(rng):
    noise = rng.random((500, 450)) < 0.02
    r = csr_array(rng.gamma(1.0, 1.0, (500, 5)) @ rng.gamma(1.0, 1.0, (5, 450)) + noise)
    one, two = (fit(PureSVD(5), r, seed=s).score(csr_array(r[:50])) for s in (1, 2))
    assert np.abs(one - two).max() < 1e-4 * np.abs(one).max()


@few
@given(worlds(), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.35]), st.integers(1, 6))
def test_the_fold_in_of_a_trained_row_gives_its_trained_scores(world, u, content_weight, k):
    r, f = world
    r = csr_array(r[np.diff(r.indptr) > 0])
    config = HybridConfig(
        n_factors=k,
        content_weight=content_weight,
        user_scaling=u,
        ridge=0.0,
        remove_diagonal=False,
        cold="none",
        prior_weight=0.0,
        output_scaling=0.0,
    )
    model = cut_in_a_gap(config, r, f)
    warm = model.warm
    n = np.linalg.norm(r.toarray(), axis=1, keepdims=True) ** -u
    a = n * r.toarray()[:, warm] * model.scaling[warm]
    a = np.vstack([a, np.sqrt(content_weight * model.energy) * f.toarray()[warm].T])
    left, s, vt = np.linalg.svd(a, full_matrices=False)
    trained = (left[:, :k] * s[:k] @ vt[:k])[: r.shape[0]] / n
    np.testing.assert_allclose(model.score(r)[:, warm], trained, atol=1e-7)


@few
@given(worlds(warm=True), configs(n_factors=1000, ridge=0.5, prior_weight=0.0))
def test_at_full_rank_the_filter_is_ridge_regression_in_float64(world, config):
    r, f = (x.toarray() for x in world)
    x = r * np.linalg.norm(r, axis=1, keepdims=True) ** -config.user_scaling
    p = (x**2).sum(axis=0)
    d = p ** ((config.popularity_scaling - 1) / 2)
    e = (p**config.popularity_scaling).mean()
    gram = (x * d).T @ (x * d) + config.content_weight * e * f @ f.T
    inverse = np.linalg.inv(gram + 0.5 * e * np.eye(len(p)))
    if config.remove_diagonal:
        weights = np.eye(len(p)) - inverse / np.diag(inverse)
    else:
        weights = inverse @ gram
    close(fit(config, *world).score(world[0]), r * d @ weights)


@few
@given(worlds(warm=True), st.sampled_from([0.3, 1.0]), st.sampled_from([0.0, 0.5]))
def test_the_corner_without_diagonal_is_ease(world, d, content_weight):
    r, f = world
    shared = {"ridge": 0.5, "popularity_scaling": d, "content_weight": content_weight}
    corner = {"user_scaling": 0.0, "remove_diagonal": True, "prior_weight": 0.0}
    corner["output_scaling"] = 0.0
    config = HybridConfig(n_factors=1000, **corner, **shared)
    close(fit(config, r, f).score(r), EASE(**shared).fit(r, f).score(r))


@few
@given(worlds(), configs(), SEEDS)
def test_an_explanation_sums_to_the_score(world, config, seed):
    r, f = world
    rng = np.random.default_rng(seed)
    model = fit(config, r, f).extend(f[:1])
    row = csr_array(rng.normal(1, 1, (1, model.n_items)) * (rng.random((1, model.n_items)) < 0.5))
    for item, score in enumerate(model.score(row)[0]):
        why = model.explain(row, item)
        assert why.score == pytest.approx(score, rel=1e-9, abs=1e-9)
        assert len(why.contributions) in (0, row.nnz)


@few
@given(worlds(), configs(), st.integers(0, 4))
def test_extending_leaves_the_scores_of_known_items_unchanged(world, config, n_new):
    r, f = world
    model = fit(config, r, f)
    longer = model.extend(csr_array(f[np.arange(n_new) % f.shape[0]]))
    assert longer.n_items == r.shape[1] + n_new
    np.testing.assert_array_equal(longer.score(r)[:, : r.shape[1]], model.score(r))


@few
@given(worlds(), configs(), SEEDS)
def test_the_names_of_features_do_not_matter(world, config, seed):
    r, f = world
    order = np.random.default_rng(seed).permutation(f.shape[1])
    padded = csr_array(np.hstack([f.toarray()[:, order], np.zeros((f.shape[0], 2))]))
    config = replace(config, cold="none")
    close(fit(config, r, padded).score(r), cut_in_a_gap(config, r, f).score(r))


@few
@given(worlds(), configs(content_weight=0.0, cold="none"))
def test_content_of_no_weight_is_no_content(world, config):
    r, f = world
    np.testing.assert_array_equal(fit(config, r, f).score(r), fit(config, r).score(r))


@fewer
@given(worlds(warm=True), configs(n_factors=1000), st.integers(1, 5), st.sampled_from([0.5, 3.0]))
def test_truncation_and_ridge_after_the_fit_are_those_of_the_fit(world, config, k, ridge):
    r, f = world
    small = cut_in_a_gap(replace(config, n_factors=k, ridge=ridge), r, f)
    later = fit(config, r, f).truncate(k).with_ridge(ridge)
    close(later.score(r), small.score(r))


@few
@given(worlds(), models)
def test_a_user_who_says_nothing_gets_popularity(world, model):
    r, f = world
    rows = csr_array(vstack([r, csr_array((1, r.shape[1]))]))
    sums = r.sum(axis=0)
    close(fit(model, r, f).score(rows)[-1], sums / max(sums.max(), 1e-300))


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_content_does_not_help_and_its_own_place_is_better(seed):
    """Users of three themes, texts that name the theme; a few interactions each."""
    rng = np.random.default_rng(seed)
    theme = np.arange(150) % 3
    likes = theme[:, None] == theme
    r = csr_array((likes & (rng.random(likes.shape) < 0.06)).astype(float))
    split = random_split(r, fraction=0.5, rng=rng)
    rows, relevant = csr_array(split.train[split.users]), csr_array(split.test[split.users])

    def quality(words):
        f = None if words is None else csr_array(words)
        scores = fit(HybridConfig(content_weight=1.0, ridge=2.0), split.train, f).score(rows)
        return metrics.ndcg(top_n(scores, 10, exclude=rows).items, relevant, n=10)

    words = np.hstack([np.eye(3)[theme], 0.5 * np.eye(150)]) / np.sqrt(1.25)
    shuffled = np.mean([quality(words[rng.permutation(150)]) for _ in range(5)], axis=0)
    assert metrics.paired_difference(shuffled, quality(None), rng=rng).low <= 0
    assert metrics.paired_difference(quality(words), shuffled, rng=rng).low > 0
