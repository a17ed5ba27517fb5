"""Shapes of an export."""

from typing import Any, Literal

from service.schemas.base import In, Out


class ExportQuery(In):
    """What to export; everything if nothing is said."""

    only: Literal["items", "users", "events"] | None = None


class ExportLine(Out):
    """One stored thing, in the form that would store it again."""

    item: dict[str, Any] | None = None
    user: dict[str, Any] | None = None
    event: dict[str, Any] | None = None
