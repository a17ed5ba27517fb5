from dataclasses import replace

import numpy as np
import pytest

from nlp.engines import default_engine
from nlp.errors import TrainingDataError
from nlp.parsed import parse
from nlp.sentiment import SentimentModel
from nlp.training.reviews import fit_reviews, review_label

GOOD = [f"讲得很好，收获很大，第{i}次" for i in range(8)]
BAD = [f"讲得很差，浪费时间，第{i}次" for i in range(8)]
PLAIN = [f"本章介绍第{i}节的内容与作业" for i in range(8)]


def statement_of(parsed):
    return parsed.document()


def label(model, text):
    found = model.judge(parse(text, default_engine()))
    assert found is not None
    return found.label


def test_three_classes_are_learned():
    model = fit_reviews([*GOOD, *BAD, *PLAIN], ["pos"] * 8 + ["neg"] * 8 + ["neutral"] * 8)
    assert label(model, "讲得很好") == "positive"
    assert label(model, "浪费时间") == "negative"
    assert label(model, "介绍本章的内容") == "neutral"


def test_without_neutral_texts_no_sentence_is_given_to_the_neutral_class():
    model = fit_reviews([*GOOD, *BAD], ["1"] * 8 + ["0"] * 8)
    documents = [parse(text, default_engine()) for text in (*GOOD, *PLAIN)]
    for parsed in documents:
        assert model.linear.probabilities([statement_of(parsed)])[0, 1] == 0.0
        assert model.classify(parsed).sum() == pytest.approx(1.0)
    again = fit_reviews([*GOOD, *BAD], ["1"] * 8 + ["0"] * 8)
    for name, array in model.to_arrays().items():
        np.testing.assert_array_equal(array, again.to_arrays()[name])


def test_spellings_of_the_labels():
    assert [review_label(x) for x in ("1", "pos", "Positive")] == ["positive"] * 3
    assert [review_label(x) for x in ("0", "neg", "negative")] == ["negative"] * 3
    assert [review_label(x) for x in ("neu", "neutral")] == ["neutral"] * 2
    with pytest.raises(TrainingDataError, match=r"'5'.*one of negative: 0, neg, negative"):
        review_label("5")


def test_the_share_of_the_rules_goes_from_the_model_alone_to_all_they_say():
    fitted = fit_reviews([*GOOD, *BAD], ["1"] * 8 + ["0"] * 8)
    text = parse("没有浪费时间", default_engine())
    alone = replace(fitted, rules=0.0).classify(text)
    np.testing.assert_allclose(alone, fitted.linear.probabilities([text.document()])[0], atol=1e-9)
    shares = [replace(fitted, rules=s).classify(text)[2] for s in (0.0, 0.3, 1.0)]
    assert shares[0] < shares[1] < shares[2]
    stored = SentimentModel.from_arrays(replace(fitted, rules=0.3).to_arrays())
    assert stored.classify(text)[2] == shares[1]


def test_what_is_known_already_is_heard_where_the_reviews_are_silent():
    start = fit_reviews(["包装精美"] * 8 + ["包装破损"] * 8, ["1"] * 8 + ["0"] * 8)
    fitted = fit_reviews([*GOOD, *BAD], ["1"] * 8 + ["0"] * 8, start=start)
    mirrored = replace(start, linear=replace(start.linear, codes=start.linear.codes[:, ::-1]))
    turned = fit_reviews([*GOOD, *BAD], ["1"] * 8 + ["0"] * 8, start=mirrored)
    text = parse("包装精美", default_engine())
    assert fitted.classify(text)[2] > 0.5 > turned.classify(text)[2]
    assert label(fitted, "浪费时间") == label(turned, "浪费时间") == "negative"
