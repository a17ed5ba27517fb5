import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import ConfigError, ShapeError, top_n


def test_best_first_and_ties_by_item_row():
    items, scores = top_n(np.array([1.0, 3.0, 2.0, 3.0, 2.0]), 4)
    assert items.tolist() == [1, 3, 2, 4]
    assert scores.tolist() == [3, 3, 2, 2]


def test_masked_items_take_no_places():
    scores = np.array([[4.0, 3.0, 2.0, 1.0]])
    seen = csr_array(np.array([[1, 0, 1, 0]]))
    assert top_n(scores, 2, exclude=seen).items.tolist() == [[1, 3]]
    assert top_n(scores, 2, exclude=seen.toarray() > 0).items.tolist() == [[1, 3]]


def test_past_the_catalogue_there_is_what_there_is():
    assert top_n(np.array([1.0, 2.0]), 10).items.tolist() == [1, 0]
    short = top_n(np.array([[1.0, 2.0], [5.0, 6.0]]), 10, exclude=np.array([[True, True]] * 2))
    assert short.items.tolist() == [[-1, -1], [-1, -1]]
    assert np.isneginf(short.scores).all()


def test_no_list_and_no_rows():
    assert top_n(np.array([1.0]), 0).items.tolist() == []
    assert top_n(np.zeros((0, 3)), 2).items.shape == (0, 2)
    assert top_n(np.zeros((2, 0)), 2).items.shape == (2, 0)


def test_nan_is_never_returned():
    assert top_n(np.array([np.nan, 1.0, -np.inf]), 3).items.tolist() == [1]


def test_scores_given_are_not_changed():
    scores = np.ones((1, 3))
    top_n(scores, 2, exclude=np.array([[True, False, False]]))
    assert scores.tolist() == [[1, 1, 1]]


def test_wrong_arguments_are_errors():
    with pytest.raises(ConfigError):
        top_n(np.ones(3), -1)
    with pytest.raises(ShapeError):
        top_n(np.ones(3), 1, exclude=np.ones(2, bool))
    with pytest.raises(ShapeError):
        top_n(np.ones((2, 3)), 1, exclude=csr_array((1, 3)))


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_long_row_gives_what_sorting_all_of_it_gives(kind):
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 300, (4, 3001)).astype(kind)  # many ties, also at the bar
    scores[1, :2995] = -np.inf
    scores[2, rng.random(3001) < 0.5] = np.nan
    scores[3] = 5.0
    for n in (1, 3, 10, 400):
        found = top_n(scores, n)
        for row, items in zip(scores, found.items, strict=True):
            clean = np.where(np.isnan(row), -np.inf, row)
            order = np.lexsort((np.arange(len(row)), -clean))
            order = order[clean[order] > -np.inf][:n]
            assert items[items >= 0].tolist() == order.tolist()
