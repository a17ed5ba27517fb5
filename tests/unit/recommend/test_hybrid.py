import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from recommend import (
    EASE,
    ConfigError,
    HybridConfig,
    HybridSVD,
    ModelFormatError,
    PureSVD,
    ShapeError,
    UnknownItemError,
    WeightError,
    cold_item_split,
    metrics,
    random_split,
    top_n,
)


def fit(r, f=None, seed=0, **options):
    corner = {"user_scaling": 0.0, "prior_weight": 0.0}
    return HybridSVD.fit(r, f, HybridConfig(**corner | options), rng=np.random.default_rng(seed))


@pytest.mark.parametrize("remove_diagonal", [False, True])
def test_even_users_like_even_items(checkerboard, remove_diagonal):
    r = checkerboard(30)
    model = fit(r, n_factors=8, content_weight=0, ridge=0.1, remove_diagonal=remove_diagonal)
    first = top_n(model.score(r), 1, exclude=r).items[:, 0]
    assert first.tolist() == list(range(30))


def test_the_corner_without_content_is_pure_svd(themes):
    r, f, *_ = themes()
    _, _, vt = np.linalg.svd(r.toarray(), full_matrices=False)
    expected = r @ vt[:5].T @ vt[:5]
    model = fit(
        r, f, n_factors=5, content_weight=0, popularity_scaling=1, ridge=0, remove_diagonal=False
    )
    np.testing.assert_allclose(model.score(r), expected, atol=1e-8)
    pure = PureSVD(5).fit(r, rng=np.random.default_rng(0))
    np.testing.assert_allclose(pure.score(r), expected, atol=1e-8)


@pytest.mark.parametrize("d", [1.0, 0.4])
def test_the_corner_of_full_rank_without_diagonal_is_ease_with_side_information(themes, d):
    r, f, *_ = themes()
    shared = {"ridge": 0.7, "content_weight": 0.3, "popularity_scaling": d}
    shared |= {"user_scaling": 0.5, "output_scaling": 0.25}
    model = fit(r, f, n_factors=10**6, remove_diagonal=True, **shared)
    np.testing.assert_allclose(model.score(r), EASE(**shared).fit(r, f).score(r), atol=1e-9)


def test_the_ridge_filter_is_ridge_regression(themes):
    r, f, *_ = themes()
    model = fit(
        r,
        f,
        n_factors=10**6,
        content_weight=0.5,
        popularity_scaling=1,
        ridge=0.5,
        remove_diagonal=False,
    )
    beta, mu = 0.5 * model.energy, 0.5 * model.energy
    gram = (r.T @ r + beta * (f @ f.T)).toarray()
    w = np.linalg.solve(gram + mu * np.eye(len(gram)), gram)
    np.testing.assert_allclose(model.score(r), r @ w, atol=1e-9)


def test_truncation_and_ridge_after_the_fit_are_those_of_the_fit(themes):
    r, f, *_ = themes()
    large = fit(r, f, n_factors=20, ridge=1)
    for k, ridge in ((5, 0.0), (12, 3.0)):
        small = fit(r, f, n_factors=k, ridge=ridge)
        np.testing.assert_allclose(
            large.truncate(k).with_ridge(ridge).score(r), small.score(r), atol=1e-7
        )


def test_learned_content_puts_a_cold_item_among_warm_ones_of_its_theme(themes):
    r, f, user_theme, _ = themes()
    model = fit(r, f).extend(f[[0, 1, 2]])
    scores = model.score(r)
    assert scores.shape == (60, 33)
    places = scores.argsort(axis=1)[:, ::-1].argsort(axis=1)
    for theme in range(3):
        mine = places[user_theme == theme]
        assert (mine[:, 30 + theme] < 11).mean() > 0.9  # before all 20 items of other themes
        assert (mine[:, 30 + (theme + 1) % 3] >= 11).all()


@pytest.mark.parametrize("cold", ["ridge", "fold_in"])
def test_extension_leaves_known_items_alone_and_equals_presence_at_the_fit(themes, cold):
    r, f, *_ = themes()
    model = fit(r, f, cold=cold)
    words = csr_array(f[[3, 4]])
    longer = model.extend(words)
    np.testing.assert_array_equal(longer.score(r)[:, :30], model.score(r))
    padded = csr_array((r.data, r.indices, r.indptr), shape=(60, 32))
    present = fit(padded, csr_array(vstack([f, words])), cold=cold)
    np.testing.assert_allclose(present.score(padded), longer.score(r), atol=1e-9)
    twice = model.extend(words[[0]]).extend(words[[1]])
    np.testing.assert_allclose(twice.score(r), longer.score(r), atol=1e-12)


