"""Traditional to simplified script, character for character, so every offset stays.

A sentence is converted with its words in view (`convert`); to compare texts, their characters
are enough (`script_free`).

OpenCC's ``t2s`` reads words to choose the character (乾燥 is 干燥, 乾隆 stays); none of its
entries changes the length. Its ``tw2sp`` would also replace words (軟體 by 软件), but takes
good mainland words for Taiwanese ones (智慧 becomes 智能, 建立 becomes 创建). What ``t2s`` leaves
and no mainland text has, 著 for 着 and 甚麼, is read here; ``tw2s`` would make 原著 原着.
"""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import opencc
from numpy.typing import NDArray

from nlp.text import Normalized

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff〇\U00020000-\U0003134f]+")
# 著 is 着 (看著, 著急), except where it writes or shows: 名著, 著作, 显著
_ATTACHED = re.compile(
    "(?<![名原专论巨编合译遗拙所显卓昭土撰])著"
    "(?!名|作(?!业)|者|述|称|录|有(?![色型])|于|文|译|编|书立说|[《〈])"
)
#: what characters of several scripts have in common where words decide between them
_SHARED = str.maketrans(
    "著乾甚藉瞭徵幺座像覆俱甦鍊炼衞敍薰枱痺簷彷", "着干什借了征么坐象复具苏链链卫叙熏台痹檐仿"
)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def convert(text: str) -> str:
    """Simplified form of a text, of the same length.

    Examples
    --------
    >>> convert("機器學習：乾燥與乾隆")
    '机器学习：干燥与乾隆'
    >>> convert("看著原著，什麼是甚麼")
    '看着原著，什么是什么'
    """
    found = _HAN.sub(lambda run: _simplified(run.group()), text)
    if "著" in found:
        found = _ATTACHED.sub("着", found)
    return found.replace("甚么", "什么")


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


def script_free(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Code points with one for all scripts in place of each Han character: 後, 后 give 后.

    Examples
    --------
    >>> codes = np.array([ord("後"), ord("A")], dtype=np.uint32)
    >>> "".join(map(chr, script_free(codes).tolist()))
    '后A'
    """
    table = _characters()
    return np.where(codes < len(table), table[np.minimum(codes, len(table) - 1)], codes)


@cache
def _characters() -> NDArray[np.uint32]:
    """Simplified code point of each code point up to the end of the common Han characters."""
    table = np.arange(0xA000, dtype=np.uint32)
    lines = "\n".join(map(chr, range(0x3400, 0xA000)))  # lines, so that no two make a word
    new = "".join(_simplified(lines).split("\n")).translate(_SHARED)
    table[0x3400:] = np.frombuffer(new.encode("utf-32-le"), dtype="<u4")
    return table
