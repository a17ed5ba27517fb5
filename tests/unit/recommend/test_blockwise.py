"""Lists made by blocks of columns are those of all scores."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from recommend import ConfigError, HybridConfig, HybridSVD, ShapeError, blockwise, top_n
from recommend.blockwise import top_n_blockwise


@pytest.fixture(scope="module")
def fitted() -> tuple[HybridSVD, csr_array]:
    rng = np.random.default_rng(1)
    r = csr_array(random_array((300, 400), density=0.05, rng=rng, format="csr"))
    r.data[rng.random(r.nnz) < 0.1] *= -1.0
    f = csr_array(random_array((400, 60), density=0.1, rng=rng, format="csr"))
    model = HybridSVD.fit(abs(r), f, HybridConfig(n_factors=16), rng=rng)
    # the last row says nothing
    return model, csr_array((r.data, r.indices, np.append(r.indptr, r.nnz)), shape=(301, 400))


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize(("n", "n_added"), [(1, 0), (10, 7), (80, 7)])
def test_the_lists_are_those_of_all_scores(fitted, rng, monkeypatch, n, n_added, single):
    monkeypatch.setattr(blockwise, "ROWS", 200)
    monkeypatch.setattr(blockwise, "COLUMNS", 64)
    model, r = fitted
    if n_added:
        model = model.extend(random_array((n_added, 60), density=0.2, rng=rng, format="csr"))
    model = model.single() if single else model
    r = csr_array((r.data, r.indices, r.indptr), shape=(r.shape[0], model.n_items))
    hidden = csr_array(random_array(r.shape, density=0.3, rng=rng, format="csr"))
    for exclude in (None, hidden, csr_array(abs(r))):
        found = top_n_blockwise(model, r, n, exclude=exclude)
        wanted = top_n(model.score(r), n, exclude=exclude)
        np.testing.assert_allclose(found.scores, wanted.scores, atol=1e-6)
        np.testing.assert_array_equal(found.fallback, model.is_fallback(r))
        same = found.items == wanted.items
        assert same[-1].all()  # popularity has ties, and they go by row
        assert same.mean() > 0.999 if single else same.all()


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_the_lists_are_the_same_for_any_number_of_threads(fitted, monkeypatch, n_threads):
    monkeypatch.setattr(blockwise, "FEW_ROWS", 20)
    monkeypatch.setattr(blockwise, "COLUMNS", 64)
    model, r = fitted
    found = top_n_blockwise(model, r, 10, exclude=csr_array(abs(r)), n_threads=n_threads)
    wanted = top_n(model.score(r), 10, exclude=csr_array(abs(r)))
    np.testing.assert_array_equal(found.items, wanted.items)


@pytest.mark.parametrize(("n_rows", "n_threads"), [(1, 2), (65, 2), (512, 2), (1300, 2), (5000, 3)])
def test_threads_get_equal_shares_of_at_most_so_many_rows(n_rows, n_threads):
    batches = blockwise._batches(n_rows, n_threads)
    sizes = [min(b.stop, n_rows) - b.start for b in batches]
    assert [b.start for b in batches] == [0, *np.cumsum(sizes)[:-1]]
    assert sum(sizes) == n_rows
    assert max(sizes) <= blockwise.ROWS
    assert len(batches) % n_threads == 0 or n_rows <= blockwise.FEW_ROWS


@pytest.mark.parametrize("remove_diagonal", [True, False])
def test_filters_that_need_no_gain_or_prior(fitted, remove_diagonal):
    model, r = fitted
    plain = {"output_scaling": 0.0, "prior_weight": 0.0, "remove_diagonal": remove_diagonal}
    model = replace(model, config=replace(model.config, **plain))
    found, wanted = top_n_blockwise(model, r, 10), top_n(model.score(r), 10)
    np.testing.assert_array_equal(found.items, wanted.items)
    np.testing.assert_allclose(found.scores, wanted.scores)


def test_equal_scores_go_by_row_across_blocks(fitted, monkeypatch):
    monkeypatch.setattr(blockwise, "COLUMNS", 16)
    model, r = fitted
    alike = replace(model, item_factors=np.zeros_like(model.item_factors), mean=model.mean * 0)
    assert (top_n_blockwise(alike, r, 3).items == [0, 1, 2]).all()


def test_rows_with_little_left_are_filled(fitted):
    model, r = fitted
    nearly_all = np.ones(r.shape)
    nearly_all[:, [399, 3]] = 0
    found = top_n_blockwise(model, r, 5, exclude=csr_array(nearly_all))
    assert (np.sort(found.items[:, :2], axis=1) == [3, 399]).all()
    assert (found.items[:, 2:] == -1).all()
    assert np.isneginf(found.scores[:, 2:]).all()


def test_no_list_and_no_rows(fitted):
    model, r = fitted
    assert top_n_blockwise(model, r, 0).items.shape == (301, 0)
    assert top_n_blockwise(model, csr_array((0, 400)), 2).items.shape == (0, 2)
    assert top_n_blockwise(model, csr_array(r[:2]), 10**6).items.shape == (2, 400)


def test_wrong_arguments_are_errors(fitted):
    model, r = fitted
    with pytest.raises(ConfigError):
        top_n_blockwise(model, r, -1)
    with pytest.raises(ShapeError):
        top_n_blockwise(model, r, 1, exclude=csr_array((1, 400)))
