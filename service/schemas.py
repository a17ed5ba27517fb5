"""Every shape that crosses HTTP. The OpenAPI document is generated from these types.

Inputs refuse fields they do not know; outputs leave out what is not known.
"""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

import nlp
from nlp import (
    Aspect,
    Concept,
    Difficulty,
    Entity,
    KeyPoint,
    Sentiment,
    Token,
    TopicProbability,
)
from nlp.tokens import Granularity
from service.fields import (
    WHOLE,
    Attributes,
    Id,
    ItemId,
    Kind,
    Moment,
    PastMoment,
    Text,
    Title,
    refusal,
)
from service.messages import FIELDS


class In(BaseModel):
    """Base of what clients send: immutable, strict about unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """Base of what the service answers."""

    model_config = ConfigDict(frozen=True)


#: ``name:value``
AttributeFilter = Annotated[str, Field(max_length=400, pattern="^[^:]+:")]


# ---- items ------------------------------------------------------------------------------


class ItemIn(In):
    """A course or a film: its words are analysed when it is written."""

    title: Title = ""
    text: Text = ""
    kind: Kind = "course"
    attributes: Attributes = {}
    published_at: Moment | None = Field(None, description="not recommended before this moment")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "微积分入门",
                    "text": "从极限讲到导数，学习本课需要掌握高中函数。",
                    "kind": "course",
                    "attributes": {"domain": "教育", "level": 1},
                }
            ]
        }
    )


class ItemLine(ItemIn):
    """One line of a bulk request: an item with its id."""

    id: ItemId


class ItemPatch(In):
    """A merge patch (RFC 7396): fields left out stay, ``null`` takes a field back to its default.

    Attributes are merged by name, and one that is ``null`` is removed.
    """

    title: Title | None = None
    text: Text | None = None
    kind: Kind | None = None
    attributes: Attributes | None = None
    published_at: Moment | None = None


class TagOut(Out):
    """A tag of the text and how much it says about it, in [0, 1]."""

    text: str
    weight: float


class TopicOut(Out):
    """A topic and its calibrated probability."""

    label: str
    probability: float


class ItemAnalysis(Out):
    """What the analysis of an item says in short; ``POST /v1/analyze`` gives all of it."""

    version: str
    tags: list[TagOut]
    topics: dict[str, list[TopicOut]]
    polarity: float | None = Field(None, description="in [0, 1]; absent without text")
    difficulty: int | None = Field(None, description="1 to 5; absent without text")


class ItemOut(Out):
    """A stored item."""

    id: str
    title: str
    text: str
    kind: str
    attributes: dict[str, Any]
    published_at: str | None = None
    updated_at: str
    analysis: ItemAnalysis


class ItemPage(Out):
    """Items in the order of their ids; `cursor` asks for the page after this one."""

    items: list[ItemOut]
    cursor: str | None = None


class PageQuery(In):
    """How many, and from where."""

    n: Annotated[int, Field(ge=1, le=500), WHOLE] = 50
    cursor: Id | None = Field(None, description="from the page before")
    kind: Kind | None = None
    attribute: list[AttributeFilter] = Field(
        [], description="only items with this `name:value`; several must all hold"
    )


class VectorOut(Out):
    """The features of an item in the model's feature space: named columns in named blocks.

    Columns that are zero are left out.
    """

    feature_space: str | None = Field(None, description="its version; absent before the first fit")
    blocks: dict[str, dict[str, float]]
    short_reason: str | None = None


# ---- users ------------------------------------------------------------------------------


class UserIn(In):
    """What is known of a user beside what the events say."""

    attributes: Attributes = {}


class UserOut(Out):
    """A stored user."""

    id: str
    attributes: dict[str, Any]
    updated_at: str | None = Field(None, description="absent if known by events alone")


class UsersQuery(In):
    """How many, and from where."""

    n: Annotated[int, Field(ge=1, le=500), WHOLE] = 50
    cursor: Id | None = Field(None, description="from the page before")


class UserPage(Out):
    """Users in the order of their ids; `cursor` asks for the page after this one."""

    users: list[UserOut]
    cursor: str | None = None


class EventsQuery(In):
    """How many, and from where."""

    n: Annotated[int, Field(ge=1, le=500), WHOLE] = 50
    # the moment and the id of the last event shown
    cursor: (
        Annotated[
            str,
            Field(pattern=r"^0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,2} [^\x00-\x1f\x7f\ufffd]{1,256}$"),
        ]
        | None
    ) = Field(None, description="from the page before")


class StoredEventOut(Out):
    """What a user did."""

    id: str
    item: str
    type: str
    value: float | None = None
    time: str
    context: dict[str, Any] | None = None
    text: str | None = None


class EventPage(Out):
    """Events, newest first; `cursor` asks for the page after this one."""

    events: list[StoredEventOut]
    cursor: str | None = None


# ---- export -----------------------------------------------------------------------------


class ExportQuery(In):
    """What to export; everything if nothing is said."""

    only: Literal["items", "users", "events"] | None = None


class ExportLine(Out):
    """One stored thing, in the form that would store it again."""

    item: dict[str, Any] | None = None
    user: dict[str, Any] | None = None
    event: dict[str, Any] | None = None


# ---- events -----------------------------------------------------------------------------


class _Event(In):
    id: Id | None = Field(None, description="repeat it and the event is stored once")
    user: Id
    item: Id
    time: PastMoment | None = Field(None, description="when it happened; now if left out")
    context: Attributes | None = None
    text: Text | None = Field(None, description="the words of a review")


class PlainEvent(_Event):
    """An event that says all by its type."""

    type: Literal[
        "impression",
        "view",
        "search",
        "complete",
        "favourite",
        "share",
        "cart",
        "enrol",
        "dislike",
        "skip",
        "refund",
        "abandon",
    ]
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None


class PlayEvent(_Event):
    """Watching or listening; `value` is the share of the item that was played."""

    type: Literal["play"]
    value: Annotated[float, Field(ge=0, le=1)] | None = None


class ExerciseEvent(_Event):
    """Exercises done; `value` is the score."""

    type: Literal["exercise"]
    value: Annotated[float, Field(ge=0, le=1)] | None = None


class PurchaseEvent(_Event):
    """A purchase; `value` is the price."""

    type: Literal["purchase"]
    value: Annotated[float, Field(ge=0, le=1e12)] | None = None


class RateEvent(_Event):
    """A rating; `value` from -1 (bad) to 1 (good). Five stars are ``(stars - 3) / 2``."""

    type: Literal["rate"]
    value: Annotated[float, Field(ge=-1, le=1)]


class ReviewEvent(_Event):
    """A review; `value` from -1 to 1 is read from the sentiment of `text` when left out."""

    type: Literal["review"]
    value: Annotated[float, Field(ge=-1, le=1)] | None = None


_BY_TYPE: dict[str, str] = {
    "play": "play",
    "exercise": "exercise",
    "purchase": "purchase",
    "rate": "rate",
    "review": "review",
}
EVENT_TYPES: tuple[str, ...] = (
    *PlainEvent.model_fields["type"].annotation.__args__,  # type: ignore[union-attr]
    *_BY_TYPE,
)


def _event_tag(value: object) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        return None
    return "\x00" + _BY_TYPE.get(kind, "plain")


#: what a learner did; the tags are stripped from error pointers by `service.errors`
EventIn: TypeAlias = Annotated[
    Annotated[PlainEvent, Tag("\x00plain")]
    | Annotated[PlayEvent, Tag("\x00play")]
    | Annotated[ExerciseEvent, Tag("\x00exercise")]
    | Annotated[PurchaseEvent, Tag("\x00purchase")]
    | Annotated[RateEvent, Tag("\x00rate")]
    | Annotated[ReviewEvent, Tag("\x00review")],
    Discriminator(
        _event_tag,
        custom_error_type="event_type",
        custom_error_message=FIELDS["event_type"].en,
        custom_error_context={"types": ", ".join(EVENT_TYPES)},
    ),
]


class EventOut(Out):
    """The event's id: the one given, or the one made from its content."""

    id: str


