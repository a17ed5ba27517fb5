"""Which names of persons to believe.

The dictionary and its guesses call a word a person for its first character alone (高清, 白到,
常见病). So a Chinese name needs more: somebody known, a title beside it, other names in one
list, or three characters that are no common word with an ending. A foreign one, which the
dictionary mixes with places, needs somebody known, a title, a list, or a dot (肯·汤普森).
"""

import re
from collections.abc import Iterator, Sequence

from nlp.lexicon import SURNAMES, Rarity, default_lexicon, word_list
from nlp.tokens import Word

_TITLE = (
    "老师|教师|教授|副教授|讲师|导师|名师|院士|博士|先生|女士|同学|同志|医生|医师|大夫|主任|校长|院长|所长|"
    "会长|馆长|社长|总编|主编|编著|著作|主讲|领衔|导演|编剧|演员|歌手|诗人|作家|律师|法官|记者|总书记|主席|总理|"
    "总统|总裁|经理|工程师|研究员|设计师|创始人|教练|大师"
)
_BEFORE = re.compile(
    rf"(?:{_TITLE}|教头|作者|学者|嘉宾|主持人|主播|获得者|传人|[学育思哲作画书艺音乐数物理化科实业政军史评译剧诗词]家|皇帝)"
    r"(?:是|为|[::,(（ ]{1,2})?$"
)
_AFTER = re.compile(
    rf"[(（ ]?(?:等|副)?(?:{_TITLE})"
    r"|等?(?:讲授|执教|编写|撰写|执导|编著|认为|说过|曾说|[著编][^\w])"
)
_BESIDE = re.compile(r"[、,，/ ]{1,2}|和|与|及|以及")
_ENDINGS = frozenset("性率图器生病母素质地者化学度力法量师人员会元值式系线数论症科课班型权税风木草")
# a verb that the tagger took for the end of a name: 贺叔|带着
_VERBS = frozenset(
    "带试说来去看走到在是有问想要把被让给跟对从往也都就又还很将会能可再才却并读教写著"
)
_COMMON = 10.0  # idf below which a word is one that people use
_NEAR = 6  # characters in which a title stands before a name
_AROUND = 2_000  # characters in which a name without its verb is looked for
_LIST = 3  # names that vouch for each other


def persons(text: str, words: Sequence[Word], rarity: Rarity) -> dict[int, int]:
    """Find names of persons among the words of a text.

    Returns
    -------
    dict of int to int
        Row of the word with which a name begins, to the end of the name in `text`. A name that
        was cut short (林子 of 林子雨老师) is whole before a title.
    """
    known = word_list("people.txt")
    named = [
        row
        for row, (name, _, _, pos) in enumerate(words)
        if name in known or (pos[:2] == "nr" and _may_name(name, pos))
    ]
    found: dict[int, int] = {}
    for row in named:
        end = _titled(text, words, row)
        if end is not None:
            found[row] = end
        elif (whole := _without_verb(text, words[row])) is not None:
            found[row] = whole
        elif words[row].text in known or _believed(text, words[row], rarity):
            found[row] = words[row].end
    for rows in _lists(text, words, named):
        if len(rows) >= _LIST or any(row in found for row in rows):
            found.update((row, words[row].end) for row in rows if row not in found)
    return found


def _may_name(name: str, pos: str) -> bool:
    if pos == "nrt":
        return True
    return pos in ("nr", "nrfg") and len(name) in (2, 3) and name[0] in SURNAMES


def _titled(text: str, words: Sequence[Word], row: int) -> int | None:
    """End of the name before a title, with the last character that was cut off it."""
    end = words[row].end
    if _AFTER.match(text, end):
        return end
    if len(words[row].text) == 2 and row + 1 < len(words):
        after = words[row + 1]
        if after.start == end and len(after.text) == 1 and _AFTER.match(text, after.end):
            return after.end
    return None


def _without_verb(text: str, word: Word) -> int | None:
    """End of a guessed name before its verb, if a title or the rest of the text says so."""
    if len(word.text) < 3 or word.text[-1] not in _VERBS or default_lexicon().pos(word.text):
        return None
    near = max(0, word.start - _AROUND), word.end + _AROUND
    elsewhere = text.count(word.text[:-1], *near) > text.count(word.text, *near)
    return word.end - 1 if elsewhere or _has_title_before(text, word) else None


def _has_title_before(text: str, word: Word) -> bool:
    return _BEFORE.search(text[max(0, word.start - _NEAR) : word.start]) is not None


def _believed(text: str, word: Word, rarity: Rarity) -> bool:
    if word.pos == "nrt":
        return "·" in text[max(0, word.start - 1) : word.start] + text[word.end : word.end + 1]
    if _is_common(word.text, rarity):
        return False
    if _has_title_before(text, word):
        return True
    if len(word.text) < 3 or word.text[-1] in _ENDINGS | _VERBS:
        return False
    return not (_is_common(word.text[:2], rarity) or _is_common(word.text[1:], rarity))


def _is_common(word: str, rarity: Rarity) -> bool:
    return rarity.idf(word) < _COMMON


def _lists(text: str, words: Sequence[Word], named: Sequence[int]) -> Iterator[list[int]]:
    """Names that follow one another with nothing but a stop or 和 between them."""
    rows: list[int] = []
    for row in named:
        if rows and not _BESIDE.fullmatch(text, words[rows[-1]].end, words[row].start):
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows
