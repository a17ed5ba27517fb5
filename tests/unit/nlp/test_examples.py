import numpy as np

from nlp.engines import default_engine
from nlp.hashing import hashed_counts, weighted
from nlp.parsed import parse
from nlp.sentiment import sentence_documents
from nlp.training.examples import BITS, CHARS, WORDS, Example, fold_of, shown


def test_a_text_is_shown_as_a_whole_and_as_the_mean_of_its_sentences():
    texts = ["讲得很好！作业太多。", "很好", "声音小，听不清。没有字幕。退钱"]
    examples = [
        Example(texts[0], "positive", 2.0, ""),
        *[Example(t, "negative", 1.0, "") for t in texts[1:]],
    ]
    parsed = [parse(text, default_engine()) for text in texts]
    found = shown(examples, parsed)
    assert found.labels == ["positive", "negative", "negative", "positive", "negative"]
    assert found.weights.tolist() == [2.0, 1.0, 1.0, 2.0, 1.0]
    coefficients = np.random.default_rng(0).normal(size=1 << BITS)
    values = found.rows @ coefficients
    for row, i in ((3, 0), (4, 2)):
        counts = hashed_counts(sentence_documents(parsed[i]), bits=BITS, words=WORDS, chars=CHARS)
        alone = weighted(counts, found.idf) @ coefficients
        np.testing.assert_allclose(values[row], alone.mean(), atol=1e-9)


def test_a_text_is_in_one_fold_whatever_its_stops_and_its_end():
    text = "讲得很好" * 60
    assert fold_of(text) == fold_of(text + "完")
    assert fold_of("很好，OK！") == fold_of("很好 ok")
    assert {fold_of(f"第{i}门课") for i in range(60)} == set(range(5))
