"""The tone of a text, read from its sentiment arc."""

from dataclasses import dataclass
from typing import Literal

from nlp.analysis import Sentiment

Mood = Literal["明快", "平实", "沉重"]
Shape = Literal["平稳", "先抑后扬", "先扬后抑", "起伏"]

_BRIGHT, _DARK = 0.6, 0.4  # as for the label of a text: further than 0.1 from neutral
_FLAT = 0.15  # an arc that moves less is level
_TURN = 0.1  # between its first third and its last


@dataclass(frozen=True, slots=True)
class Tone:
    """How a film of this text would feel.

    Attributes
    ----------
    mood : str
        明快, 平实 or 沉重, by the polarity of the whole.
    shape : str
        平稳, 先抑后扬, 先扬后抑 or 起伏, by the arc.
    polarity : float
        In [0, 1], 0.5 neutral.
    low, high : float
        Ends of the arc's range.
    low_sentence, high_sentence : int
        0-based number of the sentence where they stand; the first of equals.
    """

    mood: Mood
    shape: Shape
    polarity: float
    low: float
    high: float
    low_sentence: int
    high_sentence: int


def tone(sentiment: Sentiment | None) -> Tone | None:
    """Read the tone from the sentiment of a text; ``None`` where there is no text to judge.

    Examples
    --------
    >>> found = tone(Sentiment(0.5, "neutral", 0.9, (0.2, 0.5, 0.8)))
    >>> found.mood, found.shape, found.low_sentence
    ('平实', '先抑后扬', 0)
    """
    if sentiment is None:
        return None
    arc = sentiment.arc
    third = max(1, len(arc) // 3)
    rise = sum(arc[-third:]) / third - sum(arc[:third]) / third
    low, high = min(arc), max(arc)
    mood: Mood = "平实"
    if sentiment.polarity >= _BRIGHT:
        mood = "明快"
    elif sentiment.polarity <= _DARK:
        mood = "沉重"
    shape: Shape = "起伏"
    if high - low < _FLAT:
        shape = "平稳"
    elif abs(rise) >= _TURN:
        shape = "先抑后扬" if rise > 0 else "先扬后抑"
    return Tone(mood, shape, sentiment.polarity, low, high, arc.index(low), arc.index(high))
