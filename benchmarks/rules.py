"""What the rules of sentiment add to the model, aspects against stars, and the cost of both.

``ZHIYING_DATA=… python -m benchmarks.rules [MODEL.npz]``. Every fifth row of each set. The
packaged model was fitted on these rows, so only the difference between the two columns says
something; give a model fitted without them for accuracies.
"""

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from nlp import Analyzer
from nlp.aspects import aspects
from nlp.parsed import parse
from nlp.sentiment import SentimentModel, Trust, corrected, sentence_statements

SETS = ("senti_chnsenticorp", "senti_htl", "senti_nlpcc14", "senti_shopping10", "senti_waimai")
COURSES = ("icourse163_cs", "netease_study")
SILENT = Trust(plain=0, sure=0, hold=0, cap=99, lift=0, ask=0, ask_hold=0, told=0)


def main() -> None:
    folder = Path(os.environ["ZHIYING_DATA"])
    analyzer = Analyzer.default()
    if len(sys.argv) > 1 and sys.argv[1].endswith(".npz"):
        with np.load(sys.argv[1], allow_pickle=False) as arrays:
            analyzer = replace(analyzer, sentiment=SentimentModel.from_arrays(arrays))
    for name in SETS:
        _compare(
            analyzer, name, [(r["text"], r["label"]) for r in _fifth(folder / name / "dev.jsonl")]
        )
    for name in COURSES:
        rows = _fifth(folder / name / "reviews.jsonl")
        rated = [(r["text"], int(r["stars"] > 3)) for r in rows if r["stars"] != 3]
        _compare(analyzer, name, rated)
        _aspects(analyzer, name, [(r["text"], r["stars"]) for r in rows])


def _compare(analyzer: Analyzer, name: str, rows: list[tuple[str, int]]) -> None:
    hits = {"without": [], "with": []}
    spent, n_sentences = 0.0, 0
    for text, label in rows:
        parsed = parse(text[:200], analyzer.engine)
        if not parsed.sentences:
            continue
        start = time.process_time()
        found = sentence_statements(parsed)
        spent, n_sentences = spent + time.process_time() - start, n_sentences + len(found)
        model = analyzer.sentiment.linear.probabilities([s.document for s in found])
        for column, trust in (("without", SILENT), ("with", analyzer.sentiment.trust)):
            p = corrected(model, found, trust)
            hits[column].append((p[:, 2].mean() > p[:, 0].mean()) == bool(label))
    without, among = np.array(hits["without"]), np.array(hits["with"])
    print(
        f"{name}: n {len(among)}, right without rules {without.mean():.4f}, with {among.mean():.4f}"
        f" ({(among & ~without).sum()} mended, {(without & ~among).sum()} spoilt),"
        f" {spent / n_sentences * 1e6:.0f} us a sentence"
    )


def _aspects(analyzer: Analyzer, name: str, rows: list[tuple[str, float]]) -> None:
    agree: dict[str, list[bool]] = {}
    for text, stars in rows:
        if 2 < stars < 5:
            continue
        for found in aspects(parse(text, analyzer.engine), analyzer.sentiment):
            for key in (found.name, "1-2 stars" if stars <= 2 else "5 stars"):
                agree.setdefault(key, []).append((found.polarity > 0.5) == (stars == 5))
    shares = ", ".join(f"{key} {np.mean(v):.2f} ({len(v)})" for key, v in sorted(agree.items()))
    print(f"{name}: sign of aspects as the stars: {shares}")


def _fifth(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for i, line in enumerate(lines) if i % 5 == 0]


if __name__ == "__main__":
    main()
