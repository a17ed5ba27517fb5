"""Do key points say what a text is about? Against its first sentences, and TextRank.

``ZHIYING_DATA=… python -m benchmarks.keypoints``. The authors' keywords of the abstracts in
`kw_csl/dev.jsonl` stand for what a reader should learn: the share of those that occur in the
text at all which the first k sentences chosen say. Longer sentences say more, so the
characters chosen are printed beside. Constants were chosen on the first half of the rows; the
second half is printed.
"""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from nlp import Analyzer
from nlp.keypoints import key_points
from nlp.parsed import Parsed, parse
from nlp.terms import merged, terms

Chooser = Callable[[Parsed, Parsed, int], list[int]]


def main() -> None:
    path = Path(os.environ["ZHIYING_DATA"]) / "kw_csl/dev.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = rows[len(rows) // 2 :]
    analyzer = Analyzer.default()
    texts = [
        (parse(r["text"], analyzer.engine), parse(r.get("title", ""), analyzer.engine), r)
        for r in rows
    ]
    texts = [t for t in texts if len(t[0].sentences) >= 4]
    choosers: dict[str, Chooser] = {
        "zhiying": lambda p, _, k: _ours(analyzer, p, None, k),
        "zhiying, with the title": lambda p, title, k: _ours(analyzer, p, title, k),
        "lead": lambda p, _, k: list(range(k)),
        "TextRank": lambda p, _, k: text_rank(p, k),
    }
    print(f"{len(texts)} abstracts of at least 4 sentences; share of keywords said (characters)")
    for name, choose in choosers.items():
        cells = []
        for k in (1, 2, 3):
            shares, sizes = [], []
            for parsed, title, row in texts:
                text = parsed.normalized.text
                gold = [w for w in row["keywords"] if w.lower() in text.lower()]
                chosen = [parsed.sentences[i] for i in choose(parsed, title, k)]
                if gold:
                    said = "\n".join(s.text.lower() for s in chosen)
                    shares.append(sum(w.lower() in said for w in gold) / len(gold))
                    sizes.append(sum(len(s.text) for s in chosen))
            half = 1.96 * np.std(shares) / math.sqrt(len(shares))
            cells.append(f"{np.mean(shares):.3f} ±{half:.3f} ({np.mean(sizes):4.0f})")
        print(f"  {name:24}" + "   ".join(cells))


def _ours(analyzer: Analyzer, parsed: Parsed, title: Parsed | None, k: int) -> list[int]:
    counts = terms(parsed) if title is None else merged(terms(parsed), terms(title))
    points = key_points(parsed, counts, analyzer.rarity, most=k)
    starts = {parsed.original(s.start, s.end)[1]: i for i, s in enumerate(parsed.sentences)}
    return [starts[point.start] for point in points]


def text_rank(parsed: Parsed, k: int) -> list[int]:
    """First k sentences by TextRank (Mihalcea, Tarau. EMNLP 2004): similarity by shared words."""
    found = parsed.sentence_terms
    n = len(found)
    similar = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            size = math.log(max(len(found[i]), 1)) + math.log(max(len(found[j]), 1))
            similar[i, j] = similar[j, i] = len(found[i] & found[j]) / size if size > 0 else 0.0
    total = similar.sum(axis=1, keepdims=True)
    moves = np.divide(similar, total, out=np.full_like(similar, 1 / n), where=total > 0)
    rank = np.full(n, 1 / n)
    for _ in range(60):
        rank = 0.15 / n + 0.85 * rank @ moves
    return [int(i) for i in np.argsort(-rank, kind="stable")[:k]]


if __name__ == "__main__":
    main()
