import numpy as np
import pytest
from scipy.sparse import csr_array

from recommend import Segments, ShapeError, metrics, top_n
from recommend.attributes import AttributeSpace
from recommend.segments import _LeaveOneOut


def seeded(seed=0):
    return np.random.default_rng(seed)


def school(rng, n_users=400, n_items=60, matters=True):
    """Learners of three levels, who take courses of their level if levels matter."""
    level, item_level = rng.integers(0, 3, n_users), np.arange(n_items) % 3
    popular = 0.25 / (1 + np.arange(n_items) // 6)
    lift = np.where(level[:, None] == item_level, 2.0, 0.5) if matters else np.ones((1, 1))
    r = csr_array((rng.random((n_users, n_items)) < popular * lift).astype(float))
    users = [
        {"level": int(x), "colour": str(rng.integers(0, 4)), "age": float(rng.uniform(15, 60))}
        for x in level
    ]
    return r, users


def test_columns_are_shared_values_lists_and_ranges():
    users = [{"age": float(a), "tag": ["x", "y"], "vip": True, "rare": "one"} for a in range(4)]
    users += [{"age": float(a), "tag": "x", "vip": False} for a in range(4, 50)]
    space = AttributeSpace.fit(users)
    named = {}
    for name, value in space.columns:
        named.setdefault(name, []).append(value)
    assert named["vip"] == ["false"]
    assert named["tag"] == ["x"]
    assert named["age"] == ["..9", "19..29", "29..39", "39..", "9..19"]
    assert "rare" not in named
    assert space.values({"age": 19}) == {("age", "19..29")}
    assert space.values({"age": None, "tag": []}) == set()


def test_a_name_that_matters_is_found_and_noise_is_dropped(rng):
    r, users = school(rng)
    segments = Segments.fit(r, users, rng=seeded())
    assert set(segments.ridges) == {"level"}
    lifts = segments.lifts({"level": 1, "colour": "0", "age": 30.0})
    assert set(lifts) == {"level"}
    at = np.arange(60) % 3 == 1
    assert lifts["level"][at].mean() > 0 > lifts["level"][~at].mean()


@pytest.mark.parametrize("seed", range(4))
def test_attributes_that_say_nothing_do_no_harm(seed):
    r, users = school(seeded(seed), matters=False)
    segments = Segments.fit(r, users, rng=seeded())
    assert not segments
    assert segments.lifts({"level": 1}) == {}


def test_held_out_people_are_guessed_better_than_by_popularity(rng):
    r, users = school(rng, n_users=800)
    segments = Segments.fit(csr_array(r[:600]), users[:600], rng=seeded())
    mean = np.asarray(r[:600].sum(axis=0)).ravel() / 600
    truth = csr_array(r[600:])
    plain = np.tile(mean, (200, 1))
    mine = plain + [sum(segments.lifts(user).values()) for user in users[600:]]
    values = [metrics.ndcg(top_n(s, 10).items, truth, n=10) for s in (mine, plain)]
    judged = ~np.isnan(values[0])
    assert metrics.paired_difference(*(v[judged] for v in values), rng=rng).low > 0.02


def test_the_error_without_a_user_is_that_of_a_fit_without_the_user(rng):
    n = 30
    a = rng.normal(size=(n, 3))
    a -= a.mean(axis=0)
    dense = rng.random((n, 7)) * (rng.random((n, 7)) < 0.5) + 0.01
    r = csr_array(dense)
    ridges = np.array([2.0, 5.0, np.inf])
    found = _LeaveOneOut(r, a, a.T @ dense, np.arange(n)).errors(ridges)
    for user in range(n):
        rest = np.arange(n) != user
        x = np.column_stack([np.ones(n), a[:, :2]])
        penalty = np.diag([0.0, 2.0, 5.0])
        b = np.linalg.solve(x[rest].T @ x[rest] + penalty, x[rest].T @ dense[rest])
        error = np.square(dense[user] - x[user] @ b).sum()
        assert found[user] == pytest.approx(error, rel=1e-9)


def test_an_unknown_value_and_nothing_known_say_nothing(rng):
    segments = Segments.fit(*school(rng), rng=seeded())
    for attributes in ({}, {"level": 77}, {"level": None}, {"shoe": 44}):
        assert segments.lifts(attributes) == {}


def test_a_round_trip_through_arrays_changes_float32_only(rng):
    segments = Segments.fit(*school(rng), rng=seeded())
    again = Segments.from_arrays(segments.to_arrays())
    assert again.ridges == segments.ridges
    np.testing.assert_allclose(
        again.lifts({"level": 2})["level"], segments.lifts({"level": 2})["level"], atol=1e-6
    )


def test_sizes_and_empty_worlds():
    with pytest.raises(ShapeError):
        Segments.fit(csr_array((3, 2)), [{}], rng=seeded())
    assert not Segments.fit(csr_array((3, 2)), [{}] * 3, rng=seeded())
    assert Segments.from_arrays(Segments.none(4).to_arrays()).lifts({"level": 1}) == {}