# ---- analysis ---------------------------------------------------------------------------

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


class TextIn(In):
    """A text to analyse, with the title that says what it is about."""

    text: Text
    title: Title = ""


_ONE = ("text", "title")


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
            ],
        }
    )

    text: Text = ""
    title: Title = ""
    texts: Annotated[list[TextIn], Field(min_length=1, max_length=100)] = []
    dictionary: Annotated[list[DictionaryEntry], Field(max_length=1000)] = []

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        given = self.model_fields_set
        if ("texts" in given) == bool(given & set(_ONE)) or given & {"texts", *_ONE} == {"title"}:
            raise refusal("one_or_many")
        return self


class AnalyzeQuery(In):
    """Which parts of the analysis to send, all when left out; and models by name."""

    include: list[Part] = []
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


# ---- bulk -------------------------------------------------------------------------------


class LineError(Out):
    """Why a line was refused."""

    title: str
    detail: str
    pointer: str | None = None


class LineOut(Out):
    """The fate of one line. Lines are answered in order; an answer means it is durable."""

    line: int = Field(description="1-based number of the line")
    id: str | None = None
    status: Literal[200, 201, 409, 422]
    error: LineError | None = None


class AnalysisLineOut(LineOut):
    """The analysis of one line."""

    analysis: AnalysisOut | None = None


