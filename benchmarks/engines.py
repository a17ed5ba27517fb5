"""Where the default engine differs from jieba, on real text; and what a dictionary costs.

``ZHIYING_DATA=… python -m benchmarks.engines``. Compared are the runs of Han characters, which
is all an engine is ever given; every run that differs is printed.
"""

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nlp import UserDictionary
from nlp.engines import JiebaEngine, RustEngine
from nlp.lexicon import default_lexicon

SETS = (
    "mooccubex/items.jsonl",
    "netease_study/items.jsonl",
    "netease_study/reviews.jsonl",
    "icourse163_cs/reviews.jsonl",
    "kw_csl/dev.jsonl",
    "topic_csldcp/dev.jsonl",
    "topic_thucnews_title/dev.jsonl",
    "topic_iflytek/dev.jsonl",
    "senti_shopping10/dev.jsonl",
    "senti_nlpcc14/dev.jsonl",
    "seg_msr/dev.txt",
    "seg_pku/dev.txt",
    "seg_weibo_wtb/dev.txt",
)
MOST = 400_000  # characters of each set
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff〇]+")


def main() -> None:
    folder = Path(os.environ["ZHIYING_DATA"])
    rust, reference = RustEngine(), JiebaEngine()
    n_runs = n_characters = 0
    differences: Counter[tuple[str, str]] = Counter()
    for name in (None, *SETS):
        found = list(default_lexicon()) if name is None else list(texts(folder / name))
        runs = [run for text in found for run in HAN.findall(text)]
        started = time.process_time()
        ours = [list(rust.cut(run)) for run in runs]
        middle = time.process_time()
        theirs = [list(reference.cut(run)) for run in runs]
        ended = time.process_time()
        apart = Counter(
            ("/".join(a), "/".join(b)) for a, b in zip(ours, theirs, strict=True) if a != b
        )
        faster = (ended - middle) / (middle - started)
        print(
            f"{name or 'words of the dictionary'}: {len(runs)} runs, {sum(map(len, runs))} "
            f"characters, {apart.total()} differ; {faster:.1f} times as fast"
        )
        differences += apart
        n_runs += len(runs)
        n_characters += sum(map(len, runs))
    print(f"together {n_runs} runs, {n_characters} characters, {differences.total()} differ")
    for (own, other), count in differences.most_common(30):
        print(f"  {count} × {own}    jieba: {other}")
    started = time.perf_counter()
    RustEngine(UserDictionary(tuple((f"凸优化{i}型", "n") for i in "甲乙丙丁")))
    preferred = time.perf_counter() - started
    started = time.perf_counter()
    RustEngine(UserDictionary(force=tuple((f"第{i}号术语", "n") for i in range(1000))))
    forced = time.perf_counter() - started
    print(f"a dictionary of preferred words {preferred * 1e3:.0f} ms, of 1000 forced ones ", end="")
    print(f"{forced * 1e3:.1f} ms")


def texts(path: Path) -> Iterator[str]:
    read = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if path.suffix == ".jsonl":
                row = json.loads(line)
                text = " ".join(str(row.get(key, "")) for key in ("title", "text"))
            else:
                text = re.sub(r"\s+", "", line)  # the gold words are set apart by spaces
            yield text
            read += len(text)
            if read > MOST:
                return


if __name__ == "__main__":
    main()
