import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from nlp import bayes, ridge
from nlp.directions import Directions
from nlp.ridge import Design

PENALTY = 0.3


@pytest.fixture
def design():
    rng = np.random.default_rng(3)
    rows = random_array((14, 39), density=0.3, rng=rng, format="csr").astype(np.float32)
    rows.resize(14, 40)  # no row has the last column
    columns = np.arange(3, 38, dtype=np.int32)
    return Design(
        csr_array(rows),
        (
            Directions(columns, rng.normal(size=(35, 2)).astype(np.float32)),
            Directions(columns[::2], rng.normal(size=(18, 1)).astype(np.float32)),
        ),
        rng.choice([0.5, 1.0], size=14).astype(np.float32),
        constant=1.0,
    )


@pytest.fixture
def targets():
    return np.where(np.eye(3)[np.arange(14) % 3] > 0, 1, -1).astype(np.float32)


def values(design, targets, row):
    coefficients, intercepts = ridge.solve(design, targets, PENALTY)
    return row @ coefficients + intercepts


def test_the_answer_solves_the_normal_equations(design, targets):
    every = np.hstack([design.rows.toarray(), design.more()]).astype(np.float64)
    weighted = every * design.weights[:, np.newaxis]
    w = np.linalg.solve(every.T @ weighted + PENALTY * np.eye(every.shape[1]), weighted.T @ targets)
    found = values(design, targets, design.rows)
    np.testing.assert_allclose(found, every @ w, atol=0.02)


def without(design, i):
    kept = np.delete(np.arange(14), i)
    part = Design(
        csr_array(design.rows[kept]), design.directions, design.weights[kept], design.constant
    )
    return part, kept


def test_a_row_left_out_has_the_value_of_a_model_that_never_saw_it(design, targets):
    ((found, duals),) = ridge.left_out(design, targets, (PENALTY,), 10)
    assert found.shape == (10, 3)
    for ours, theirs in zip(
        ridge.folded(design, duals), ridge.solve(design, targets, PENALTY), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=0.02)
    for i in range(10):
        part, kept = without(design, i)
        expected = values(part, targets[kept], csr_array(design.rows[[i]]))
        np.testing.assert_allclose(found[i], expected[0], atol=0.02)


def test_penalties_together_find_what_each_finds_alone(design, targets):
    penalties = (0.1, PENALTY, 3.0)
    together = ridge._duals(design.packed(), targets, penalties)
    kernel = design.kernel().astype(np.float64)
    for penalty, found in zip(penalties, together, strict=True):
        exact = np.linalg.solve(kernel + np.diag(penalty / design.weights), targets)
        np.testing.assert_allclose(found, exact, atol=0.02)


def test_columns_of_no_row_change_no_answer(design, targets):
    wide = csr_array(
        (design.rows.data, design.rows.indices * 3, design.rows.indptr), shape=(14, 200)
    )
    spread = tuple(Directions(d.columns * 3, d.table) for d in design.directions)
    other = Design(wide, spread, design.weights, design.constant)
    ours, theirs = (
        ridge.left_out(one, targets, (PENALTY,), 14)[0].values for one in (design, other.packed())
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    coefficients, intercepts = ridge.solve(other, targets, PENALTY)
    expected, same = ridge.solve(design, targets, PENALTY)
    np.testing.assert_allclose(coefficients[0:120:3], expected, atol=1e-3)
    np.testing.assert_allclose(intercepts, same, atol=1e-3)


def test_many_rows_are_left_out_a_fifth_at_a_time(design, targets, monkeypatch):
    ((alone, _),) = ridge.left_out(design, targets, (PENALTY,), 14)
    monkeypatch.setattr(ridge, "EXACT", 5)
    fifths = [values for values, _ in ridge.left_out(design, targets, (PENALTY, 3.0), 14)]
    # a value of a model that saw the row is drawn to its class; these are not
    seen = values(design, targets, design.rows)
    assert ((fifths[0] - seen) * targets).mean() < -0.1
    assert np.abs(fifths[0] - alone).mean() < np.abs(seen - alone).mean()
    assert np.abs(fifths[1]).mean() < np.abs(fifths[0]).mean()


def test_bayes_leaves_a_row_out_exactly(design):
    rows = design.rows.astype(np.float64)
    member = (np.arange(14)[:, np.newaxis] % 3 == np.arange(3)) * design.weights[:, np.newaxis]
    member[5, 2] = 1.0  # a row of two classes
    found = bayes.left_out(rows, member, 12)
    for i in range(12):
        kept = np.delete(np.arange(14), i)
        likely = bayes.likelihoods(csr_array(rows[kept]), member[kept])
        expected = csr_array(rows[[i]]) @ likely
        expected -= expected.mean()
        np.testing.assert_allclose(found[i], np.ravel(expected), atol=1e-9)
    used = rows[:, :39]  # the last column has nothing: its absence counts as if it were there
    assert not rows[:, [39]].nnz
    packed = bayes.left_out(csr_array(used), member, 12, n_unused=1)
    np.testing.assert_allclose(packed, found, atol=1e-9)
