"""When each thing found in subtitles is said: what the service and ``zhiying analyze`` add."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nlp import Analysis
from nlp.subtitles import Transcript
from nlp.text import normalize, sentences

#: parts of an analysis whose elements stand in the text
SPANS = ("tokens", "key_points", "aspects", "entities", "concepts")
#: names that a subtitle's analysis has beyond the parts
NAMES = ("text", "cues", "times")

Seconds = tuple[float, float] | None


class _Span(Protocol):
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Times:
    """First and last second of each element of each part that was asked for, in its order.

    `arc` is of the sentences behind `sentiment.arc`; an element is ``None`` where nothing is
    said at its place.
    """

    tokens: list[Seconds] | None = None
    key_points: list[Seconds] | None = None
    aspects: list[Seconds] | None = None
    entities: list[Seconds] | None = None
    concepts: list[Seconds] | None = None
    arc: list[Seconds] | None = None


def timed(transcript: Transcript, analysis: Analysis, include: Sequence[str]) -> dict[str, Any]:
    r"""The text that offsets refer to, its cues, and the times of the parts shown.

    Parameters
    ----------
    transcript : Transcript
        What was analysed.
    analysis : Analysis
        Of its text.
    include : sequence of str
        Parts shown; all if none is named.

    Examples
    --------
    >>> from nlp import analyze
    >>> from nlp.subtitles import read_subtitles
    >>> read = read_subtitles("00:01.000 --> 00:02.500\n讲得很清楚。")
    >>> timed(read, analyze(read.text), ["key_points", "sentiment"])["times"]
    {'key_points': [(1.0, 2.5)], 'arc': [(1.0, 2.5)]}
    """

    def seconds(spans: Iterable[_Span]) -> list[Seconds]:
        return [transcript.times(span.start, span.end) for span in spans]

    wanted = [part for part in SPANS if not include or part in include]
    times = {part: seconds(getattr(analysis, part)) for part in wanted}
    if (not include or "sentiment" in include) and analysis.sentiment is not None:
        normal = normalize(transcript.text)
        places = (normal.to_original(s.start, s.end) for s in sentences(normal.text))
        times["arc"] = [transcript.times(start, end) for start, end in places]
    return {"text": transcript.text, "cues": transcript.cues, "times": times}
