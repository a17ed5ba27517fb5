"""Shapes of jobs and models, and of the probes."""

from typing import Annotated, Any, Literal

from pydantic import Field

from service.schemas.base import In, Out


class RefitParams(In):
    """How to fit."""

    auto: Annotated[bool, Field(description="choose the parameters on a validation split")] = False
    warm: Annotated[bool, Field(description="start from the factors of the model in service")] = (
        False
    )


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


class DriftOut(Out):
    """What has come since a model was fitted.

    Measured, lists of users follow their own events at once; what ages is what the model
    knows of all others (docs/design/0030-drift.md).
    """

    version: str
    new_events: int
    new_event_share: float = Field(description="of all events now")
    new_items: int
    new_item_share: float = Field(description="of all items now")
    refit_due: bool = Field(description="a tenth of the events or a twentieth of the items are new")


class Health(Out):
    """A probe's answer."""

    status: Literal["ok"]
    detail: dict[str, Any] = {}
