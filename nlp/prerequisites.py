"""What a text says must be known before, and what need not: terms with the cue that says so.

The forms are few and the words of each stand in ``data/cues.json``: a list behind 先修课程: or
需要掌握, a term inside 需要…基础 or 学完…再, and X是Y的基础. Each finds a stretch of the sentence,
which is cut into terms here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.cues import PrerequisiteCue, cues
from nlp.parsed import Parsed
from nlp.vocabulary import stopwords

NOT_NEEDED = "不需要"
_FORWARD = "先修"  # its lists hold names of courses: 概率论与数理统计 is one
_LONGEST = 20  # characters of a term
_STOP = re.compile("[。;!?！？；(（]")
_BREAK = re.compile("[,，]")
_NOUNS = ("n", "eng", "j", "l", "vn", "b", "an", "m", "q", "nz", "x", "i", "a")
_NAMED = ("n", "eng", "j", "l", "v", "i", "a")


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A term and the kind of cue that names it; offsets in the normal form."""

    start: int
    end: int
    cue: str


def mentions(parsed: Parsed, title: str) -> list[Mention]:
    """Find the terms a text expects to be known, or says need not be, in order.

    Parameters
    ----------
    parsed : Parsed
        The text.
    title : str
        Normalised title: in 线性代数是机器学习的基础 it tells which of the two is taught here.

    Examples
    --------
    >>> from nlp.engines import default_engine
    >>> from nlp.parsed import parse
    >>> text = "需要掌握函数和极限。不要求编程基础。"
    >>> [(text[m.start:m.end], m.cue) for m in mentions(parse(text, default_engine()), "")]
    [('函数', '掌握'), ('极限', '掌握'), ('编程', '不需要')]
    """
    found: dict[int, Mention] = {}
    for sentence in parsed.sentences:
        if cues().hint.search(sentence.text):
            reader = _Reader(parsed, sentence.text, sentence.start, title)
            for mention in reader.mentions():
                found.setdefault(mention.start, mention)
    return sorted(found.values())


@dataclass(frozen=True, slots=True)
class _Reader:
    """One sentence, and where it stands."""

    parsed: Parsed
    text: str
    offset: int
    title: str

    def mentions(self) -> Iterator[Mention]:
        """Terms by cue, those that need not be known first: they silence what stands in them."""
        silent: list[tuple[int, int]] = []
        taken: list[tuple[int, int]] = []
        for cue in cues().prerequisites:
            for match in cue.pattern.finditer(self.text):
                if any(a <= match.start() < b or a < match.end() <= b for a, b in silent):
                    continue
                if cue.name == NOT_NEEDED:
                    silent.append(match.span())
                elif self._denied(cue, match):
                    continue
                for start, end, name in self._terms(cue, match):
                    if any(start < b and end > a for a, b in taken):
                        continue
                    taken.append((start, end))
                    yield Mention(self.offset + start, self.offset + end, name)

    def _denied(self, cue: PrerequisiteCue, match: re.Match[str]) -> bool:
        """Say whether the sentence, or the title, turns a cue into something else."""
        before = self.text[: match.start()]
        if before.endswith(("不", "无", "没", "没有", "非", "毋")):
            return True
        # who teaches or is taught stands before the cue; whom the course suits, behind it
        if cue.unless is not None and cue.unless.search(self.text, 0, match.end()):
            return True
        if self.text.endswith(("?", "？", "吗")):
            return True
        groups = match.groupdict()
        if groups.get("of") is not None:
            what, of = groups["what"], groups["of"]
            itself = cues().itself.search(of) is not None
            return not itself and not (of in self.title and what not in self.title)
        # 学完微积分后 in a course on 微积分 is what it leads to
        return cue.weak and groups["what"].strip("《》") in (self.title or "-")

    def _terms(self, cue: PrerequisiteCue, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
        start, end = match.span("what")
        if end > start or not cue.listed:
            for piece in self._pieces(start, end, cue):
                found = self._trimmed(*piece)
                if found is not None and not (cue.plain and not self._is_plain(*piece)):
                    yield *found[:2], cue.name
            return
        stop = _STOP.search(self.text, start)
        limit = len(self.text) if stop is None else stop.start()
        for number, (first, last) in enumerate(self._clauses(start, limit)):
            pieces = list(self._pieces(first, last, cue))
            # behind a comma the list goes on only with plain nouns
            if number and not all(self._is_plain(*piece) for piece in pieces):
                return
            trimmed = [self._trimmed(*piece) for piece in pieces]
            ends = trimmed[-1][2] if trimmed[-1] is not None else ""  # 乐理和绘画基础
            for found in trimmed:
                if found is not None:
                    a, b, tail = found
                    yield a, b, "基础" if (tail or ends) and cue.name == "掌握" else cue.name

    def _clauses(self, start: int, limit: int) -> Iterator[tuple[int, int]]:
        at = start
        for comma in _BREAK.finditer(self.text, start, limit):
            yield at, comma.start()
            at = comma.end()
        yield at, limit

    def _pieces(self, start: int, end: int, cue: PrerequisiteCue) -> Iterator[tuple[int, int]]:
        """Parts of a list; what stands in 《》 is one."""
        joints = cues().joints if cue.name == _FORWARD else cues().all_joints
        at = start
        for joint in joints.finditer(self.text, start, end):
            if self.text.count("《", at, joint.start()) > self.text.count("》", at, joint.start()):
                continue
            yield at, joint.start()
            at = joint.end()
        yield at, end

    def _trimmed(self, start: int, end: int) -> tuple[int, int, str] | None:
        """A part without what surrounds its term, and the kind of knowledge it ends with."""
        tail = ""
        while (
            lead := cues().leads.match(self.text, start, end)
        ) is not None and lead.end() > start:
            start = lead.end()
        while (rest := cues().tails.search(self.text[start:end])) is not None:
            tail = tail or (rest["kind"] or "")
            end = start + rest.start()
        if self.text.startswith("《", start) and self.text.endswith("》", start, end):
            start, end = start + 1, end - 1
        term = self.text[start:end]
        if not 1 < len(term) <= _LONGEST or cues().no_term.search(term) or term in stopwords():
            return None
        words = self.parsed.within(self.offset + start, self.offset + end)
        if not any(w.pos.startswith(_NAMED) for w in words):
            return None
        return start, end, tail

    def _is_plain(self, start: int, end: int) -> bool:
        words: Sequence[str] = [
            w.pos for w in self.parsed.within(self.offset + start, self.offset + end)
        ]
        return bool(words) and all(pos.startswith(_NOUNS) for pos in words)