# ---- recommendations --------------------------------------------------------------------

Seen = Literal["exclude", "allow"]


class Reason(Out):
    """One addend of a score. The contributions of an item's reasons sum to its score."""

    kind: Literal["history", "other_history", "popularity"]
    contribution: float
    item: str | None = None
    title: str | None = None
    behaviour: float | None = Field(None, description="part learned from what others did")
    content: float | None = Field(None, description="part from what the texts say")
    text: str = Field(description="the reason as a sentence")


class Recommended(Out):
    """One item of a list; `rank` is 1-based, `score` has no unit."""

    id: str
    title: str
    score: float
    rank: int
    source: Literal["hybrid", "content", "popularity"]
    reasons: list[Reason] | None = None


class RecommendationsOut(Out):
    """A ranked list and what made it."""

    model: str | None = Field(None, description="model version; absent before the first fit")
    recommendation_id: str
    items: list[Recommended]
    short_reason: str | None = Field(None, description="why there are fewer items than asked for")


class Wanted(In):
    """What a list must be like."""

    n: Annotated[int, Field(ge=1, le=1000), WHOLE] = 10
    kind: list[Kind] = Field([], description="only these kinds")
    attribute: list[AttributeFilter] = Field(
        [], description="only items with this `name:value`; several must all hold"
    )
    exclude: list[Id] = Field([], description="never these items")
    seen: Seen = "exclude"
    explain: bool = False


class RecommendQuery(Wanted):
    """What to recommend."""


class SessionEvent(In):
    """Something an anonymous visitor did."""

    item: Id
    type: Literal[
        "view", "play", "complete", "favourite", "share", "cart", "purchase", "enrol", "dislike"
    ] = "view"
    value: Annotated[float, Field(ge=0, le=1e12)] | None = None


class SessionIn(Wanted):
    """An anonymous session: its events are the row that a user would have."""

    events: Annotated[list[SessionEvent], Field(max_length=1000)] = []


class SimilarQuery(In):
    """How many neighbours, and by what."""

    n: Annotated[int, Field(ge=1, le=1000), WHOLE] = 10
    by: Literal["hybrid", "content"] = "hybrid"


class SimilarOut(Out):
    """Neighbours of an item, nearest first."""

    model: str | None = Field(None, description="model version; absent before the first fit")
    items: list[Recommended]
    short_reason: str | None = None


# ---- jobs and models --------------------------------------------------------------------


class RefitParams(In):
    """How to fit."""

    auto: Annotated[bool, Field(description="choose the parameters on a validation split")] = False


class JobIn(In):
    """Work that takes longer than a request."""

    kind: Literal["refit"]
    params: RefitParams = Field(default_factory=RefitParams)


class JobOut(Out):
    """A job and how far it is."""

    id: str
    kind: str
    state: Literal["queued", "running", "succeeded", "failed"]
    progress: float
    created_at: str
    result: dict[str, Any] | None = None
    error: str | None = None


class ModelOut(Out):
    """A fitted model kept on disk."""

    version: str
    active: bool
    created_at: str
    n_users: int
    n_items: int
    n_interactions: int
    config: dict[str, Any]


class ModelsOut(Out):
    """The models kept, newest first."""

    models: list[ModelOut]


class Health(Out):
    """A probe's answer."""

    status: Literal["ok"]
    detail: dict[str, Any] = {}
