"""What every model promises, whatever it is made of."""

import io

import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from recommend import (
    EASE,
    ContentKNN,
    HybridConfig,
    HybridSVD,
    ItemKNN,
    Popularity,
    PureSVD,
    ShapeError,
    UnknownItemError,
    WeightError,
    top_n,
)

N_USERS, N_ITEMS, COLD = 24, 12, 11


@pytest.fixture
def world(rng):
    """Two themes that share no user; item 11 is of theme 1, and nobody has touched it."""
    user_theme, item_theme = np.arange(N_USERS) % 2, np.arange(N_ITEMS) % 2
    weights = rng.uniform(0.5, 1.5, (N_USERS, N_ITEMS)) * (rng.random((N_USERS, N_ITEMS)) < 0.7)
    weights *= user_theme[:, None] == item_theme
    weights[:, COLD] = 0
    words = np.eye(2)[item_theme] + 0.2 * rng.random((N_ITEMS, 2))
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    return csr_array(weights), csr_array(words), user_theme, item_theme


def seeded():
    return np.random.default_rng(0)


class ModelContract:
    """Subclass, and give `model` a configuration."""

    personal = True
    knows_cold_items = False
    hears_dislikes = False

    def fit(self, r, f=None):
        return self.model.fit(r, f, rng=seeded())

    def test_a_trained_user_is_led_to_the_own_theme(self, world):
        r, f, user_theme, item_theme = world
        lists = top_n(self.fit(r, f).score(r), 1, exclude=r).items[:, 0]
        open_ = (r.toarray() == 0) & (item_theme == user_theme[:, None]) & (np.arange(12) != COLD)
        judged = open_.any(axis=1)
        assert lists.min() >= 0
        if self.personal:
            assert (item_theme[lists[judged]] == user_theme[judged]).all()

    def test_a_warm_user_is_a_row_like_any_other(self, world):
        r, f, *_ = world
        model = self.fit(r, f)
        row = csr_array(([2.0, 1.0], [0, 4], [0, 2]), shape=(1, N_ITEMS))
        alone = model.score(row)
        assert alone.shape == (1, N_ITEMS)
        assert np.isfinite(alone).all()
        together = model.score(csr_array(vstack([r, row])))
        np.testing.assert_allclose(together[-1:], alone, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(together[:-1], model.score(r), rtol=1e-12, atol=1e-14)

    def test_a_cold_item_is_ranked_by_its_content_or_stays_behind(self, world):
        r, f, user_theme, _ = world
        scores = self.fit(r, f).score(r)
        cold = scores[:, COLD]
        assert np.isfinite(cold).all()
        if self.knows_cold_items:
            other_theme = scores[:, 0:10:2]
            assert (cold[user_theme == 1] > other_theme[user_theme == 1].max(axis=1)).all()
        else:
            np.testing.assert_allclose(cold, 0, atol=1e-12)

    def test_an_empty_row_gets_popularity(self, world):
        r, f, *_ = world
        expected = r.sum(axis=0) / r.sum(axis=0).max()
        scores = self.fit(r, f).score(csr_array((2, N_ITEMS)))
        np.testing.assert_allclose(scores, [expected, expected])

    def test_an_unknown_item_is_an_error_and_a_row_from_before_the_newest_is_not(self, world):
        r, f, *_ = world
        model = self.fit(r, f)
        with pytest.raises(ShapeError):
            model.score(csr_array((1, N_ITEMS + 1)))
        short = csr_array(([1.0], [0], [0, 1]), shape=(1, 3))
        full = csr_array(([1.0], [0], [0, 1]), shape=(1, N_ITEMS))
        np.testing.assert_array_equal(model.score(short), model.score(full))

    def test_past_the_catalogue_there_is_what_there_is(self, world):
        r, f, *_ = world
        lists = top_n(self.fit(r, f).score(r), 10**6).items
        assert (np.sort(lists, axis=1) == np.arange(N_ITEMS)).all()

    def test_one_user_is_enough(self, world):
        r, f, *_ = world
        self.check_shape(csr_array(r[[1]]), f)

    def test_one_item_is_enough(self, world):
        r, f, *_ = world
        self.check_shape(csr_array(r[:, [0]]), csr_array(f[[0]]))

    def test_a_matrix_of_zeros_is_a_beginning(self, world):
        _, f, *_ = world
        self.check_shape(csr_array((N_USERS, N_ITEMS)), f)
        stored = csr_array((np.zeros(3), [0, 1, 2], [0, 1, 2, 3]), shape=(3, N_ITEMS))
        self.check_shape(stored, f)

    @pytest.mark.parametrize("shape", [(0, 4), (4, 0), (0, 0)])
    def test_nobody_and_nothing_are_sizes_too(self, shape):
        self.check_shape(csr_array(shape), None)

    def check_shape(self, r, f):
        for content in (f, None):
            scores = self.fit(r, content).score(r)
            assert scores.shape == r.shape
            assert np.isfinite(scores).all()

    def test_equal_seeds_give_equal_bits(self, world):
        r, f, *_ = world
        np.testing.assert_array_equal(self.fit(r, f).score(r), self.fit(r, f).score(r))

    def test_what_is_given_is_not_changed(self, world):
        r, f, *_ = world
        before = r.copy(), f.copy()
        self.fit(r, f).score(r)
        for old, new in zip(before, (r, f), strict=True):
            np.testing.assert_array_equal(old.data, new.data)
            np.testing.assert_array_equal(old.indices, new.indices)

    def test_a_score_is_the_caller_s_to_write_in(self, world):
        r, f, *_ = world
        model = self.fit(r, f)
        before = model.score(r)
        model.score(r)[:] = np.nan
        np.testing.assert_array_equal(model.score(r), before)

    def test_weights_below_zero_are_errors(self, world):
        r, f, *_ = world
        with pytest.raises(WeightError):
            self.fit(-r, f)
        with pytest.raises(WeightError):
            self.fit(r, f).score(-r if not self.hears_dislikes else csr_array(r * np.nan))


class TestPopularity(ModelContract):
    model = Popularity()
    personal = False


class TestItemKNN(ModelContract):
    model = ItemKNN(n_neighbours=5, shrinkage=1.0)


class TestContentKNN(ModelContract):
    model = ContentKNN(n_neighbours=6)
    knows_cold_items = True


class TestPureSVD(ModelContract):
    hears_dislikes = True
    model = PureSVD(n_factors=2)


class TestScaledPureSVD(ModelContract):
    hears_dislikes = True
    model = PureSVD(n_factors=2, popularity_scaling=0.4, ridge=0.5)


class TestEASE(ModelContract):
    model = EASE(ridge=0.5)


class TestEASEWithSideInformation(ModelContract):
    model = EASE(ridge=0.5, content_weight=0.5, popularity_scaling=0.6)
    knows_cold_items = True


class HybridContract(ModelContract):
    """And what `HybridSVD` promises beyond."""

    hears_dislikes = True

    def test_a_round_trip_through_a_file_of_arrays_changes_nothing(self, world):
        r, f, *_ = world
        model = self.fit(r, f).extend(f[[COLD]])
        file = io.BytesIO()
        np.savez(file, **model.to_arrays())
        file.seek(0)
        with np.load(file, allow_pickle=False) as arrays:
            again = HybridSVD.from_arrays(arrays)
        assert again.config == model.config
        rows = csr_array(vstack([r, csr_array((1, N_ITEMS))]))
        np.testing.assert_array_equal(again.score(rows), model.score(rows))
        np.testing.assert_array_equal(again.extend(f).score(r), model.extend(f).score(r))
        why, why_again = model.explain(r[[0]], 1), again.explain(r[[0]], 1)
        np.testing.assert_array_equal(why.content, why_again.content)
        np.testing.assert_array_equal(why.behaviour, why_again.behaviour)

    def test_read_only_arrays_are_enough(self, world):
        r, f, *_ = world
        arrays = self.fit(r, f).to_arrays()
        for array in arrays.values():
            array.flags.writeable = False
        HybridSVD.from_arrays(arrays).extend(f).score(r)

    def test_a_posted_item_can_be_ranked_and_spoken_for_at_once(self, world):
        r, f, *_ = world
        model = self.fit(r, f).extend(f[[COLD]])
        assert model.n_items == N_ITEMS + 1
        assert model.score(r).shape == (N_USERS, N_ITEMS + 1)
        row = csr_array(([1.0], [N_ITEMS], [0, 1]), shape=(1, N_ITEMS + 1))
        assert np.isfinite(model.score(row)).all()
        assert model.is_fallback(row)[0] != self.knows_cold_items

    def test_an_item_that_is_not_there_cannot_be_explained(self, world):
        r, f, *_ = world
        model = self.fit(r, f)
        for item in (-1, N_ITEMS):
            with pytest.raises(UnknownItemError):
                model.explain(r[[0]], item)
            with pytest.raises(UnknownItemError):
                model.similar(item, 3)

    def test_every_place_of_every_list_is_explained(self, world):
        r, f, *_ = world
        model = self.fit(r, f)
        rows = csr_array(vstack([r[[0, 1]], csr_array((1, N_ITEMS))]))
        items, scores = top_n(model.score(rows), N_ITEMS)
        for user in range(3):
            for item, score in zip(items[user], scores[user], strict=True):
                assert model.explain(rows[[user]], item).score == pytest.approx(score, abs=1e-9)


class TestHybridDefaults(HybridContract):
    model = HybridConfig()
    knows_cold_items = True


class TestHybridFoldsColdItemsIn(HybridContract):
    model = HybridConfig(cold="fold_in", content_weight=1.0, ridge=0.5, user_scaling=0.0)
    knows_cold_items = True


class TestHybridWithoutColdItems(HybridContract):
    model = HybridConfig(cold="none", user_scaling=1.0)


class TestHybridOfOneFactorForEachTheme(HybridContract):
    model = HybridConfig(n_factors=2, ridge=0.0, remove_diagonal=False, popularity_scaling=1.0)
    knows_cold_items = True


class TestHybridWithoutContent(HybridContract):
    model = HybridConfig(content_weight=0.0, cold="none", user_scaling=0.0, ridge=0.5)
