import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from nlp import bayes, ridge
from nlp.ridge import Design

PENALTY = 0.3


@pytest.fixture
def design():
    rng = np.random.default_rng(3)
    rows = random_array((14, 40), density=0.3, rng=rng, format="csr").astype(np.float32)
    return Design(
        csr_array(rows),
        rng.normal(size=(40, 2)).astype(np.float32),
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
    (found,) = ridge.left_out(design, targets, (PENALTY,), 10)
    assert found.shape == (10, 3)
    for i in range(10):
        part, kept = without(design, i)
        expected = values(part, targets[kept], csr_array(design.rows[[i]]))
        np.testing.assert_allclose(found[i], expected[0], atol=0.02)


def test_many_rows_are_left_out_a_fifth_at_a_time(design, targets, monkeypatch):
    (alone,) = ridge.left_out(design, targets, (PENALTY,), 14)
    monkeypatch.setattr(ridge, "EXACT", 5)
    fifths = ridge.left_out(design, targets, (PENALTY, 10 * PENALTY), 14)
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
