"""Shapes of items: courses and films, as they are sent, kept and shown."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails

from service.fields import WHOLE, Attributes, Id, ItemId, Kind, Moment, Text, Title, refusal
from service.schemas.base import AttributeFilter, In, Out

#: the attribute that names what should be known before an item: the path planner reads it
PREREQUISITES = "prerequisites"
_ID: TypeAdapter[str] = TypeAdapter(Id)


def _prerequisites(attributes: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Each prerequisite and its place among the attributes: of a list, or one alone."""
    value = attributes.get(PREREQUISITES)
    if isinstance(value, list):
        yield from (((PREREQUISITES, place), one) for place, one in enumerate(value))
    elif value is not None:
        yield (PREREQUISITES,), value


def _refuse(kind: str, wrong: list[tuple[tuple[str | int, ...], Any]]) -> None:
    if wrong:
        errors = [InitErrorDetails(type=refusal(kind), loc=loc, input=one) for loc, one in wrong]
        raise ValidationError.from_exception_data("item", errors)


def _naming_items(attributes: dict[str, Any]) -> dict[str, Any]:
    _refuse("prerequisite", [p for p in _prerequisites(attributes) if not _is_id(p[1])])
    return attributes


def _is_id(value: object) -> bool:
    try:
        _ID.validate_python(value)
    except ValidationError:
        return False
    return True


ItemAttributes = Annotated[
    Attributes,
    AfterValidator(_naming_items),
    Field(
        description="named values, or flat lists of values, to filter by; `prerequisites` holds "
        "ids of items, as a list or one alone",
    ),
]


class ItemIn(In):
    """A course or a film: its words are analysed when it is written."""

    title: Title = ""
    text: Text = ""
    kind: Kind = "course"
    attributes: ItemAttributes = {}
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

    @model_validator(mode="after")
    def _is_not_before_itself(self) -> Self:
        own = [(loc, one) for loc, one in _prerequisites(self.attributes) if one == self.id]
        _refuse("own_prerequisite", [(("attributes", *loc), one) for loc, one in own])
        return self


class ItemPatch(In):
    """A merge patch (RFC 7396): fields left out stay, ``null`` takes a field back to its default.

    Attributes are merged by name, and one that is ``null`` is removed.
    """

    title: Title | None = None
    text: Text | None = None
    kind: Kind | None = None
    attributes: ItemAttributes | None = None
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
