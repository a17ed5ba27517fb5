import numpy as np
import pytest

from nlp.calibration import calibrate, calibrate_evenly
from nlp.errors import ModelFormatError, TrainingDataError
from nlp.hashing import (
    Document,
    Grams,
    hashed_counts,
    inverse_document_frequency,
    weighted,
)
from nlp.linear import HashedLinear, evened, softmax, tailed
from nlp.linear_fit import contrasts, hashed, separators


def doc(text):
    return Document(text, range(len(text)), range(1, len(text) + 1))


def counts(*documents):
    return hashed_counts(documents, bits=14, words=2, chars=2)


def test_one_row_equals_its_row_in_the_batch():
    documents = [doc("矩阵分解"), doc(""), doc("a😀\ud800"), doc("矩阵")]
    batch = counts(*documents).toarray()
    for i, one in enumerate(documents):
        np.testing.assert_array_equal(counts(one).toarray()[0], batch[i])


def test_no_documents_give_no_rows():
    assert counts().shape == (0, 1 << 14)


def test_ascii_case_does_not_matter():
    np.testing.assert_array_equal(counts(doc("ABC")).toarray(), counts(doc("abc")).toarray())


def test_equal_words_share_a_bucket_wherever_they_stand():
    once = hashed_counts([Document("xx好", [2], [3])], bits=14, words=1, chars=1)
    twice = hashed_counts([Document("好yyy", [0], [1])], bits=14, words=1, chars=1)
    assert len(set(once.indices) & set(twice.indices)) == 4  # 好, the word 好, and both edges


def test_a_part_of_a_text_has_its_own_n_grams_only():
    alone, part = doc("分解"), Document("分解", [2, 3], [3, 9], start=2)
    np.testing.assert_array_equal(counts(part).toarray(), counts(alone).toarray())


