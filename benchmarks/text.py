"""Tokens against jieba's, and tags against jieba's tf-idf, on real text.

``ZHIYING_DATA=… python -m benchmarks.text``. The tags were tuned on the first half of the
abstracts (`kw_csl/dev.jsonl`); the second half is what counts.
"""

import json
import os
import random
from collections.abc import Iterable
from pathlib import Path

import jieba.analyse
import jieba.posseg

from nlp import Analyzer

Spans = dict[tuple[int, int], str]


def main() -> None:
    folder = Path(os.environ["ZHIYING_DATA"])
    analyzer = Analyzer.default()
    introductions = [t for t in _texts(folder / "mooccubex/items.jsonl") if t]
    random.seed(0)
    for name, texts in (
        ("introductions", random.sample(introductions, 800)),
        ("reviews", list(_texts(folder / "netease_study/reviews.jsonl"))[:800]),
    ):
        _compare_tokens(analyzer, name, texts)
    rows = _rows(folder / "kw_csl/dev.jsonl")
    _compare_tags(analyzer, rows[len(rows) // 2 :])


def _compare_tokens(analyzer: Analyzer, name: str, texts: list[str]) -> None:
    both = ours_only = theirs_only = same_pos = 0
    for text in texts:
        ours = {(t.start, t.end): t.pos for t in analyzer.analyze(text).tokens}
        theirs = _spans((w.word, w.flag) for w in jieba.posseg.cut(text))
        shared = ours.keys() & theirs.keys()
        both += len(shared)
        ours_only += len(ours) - len(shared)
        theirs_only += len(theirs) - len(shared)
        same_pos += sum(ours[span] == theirs[span] for span in shared)
    f1 = 2 * both / (2 * both + ours_only + theirs_only)
    print(f"{name}: span F1 to jieba.posseg {f1:.3f}, same part of speech {same_pos / both:.3f}")


def _compare_tags(analyzer: Analyzer, rows: list[dict[str, object]]) -> None:
    for name, tags in (
        ("zhiying", lambda text: [t.text for t in analyzer.analyze(text).tags[:5]]),
        ("jieba tf-idf", lambda text: jieba.analyse.extract_tags(text, topK=5)),
    ):
        right = found = gold = 0
        for row in rows:
            given, keywords = set(tags(row["text"])), set(row["keywords"])
            right += len(given & keywords)
            found += len(given)
            gold += len(keywords)
        print(
            f"keywords of {len(rows)} abstracts, F1 at 5: {name} {2 * right / (found + gold):.3f}"
        )


def _spans(words: Iterable[tuple[str, str]]) -> Spans:
    spans: Spans = {}
    start = 0
    for word, pos in words:
        if word.strip():
            spans[start, start + len(word)] = pos
        start += len(word)
    return spans


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.open()]


def _texts(path: Path) -> Iterable[str]:
    return (str(row["text"]) for row in _rows(path))


if __name__ == "__main__":
    main()
