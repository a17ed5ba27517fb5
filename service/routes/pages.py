"""Probes, figures, the document, and the page for people."""

from typing import Any

from flask import Response, current_app
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from service.health import readiness
from service.media import HTML
from service.openapi import Api
from service.pages import console_page
from service.schemas.jobs import Health
from service.services import services


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route("GET", "/livez", tag="probes", answers={200: Health}, scope="public")
    def livez() -> Health:
        """The process answers."""
        return Health(status="ok")

    @api.route("GET", "/readyz", tag="probes", answers={200: Health}, scope="public")
    def readyz() -> Health:
        """Database, schema, dictionaries and model are ready to answer; 503 if not."""
        return Health(status="ok", detail=readiness(services()))

    @api.route("GET", "/metrics", tag="probes", answers={200: str})
    def metrics() -> Response:
        """Figures of all workers for Prometheus, whichever answers; they name nobody."""
        here = services()
        return Response(here.metrics.scraped(here), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    @api.route(
        "GET",
        "/openapi.json",
        tag="documentation",
        answers={200: dict[str, Any]},
        scope="public",
    )
    def openapi() -> dict[str, Any]:
        """The document that describes all routes."""
        document: dict[str, Any] = current_app.extensions["zhiying_api"].document()
        return document

    @api.route("GET", "/", tag="console", answers={200: None}, scope="public", page=True)
    def console() -> Response:
        """A page for editors and producers: paste a text, see its analysis and its brief."""
        return current_app.response_class(console_page(), mimetype=HTML)
