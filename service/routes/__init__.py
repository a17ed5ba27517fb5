"""The routes: parse, call, shape. Nothing else happens here."""

from service.openapi import Api
from service.routes import (
    analysis,
    events,
    export,
    insight,
    items,
    jobs,
    pages,
    recommendations,
    users,
)

__all__ = ["build"]


def build(version: str) -> Api:
    """All endpoints of the service."""
    api = Api(
        title="知影 Zhiying",
        version=version,
        description="Chinese course text in; analysis and recommendations out.",
    )
    for part in (analysis, items, users, events, recommendations, insight, jobs, export, pages):
        part.declare(api)
    return api
