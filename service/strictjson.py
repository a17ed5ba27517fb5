"""JSON that every reader reads alike: no depth without end, no name twice in one object.

orjson takes the last of two equal names, other parsers the first: what a gateway checked would
not be what is stored. RFC 7493 (I-JSON) forbids both; here they are refused.
"""

import json
from typing import Any

import orjson

from service import messages
from service.errors import NotJsonError

#: no shape of this service is deeper than six levels
MAX_DEPTH = 32


def parse_json(raw: bytes, where: str = "body") -> Any:
    """Value of a JSON text; raises `NotJsonError` saying where it breaks.

    Parameters
    ----------
    raw : bytes
        UTF-8.
    where : {"body", "line"}
        For the sentence.

    Examples
    --------
    >>> parse_json(b'{"a": 1}')
    {'a': 1}
    >>> parse_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    service.errors.NotJsonError: the body is not JSON that is read here: the name 'a' stands twice
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotJsonError(
            messages.NOT_JSON, where=where, row=error.lineno, column=error.colno
        ) from None
    # brackets and colons are counted in C; only a text that could be at fault is looked at closely
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise NotJsonError(messages.TOO_DEEP, where=where, limit=MAX_DEPTH)
    if raw.count(b":") != _n_names(value):
        _refuse_duplicates(raw, where)
    return value


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        depth += 1
    return depth


def _n_names(value: Any) -> int:
    """Names in all objects; each of them has a colon in the text, and twice the name two."""
    if isinstance(value, dict):
        inner: Any = value.values()
        n = len(value)
    elif isinstance(value, list):
        inner, n = value, 0
    else:
        return 0
    return n + sum(_n_names(v) for v in inner if isinstance(v, dict | list))


def _refuse_duplicates(raw: bytes, where: str) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> None:
        names = set()
        for name, _ in pairs:
            if name in names:
                raise NotJsonError(messages.DUPLICATE_NAME, where=where, name=name[:60])
            names.add(name)

    json.loads(raw, object_pairs_hook=unique, parse_int=float)
