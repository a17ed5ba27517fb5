"""The production server: gunicorn with threads, one app loaded before its workers fork.

``docs/design/0022-server.md`` says why this one.
"""

import logging
import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from threadpoolctl import threadpool_limits

from service import memory, metrics, telemetry
from service.access import is_loopback
from service.app import create_app
from service.config import Settings
from service.errors import BindError
from service.messages import DEFAULT
from service.scheduling import Schedule
from service.services import Services
from service.worker import PatientWorker


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn's lines go the way of all others: one format, nothing quoted from requests."""

    def setup(self, cfg: Any) -> None:
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        # below info, gunicorn writes the path of each request: ids of people
        self.error_log.setLevel(logging.INFO)
        self.access_log.disabled = True


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            if name in self.cfg.settings:  # control_socket_disable is newer than the rest
                self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return _closing(self.app)


def _closing(app: Flask) -> Callable[..., Any]:
    """The app, with its ``Connection: close`` done and said: gunicorn drops that header."""

    def call(environ: dict[str, Any], start: Any) -> Any:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if ("Connection", "close") in headers:
                start.__self__.force_close()
            return start(status, headers, *error)

        return app(environ, begin)

    return call


def serve(settings: Settings, *, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until a signal ends it; `on_ready` is told the address once it listens.

    Raises
    ------
    BindError
        If the address is not loopback and there is no key that could guard it.
    """
    # requests are parallel by themselves; products on all cores for each get in each other's way
    threadpool_limits(1)
    memory.share_arenas()
    figures = metrics.share_between_workers()
    services = Services.build(settings)
    if services.keyring.is_open():
        _refuse_open_address(settings.host)
    services.planner.curriculum()  # and the catalogue: workers share what is read before the fork
    app = create_app(settings, services)
    memory.settle()
    # no connection may live through a fork: SQLite keeps its locks by process, and a worker that
    # inherits them holds none
    services.store.close()

    def ready(server: Any) -> None:
        if on_ready is not None:
            host, port = server.LISTENERS[0].sock.getsockname()[:2]
            on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    def begin(_server: Any, _worker: Any) -> None:
        # threads do not live through a fork either
        if settings.telemetry:
            telemetry.start(app, services.store.engine)
        Schedule(settings, services.store, services.models, services.runner).start()

    PatientWorker.client_timeout_s = settings.client_timeout_s
    PatientWorker.language = settings.lang or DEFAULT
    server = _Server(
        app,
        {
            "bind": f"[{settings.host}]:{settings.port}"
            if ":" in settings.host
            else f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": PatientWorker,
            "worker_connections": 1000,
            "logger_class": _Log,
            "preload_app": True,
            "when_ready": ready,
            "post_fork": begin,
            "child_exit": lambda _, worker: metrics.forget_worker(worker.pid),
            "on_exit": lambda _: metrics.forget_all(figures),
            "timeout": 120,
            "limit_request_line": 8190,
            "limit_request_fields": 64,
            "limit_request_field_size": 8190,
            "graceful_timeout": settings.drain_s,
            "keepalive": 75,
            "control_socket_disable": True,
        },
    )
    server.run()


def _refuse_open_address(host: str) -> None:
    try:
        addresses = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise BindError(f"host: cannot find {host!r}: {error}") from error
    if not all(is_loopback(str(address)) for address in addresses):
        raise BindError(
            f"host: found {host!r}, which others can reach; without keys only loopback is served: "
            "make one with `zhiying keys create`"
        )
