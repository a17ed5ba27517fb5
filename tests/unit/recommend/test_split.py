import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from recommend import ShapeError, SplitError, cold_item_split, random_split, time_split
from recommend.split import carve


@pytest.fixture
def r(rng):
    return random_array((50, 40), density=0.2, rng=rng, format="csr")


def parts_make_the_whole(split, r):
    return (split.train + split.test != r).nnz == 0 and split.train.multiply(split.test).nnz == 0


def test_random_keeps_some_of_everybody(r, rng):
    split = random_split(r, fraction=0.25, rng=rng)
    assert parts_make_the_whole(split, r)
    sizes = np.diff(r.indptr)
    held = np.diff(split.test.indptr)
    assert (held[sizes >= 2] >= 1).all()
    assert (held < sizes)[sizes > 0].all()
    assert held.sum() == pytest.approx(0.25 * r.nnz, rel=0.1)


def test_time_cuts_the_calendar_once(r, rng):
    times = rng.random(r.nnz)
    split = time_split(r, times, fraction=0.2)
    assert parts_make_the_whole(split, r)
    at = csr_array((times, r.indices, r.indptr), shape=r.shape)
    assert at[split.train.nonzero()].max() < at[split.test.nonzero()].min()
    inner = carve(split, rng=rng)
    assert inner.name == "time"
    assert (inner.train + inner.test != split.train).nnz == 0


def test_times_may_be_a_matrix_of_the_same_pattern(r, rng):
    times = rng.random(r.nnz)
    at = csr_array((times, r.indices, r.indptr), shape=r.shape)
    assert (time_split(r, at).train != time_split(r, times).train).nnz == 0
    with pytest.raises(ShapeError):
        time_split(r, csr_array(r.shape))


def test_cold_items_have_no_training_interactions(r, rng):
    split = cold_item_split(r, fraction=0.3, rng=rng)
    assert parts_make_the_whole(split, r)
    assert not set(split.train.indices) & set(split.test.indices)
    assert set(np.flatnonzero(split.candidates)) == set(split.test.indices)
    assert split.candidates.sum() == round(0.3 * len(np.unique(r.indices)))
    assert carve(split, rng=rng).name == "cold-items"


def test_equal_seeds_give_equal_splits(r):
    for make in (random_split, cold_item_split):
        one, two = (make(r, rng=np.random.default_rng(5)) for _ in range(2))
        assert (one.train != two.train).nnz == 0


def test_what_cannot_be_divided_is_an_error(rng):
    with pytest.raises(SplitError):
        cold_item_split(csr_array(np.ones((3, 1))), rng=rng)
    with pytest.raises(SplitError):
        time_split(csr_array((3, 3)), np.zeros(0))
    with pytest.raises(SplitError):
        time_split(csr_array(np.ones((2, 2))), np.zeros(4))
