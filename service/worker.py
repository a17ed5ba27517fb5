"""The process that holds the sockets: gunicorn's threaded worker, patient with its clients.

No client may keep the others waiting, whatever it sends slowly, reads slowly or never ends.
``docs/design/0022-server.md`` and ``0078-clients.md`` say what is done about each.
"""

import errno
import logging
import resource
import selectors
import socket
import struct
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from service.heads import refusal
from service.messages import DEFAULT, Language
from service.threads import PatientSocket, Threads

logger = logging.getLogger(__name__)

#: longest head of a request, in bytes: gunicorn's own limits of lines and fields are lower
HEAD_BYTES = 1 << 16

#: a worker that is to end waits so long for a request on a connection it has taken in, and every
#: worker for a client to end a connection that it was told to end
LINGER_S = 2.0
#: what is read and dropped of a client meanwhile, in bytes: larger than the bodies refused unread
DROPPED = 1 << 25
_PIECE = 1 << 16
#: kept free of connections where the system allows few files: for databases, logs and long bodies
_OTHER_FILES = 128
#: between attempts to take a connection in where the system has no file left
_PAUSE_S = 0.02


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Threads answer requests; none waits for a client that is slow to say what it wants.

    A connection gets a thread when the head of its request is there whole. Until then the
    poller holds it: its low-water mark is set one byte above what has come, so that it wakes
    up for new bytes only.
    """

    client_timeout_s = 30.0
    language: Language = DEFAULT

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaving: deque[Any] = deque()
        self.lacks_files = False
        n_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.worker_connections = _connections(self.cfg.worker_connections, n_files)
        self.max_keepalived = self.worker_connections - self.cfg.threads

    def get_thread_pool(self) -> Threads:
        """Threads for the requests at work, and others for those that wait for clients."""
        return Threads(self.cfg.threads)

    def accept(self, listener: Any) -> None:
        """Take a connection in; where the system has no file left for it, it waits in its queue.

        gunicorn ends the worker here, and with it everybody who is connected.
        """
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self.lacks_files = True
            time.sleep(_PAUSE_S)  # the queue is as readable as before

    def handle(self, conn: Any) -> Any:
        """Answer, or put the connection back until more of its request has come."""
        if not hasattr(conn, "waits_since"):
            conn.waits_since, conn.n_seen = None, 0
            conn.sock = PatientSocket.of(conn.sock, self.tpool)
            _limit_silence(conn.sock, self.client_timeout_s)
        conn.sock.setblocking(False)
        try:
            head: bytes | None = conn.sock.recv(HEAD_BYTES, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            head = None
        except OSError:
            return False
        if self._is_whole(conn, head):
            conn.waits_since, conn.n_seen = None, 0
            _wake_above(conn.sock, 0)
            conn.data_ready = True
            return super().handle(conn)
        return self._defer(conn, head or b"")

    def _defer(self, conn: Any, head: bytes) -> Any:
        """Wait for more of a head, unless no more can come or has a right to."""
        if len(head) == HEAD_BYTES:
            has_line = b"\r\n" in head
            error = LimitRequestHeaders("") if has_line else LimitRequestLine(len(head), HEAD_BYTES)
            self.handle_error(None, conn.sock, conn.client, error)
            return False
        now = time.monotonic()
        if head and len(head) == conn.n_seen:  # the poller woke and nothing has come: an end
            return False
        conn.n_seen = len(head)
        conn.waits_since = conn.waits_since or now
        if now - conn.waits_since > self.client_timeout_s:
            return False
        _wake_above(conn.sock, len(head))
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
        """Whether a head is there, or nothing more comes.

        The parser of an old connection may have read ahead: a head, or one and part of its body.
        """
        ahead = conn.parser.unreader.buf.getvalue() if conn.initialized else b""
        return head == b"" or b"\r\n\r\n" in ahead + (head or b"")

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Put a connection back, or end it; this runs in the thread that all others wait for.

        Also hold a connection whose request has yet to come when the worker is to end: gunicorn
        closes it at once, and a client that was just sending finds it reset.
        """
        result = False if fs.cancelled() or fs.exception() is not None else fs.result()
        if result is _DEFER:
            wait_s = self.client_timeout_s if self.alive else LINGER_S
            conn.timeout = time.monotonic() + wait_s
            self.pending_conns.append(conn)
            self._wait_for(conn, self.on_pending_socket_readable)
        elif result:
            super().finish_request(conn, fs)
        else:
            self._leave(conn)

    def _wait_for(self, conn: Any, wake: Any) -> None:
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(wake, conn))

    def _leave(self, conn: Any) -> None:
        """Say that nothing more comes, and let the client end the connection.

        What it still sends is read and dropped: a socket that is closed with bytes unread resets
        the connection, and the client may lose the answer (RFC 9112, 9.6). gunicorn waits for the
        client here, two seconds, while nobody else is served.
        """
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            _wake_above(conn.sock, 0)
            conn.timeout, conn.n_dropped = time.monotonic() + LINGER_S, 0
            self._wait_for(conn, self._drop)
        except (OSError, ValueError):
            self._end(conn)
        else:
            self.leaving.append(conn)

    def _drop(self, conn: Any, client: Any) -> None:
        try:
            piece = client.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            piece = b""
        conn.n_dropped += len(piece)
        if not piece or conn.n_dropped >= DROPPED:
            self.leaving.remove(conn)
            self.poller.unregister(client)
            self._end(conn)

    def _end(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def murder_keepalived(self, force: bool = False) -> None:
        """Also close those that have been quiet longest when nobody else could connect."""
        if self.lacks_files or self.nr_conns >= self.worker_connections:
            self.lacks_files = False
            for conn in islice(self.keepalived_conns, self.cfg.threads):
                conn.timeout = 0.0
        super().murder_keepalived(force)

    def murder_pending(self) -> None:
        """Close what has waited too long: for a request, or for a client to end."""
        super().murder_pending()
        now = time.monotonic()
        while self.leaving and self.leaving[0].timeout <= now:
            conn = self.leaving.popleft()
            self.poller.unregister(conn.sock)
            self._end(conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Also close the listening sockets when the worker is to end.

        Who connects from then on is refused at once and may go to another server, instead of
        waiting in a queue that nobody will look at. Who waits there already is taken in.
        """
        if not enabled and not self.alive:
            for listener in self.sockets:
                with suppress(OSError):
                    self._take_in(listener)
            for conn in self.pending_conns:  # as gunicorn does with those that are kept alive
                conn.timeout = min(conn.timeout, time.monotonic() + LINGER_S)
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                listener.close()

    def _take_in(self, listener: Any) -> None:
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


def _connections(most: int, n_files: int) -> int:
    """How many connections a process takes that may open so many files: the database needs some.

    Examples
    --------
    >>> _connections(1000, 20_000), _connections(1000, 1024), _connections(1000, 200)
    (1000, 896, 100)
    """
    if n_files == resource.RLIM_INFINITY:
        return most
    return min(most, max(n_files - _OTHER_FILES, n_files // 2))


def _limit_silence(connection: socket.socket, seconds: float) -> None:
    """End a read or write of a thread when the client is silent for so long."""
    limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _wake_above(connection: socket.socket, n_bytes: int) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, n_bytes + 1)
