"""Traditional to simplified script, character for character, so every offset stays.

OpenCC's ``t2s`` reads words to choose the character (乾燥 is 干燥, 乾隆 stays); none of its
entries changes the length. Its ``tw2sp`` would also replace words (軟體 by 软件), but takes
good mainland words for Taiwanese ones (智慧 becomes 智能, 建立 becomes 创建).
"""

import re
from dataclasses import replace
from functools import cache

import opencc

from nlp.text import Normalized

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff〇\U00020000-\U0003134f]+")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def convert(text: str) -> str:
    """Simplified form of a text, of the same length.

    Examples
    --------
    >>> convert("機器學習：乾燥與乾隆")
    '机器学习：干燥与乾隆'
    """
    return _HAN.sub(lambda run: _simplified(run.group()), text)


def _simplified(run: str) -> str:
    new = str(_converter().convert(run))
    if len(new) == len(run):
        return new
    # no entry of the packaged tables does this, but the offsets must not hang on that
    return "".join(_simplified(ch) if len(run) > 1 else ch for ch in run)


def simplified(text: Normalized) -> Normalized:
    """Normal form in simplified script; each character still knows where it came from.

    Examples
    --------
    >>> from nlp.text import normalize
    >>> n = simplified(normalize("<b>機器</b>學習"))
    >>> n.text, n.to_original(1, 3), n.original[4:10]
    ('机器学习', (4, 10), '器</b>學')
    """
    return replace(text, text=convert(text.text))
