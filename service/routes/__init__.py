"""The routes: parse, call, shape. Nothing else happens here."""

from service.openapi import Api
from service.routes import (
    analysis,
    brief,
    events,
    export,
    insight,
    items,
    jobs,
    pages,
    paths,
    recommendations,
    users,
    vocabularies,
)

__all__ = ["build"]


def build(version: str) -> Api:
    """All endpoints of the service."""
    api = Api(
        title="知影 Zhiying",
        version=version,
        description="Chinese course text in; analysis and recommendations out.",
    )
    for part in (
        analysis,
        items,
        brief,
        users,
        events,
        vocabularies,
        recommendations,
        paths,
        jobs,
        insight,
        export,
        pages,
    ):
        part.declare(api)
    return api
