"""Full analysis against jieba.posseg + SnowNLP on the same texts, in the same run, on one core.

``python -m benchmarks.analysis``; the texts are the sample catalogue's.
"""

import time
from collections.abc import Callable

import jieba.analyse
import jieba.posseg
from snownlp import SnowNLP

from nlp import Analyzer
from service import sample


def main() -> None:
    started = time.perf_counter()
    analyzer = Analyzer.default()
    analyzer.analyze("微积分")
    load_s = time.perf_counter() - started
    texts = [item.text for item in sample.catalogue()]
    characters = sum(map(len, texts))

    def rival(text: str) -> None:
        list(jieba.posseg.cut(text))
        jieba.analyse.extract_tags(text)
        _ = SnowNLP(text).sentiments

    jieba.initialize()
    rival(texts[0])
    ours = _seconds(lambda: [analyzer.analyze(text) for text in texts])
    few = texts[:20]
    theirs = _seconds(lambda: [rival(text) for text in few]) / sum(map(len, few)) * characters
    print(f"analysis of {len(texts)} texts, {characters} characters; ready in {load_s:.2f} s")
    print(f"  zhiying, all parts                          {characters / ours:9.0f} characters/s")
    print(f"  jieba.posseg + tf-idf tags + SnowNLP        {characters / theirs:9.0f} characters/s")
    print(f"  ratio                                       {theirs / ours:9.1f}\n")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
