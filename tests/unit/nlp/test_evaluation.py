"""Figures by hand, folds, and what a bootstrap must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import TrainingDataError
from nlp.evaluation import Answer, Contestant, HeldSet, compare
from nlp.evaluation.classification import fold_numbers
from nlp.evaluation.classifiers import stored
from nlp.evaluation.counted import compare_segmentation
from nlp.metrics import area_under_curve, expected_calibration_error, macro_f1


def by_text(answers: dict[str, Answer]) -> Contestant:
    return stored("fixed", lambda texts: [answers[text] for text in texts])


@given(
    rows=st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=40).filter(
        lambda rows: len({good for good, _ in rows}) == 2
    )
)
def test_figures_are_those_of_the_metrics(rows):
    texts = [str(i) for i in range(len(rows))]
    labels = ["positive" if good else "negative" for good, _ in rows]
    answers = {
        text: Answer("positive" if p > 0.5 else "negative", max(p, 1 - p), p)
        for text, (_, p) in zip(texts, rows, strict=True)
    }
    held = HeldSet(texts, labels)
    found = compare([by_text(answers)], [], [], test=held, n_resamples=0)[0].figures
    polarity = np.array([p for _, p in rows])
    target = np.array([int(good) for good, _ in rows])
    guess = (polarity > 0.5).astype(np.int64)
    assert found["accuracy"] == pytest.approx((guess == target).mean())
    assert found["macro_f1"] == pytest.approx(macro_f1(guess, target))
    pairs = [(p, good) for good, p in rows]
    assert found["auc"] == pytest.approx(area_under_curve(pairs))
    probabilities = np.stack([1 - polarity, polarity], axis=1)
    if not np.any(polarity == 0.5):
        error = expected_calibration_error(probabilities, target)
        assert found["ece"] == pytest.approx(error, abs=1e-9)


def test_folds_hold_each_label_evenly_and_depend_on_the_seed():
    labels = ["a"] * 50 + ["b"] * 23
    fold = fold_numbers(labels, 5, seed=1)
    for label in "ab":
        counts = np.bincount(fold[np.array(labels) == label], minlength=5)
        assert counts.max() - counts.min() <= 1
    assert (fold == fold_numbers(labels, 5, seed=1)).all()
    assert (fold != fold_numbers(labels, 5, seed=2)).any()


def test_no_text_is_judged_by_a_model_that_was_fitted_on_it():
    def fit(texts, labels):
        seen = set(texts)
        return lambda asked: [Answer("seen" if text in seen else "new") for text in asked]

    texts, labels = [str(i) for i in range(20)], ["new"] * 10 + ["other"] * 10
    found = compare([Contestant("memory", fit)], texts, labels, n_resamples=0)[0]
    assert found.figures["accuracy"] == 0.5  # "new" every time, and half of the labels are


def test_a_lead_is_paired_and_a_slow_model_is_judged_on_a_sample():
    texts = [str(i) for i in range(200)]
    labels = ["a", "b"] * 100
    right = {text: Answer(label) for text, label in zip(texts, labels, strict=True)}
    half = {text: Answer("a") for text in texts}
    best = Contestant("zhiying", lambda *_: lambda asked: [right[t] for t in asked], trained=False)
    slow = Contestant(
        "slow", lambda *_: lambda asked: [half[t] for t in asked], trained=False, slow=True
    )
    first, second = compare([best, slow], texts, labels, limit=40, n_resamples=200)
    assert (first.n, second.n) == (200, 40)
    assert first.intervals["accuracy"] == (1.0, 1.0)
    gap, low, high = second.lead["accuracy"]
    assert gap == pytest.approx(1 - second.figures["accuracy"])
    assert 0 < low <= gap <= high < 1
    assert first.lead == {}


def test_rows_that_cannot_be_split_are_refused():
    with pytest.raises(TrainingDataError, match="one text of the label 'b'"):
        fold_numbers(["a", "a", "b"], 2, 0)
    with pytest.raises(TrainingDataError, match="at least two"):
        fold_numbers(["a", "a"], 2, 0)
    with pytest.raises(TrainingDataError, match="no row"):
        compare_segmentation([])
