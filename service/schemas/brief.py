"""Shapes of screen-adaptation briefs."""

from typing import Annotated, Literal

from pydantic import Field

from service.fields import Attributes, Title, WithWords
from service.schemas.base import In, Out
from service.schemas.items import TagOut

By = Literal["rule", "data"]


class BriefIn(In):
    """A text to be made a film of; nothing is stored."""

    title: Title = ""
    text: WithWords
    attributes: Attributes = {}


class BriefQuery(In):
    """How the brief is answered."""

    format: Literal["json", "html"] | None = Field(
        None, description="a printable page or JSON; by the `Accept` header if left out"
    )


class SpanOut(Out):
    """A piece of the text, ``text[start:end]`` in code points."""

    text: str
    start: int
    end: int


class NamedOut(SpanOut):
    """A name where it first stands, and how often it comes."""

    count: int


class KeyPointOut(SpanOut):
    """A key point of the analysis."""

    role: str
    weight: float


class CueOut(Out):
    """Which rule chose a sentence, and the words it saw."""

    kind: str
    text: str


class BeatOut(SpanOut):
    """A sentence of the text that carries a part of the story, and the key point it teaches."""

    beat: Literal["hook", "conflict", "turn", "resolution"]
    label: str
    role: str
    cue: CueOut
    score: float
    why: str
    teaches: KeyPointOut | None = None


class MissingOut(Out):
    """A part that the text has nothing for: it is not made up."""

    part: str
    label: str
    why: str


class CharacterOut(Out):
    """Somebody for the screen: named in the text or the attributes, or whom it is for."""

    name: str
    part: Literal["learner", "mentor", "person", "role"]
    label: str
    by: Literal["text", "attribute", "level", "audience"]
    span: NamedOut | None = None
    share: float | None = Field(None, description="of the audience, where it is a group of that")


class SettingOut(Out):
    """Where it plays and what can lie on the table; empty where the text names nothing."""

    places: list[NamedOut]
    organisations: list[NamedOut]
    works: list[NamedOut]
    props: list[TagOut] = Field(description="heaviest tags: what must be seen")


class ToneOut(Out):
    """The tone, from the sentiment arc."""

    mood: str = Field(description="明快, 平实 or 沉重")
    shape: str = Field(description="平稳, 先抑后扬, 先扬后抑 or 起伏")
    text: str = Field(description="both in the language asked for")
    polarity: float
    low: float
    high: float
    low_sentence: int = Field(description="0-based number of the arc's lowest sentence")
    high_sentence: int
    arc: list[float]


class TopicRuleOut(Out):
    """The topic whose rule gives the form."""

    label: str = Field(description="empty where the topic is unsure")
    probability: float | None = None
    by: Literal["attribute", "topics", "unsure"]


class FormFiguresOut(Out):
    """How films of one form were watched; see `service.forms.FormFigures`."""

    form: str
    in_rule: bool
    works: int
    viewings: int = Field(description="of the works that enough people watched, each rounded")
    completion: float | None = None
    shrunk: float | None = None
    low: float | None = None
    high: float | None = None


class FormOut(Out):
    """The form to make, and why."""

    form: str
    others: list[str]
    by: By
    why: str
    topic: TopicRuleOut
    figures: list[FormFiguresOut]


class LengthOut(Out):
    """How long it should be."""

    minutes: Annotated[list[float], Field(min_length=2, max_length=2)]
    by: By
    why: str


class ComparableOut(Out):
    """A film of the catalogue about much the same."""

    id: str
    title: str
    form: str | None = None
    minutes: float | None = None
    similarity: float
    viewings: int | None = Field(None, description="people, rounded; absent if too few")
    completion: float | None = None


class BriefOut(Out):
    """A brief for those who make a film of a text: every part says what it rests on."""

    id: str | None = None
    title: str
    version: str = Field(
        description="of all the rules: the analysis, the beats, the files of the pack"
    )
    analysis_version: str
    pack: str
    form: FormOut
    length: LengthOut
    tone: ToneOut | None = None
    beats: list[BeatOut]
    characters: list[CharacterOut]
    setting: SettingOut
    missing: list[MissingOut]
    comparable: list[ComparableOut]
