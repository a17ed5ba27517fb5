"""Normalised text with a map back to the original, and sentences with offsets.

Normalising removes HTML and invisible characters and folds compatibility forms (NFKC), so
the rest of `nlp` sees one spelling; every span it finds is handed back in offsets of the
text as given. Each step is linear in the length of the text, whatever characters it is made of.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.shapes import EMOJI_JOINED

_BLOCK_TAGS = (
    "address article aside blockquote body br caption dd div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 head header hr html li main meta nav ol option p pre section "
    "table tbody td tfoot th thead title tr ul video"
)
_INLINE_TAGS = (
    "a abbr audio b big button center cite code del em font i iframe img input ins kbd label link "
    "mark math o:p path q s samp script select small source span strike strong style sub sup svg "
    "textarea tt u var wbr"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_NAMES = "|".join(
    sorted([*_BLOCK_TAGS.split(), *_INLINE_TAGS.split()], key=lambda name: (-len(name), name))
)

# [^<>]* cannot pass another "<", so a run of unclosed tags is scanned once, not once per tag.
_MARKUP = re.compile(
    rf"</?({_NAMES})(?=[\s/>])[^<>]*>|<!--|&(?:[A-Za-z]{{2,8}}|#[0-9]{{1,7}}|#[xX][0-9A-Fa-f]{{1,6}});",
    re.IGNORECASE | re.ASCII,
)
_RAW_END = {
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "<!--": re.compile("-->"),
}
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# Characters NFKC would expand, kept as they are.
_KEPT = frozenset("…⋯‥～〜")
_JOINER = "\u200d"  # of emoji; elsewhere it is invisible
# Marks that NFKC joins with the character before them.
_JOINED = "\u0300-\u036f\u0483-\u0487\u1160-\u11ff\u3099\u309a\uff9e\uff9f"
# Characters NFKC leaves alone, which is nearly all of a text: the search passes over them.
_PLAIN = (
    r"\t\n\r -~·À-ÖØ-öø-ÿΑ-Ρα-ωА-я–—‘’“”…⋯‥～〜、。《》「」『』【】〇ぁ-ゖァ-ヺ"
    r"\u3400-\u4dbf\u4e00-\u9fff"
)
# Unicode's stream-safe format has up to 30 marks on a character. NFKC puts marks in order in a time
# that grows with the square of their number: a long run is folded piece by piece.
_MARKS = 30
_UNSTABLE = re.compile(
    rf"{EMOJI_JOINED}|[^{_PLAIN}][{_JOINED}]{{0,{_MARKS}}}|[\s\S][{_JOINED}]{{1,{_MARKS}}}"
)
# What NFKC would write out longer stays as it is: ﷺ is 18 characters, and a text of it 18 times
# its length; ⑽ and ㏂ are four.
_LONGEST_FOLD = 4

_SENTENCE_END = re.compile(
    r"""[。！？!?；;…]+["'”’」』》）)\]】]*      # Chinese stops take their closing quotes along
      | \.+["'”’)\]]*(?=\s|$)                 # a full stop ends a sentence only before space,
      | (?<=[\u3400-\u9fff])\.+(?=[\u3400-\u9fff])  # or between Han, as ．in print
      | [\r\n\u2028\u2029\x85]+""",
    re.VERBOSE,
)
_JOINTS = ",。!?;…、~"  # what may stand between repetitions of a piece, in normal form
_MAX_SENTENCE = 400
_SOFT_BREAK = re.compile(r"[，,、：:\s]")


@dataclass(frozen=True, slots=True)
class Normalized:
    """Text in normal form, and where each of its characters came from.

    Attributes
    ----------
    text : str
        The normal form.
    original : str
        The text as given.
    starts, ends : sequence of int
        Offsets of the original character (or entity) behind each character of `text`;
        both never fall.
    """

    text: str
    original: str
    starts: Sequence[int]
    ends: Sequence[int]

    @property
    def is_identity(self) -> bool:
        """Say whether each offset of the normal form is the same in the original."""
        return isinstance(self.starts, range)

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of ``text[start:end]``, widened to whole characters.

        Examples
        --------
        >>> n = normalize("<b>ＡＢ</b>测试")
        >>> n.text, n.to_original(0, 2), n.original[slice(*n.to_original(2, 4))]
        ('AB测试', (3, 5), '测试')
        """
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return at, at
        return self.starts[start], self.ends[end - 1]


def normalize(text: str) -> Normalized:
    r"""Put a text into normal form: no HTML, no invisible characters, NFKC.

    Block tags become a line break, inline tags nothing, entities their character; names
    that are not HTML stay (``vector<int>``). ``…`` and ``～`` keep their form.

    Examples
    --------
    >>> normalize("第１课：&lt;入门&gt;<br/>矩\u200b阵").text
    '第1课:<入门>\n矩阵'
    """
    parts: list[str] = []
    edits: list[tuple[int, int, int]] = []
    at = 0
    for start, end, piece in _changes(text):
        parts += text[at:start], piece
        if end - start != 1 or len(piece) != 1:
            edits.append((start, end, len(piece)))
        at = end
    parts.append(text[at:])
    return _mapped("".join(parts), text, edits)


def _mapped(normal: str, original: str, edits: Sequence[tuple[int, int, int]]) -> Normalized:
    """Normal form with the offsets of its edits ``(start, end, new length)``, in order."""
    if not edits:
        return Normalized(normal, original, range(len(original)), range(1, len(original) + 1))
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    at = 0
    for start, end, size in [*edits, (len(original), len(original), 0)]:
        plain = np.arange(at, start)
        starts += plain, np.full(size, start)
        ends += plain + 1, np.full(size, end)
        at = end
    # indexing a memory view gives plain integers, in an eighth of the memory of a list
    return Normalized(normal, original, np.concatenate(starts).data, np.concatenate(ends).data)


def _changes(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans of the text that normalising replaces, and by what; joined marks always."""
    at = 0
    for start, end, piece in _without_markup(text):
        if start > at:
            yield at, start, ""
        at = end
        if piece is not None:
            yield start, end, piece
            continue
        for cluster in _UNSTABLE.finditer(text, start, end):
            found = cluster.group()
            folded = _fold(found)
            if folded != found or len(found) > 1:
                yield cluster.start(), cluster.end(), folded
    if at < len(text):
        yield at, len(text), ""


def _fold(cluster: str) -> str:
    if cluster in _KEPT or _JOINER in cluster[1:]:
        return cluster
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cluster))
    return folded if len(folded) <= _LONGEST_FOLD * len(cluster) else cluster


def _without_markup(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Spans of the text: ``None`` for plain text, otherwise what replaces the markup."""
    at = 0
    closed = dict.fromkeys(_RAW_END, True)  # a closer not found once is not looked for again
    while (match := _MARKUP.search(text, at)) is not None:
        if match.start() > at:
            yield at, match.start(), None
        at = match.end()
        found = match.group()
        name = "<!--" if found == "<!--" else (match.group(1) or "").lower()
        if found.startswith("&"):
            yield match.start(), at, html.unescape(found)
        elif name in _RAW_END and not found.startswith("</"):
            end = _RAW_END[name].search(text, at) if closed[name] else None
            closed[name] = end is not None
            if end is not None:
                at = end.end()
            elif name == "<!--":
                yield match.start(), at, found
        elif name in _BLOCKS:
            yield match.start(), at, "\n"
    if at < len(text):
        yield at, len(text), None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text, ``text[start:end]``, without the white space around it."""

    text: str
    start: int
    end: int


def sentences(text: str) -> tuple[Sentence, ...]:
    r"""Split into sentences, in order and not overlapping.

    A sentence ends at 。！？；… (with closing quotes), at ``.`` before white space, or at a
    line break; one of more than 400 characters is cut at its last comma or space.

    Examples
    --------
    >>> [s.text for s in sentences("先讲3.14的来历。再举例！\n 结束")]
    ['先讲3.14的来历。', '再举例！', '结束']
    """
    found: list[Sentence] = []
    start = 0
    for stop in _SENTENCE_END.finditer(text):
        found.extend(_pieces(text, start, stop.end()))
        start = stop.end()
    found.extend(_pieces(text, start, len(text)))
    return tuple(found)


def _pieces(text: str, start: int, end: int) -> Iterator[Sentence]:
    while end - start > _MAX_SENTENCE:
        window = text[start : start + _MAX_SENTENCE]
        breaks = [m.end() for m in _SOFT_BREAK.finditer(window, _MAX_SENTENCE // 2)]
        cut = start + (breaks[-1] if breaks else _MAX_SENTENCE)
        yield from _strip(text, start, cut)
        start = cut
    yield from _strip(text, start, end)


def _strip(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    body = piece.strip()
    if any(ch.isalnum() for ch in body):
        yield Sentence(body, start + left, start + left + len(body))


def sentence_at(spans: Sequence[Sentence], offset: int) -> int:
    """Row of the sentence that holds an offset, or -1 if it stands between sentences."""
    row = bisect_right(spans, offset, key=lambda s: s.start) - 1
    return row if row >= 0 and offset < spans[row].end else -1


def once(text: str) -> str:
    """Shortest beginning of a text that, repeated, gives the text; the text itself if none.

    White space does not count, so a piece repeated with spaces between is found too; and one
    stop or comma may stand between the repetitions.

    Examples
    --------
    >>> once("很好 很好 很好"), once("很好!很好!很好"), once("很好很")
    ('很好', '很好', '很好很')
    >>> once("好,好!好,好")
    '好'
    """
    dense = "".join(text.split())
    for joint in ("", *_JOINTS):
        if joint and (joint not in dense or dense.endswith(joint)):
            continue
        whole = dense + joint
        # s is periodic with period p exactly if s occurs in s + s at p; find is linear.
        period = (whole + whole).find(whole, 1)
        if 0 < period < len(whole):
            return once(_first(text, period - len(joint)))
    return text


def _first(text: str, n: int) -> str:
    """Beginning of a text with n characters that are no white space."""
    n_seen = 0
    for at, ch in enumerate(text):
        n_seen += not ch.isspace()
        if n_seen == n:
            return text[: at + 1]
    return text