def test_a_cold_item_in_the_row_speaks_through_its_text(themes):
    r, f, _, item_theme = themes()
    model = fit(r, f).extend(f[[1]])
    row = csr_array(([1.0], [30], [0, 1]), shape=(1, 31))
    assert not model.is_fallback(row)[0]
    best = top_n(model.score(row)[0, :30], 8).items
    assert (item_theme[best] == 1).all()


def test_an_item_without_text_or_interactions_scores_nothing(themes):
    r, f, *_ = themes()
    model = fit(r, f).extend(csr_array((1, f.shape[1])))
    assert (model.score(r)[:, -1] == 0).all()


def test_content_finds_the_theme_of_cold_items_and_shuffled_content_finds_nothing(themes, rng):
    """Both ends are known: who knows the themes orders each at random, who knows nothing all."""
    r, f, user_theme, item_theme = themes(n_users=200, n_items=60, density=0.2)
    split = cold_item_split(r, rng=rng)
    users = split.users
    rows, relevant = csr_array(split.train[users]), csr_array(split.test[users])

    def quality(content):
        scores = fit(split.train, content).score(rows)
        scores[:, ~split.candidates] = -np.inf
        return metrics.ndcg(top_n(scores, 5).items, relevant, n=5)

    def expected(n_before_others):
        """nDCG of the relevant items, anywhere among the first `n_before_others`."""
        discount = 1 / np.log2(np.arange(2, 7))
        found = np.diff(relevant.indptr)
        reached = np.array([discount[: min(n, 5)].sum() for n in n_before_others])
        return found / n_before_others * reached / np.cumsum(discount)[np.minimum(found, 5) - 1]

    of_theme = np.bincount(item_theme[split.candidates])[user_theme[users]]
    difference = quality(f) - expected(of_theme)
    assert abs(difference.mean()) < 3 * difference.std() / np.sqrt(len(users))

    chance = expected(np.full(len(users), split.candidates.sum())).mean()
    shuffled = [quality(csr_array(f[rng.permutation(60)])).mean() for _ in range(12)]
    assert abs(np.mean(shuffled) - chance) < 3 * np.std(shuffled, ddof=1) / np.sqrt(12)
    assert chance < expected(of_theme).mean() / 2


def test_shuffled_content_does_not_help_warm_items(themes, rng):
    r, f, *_ = themes(n_users=90, n_items=90, density=0.1)
    split = random_split(r, fraction=0.5, rng=rng)

    def quality(content, weight):
        model = fit(split.train, content, content_weight=weight)
        lists = top_n(model.score(split.train), 10, exclude=split.train).items
        return np.nanmean(metrics.ndcg(lists, split.test, n=10))

    assert quality(f, 1.0) > quality(None, 0.0) + 0.05
    assert quality(csr_array(f[rng.permutation(90)]), 1.0) < quality(None, 0.0) + 0.01


def test_content_alone_is_a_model_before_the_first_interaction(themes):
    _, f, _, item_theme = themes()
    model = fit(csr_array((0, 30)), f)
    row = csr_array(([1.0], [4], [0, 1]), shape=(1, 30))
    best = top_n(model.score(row), 9, exclude=row).items[0]
    assert (item_theme[best] == item_theme[4]).all()


def test_an_empty_row_gets_popularity_and_the_model_says_so(themes):
    r, f, *_ = themes()
    model = fit(r, f)
    rows = csr_array(vstack([r[[0]], csr_array((1, 30))]))
    assert model.is_fallback(rows).tolist() == [False, True]
    counts = r.sum(axis=0)
    np.testing.assert_allclose(model.score(rows)[1], counts / counts.max())


@pytest.mark.parametrize("remove_diagonal", [False, True])
def test_explanations_add_up_to_the_score(themes, remove_diagonal):
    r, f, *_ = themes()
    model = fit(r, f, remove_diagonal=remove_diagonal, prior_weight=0.2).extend(f[[2]])
    row = csr_array(([1.0, 0.5, 2.0, 1.0], [0, 7, 21, 30], [0, 4]), shape=(1, 31))
    scores = model.score(row)[0]
    for item in range(31):
        why = model.explain(row, item)
        assert why.score == pytest.approx(scores[item], abs=1e-9)
        assert why.history.tolist() == [0, 7, 21, 30]
        assert why.popularity > 0
    assert np.allclose(model.explain(row, 30).behaviour, 0)
    assert model.explain(row, 3).behaviour[-1] == 0
    if remove_diagonal:
        assert model.explain(row, 7).contributions[1] == 0


def test_without_content_the_explanation_is_behaviour_only(themes):
    r, *_ = themes()
    why = fit(r, content_weight=0).explain(r[[0]], 1)
    assert (why.content == 0).all()


