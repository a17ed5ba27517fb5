"""Shapes of an analysis: the texts, how they are read, and what comes out."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

import nlp
from nlp import Aspect, Concept, Difficulty, Entity, KeyPoint, Sentiment, Token, TopicProbability
from nlp.subtitles import Cue, Problem
from nlp.tokens import Granularity
from service.fields import LONGEST, Id, Text, Title, refusal
from service.schemas.base import In, LineOut, Out
from service.timing import Times

Part = Literal[
    "tokens",
    "tags",
    "key_points",
    "sentiment",
    "aspects",
    "topics",
    "difficulty",
    "entities",
    "concepts",
    "signature",
]


class DictionaryEntry(In):
    """A word of your own. Forced, it is a token wherever it stands; else it is preferred."""

    text: Annotated[
        str,
        Field(
            # signs of words in any script we read; white space and markup make no word
            pattern=r"^[0-9A-Za-zÀ-ɏΑ-ωА-яぁ-ヿ㐀-䶿一-鿿〇가-힣！-～+#.\-/&·'()_]+$",
            min_length=1,
            max_length=50,
        ),
    ]
    pos: Annotated[str, Field(pattern="^[a-z]{1,8}$")] = "n"
    force: bool = False


class Reading(In):
    """How a text is read."""

    simplify: Annotated[
        bool,
        Field(description="read traditional script as simplified; offsets stay those of the text"),
    ] = False
    granularity: Annotated[
        Granularity,
        Field(description="`search` adds to the tokens the shorter words inside each word"),
    ] = "fine"


TextFormat = Annotated[
    Literal["text", "srt", "vtt"],
    Field(
        description="`srt` and `vtt`: subtitles, whose words are analysed as one text; the answer "
        "has that text, its `cues`, the `times` of what is found, and lines it could not read"
    ),
]


class TextIn(In):
    """A text to analyse, with the title that says what it is about."""

    text: Text
    title: Title = ""
    format: TextFormat = "text"


def _together(texts: list[TextIn]) -> list[TextIn]:
    """Many texts are no more work than one may be: more of them are a stream's."""
    if (n := sum(len(one.text) for one in texts)) > LONGEST:
        raise refusal("texts_together", n=n, limit=LONGEST)
    return texts


_ONE = ("text", "title", "format")


class TextLine(TextIn, Reading):
    """One line of an analysis stream; the id comes back with the answer."""

    id: Id | None = None


class AnalyzeIn(Reading):
    """One text with its title, or up to 100 `texts`; and how all of them are read."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["text"], "not": {"required": ["texts"]}},
                {"required": ["texts"], "not": {"anyOf": [{"required": [n]} for n in _ONE]}},
            ],
            "examples": [
                {"title": "微积分入门", "text": "从极限讲到导数，学习本课需要掌握高中函数。"},
                {"texts": [{"text": "矩阵分解把评分矩阵写成两个矩阵的乘积。"}]},
                {"format": "srt", "text": "1\n00:00:01,000 --> 00:00:04,500\n今天讲矩阵分解。\n"},
            ],
        }
    )

    text: Text = ""
    title: Title = ""
    format: TextFormat = "text"
    texts: Annotated[
        list[TextIn],
        Field(
            min_length=1,
            max_length=100,
            description="at most 1,000,000 characters together; more of them are a stream's",
        ),
        AfterValidator(_together),
    ] = []
    dictionary: Annotated[list[DictionaryEntry], Field(max_length=1000)] = []

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        given = self.model_fields_set
        if ("texts" in given) == ("text" in given) or ("texts" in given and given & set(_ONE)):
            raise refusal("one_or_many")
        return self


def _parted(names: object) -> object:
    """``include=tags,topics`` says what ``include=tags&include=topics`` does."""
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return [part for name in names for part in name.split(",")]
    return names


class AnalyzeQuery(In):
    """Which parts of the analysis to send, all when left out; and models by name."""

    include: Annotated[list[Part], BeforeValidator(_parted)] = Field(
        [], description="repeated, or in one value with commas between"
    )
    topics: Annotated[list[Id], Field(max_length=10)] = Field(
        [], description="trained models that each add `topics[name]`; see GET /v1/text-models"
    )
    sentiment: Id | None = Field(
        None, description="a trained model that judges sentiment in place of the packaged one"
    )


class AnalysisOut(Out):
    """The parts asked for of an analysis; `version` names the analyser that made it."""

    version: str
    tokens: list[Token] | None = None
    tags: list[nlp.Tag] | None = None
    key_points: list[KeyPoint] | None = None
    sentiment: Sentiment | None = None
    aspects: list[Aspect] | None = None
    topics: dict[str, list[TopicProbability]] | None = None
    difficulty: Difficulty | None = None
    entities: list[Entity] | None = None
    concepts: list[Concept] | None = None
    signature: str | None = Field(None, description="near-duplicates differ in at most 8 bits")
    text: str | None = Field(None, description="of subtitles: what offsets refer to")
    cues: list[Cue] | None = Field(None, description="of subtitles: when each span is said")
    times: Times | None = Field(None, description="of subtitles: when what is found is said")
    problems: list[Problem] | None = Field(
        None, description="of subtitles: the first 100 lines that could not be read"
    )


class AnalysesOut(Out):
    """Analyses in the order of the texts."""

    analyses: list[AnalysisOut]


class TextModelOut(Out):
    """A text model somebody trained; its figures are of rows it had not seen."""

    name: str
    kind: Literal["topics", "sentiment"]
    labels: list[str]
    figures: dict[str, float | None]
    n_texts: int
    version: str = Field(description="sha256 of its arrays")
    library: str = Field(description="version of this software that trained it")
    engine: str = Field(description="version of the segmentation it was trained with")


class TextModelsOut(Out):
    """The text models with a name, in the order of their names."""

    models: list[TextModelOut]


class AnalysisLineOut(LineOut):
    """The analysis of one line."""

    analysis: AnalysisOut | None = None
