"""The production server: gunicorn with threads, one app loaded before its workers fork.

``docs/design/0022-server.md`` says why this one.
"""

import logging
import selectors
import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import _DEFER, ThreadWorker
from threadpoolctl import threadpool_limits

from service import memory, metrics, telemetry
from service.access import is_loopback
from service.app import create_app
from service.config import Settings
from service.errors import BindError
from service.heads import refusal
from service.messages import DEFAULT, Language
from service.scheduling import Schedule
from service.services import Services

logger = logging.getLogger(__name__)

_HEAD_BYTES = 1 << 16

#: a worker that is to end waits so long for a request on a connection it has taken in
_LINGER_S = 2.0


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Threads answer requests; none waits for a client that is slow to say what it wants.

    A connection gets a thread when the head of its request is there whole. Until then the
    poller holds it: its low-water mark is set one byte above what has come, so that it wakes
    up for new bytes only.
    """

    client_timeout_s = 30.0
    language: Language = DEFAULT

    def handle(self, conn: Any) -> Any:
        """Answer, or put the connection back until more of its request has come."""
        if not hasattr(conn, "waits_since"):
            conn.waits_since = None
            _limit_silence(conn.sock, self.client_timeout_s)
        conn.sock.setblocking(False)
        try:
            head: bytes | None = conn.sock.recv(_HEAD_BYTES, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            head = None
        except OSError:
            return False
        if self._is_whole(conn, head):
            conn.waits_since = None
            _wake_above(conn.sock, 0)
            conn.data_ready = True
            return super().handle(conn)
        now = time.monotonic()
        conn.waits_since = conn.waits_since or now
        if now - conn.waits_since > self.client_timeout_s:
            return False
        _wake_above(conn.sock, len(head or b""))
        return _DEFER

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer a request that cannot be read with a problem, and quote nothing of it."""
        status, answer = refusal(exc, self.language)
        log = logger.error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logger.info
        log("request refused", extra={"status": status, "reason": type(exc).__name__})
        with suppress(OSError):
            write_nonblock(client, answer)

    @staticmethod
    def _is_whole(conn: Any, head: bytes | None) -> bool:
        if head is None:  # nothing here: the parser of an old connection may have read ahead
            return bool(conn.initialized)
        return not head or b"\r\n\r\n" in head or len(head) == _HEAD_BYTES

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Also hold a connection whose request has yet to come when the worker is to end.

        gunicorn closes it at once, and a client that was just sending finds it reset.
        """
        ended = fs.cancelled() or fs.exception() is not None
        if self.alive or ended or fs.result() is not _DEFER:
            super().finish_request(conn, fs)
            return
        conn.timeout = time.monotonic() + _LINGER_S
        self.pending_conns.append(conn)
        self.poller.register(
            conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn)
        )

    def set_accept_enabled(self, enabled: bool) -> None:
        """Also close the listening sockets when the worker is to end.

        Who connects from then on is refused at once and may go to another server, instead of
        waiting in a queue that nobody will look at. Who waits there already is taken in.
        """
        if not enabled and not self.alive:
            for listener in self.sockets:
                with suppress(OSError):
                    self._take_in(listener)
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                listener.close()

    def _take_in(self, listener: Any) -> None:
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


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


def _limit_silence(connection: socket.socket, seconds: float) -> None:
    """End a read or write of a thread when the client is silent for so long."""
    limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _wake_above(connection: socket.socket, n_bytes: int) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, n_bytes + 1)


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
