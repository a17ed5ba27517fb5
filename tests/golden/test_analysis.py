"""The analysis of a few texts, as it was when somebody last read it.

Renew with ``ZHIYING_GOLDEN=renew pytest tests/golden/test_analysis.py``, then read the diff.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from nlp import analyze

GOLDEN = Path(__file__).with_suffix(".json")
TEXTS = {
    "lesson": (
        "矩阵分解入门",
        "所谓矩阵分解，是指把一个矩阵写成几个矩阵的乘积。例如，奇异值分解把评分矩阵写成三个矩阵。"
        "首先准备数据，然后用Python3.11和scikit-learn求解E=mc^2这样的小例子。"
        "因此，推荐系统常用矩阵分解预测评分。先修课程：线性代数。",
    ),
    "review": (
        "",
        "老师讲得非常清楚，案例也很实用。不过语速有点快，声音太小听不清。没有浪费时间，价格也不贵！",
    ),
    "history": (
        "《史记》导读",
        "<p>司马迁生于陕西韩城，著有《史记》。</p><p>本课程零基础即可学习，介绍西汉的历史与人物。</p>",
    ),
    "empty": ("", ""),
}


def rounded(value):
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(v) for v in value]
    return value


def found(name):
    title, text = TEXTS[name]
    analysis = asdict(analyze(text, title=title))
    del analysis["version"]  # it changes with every model and says nothing to a reader
    analysis["tokens"] = " ".join(f"{t['text']}/{t['pos']}" for t in analysis["tokens"])
    return rounded(analysis)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_analysis_is_what_it_was(name):
    if os.environ.get("ZHIYING_GOLDEN") == "renew":
        known = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
        known[name] = found(name)
        text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
        GOLDEN.write_text(text + "\n", "utf-8")
    assert found(name) == json.loads(GOLDEN.read_text("utf-8"))[name]
