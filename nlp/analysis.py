"""What is known about one text: the values `analyze` returns.

Every offset counts code points of the text as it was given, so ``text[start:end]`` is
what an editor may highlight.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Token:
    """A substring of the text with its part of speech (ICTCLAS letters, as jieba gives them)."""

    text: str
    start: int
    end: int
    pos: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A phrase that says what the text is about; `weight`: how likely an author would choose it."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A sentence worth reading first.

    `role` is one of 定义, 例子, 步骤, 结论, 其他; `weight` in [0, 1].
    """

    text: str
    start: int
    end: int
    role: str
    weight: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Opinion of the author.

    Attributes
    ----------
    polarity : float
        In [0, 1], 0.5 neutral: the mean over sentences.
    label : str
        ``"positive"``, ``"neutral"`` or ``"negative"``.
    confidence : float
        In [0, 1]: probability of `label`, averaged over sentences.
    arc : tuple of float
        Polarity of each sentence in order, smoothed over its neighbours.
    """

    polarity: float
    label: str
    confidence: float
    arc: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One clause that judges one side of a course.

    `name` is one of 内容, 讲师, 节奏, 难度, 实用, 价格, 音画, 服务, unless the analyser was given
    other `AspectWords`; `polarity` in [0, 1].
    """

    name: str
    polarity: float
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TopicProbability:
    """A label of a taxonomy with its calibrated probability."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A measured reason: its name, its value, and the words of the text it rests on (or "")."""

    name: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard the text is: `level` from 1 (anyone) to 5 (specialists), with the reasons."""

    level: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A name. `type` is one of person, place, organisation, work, other."""

    text: str
    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A term that is taught or, if `prerequisite`, expected to be known; first place it stands.

    `cue` is the kind of words that say so: 先修 (a course to take before), 掌握, 基础 or 学完;
    不需要 marks a term the text says need not be known; ``None`` what is taught.
    """

    text: str
    start: int
    end: int
    prerequisite: bool
    cue: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything `analyze` finds in one text.

    Attributes
    ----------
    version : str
        Version of the analyser; equal versions give equal analyses.
    tokens : tuple of Token
        In order, not overlapping; between them stand only white space, markup and
        invisible characters. With search granularity, the shorter words inside a word
        stand before it.
    tags : tuple of Tag
        By falling weight.
    key_points : tuple of KeyPoint
        In the order of the text.
    sentiment : Sentiment or None
        ``None`` if there is no sentence to judge.
    aspects : tuple of Aspect
        In the order of the text.
    topics : mapping of str to tuple of TopicProbability
        By taxonomy (``"subject"``, ``"domain"``), by falling probability; an empty
        tuple means unsure.
    difficulty : Difficulty or None
        ``None`` if there is no word to judge.
    entities, concepts : tuple
        In the order of the text.
    terms : mapping of str to float
        Count of each candidate term, title terms counted with their own weight: what
        `extract` turns into features.
    style : mapping of str to float
        Numbers of style, such as the mean sentence length; empty for an empty text.
    signature : str or None
        16 hexadecimal digits: near-duplicates differ in few bits, see `nlp.signature`;
        ``None`` for a text without a letter.
    pairs : mapping of str to float
        Count of each pair of neighbouring signs, those of the title weighed as in `terms`.
    """

    version: str
    tokens: tuple[Token, ...]
    tags: tuple[Tag, ...]
    key_points: tuple[KeyPoint, ...]
    sentiment: Sentiment | None
    aspects: tuple[Aspect, ...]
    topics: Mapping[str, tuple[TopicProbability, ...]]
    difficulty: Difficulty | None
    entities: tuple[Entity, ...]
    concepts: tuple[Concept, ...]
    terms: Mapping[str, float]
    style: Mapping[str, float]
    signature: str | None = None
    pairs: Mapping[str, float] = field(default_factory=dict)
