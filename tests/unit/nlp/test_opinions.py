"""Sentiment and aspects asked together are those asked one by one."""

from collections.abc import Sequence

import pytest

from nlp.analyzer import Analyzer
from nlp.aspects import aspects
from nlp.hashing import Document, Floats
from nlp.linear import HashedLinear
from nlp.opinions import opinions
from nlp.parsed import parse
from nlp.sentiment import SentimentModel

TEXTS = [
    "",
    "……",
    "本课介绍矩阵分解的原理。",
    "老师讲得非常清楚,但是作业太多。声音有点小!",
    "有课件吗?板书很工整。",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("piece", [None, "", "太贵了。内容不错。"])
def test_together_as_one_by_one(text: str, piece: str | None) -> None:
    analyzer = Analyzer.default()
    parsed = parse(text, analyzer.engine)
    repeated = None if piece is None else parse(piece, analyzer.engine)
    [(sentiment, found)] = opinions([(parsed, repeated)], analyzer.sentiment)
    assert sentiment == analyzer.sentiment.judge(parsed, repeated)
    assert found == aspects(parsed, analyzer.sentiment)


def test_the_model_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    whole = HashedLinear.probabilities

    def counting(self: HashedLinear, documents: Sequence[Document]) -> Floats:
        asked.append(len(documents))
        return whole(self, documents)

    monkeypatch.setattr(HashedLinear, "probabilities", counting)
    analyzer = Analyzer.default()
    parsed = parse("老师讲得清楚。作业太多。", analyzer.engine)
    piece = parse("老师讲得清楚。", analyzer.engine)
    opinions([(parsed, piece), (piece, None)], SentimentModel(analyzer.sentiment.linear))
    assert asked == [7]  # two sentences, one of the piece, two clauses; a sentence, a clause
