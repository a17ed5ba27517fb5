"""Figures of label sets by hand, and models that give them."""

import numpy as np
import pytest

from nlp.engines import default_engine
from nlp.evaluation import Contestant, HeldSet, compare
from nlp.evaluation.classification import fold_numbers
from nlp.evaluation.classifiers import stored, topic_contestants
from nlp.evaluation.several import Labelling
from nlp.parsed import parse
from nlp.topics import TopicModel

TEXTS = [
    "微积分与极限",
    "线性代数与矩阵",
    "绘画与色彩",
    "雕塑与造型",
    "几何与绘画",
    "透视与矩阵",
] * 4
LABELS = [("理学/数学",), ("理学/数学",), ("艺术",), ("艺术",), *[("理学/数学", "艺术")] * 2] * 4


def fixed(*answers: Labelling) -> Contestant:
    return stored("fixed", lambda texts: [answers[int(text)] for text in texts])


def judged(labels, *answers):
    held = HeldSet([str(i) for i in range(len(labels))], labels)
    return compare([fixed(*answers)], [], [], test=held, n_resamples=0)[0].figures


def test_figures_by_hand():
    found = judged(
        [("a", "b"), ("a",)],
        Labelling(frozenset("a"), {"a": 0.9, "b": 0.4}),
        Labelling(frozenset("a"), {"a": 0.7, "b": 0.2}),
    )
    assert found["micro_f1"] == pytest.approx(2 * 2 / (2 + 3))
    assert found["macro_f1"] == pytest.approx((1.0 + 0.0) / 2)
    assert found["subset_accuracy"] == 0.5
    # confidences .9 · .6 = .54 (wrong) and .7 · .8 = .56 (right) fall into one bin
    assert found["ece"] == pytest.approx(abs(0.54 + (0.56 - 1)) / 2)
    # each probability stands in a bin of its own
    gaps = [abs(0.9 - 1), abs(0.4 - 1), abs(0.7 - 1), abs(0.2 - 0)]
    assert found["label_ece"] == pytest.approx(sum(gaps) / 4)
    assert found["coverage"] == 1.0


def test_the_beginning_of_a_path_is_right_where_the_leaf_is_not():
    found = judged([("理学/数学",)], Labelling(frozenset(["理学/物理"])))
    assert found["micro_f1"] == pytest.approx(2 / 4)
    assert np.isnan(found["ece"])


def test_folds_spread_the_rarest_label():
    fold = fold_numbers([("a", "c"), *[("a", "b")] * 9, ("a", "c"), *[("a",)] * 9], 2, seed=0)
    assert fold[0] != fold[10]


def test_the_baselines_answer_in_sets():
    found = compare(topic_contestants(many=True)[1:], TEXTS, LABELS, folds=2, n_resamples=0)
    figures = {one.model: one.figures for one in found}
    assert set(figures) == {"tfidf-svm", "naive-bayes", "majority"}
    assert figures["tfidf-svm"]["micro_f1"] > figures["majority"]["micro_f1"]
    assert np.isnan(figures["tfidf-svm"]["ece"])


def test_a_beginning_is_at_least_as_likely_as_what_is_below_it():
    model = TopicModel.fit(TEXTS, [(*names, "课程") for names in LABELS])
    assert model.labels == ("理学", "理学/数学", "艺术", "课程")
    for text in ("微积分", "色彩", "几何与绘画"):
        found = {t.label: t.probability for t in model.predict(parse(text, default_engine()))}
        assert found.get("理学", 0.0) >= found.get("理学/数学", 0.0)
        assert found["课程"] > 0.5  # every text has it
