"""The threads of a worker: so many at work at once, and more while some wait for clients.

A client decides how long a body takes to come and an answer to go. The number of threads is chosen
for processors and the database; one that waits for a client needs neither, and another takes its
place meanwhile.
"""

import errno
import select
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any

#: threads that may wait for clients, beside those at work
WAITING = 256

_Work = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class Threads:
    """Runs what is submitted, `n` at once, not counting those that wait.

    Threads that came for others that waited end with what they do when all are back.

    Parameters
    ----------
    n : int
        Threads at work at once.
    n_waiting : int
        How many may wait before those at work become fewer.

    Examples
    --------
    >>> threads = Threads(1)
    >>> def ask():
    ...     with threads.waiting():  # for what another thread says: there is one
    ...         return threads.submit(str.upper, "a").result(10)
    >>> threads.submit(ask).result(10)
    'A'
    >>> threads.shutdown()
    """

    def __init__(self, n: int, n_waiting: int = WAITING) -> None:
        self._n, self._most = n, n + n_waiting
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._n_threads = self._n_waiting = 0
        self._is_shut = False
        with self._lock:
            for _ in range(n):
                self._start()

    def submit(self, call: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Run a call as soon as a thread is free."""
        future: Future[Any] = Future()
        self._work.put((future, call, arguments))
        return future

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let another thread work in place of this one for the length of a block."""
        with self._lock:
            self._n_waiting += 1
            at_work = self._n_threads - self._n_waiting
            if at_work < self._n and self._n_threads < self._most and not self._is_shut:
                with suppress(RuntimeError):  # the system has no thread left: one fewer works
                    self._start()
        try:
            yield
        finally:
            with self._lock:
                self._n_waiting -= 1

    def shutdown(self, wait: bool = False) -> None:
        """End each thread after what it does; nothing is submitted from now on."""
        self._is_shut = True  # without the lock: a signal may come to whom holds it
        self._work.put(None)

    def _start(self) -> None:
        threading.Thread(target=self._go_on, name="request").start()
        self._n_threads += 1

    def _go_on(self) -> None:
        while (work := self._work.get()) is not None:
            future, call, arguments = work
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call(*arguments))
                except BaseException as error:
                    future.set_exception(error)
            del work, future, call, arguments  # nothing of a request stays until the next
            if self._n_threads - self._n_waiting > self._n and self._is_one_too_many():
                return
        self._work.put(None)  # for the next to end

    def _is_one_too_many(self) -> bool:
        with self._lock:
            ends = self._n_threads - self._n_waiting > self._n
            self._n_threads -= ends
        return ends


class PatientSocket(socket.socket):
    """A connection that lets another thread work while it has to wait for its client."""

    threads: Threads

    @classmethod
    def of(cls, connection: socket.socket, threads: Threads) -> "PatientSocket":
        """The same connection; the object given holds it no more."""
        family, kind, protocol = connection.family, connection.type, connection.proto
        patient = cls(family, kind, protocol, fileno=connection.detach())
        patient.threads = threads
        return patient

    def recv(self, n_bytes: int, flags: int = 0, /) -> bytes:
        """What has come, or comes."""
        timeout = self.gettimeout()
        if timeout is None:
            try:
                return super().recv(n_bytes, flags | socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError):
                pass
        elif timeout == 0 or self._has_come():
            return super().recv(n_bytes, flags)
        with self.threads.waiting():
            return super().recv(n_bytes, flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send all of `data`; a client that takes nothing for too long counts as one that left."""
        try:
            sent = self.send(data, flags | socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(data):
            try:
                with self.threads.waiting():
                    super().sendall(memoryview(data)[sent:], flags)
            except BlockingIOError as error:
                raise BrokenPipeError(errno.EPIPE, "the client takes nothing") from error

    def _has_come(self) -> bool:
        poll = select.poll()
        poll.register(self, select.POLLIN)
        return bool(poll.poll(0))