def test_what_was_turned_down_pushes_its_neighbours_down_and_a_taste_alone_is_no_row(themes):
    r, f, _, item_theme = themes()
    model = fit(r, f, n_factors=3, ridge=1, prior_weight=0.2, negative_weight=0.1)
    liked = csr_array(([1.0], [4], [0, 1]), shape=(1, 30))
    both = csr_array(([1.0, -1.5], [4, 5], [0, 2]), shape=(1, 30))
    change = (model.score(both) - model.score(liked))[0]
    near = (item_theme == item_theme[5]) & (np.arange(30) != 5)
    assert change[near].max() < change[item_theme != item_theme[5]].min()
    assert change[near].mean() < 0
    assert (model.score(liked) == model.with_ridge(1, negative_weight=0.0).score(both)).all()
    # somebody who only turned things down is somebody, and sees what others like
    only = csr_array(([-1.0], [5], [0, 1]), shape=(1, 30))
    assert not model.is_fallback(only)[0]
    scores = model.with_ridge(1, prior_weight=0.0).score(only)
    best = top_n(scores, 10, exclude=csr_array(abs(only))).items[0]
    assert (item_theme[best] != item_theme[5]).all()


@pytest.mark.parametrize("remove_diagonal", [False, True])
@pytest.mark.parametrize("o", [0.0, 0.5])
def test_a_signed_row_scores_as_equation_7_says_written_out(themes, rng, remove_diagonal, o):
    r, f, *_ = themes()
    options = {"remove_diagonal": remove_diagonal, "output_scaling": o, "prior_weight": 0.3}
    model = fit(r, f, n_factors=12, negative_weight=0.4, **options)
    rows = rng.normal(size=(5, 30)) * (rng.random((5, 30)) < 0.3)
    w = model.item_factors * model.filter @ model.item_factors.T
    d, share = model.scaling, model.mean / model.mean.sum()
    liked, turned_down = np.maximum(rows, 0), np.maximum(-rows, 0)
    row = liked - 0.4 * turned_down
    scores = (row + 0.4 * turned_down.sum(axis=1, keepdims=True) * share) * d @ w
    if remove_diagonal:
        scores = (scores - row * d * np.diag(w)) / (1 - np.diag(w))
    scores = scores * d**-o + 0.3 * (share @ d) ** (1 - o) * r.toarray().mean(axis=0)
    np.testing.assert_allclose(model.score(csr_array(rows)), scores, atol=1e-12)


def test_the_average_row_is_what_a_prior_adds(themes):
    r, f, *_ = themes()
    with_, without = (fit(r, f, prior_weight=k).score(r) for k in (0.3, 0.0))
    mean = np.asarray(r.sum(axis=0)).ravel() / 60
    np.testing.assert_allclose(
        with_ - without, np.tile(0.3 * mean * (with_ - without).max() / (0.3 * mean.max()), (60, 1))
    )


def test_a_fallback_is_explained_by_popularity(themes):
    r, *_ = themes()
    model = fit(r)
    why = model.explain(csr_array((1, 30)), 4)
    assert why.score == why.popularity == model.popularity[4]
    assert why.history.size == 0


def test_similar_items_share_the_theme(themes):
    r, f, _, item_theme = themes()
    model = fit(r, f).extend(f[[5]])
    for item in (0, 5, 30):
        items, cosines = model.similar(item, 5)
        assert item not in items
        theme = item_theme[5] if item == 30 else item_theme[item]
        assert all(i == 30 or item_theme[i] == theme for i in items)
        assert (np.diff(cosines) <= 0).all()
        assert (cosines <= 1 + 1e-12).all()


def test_impossible_arguments_are_errors(themes):
    r, f, *_ = themes()
    model = fit(r, f)
    for item in (-1, 30):
        with pytest.raises(UnknownItemError):
            model.similar(item, 3)
        with pytest.raises(UnknownItemError):
            model.explain(r[[0]], item)
    with pytest.raises(ShapeError):
        model.score(csr_array((1, 31)))
    with pytest.raises(ShapeError):
        model.extend(csr_array((1, 3)))
    with pytest.raises(ShapeError):
        fit(r, f[:5])
    with pytest.raises(WeightError):
        fit(-r)
    with pytest.raises(WeightError):
        fit(r * np.inf)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_factors": 0},
        {"content_weight": -1},
        {"ridge": float("nan")},
        {"popularity_scaling": 9},
        {"cold": "guess"},
        {"cold_ridge": 0},
    ],
)
def test_impossible_settings_are_errors(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        HybridConfig(**wrong)


def test_arrays_that_are_no_model_are_errors(themes):
    arrays = fit(themes()[0]).to_arrays()
    with pytest.raises(ModelFormatError, match="scaling"):
        HybridSVD.from_arrays({k: v for k, v in arrays.items() if k != "scaling"})
    for text in ("{", "{}", '{"format": "hybrid-svd/1", "colour": 1}'):
        with pytest.raises(ModelFormatError):
            HybridSVD.from_arrays({**arrays, "config": np.array([text])})
