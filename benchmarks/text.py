"""Tokens against jieba's, and tags against jieba's and plain tf-idf, on real text.

``ZHIYING_DATA=… python -m benchmarks.text``. Tags are judged on the 240 abstracts of
`kw_csl/dev.jsonl` that the packaged ranker and its background have not seen.
"""

import json
import os
import random
from collections.abc import Iterable
from pathlib import Path

import jieba.posseg

from nlp import Analyzer
from nlp.evaluation import compare_keywords
from nlp.training.tags import read_abstracts

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
    _compare_tags(folder)


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


def _compare_tags(folder: Path) -> None:
    _, rows = read_abstracts(folder)
    texts, keywords = [row.text for row in rows], [row.keywords for row in rows]
    for name, titles in (("without", [""] * len(rows)), ("with", [row.title for row in rows])):
        print(f"keywords of {len(rows)} abstracts {name} their titles, at 5 (95 % of F1)")
        for one in compare_keywords(texts, titles, keywords):
            figures = "  ".join(f"{k} {one.figures[k]:.3f}" for k in ("precision", "recall", "f1"))
            low, high = one.intervals["f1"]
            print(f"  {one.model:15} {figures}  [{low:.3f}, {high:.3f}]")


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
