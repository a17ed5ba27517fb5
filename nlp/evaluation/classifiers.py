"""What takes part in a comparison of classifiers: ours, and the baselines everybody knows."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from nlp.engines import default_engine
from nlp.evaluation import several
from nlp.evaluation.rivals import jieba_words, snownlp_polarity, tfidf
from nlp.evaluation.several import Labelling
from nlp.parsed import Parsed, parse
from nlp.sentiment import LABELS, SentimentModel
from nlp.topics import UNSURE, TopicModel
from nlp.training.reviews import fit_reviews


class Answer(NamedTuple):
    """What a model says of a text; NaN where it does not say."""

    label: str
    confidence: float = math.nan
    polarity: float = math.nan
    answered: bool = True


#: answers of one label; or, where a text may have several, labellings
Predictor = Callable[[Sequence[str]], list[Answer]] | Callable[[Sequence[str]], list[Labelling]]


@dataclass(frozen=True)
class Contestant:
    """A model by name, and how it is fitted; `slow` ones are asked about a sample only."""

    name: str
    fit: Callable[[Sequence[str], Any], Predictor]
    params: Mapping[str, object] = field(default_factory=dict)
    trained: bool = True
    slow: bool = False


def topic_contestants(*, many: bool = False) -> list[Contestant]:
    """Ours, tf-idf with a linear SVM, naive Bayes, and the most frequent label.

    With `many` they are fitted on sets of labels, and give sets (`nlp.evaluation.several`).
    """
    svm, bayes = {"words": [1, 2], "chars": [1, 3], "C": 1.0}, {"words": [1, 2], "alpha": 0.1}
    if many:
        return [
            Contestant("zhiying", several.fit_topics),
            Contestant("tfidf-svm", several.fit_svm, svm),
            Contestant("naive-bayes", several.fit_naive_bayes, bayes),
            Contestant("majority", several.fit_majority),
        ]
    return [
        Contestant("zhiying", lambda texts, labels: topics_of(TopicModel.fit(texts, labels))),
        tfidf_svm(binary=False),
        Contestant("naive-bayes", _naive_bayes, bayes),
        Contestant("majority", _majority),
    ]


def sentiment_contestants(packaged: SentimentModel, *, binary: bool) -> list[Contestant]:
    """Ours fitted in the domain and as packaged, SnowNLP, tf-idf with a linear SVM, majority.

    Parameters
    ----------
    packaged : SentimentModel
        Used as it is.
    binary : bool
        Whether there is no neutral label: then the side of 1/2 decides.
    """
    return [
        Contestant(
            "zhiying",
            lambda texts, labels: sentiment_of(
                fit_reviews(texts, labels), binary=binary, whole=True
            ),
        ),
        stored("zhiying-packaged", sentiment_of(packaged, binary=binary)),
        Contestant("snownlp", lambda *_: _snownlp, trained=False, slow=True),
        tfidf_svm(binary=binary),
        Contestant("majority", _majority),
    ]


def stored(name: str, predictor: Predictor) -> Contestant:
    """A fitted model, used as it is."""
    return Contestant(name, lambda *_: predictor, trained=False)


def topics_of(model: TopicModel) -> Predictor:
    """Best label of each text, answered where the model is sure enough."""

    def predict(texts: Sequence[str]) -> list[Answer]:
        parsed = [parse(text, default_engine()) for text in texts]
        rows = model.probabilities(parsed)
        return [
            Answer(
                model.labels[row.argmax()],
                float(row.max()),
                answered=bool(p.sentences) and float(row.max()) >= UNSURE,
            )
            for p, row in zip(parsed, rows, strict=True)
        ]

    return predict


def sentiment_of(model: SentimentModel, *, binary: bool, whole: bool = False) -> Predictor:
    """Labels of a sentiment model; without a neutral label the better side decides.

    With `whole` a text is read at once (`SentimentModel.classify`), as suits a model of whole
    reviews; else it is judged as `analyze` does (`SentimentModel.judge`).
    """

    def predict(texts: Sequence[str]) -> list[Answer]:
        parsed = [parse(text, default_engine()) for text in texts]
        return [(_classified if whole else _judged)(model, p, binary) for p in parsed]

    return predict


def _classified(model: SentimentModel, parsed: Parsed, binary: bool) -> Answer:
    row = model.classify(parsed)
    polarity = float(row[2] / (row[0] + row[2])) if binary else 0.5 + float(row[2] - row[0]) / 2
    if binary:
        return _side(polarity)
    return Answer(LABELS[int(row.argmax())], float(row.max()), polarity)


def _judged(model: SentimentModel, parsed: Parsed, binary: bool) -> Answer:
    found = model.judge(parsed)
    if found is None:
        return _side(0.5) if binary else Answer("neutral", polarity=0.5)
    if binary:
        return _side(found.polarity)
    return Answer(found.label, found.confidence, found.polarity)


def _side(polarity: float) -> Answer:
    label = "positive" if polarity > 0.5 else "negative"
    return Answer(label, max(polarity, 1.0 - polarity), polarity)


def _snownlp(texts: Sequence[str]) -> list[Answer]:
    return [_side(snownlp_polarity(text)) for text in texts]


def _majority(texts: Sequence[str], labels: Sequence[str]) -> Predictor:
    label, count = min(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    share = count / len(labels)
    polarity = labels.count("positive") / len(labels)
    return lambda asked: [Answer(label, share, polarity)] * len(asked)


def tfidf_svm(*, binary: bool) -> Contestant:
    """Tf-idf of words and characters with a linear SVM: the baseline everybody knows."""

    def fit(texts: Sequence[str], labels: Sequence[str]) -> Predictor:
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.svm import LinearSVC

        features = make_union(tfidf(words=True), tfidf(words=False))
        model = make_pipeline(features, LinearSVC(C=1.0, random_state=0))
        model.fit(texts, labels)

        def predict(asked: Sequence[str]) -> list[Answer]:
            values = np.asarray(model.decision_function(asked))
            if not binary or values.ndim > 1:
                return [Answer(str(label)) for label in model.predict(asked)]
            # a margin is no probability: it orders (for the AUC) and says no confidence
            return [
                Answer(str(model.classes_[int(v > 0)]), polarity=1 / (1 + math.exp(-v)))
                for v in values.tolist()
            ]

        return predict

    return Contestant("tfidf-svm", fit, {"words": [1, 2], "chars": [1, 3], "C": 1.0})


def _naive_bayes(texts: Sequence[str], labels: Sequence[str]) -> Predictor:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    counts = CountVectorizer(tokenizer=jieba_words, token_pattern=None, ngram_range=(1, 2))
    model = make_pipeline(counts, MultinomialNB(alpha=0.1))
    model.fit(texts, labels)
    return lambda asked: [
        Answer(str(model.classes_[row.argmax()]), float(row.max()))
        for row in model.predict_proba(asked)
    ]
