"""Shapes of items: courses and films, as they are sent, kept and shown."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from service.fields import WHOLE, Attributes, Id, ItemId, Kind, Moment, Text, Title
from service.schemas.base import AttributeFilter, In, Out


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
    requires: list[str] = Field([], description="what the text expects to be known")


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
        [],
        description="only items with `level:1|2`, `price<=99`, `tag!=x`; several must all hold",
    )


class VectorOut(Out):
    """The features of an item in the model's feature space: named columns in named blocks.

    Columns that are zero are left out.
    """

    feature_space: str | None = Field(None, description="its version; absent before the first fit")
    blocks: dict[str, dict[str, float]]
    short_reason: str | None = None