def test_models_that_share_the_grams_count_what_each_counts_alone():
    documents = [doc("矩阵分解"), doc(""), doc("矩")]
    shared = Grams(documents)
    for size in [(14, 1, 2), (18, 1, 3), (16, 2, 1), (14, 3, 3)]:
        alone = Grams(documents).counted(*size)
        for found, expected in zip(shared.counted(*size), alone, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_weighted_rows_are_unit_or_empty():
    rows = weighted(counts(doc("矩阵"), doc("")), np.ones(1 << 14, dtype=np.float32))
    np.testing.assert_allclose(np.sqrt((rows.toarray() ** 2).sum(axis=1)), 1.0)


def training_set():
    texts = ["好看好听", "真好听", "好极了", "难看难听", "真难听", "难极了"] * 3
    return counts(*(doc(t) for t in texts)), ["好", "好", "好", "难", "难", "难"] * 3


def fitted():
    found, labels = training_set()
    idf = inverse_document_frequency(found)
    separated = separators(weighted(found, idf), labels, penalty=1.0)
    return hashed(separated, idf, words=2, chars=2)


def test_a_separable_set_is_separated():
    model = fitted()
    p = model.probabilities([doc("好听"), doc("难听")])
    assert [model.labels[i] for i in p.argmax(axis=1)] == ["好", "难"]
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_contrasts_of_two_classes_mirror_each_other_and_separate_them():
    found, labels = training_set()
    rows = weighted(found, np.ones(1 << 14, dtype=np.float32))
    two = contrasts(rows, labels, penalty=0.3)
    assert two.classes == ("好", "难")
    np.testing.assert_array_equal(two.coefficients[:, 0], -two.coefficients[:, 1])
    assert [two.classes[i] for i in two(rows).argmax(axis=1)] == labels


def test_an_n_gram_that_classes_use_alike_has_no_part_in_contrasts():
    labels = ["好", "难"] * 6
    rows = weighted(counts(*(doc(f"{label}听") for label in labels)), np.ones(1 << 14, np.float32))
    shared = counts(doc("听")).indices
    alone = np.setdiff1d(shared, counts(doc("好")).indices)
    used = np.intersect1d(alone, rows.indices)  # 听 itself, and not its edges
    assert len(used)
    np.testing.assert_allclose(contrasts(rows, labels, penalty=0.3).coefficients[used], 0.0)
    assert np.abs(separators(rows, labels, penalty=0.3).intercepts).max() < 1e-3


def test_contrasts_of_three_classes_are_of_each_against_the_others():
    labels = ["好", "难", "远"] * 5
    rows = weighted(counts(*(doc(label * 2) for label in labels)), np.ones(1 << 14, np.float32))
    three = contrasts(rows, labels, penalty=0.3, weights=np.ones(15))
    assert [three.classes[i] for i in three(rows).argmax(axis=1)] == labels


def test_stored_arrays_give_the_same_model():
    model = fitted().with_temperature(0.7)
    arrays = model.to_arrays()
    assert not any(a.dtype.hasobject for a in arrays.values())
    again = HashedLinear.from_arrays(arrays)
    documents = [doc("好听"), doc("")]
    np.testing.assert_array_equal(again.probabilities(documents), model.probabilities(documents))


def test_missing_or_wrong_arrays_are_refused():
    arrays = fitted().to_arrays()
    with pytest.raises(ModelFormatError, match="lacks \\['idf'\\]"):
        HashedLinear.from_arrays({k: v for k, v in arrays.items() if k != "idf"})
    with pytest.raises(ModelFormatError, match="codes have shape"):
        HashedLinear.from_arrays({**arrays, "codes": arrays["codes"][:5]})


def test_one_class_or_too_few_labels_are_refused():
    rows, labels = training_set()
    with pytest.raises(TrainingDataError, match="at least two"):
        separators(rows, ["好"] * len(labels), penalty=1.0)
    with pytest.raises(TrainingDataError, match="one label a text"):
        contrasts(rows, labels[1:], penalty=1.0)


def test_calibration_finds_the_temperature_of_the_data():
    rng = np.random.default_rng(0)
    decisions = rng.normal(size=(20_000, 3))
    p = softmax(decisions / 0.5)
    target = (p.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert calibrate(decisions, np.eye(3, dtype=bool)[target]) == pytest.approx(0.5, rel=0.05)


def test_evenness_is_found_where_rows_differ_in_size_alone():
    rng = np.random.default_rng(1)
    decisions = rng.normal(size=(5_000, 4))
    decisions /= decisions.std(axis=1, keepdims=True)
    p = softmax(decisions / 0.6)
    target = (p.cumsum(axis=1) > rng.random((5_000, 1))).argmax(axis=1)
    sizes = rng.uniform(0.2, 3.0, size=(5_000, 1))
    member = np.eye(4, dtype=bool)[target]
    scale = calibrate_evenly(decisions * sizes, member)
    assert scale.evenness == 1.0
    values = evened(decisions * sizes, scale.evenness, scale.floor) / scale.temperature
    assert abs(softmax(tailed(values, scale.tail)) - p).mean() < 0.02


def test_a_heavy_tail_is_found_again():
    rng = np.random.default_rng(3)
    decisions = rng.normal(size=(20_000, 40))
    p = softmax(tailed(decisions / 0.1, 0.2))
    target = (p.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    scale = calibrate_evenly(decisions, np.eye(40, dtype=bool)[target])
    assert scale.evenness == 0.0
    assert scale.tail == pytest.approx(0.2, abs=0.06)
    assert scale.temperature == pytest.approx(0.1, rel=0.15)


def test_a_tail_leaves_the_order_of_the_classes():
    rows = np.random.default_rng(4).normal(size=(50, 7))
    for tail in (0.05, 0.3, 2.0):
        np.testing.assert_array_equal(tailed(rows, tail).argsort(), rows.argsort())


def test_a_tail_near_none_is_a_softmax():
    rows = np.random.default_rng(5).normal(size=(50, 7))
    np.testing.assert_allclose(softmax(tailed(rows, 1e-9)), softmax(rows), rtol=1e-6)


def test_labels_nobody_would_guess_do_not_rule_the_confidence():
    rng = np.random.default_rng(2)
    decisions = rng.normal(size=(5_000, 30))
    target = decisions.argmax(axis=1)
    lost = rng.random(5_000) < 0.4
    target[lost] = decisions[lost].argmin(axis=1)  # what no softmax would guess
    member = np.eye(30, dtype=bool)[target]
    scale = calibrate_evenly(decisions, member)
    values = evened(decisions, scale.evenness, scale.floor) / scale.temperature
    values = tailed(values, scale.tail)
    by_likelihood = softmax(decisions / calibrate(decisions, member))
    wrong, much = (abs(p.max(axis=1).mean() - 0.6) for p in (softmax(values), by_likelihood))
    assert wrong < 0.5 * much


def test_a_row_of_little_spread_stays_little_below_the_floor():
    rows = np.array([[0.5, -0.5], [5e-4, -5e-4]])
    found = evened(rows, 1.0, 0.25)
    np.testing.assert_allclose(found[0], [1.0, -1.0])
    np.testing.assert_allclose(found[1], [2e-3, -2e-3])


def test_a_row_without_words_is_even():
    assert np.array_equal(evened(np.zeros((1, 3)), 1.0), np.zeros((1, 3)))
