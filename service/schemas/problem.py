"""The one body of every failure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class FieldProblem(BaseModel):
    """One field that was refused."""

    model_config = ConfigDict(frozen=True)

    detail: str = Field(description="what was found and what is needed")
    pointer: str = Field(description="JSON pointer to the field, or the parameter's name")
    where: Annotated[str, Field(description="body, query, path or header")] = "body"


class Problem(BaseModel):
    """RFC 9457 problem details, the one body of every failure."""

    type: str = Field(description="``urn:problem-type:zhiying:`` and the code of the problem")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None
    durable_lines: int | None = Field(
        None, description="of a stream that failed: its first so many lines are stored for good"
    )
    request_id: str | None = None
