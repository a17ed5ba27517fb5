"""The factory of the Flask app."""

import logging
from importlib.metadata import version

from flask import Flask, Response
from flask_swagger_ui import get_swaggerui_blueprint

from service import errors, routes
from service.config import Settings
from service.logs import REQUEST_ID, current_request_id
from service.services import EXTENSION, Services

logger = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """Build an app that is ready to answer: schema up to date, dictionaries loaded.

    Parameters
    ----------
    settings : Settings, optional
        From the environment when left out.
    services : Services, optional
        Rooms already built from `settings`, for callers that need them as well.

    Examples
    --------
    >>> import tempfile
    >>> app = create_app(Settings(home=tempfile.mkdtemp()))
    >>> app.test_client().get("/livez").get_json()["status"]
    'ok'
    """
    settings = settings or Settings()
    app = Flask("service", static_folder=None)
    # the limit of JSON bodies is set where they are read: streams of lines have none
    app.config["MAX_CONTENT_LENGTH"] = None
    app.config["MAX_JSON_LENGTH"] = settings.max_body_bytes
    services = services or Services.build(settings)
    app.extensions[EXTENSION] = services
    services.metrics.install(app, services)
    api = routes.build(version("zhiying"))
    api.install(app)
    app.extensions["zhiying_api"] = api
    app.register_blueprint(
        get_swaggerui_blueprint("/docs", "/openapi.json", config={"app_name": "知影 Zhiying"}),
        url_prefix="/docs",
    )
    errors.register(app)

    @app.after_request
    def stamp(response: Response) -> Response:
        response.headers[REQUEST_ID] = current_request_id() or ""
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
