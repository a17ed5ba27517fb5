import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import evaluate
from recommend.slices import slices
from recommend.split import Split


@pytest.fixture
def split(rng):
    r = csr_array((rng.random((40, 30)) < np.linspace(0.05, 0.95, 40)[:, None]).astype(float))
    held = rng.random((40, 30)) < 0.3
    held[:, 7] = True  # nobody's training has item 7
    train, test = (csr_array(r.toarray() * part) for part in (~held, held))
    return Split("random", train, test, np.ones(30, bool))


def test_slices_of_users_and_of_items_each_hold_everything_once(split):
    users = split.users
    test = csr_array(split.test[users])
    found = {part.name: part.relevant(test) for part in slices(split, users)}
    for kind in ("histories", "items"):
        total = sum(part for name, part in found.items() if name.endswith(kind))
        np.testing.assert_array_equal(total.toarray(), test.toarray())
    assert np.unique(found["new items"].indices).tolist() == [7]


def test_popular_items_are_the_fewest_that_hold_half(split):
    popular = next(p for p in slices(split, split.users) if p.name == "popular items").items
    counts = np.bincount(split.train.indices, minlength=30)
    assert counts[popular].sum() * 2 >= counts.sum()
    assert (counts[popular].sum() - counts[popular].min()) * 2 < counts.sum()


def test_the_table_has_a_line_for_each_slice_and_a_paired_lead(themes):
    r, f, *_ = themes(n_users=120)
    result = evaluate(r, f, models=("popularity", "hybrid"))
    line = result.as_dict()["models"][0]
    assert {"short histories", "tail items"} <= {part["slice"] for part in line["slices"]}
    for part in line["slices"]:
        low, high = part["ndcg@10_ci95"]
        assert low <= part["ndcg@10"] <= high
    tail = result.difference("hybrid", "popularity", "tail items")
    assert tail.low > 0
