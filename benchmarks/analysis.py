"""Speed, start and memory of analysis, against jieba and SnowNLP in the same run on one core.

``python -m benchmarks.analysis``; the texts are the sample catalogue's. Both sides take turns,
so what else runs on the machine slows both; seconds are of the processor, not of the clock.
``--long`` adds one text of 10 MB, which takes half a minute and 2 GB.
"""

import subprocess
import sys
import time
from collections.abc import Callable

import jieba.analyse
import jieba.posseg
from snownlp import SnowNLP

from nlp import Analyzer
from service import sample

ROUNDS = 4
START = """
import time
t = time.perf_counter()
from nlp import Analyzer
Analyzer.default().analyze("微积分")
seconds = time.perf_counter() - t
print(seconds, [line.split()[1] for line in open("/proc/self/status") if line[:6] == "VmRSS:"][0])
"""
# Each is repeated to 1 and 4 units: linear cost has the same time a character.
LONG = {
    "Han without punctuation": "矩阵分解把评分矩阵写成两个矩阵的乘积",
    "punctuation only": "，。！？；：“”（）",
    "ASCII only": "The quick brown fox jumps over the lazy dog; ",
    "ASCII without space": "abc123=",
    "HTML tags": "<p><b>课</b></p>",
    "tags never closed": "<b <!-- <script",
    "one sentence repeated": "本课介绍矩阵分解的原理与应用。",
    "combining marks": "e\u0301\u0301",
}


def main() -> None:
    _start()
    _throughput()
    _length()
    if "--long" in sys.argv:
        _long()


def _start() -> None:
    runs = [
        subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    seconds, kilobytes = min(tuple(map(float, run.stdout.split())) for run in runs)
    print(f"import, load and first analysis: {seconds:.2f} s, resident {kilobytes / 1024:.0f} MB")


def _throughput() -> None:
    analyzer = Analyzer.default()
    texts = [item.text for item in sample.catalogue()]
    jieba.initialize()
    rivals = {
        "jieba.posseg + jieba tf-idf + SnowNLP sentiment": _posseg_tfidf_snownlp,
        "jieba.posseg + SnowNLP sentiment and keywords": _posseg_snownlp,
    }
    for text in texts[:8]:
        analyzer.analyze(text)
    ours = single = 0.0
    theirs = dict.fromkeys(rivals, 0.0)
    for i in range(ROUNDS):
        single += _seconds(lambda: [analyzer.analyze(text) for text in texts])
        ours += _seconds(lambda: [*analyzer.analyze_many((text, "") for text in texts)])
        part = texts[i::8]
        for name, rival in rivals.items():
            theirs[name] += _seconds(lambda: [rival(text) for text in part])  # noqa: B023
    n_ours = ROUNDS * sum(map(len, texts))
    n_theirs = sum(len(text) for i in range(ROUNDS) for text in texts[i::8])
    rates = n_ours / ours, n_ours / single
    print(f"{len(texts)} texts of {sum(map(len, texts)) / len(texts):.0f} characters on the mean")
    print(f"  {'zhiying, all parts, analyze_many':50} {rates[0]:9.0f} characters/s")
    print(f"  {'zhiying, all parts, analyze for each text':50} {rates[1]:9.0f} characters/s")
    for name, seconds in theirs.items():
        rate = n_theirs / seconds
        many, one = (ours / rate for ours in rates)
        print(f"  {name:50} {rate:9.0f} characters/s, {many:.1f} and {one:.1f} times slower")


def _posseg_tfidf_snownlp(text: str) -> None:
    list(jieba.posseg.cut(text))
    jieba.analyse.extract_tags(text)
    _ = SnowNLP(text).sentiments


def _posseg_snownlp(text: str) -> None:
    list(jieba.posseg.cut(text))
    read = SnowNLP(text)
    _ = read.sentiments
    read.keywords(20)


def _length() -> None:
    unit = 50_000
    analyzer = Analyzer.default()
    print(f"microseconds a character, texts of {unit} and {4 * unit} characters")
    for name, piece in LONG.items():
        costs = []
        for size in (unit, 4 * unit):
            text = (piece * (size // len(piece) + 1))[:size]
            costs.append(_seconds(lambda: analyzer.analyze(text)) / size * 1e6)  # noqa: B023
        print(f"  {name:24} {costs[0]:8.2f} {costs[1]:8.2f}   ratio {costs[1] / costs[0]:.2f}")


def _long() -> None:
    """Cost of real sentences, up to 10 MB of them in one text."""
    analyzer = Analyzer.default()
    piece = "\n".join(item.text for item in sample.catalogue())
    for size in (100_000, 1_000_000, 3_400_000):
        numbered = (f"{i}、{piece}" for i in range(size // len(piece) + 1))
        text = "".join(numbered)[:size]
        seconds = _seconds(lambda: analyzer.analyze(text))  # noqa: B023
        print(
            f"course text of {len(text.encode()) / 1e6:.1f} MB: {seconds:.1f} s,"
            f" {seconds / size * 1e6:.2f} microseconds a character"
        )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
