"""Laws of lists and of what judges them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.sparse import csr_array

from recommend import Policy, metrics, random_split, rank, top_n
from recommend.exploration import draw

laws = settings(deadline=None, max_examples=60)
tied = st.one_of(st.integers(-2, 2).map(float), st.sampled_from([np.nan, np.inf, -np.inf]))
score_tables = arrays(
    float, array_shapes(min_dims=2, max_dims=2, max_side=7), elements=tied, fill=st.nothing()
)


@st.composite
def judged(draw):
    """Lists without repetition, and what is relevant."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_users, n_items = draw(st.integers(1, 8)), draw(st.integers(1, 15))
    length = draw(st.integers(0, n_items))
    lists = rng.permuted(np.tile(np.arange(n_items), (n_users, 1)), axis=1)[:, :length]
    lists[rng.random(lists.shape) < 0.1] = -1
    relevant = csr_array((rng.random((n_users, n_items)) < 0.3).astype(float))
    return lists, relevant, draw(st.integers(1, 12))


@laws
@given(score_tables, st.integers(0, 9), st.integers(0, 2**32 - 1))
def test_a_list_is_the_sorted_catalogue_cut_short(scores, n, seed):
    closed = np.random.default_rng(seed).random(scores.shape) < 0.3
    found = top_n(scores, n, exclude=closed)
    np.testing.assert_array_equal(found.items, top_n(scores, n, exclude=csr_array(closed)).items)
    np.testing.assert_array_equal(
        found.items, top_n(scores, n + 1, exclude=closed).items[:, : found.items.shape[1]]
    )
    for row, items in enumerate(found.items):
        allowed = [
            i for i, x in enumerate(scores[row]) if not closed[row, i] and x > -np.inf
        ]  # NaN is not above
        expected = sorted(allowed, key=lambda i: (-scores[row, i], i))[:n]
        assert items[items >= 0].tolist() == expected
        single = top_n(scores[row], n, exclude=closed[row])
        assert single.items.tolist() == expected


@laws
@given(judged())
def test_every_metric_lies_between_0_and_1(case):
    lists, relevant, n = case
    nobody = np.diff(relevant.indptr) == 0
    for metric in (metrics.ndcg, metrics.recall, metrics.precision, metrics.mrr):
        values = metric(lists, relevant, n=n)
        assert np.isnan(values[nobody]).all()
        assert ((values[~nobody] >= 0) & (values[~nobody] <= 1 + 1e-12)).all()
    assert 0 <= metrics.coverage(lists, relevant.shape[1], n=n) <= 1


@laws
@given(judged())
def test_the_ideal_order_has_ndcg_1_and_no_order_has_more(case):
    lists, relevant, n = case
    ideal = top_n(relevant.toarray(), relevant.shape[1]).items
    best = metrics.ndcg(ideal, relevant, n=n)
    np.testing.assert_allclose(best[~np.isnan(best)], 1.0, rtol=1e-12)
    here = metrics.ndcg(lists, relevant, n=n)
    assert (here[~np.isnan(here)] <= 1 + 1e-12).all()


@laws
@given(judged(), st.integers(0, 13))
def test_moving_a_hit_up_never_lowers_ndcg_or_mrr(case, place):
    lists, relevant, n = case
    if place + 1 >= lists.shape[1]:
        return
    hits = metrics.hits(lists, relevant)
    swap = hits[:, place + 1] & ~hits[:, place]
    better = lists.copy()
    better[swap, place], better[swap, place + 1] = lists[swap, place + 1], lists[swap, place]
    for metric in (metrics.ndcg, metrics.mrr, metrics.recall):
        before, after = metric(lists, relevant, n=n), metric(better, relevant, n=n)
        known = ~np.isnan(before)
        assert (after[known] >= before[known] - 1e-12).all()


@laws
@given(judged())
def test_the_same_users_in_another_order_have_the_same_values(case):
    lists, relevant, n = case
    turned = csr_array(relevant[::-1])
    for metric in (metrics.ndcg, metrics.recall, metrics.precision, metrics.mrr):
        np.testing.assert_array_equal(
            metric(lists[::-1], turned, n=n), metric(lists, relevant, n=n)[::-1]
        )


@laws
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))
def test_a_random_split_is_a_partition_that_leaves_everybody_something(seed, fraction):
    rng = np.random.default_rng(seed)
    r = csr_array(rng.random((8, 9)) * (rng.random((8, 9)) < 0.4))
    split = random_split(r, fraction=fraction, rng=rng)
    np.testing.assert_array_equal((split.train + split.test).toarray(), r.toarray())
    kept, held = np.diff(split.train.indptr), np.diff(split.test.indptr)
    assert (kept + held == np.diff(r.indptr)).all()
    assert ((kept >= 1) | (np.diff(r.indptr) == 0)).all()
    assert ((held >= 1) | (np.diff(r.indptr) < 2)).all()


@laws
@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 30),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from([0.0, 0.25, 1.0]),
)
def test_a_list_is_as_long_as_it_can_be_and_keeps_the_masks_whatever_the_policy(
    seed, n, diversity, explore
):
    rng = np.random.default_rng(seed)
    n_items = int(rng.integers(1, 40))
    scores = rng.integers(0, 5, n_items).astype(float)
    closed = rng.random(n_items) < 0.3
    words = csr_array(np.eye(4)[rng.integers(0, 4, n_items)])
    support = rng.integers(0, 9, n_items)
    options = {"exclude": closed, "content": words, "support": support}
    policy = Policy(n, diversity, explore)
    found = rank(scores, policy, **options, rng=np.random.default_rng(seed))
    assert len(found.items) == min(n, int((~closed).sum()))
    assert len(set(found.items.tolist())) == len(found.items)
    assert not closed[found.items].any()
    np.testing.assert_array_equal(found.scores, scores[found.items])
    if diversity == explore == 0:
        np.testing.assert_array_equal(found.items, top_n(scores, n, exclude=closed).items)
    if explore == 0:
        longer = rank(scores, Policy(n + 1, diversity), **options)
        np.testing.assert_array_equal(longer.items[: len(found.items)], found.items)


@laws
@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_the_chances_of_all_items_sum_to_the_places_that_explore(seed, count):
    rng = np.random.default_rng(seed)
    n_items = int(rng.integers(1, 60))
    candidates = np.flatnonzero(rng.random(n_items) < 0.7)
    support = rng.integers(0, 4, n_items)
    drawn = draw(rng.random(n_items), support, candidates, count, rng=rng)
    assert len(drawn.items) == min(count, len(candidates))
    np.testing.assert_allclose(drawn.chances.sum(), len(drawn.items))
    assert set(drawn.items.tolist()) <= set(drawn.pool.tolist()) <= set(candidates.tolist())
    of = dict(zip(drawn.pool.tolist(), drawn.chances.tolist(), strict=True))
    assert drawn.propensities.tolist() == [of[item] for item in drawn.items.tolist()]
