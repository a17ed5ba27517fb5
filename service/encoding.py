"""Bytes of a file to text: UTF-8, UTF-16 by its mark, and GBK, as old editors and players write."""

import codecs
import re

_MARKED = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WIDE = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_COMMON = re.compile(rb"[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]")
_SURE = 0.9  # share of the signs of GB 2312 among those of two bytes: Big5 taken for GBK has .6


def decoded(raw: bytes) -> str:
    r"""Text of a whole file.

    Without a mark it is UTF-8 if it can be; else GBK (GB 18030) if it can be and nearly all signs
    are those of everyday simplified Chinese, so that Big5 is not taken for it.

    Raises
    ------
    UnicodeDecodeError
        If it is neither, with what keeps it from being UTF-8.

    Examples
    --------
    >>> decoded("今天讲矩阵".encode("gbk")), decoded("今天讲矩阵".encode("utf-16"))
    ('今天讲矩阵', '今天讲矩阵')
    """
    for mark, name in _MARKED.items():
        if raw.startswith(mark):
            return raw.decode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = _gbk(raw)
        if text is None:
            raise
        return text


def _gbk(raw: bytes) -> str | None:
    wide = _WIDE.findall(raw)
    common = sum(_COMMON.fullmatch(pair) is not None for pair in wide)
    if common < _SURE * len(wide):
        return None
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
