"""The factory of the Flask app."""

import logging
from importlib.metadata import version

from flask import Flask
from flask_swagger_ui import get_swaggerui_blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from service import access, compression, headers, problems, ratelimit, requestlog, routes
from service.config import Settings
from service.messages import DEFAULT
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
    app.config["LANGUAGE"] = settings.lang or DEFAULT
    app.config["BODY_WAIT_S"] = settings.client_timeout_s
    app.extensions[EXTENSION] = rooms = services or Services.build(settings)
    rooms.metrics.install(app)
    if settings.log_requests:
        requestlog.install(app)
    api = routes.build(version("zhiying"))
    api.install(app)
    app.extensions["zhiying_api"] = api
    app.register_blueprint(
        get_swaggerui_blueprint("/docs", "/openapi.json", config={"app_name": "知影 Zhiying"}),
        url_prefix="/docs",
    )
    problems.register(app)
    limiter = ratelimit.Limiter(settings.rate_limit, settings.failure_limit, settings.rate_storage)
    access.install(app, api, rooms.keyring, limiter)
    # after a request, the last to be installed is the first to run
    headers.install(app, settings.cors_origins)
    compression.install(app)
    ratelimit.install(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    return app
