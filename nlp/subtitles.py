"""Subtitles (SubRip and WebVTT) to one text that still knows when each word is said.

Both formats are read by one tolerant grammar: a line of two time codes opens a cue, an empty
line closes it. What cannot be read is named by its line and left out; nothing is raised, since
files from players and speech recognition are rarely clean.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.DOTALL)
# Tags of both formats, and of SubStation that leaks into SubRip; a<b stays.
_TAG = re.compile(
    r"</?(?:[biuvc]|font|lang|ruby|rt)(?:[\s.][^<>]{0,200})?>|<\d[\d:.]{4,14}>|\{\\[^{}]{0,200}\}",
    re.IGNORECASE,
)
_LINE = re.compile(r"\r\n|\r|\n")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s.*)?|WEBVTT(?:\s.*)?", re.DOTALL)
_STOP = re.compile(r"[。！？!?…]|\.(?=\s|$)")
_ENOUGH = 0.1  # stops a cue: from here on stops end the sentences, else each cue is one
_PAUSE_S = 2.0  # a silence this long ends a sentence, stop or not


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: seconds on screen, and where its words stand, ``text[start:end]``."""

    start_s: float
    end_s: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be read: its number from 1, the line, and what is wrong."""

    line: int
    found: str
    problem: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of subtitles as one text, and their times.

    Attributes
    ----------
    text : str
        What `analyze` should read. Cues follow one another on a line, or each on its own if
        they carry no stops; a pause of two seconds begins a new line.
    cues : tuple of Cue
        By start in seconds and by offset alike; on screen they may overlap.
    problems : tuple of Problem
        Lines left out, in order.

    Examples
    --------
    >>> transcript = read_subtitles('''1
    ... 00:00:01,000 --> 00:00:02,500
    ... 今天讲矩阵
    ...
    ... 2
    ... 00:00:02,500 --> 00:00:04,000
    ... <i>分解</i>。谢谢。
    ... ''')
    >>> transcript.text
    '今天讲矩阵分解。谢谢。'
    >>> at = transcript.text.index("矩阵分解")
    >>> transcript.times(at, at + 4)
    (1.0, 4.0)
    """

    text: str
    cues: tuple[Cue, ...]
    problems: tuple[Problem, ...]

    def times(self, start: int, end: int) -> tuple[float, float] | None:
        """First and last second of ``text[start:end]``, or ``None`` where nothing is said.

        An empty span has the times of the cue it stands in.
        """
        first = bisect_right(self.cues, start, key=lambda c: c.end)
        last = bisect_left(self.cues, max(end, start + 1), key=lambda c: c.start)
        touched = self.cues[first:last]
        if not touched:
            return None
        return touched[0].start_s, max(cue.end_s for cue in touched)


@dataclass(slots=True)
class _Spoken:
    """A cue while it is read: its times and lines."""

    start_s: float
    end_s: float
    lines: list[str]


def read_subtitles(data: str) -> Transcript:
    """Read SubRip or WebVTT text; which of them is seen from the text itself.

    A byte order mark, any line ends, missing numbers, hours left out, cue settings, tags,
    cues out of order, and captions that repeat the line before are all read. HTML entities
    stay for `analyze` to read.
    """
    problems: list[Problem] = []
    read = sorted(_cues(data.removeprefix("\ufeff"), problems), key=lambda c: c.start_s)
    spoken = list(_without_repeats(read))
    n_stops = sum(len(_STOP.findall(text)) for _, text in spoken)
    stopped = n_stops >= _ENOUGH * len(spoken)
    parts: list[str] = []
    cues: list[Cue] = []
    at = 0
    end_s = 0.0
    for cue, text in spoken:
        if cues:
            pause = cue.start_s - end_s >= _PAUSE_S
            parts.append(_joint(parts[-1], text) if stopped and not pause else "\n")
            at += len(parts[-1])
        parts.append(text)
        cues.append(Cue(cue.start_s, cue.end_s, at, at + len(text)))
        at += len(text)
        end_s = max(end_s, cue.end_s)
    return Transcript("".join(parts), tuple(cues), tuple(problems))


def _cues(data: str, problems: list[Problem]) -> Iterator[_Spoken]:
    lines = _LINE.split(data)
    cue: _Spoken | None = None
    skipping = False  # the rest of a block that holds no words, or of a cue without times
    for i, line in enumerate(lines):
        timing = _TIMING.fullmatch(line) if "-->" in line else None
        if timing is not None:
            if cue is not None:  # no empty line between: the number of this cue was read as words
                if cue.lines and cue.lines[-1].isdecimal():
                    cue.lines.pop()
                yield cue
            cue, skipping = _opened(timing, i + 1, line, problems), False
        elif not line.strip():
            if cue is not None:
                yield cue
            cue, skipping = None, False
        elif "-->" in line:
            problems.append(Problem(i + 1, line, "need two time codes, as 00:01:02,500"))
            if cue is not None:
                yield cue
            cue, skipping = None, True
        elif cue is not None:
            words = _TAG.sub("", line).strip()
            if words:
                cue.lines.append(words)
        elif not skipping and _BLOCK.fullmatch(line):
            skipping = True
        elif not skipping and not (i + 1 < len(lines) and "-->" in lines[i + 1]):
            problems.append(Problem(i + 1, line, "stands outside every cue"))
    if cue is not None:
        yield cue


def _opened(timing: re.Match[str], number: int, line: str, problems: list[Problem]) -> _Spoken:
    numbers = timing.groups(default="0")
    start_s, end_s = _seconds(*numbers[:4]), _seconds(*numbers[4:])
    if end_s < start_s:
        problems.append(Problem(number, line, "ends before it starts; the end is not used"))
        end_s = start_s
    return _Spoken(start_s, end_s, [])


def _seconds(hours: str, minutes: str, seconds: str, fraction: str) -> float:
    milliseconds = int(fraction.ljust(3, "0"))
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) + milliseconds / 1000


def _without_repeats(cues: list[_Spoken]) -> Iterator[tuple[_Spoken, str]]:
    """Cues with their words on one line; rolling captions show each line twice."""
    shown: list[str] = []
    until_s = -1.0
    for cue in cues:
        lines = cue.lines
        if cue.start_s <= until_s + 0.1:
            repeated = next(
                (n for n in range(min(len(lines), len(shown)), 0, -1) if lines[:n] == shown[-n:]), 0
            )
            fresh = lines[repeated:]
        else:
            fresh = lines
        text = ""
        for line in fresh:
            text += _joint(text, line) + line if text else line
        if text:
            yield cue, text
        shown, until_s = lines or shown, cue.end_s


def _joint(before: str, after: str) -> str:
    """White space between two pieces of one sentence: none where Han or a wide sign meets."""
    return " " if before[-1:].isascii() and after[:1].isascii() else ""
