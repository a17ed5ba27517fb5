"""Pairs of neighbouring signs: what joins texts that cut or name a word differently.

微积分 and 微积分学 share no word, but two pairs; so do a term and the phrase it stands in, and
words that no dictionary has.
"""

import re
from collections import Counter
from itertools import chain
from operator import add

from nlp.parsed import Parsed

_HAN = "\u3400-\u4dbf\u4e00-\u9fff〇"
_RUN = re.compile(rf"[{_HAN}]{{2,}}|[^\W_{_HAN}]{{2,}}")


def pairs(parsed: Parsed) -> Counter[str]:
    """Count pairs of neighbouring signs within runs of Han, and of other letters and digits.

    Examples
    --------
    >>> from nlp.engines import default_engine
    >>> from nlp.parsed import parse
    >>> sorted(pairs(parse("学微积分，用 C++", default_engine())))
    ['学微', '微积', '积分']
    """
    runs = _RUN.findall(parsed.normalized.text.lower())
    return Counter(chain.from_iterable(map(add, run, run[1:]) for run in runs))
