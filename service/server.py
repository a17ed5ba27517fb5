"""The production server: gunicorn with threads, one app loaded before its workers fork."""

import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from threadpoolctl import threadpool_limits

from service.access import is_loopback
from service.app import create_app
from service.config import Settings
from service.errors import BindError
from service.services import Services


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, services: Services, options: dict[str, Any]) -> None:
        self.services = services
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            if name in self.cfg.settings:  # control_socket_disable is newer than the rest
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self.services.settings, self.services)


def serve(settings: Settings, *, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until a signal ends it; `on_ready` is told the address once it listens.

    Raises
    ------
    BindError
        If the address is not loopback and there is no key that could guard it.
    """
    # requests are parallel by themselves; products on all cores for each get in each other's way
    threadpool_limits(1)
    services = Services.build(settings)
    if services.keyring.is_open():
        _refuse_open_address(settings.host)
    services.serving.catalogue()
    # no connection may live through a fork: SQLite keeps its locks by process, and a worker that
    # inherits them holds none
    services.store.close()

    def ready(server: Any) -> None:
        if on_ready is not None:
            host, port = server.LISTENERS[0].sock.getsockname()[:2]
            on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    _Server(
        services,
        {
            "bind": f"[{settings.host}]:{settings.port}"
            if ":" in settings.host
            else f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "preload_app": True,
            "when_ready": ready,
            "timeout": 120,
            "limit_request_line": 8190,
            "limit_request_fields": 64,
            "limit_request_field_size": 8190,
            "graceful_timeout": 30,
            "keepalive": 75,
            # at debug, gunicorn writes the path of each request: ids of people
            "loglevel": settings.log_level.lower().replace("debug", "info"),
            "control_socket_disable": True,
        },
    ).run()


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
