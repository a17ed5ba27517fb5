import numpy as np
import pytest

from nlp.calibration import calibrate, calibrate_evenly
from nlp.errors import ModelFormatError, TrainingDataError
from nlp.hashing import Document, Grams, hashed_counts, weighted
from nlp.linear import HashedLinear, evened, softmax
from nlp.linear_fit import fit


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
    rows, labels = training_set()
    return fit(rows, labels, words=2, chars=2)


def test_a_separable_set_is_separated():
    model = fitted()
    p = model.probabilities([doc("好听"), doc("难听")])
    assert [model.labels[i] for i in p.argmax(axis=1)] == ["好", "难"]
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_directions_are_folded_into_one_linear_map():
    rows, labels = training_set()
    directions = np.zeros((1 << 14, 1), dtype=np.float32)
    directions[counts(doc("好")).indices, 0] = 1.0
    model = fit(rows, labels, words=2, chars=2, directions=directions)
    assert model.codes.shape == (1 << 14, 2)
    assert model.probabilities([doc("好")])[0].argmax() == 0


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
        fit(rows, ["好"] * len(labels), words=2, chars=2)
    with pytest.raises(TrainingDataError, match="one label a text"):
        fit(rows, labels[1:], words=2, chars=2)


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
    temperature, evenness = calibrate_evenly(decisions * sizes, np.eye(4, dtype=bool)[target])
    assert evenness == 1.0
    assert temperature == pytest.approx(0.6, rel=0.1)


def test_a_row_without_words_is_even():
    assert np.array_equal(evened(np.zeros((1, 3)), 1.0), np.zeros((1, 3)))
