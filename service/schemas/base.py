"""What all shapes share: strict inputs, frozen outputs, lines of a bulk answer."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.filters import PATTERN


class In(BaseModel):
    """Base of what clients send: immutable, strict about unknown fields."""

    #: whether the same query comes again and again, and names no person
    repeats: ClassVar[bool] = False

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """Base of what the service answers."""

    model_config = ConfigDict(frozen=True)


#: ``name:value``, ``name:a|b``, ``name!=value``, ``name>=value`` and the like
AttributeFilter = Annotated[str, Field(max_length=400, pattern=PATTERN)]


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
