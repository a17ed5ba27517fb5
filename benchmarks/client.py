"""A load client: raw keep-alive sockets in a process of its own, as cheap as Python gets.

Its own limit on one core is printed by ``python -m benchmarks.load``: it must be well above
what it measures.
"""

import multiprocessing
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Result:
    """What a run gave: latencies in ms of all answers, and what was no 200."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes: int = 0
    cpu_ms: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Latency in ms."""
        return float(np.quantile(self.latencies, share))


def run(
    port: int,
    paths: Sequence[str],
    seconds: float,
    *,
    connections: int = 8,
    rate: float | None = None,
    seed: int = 0,
) -> Result:
    """Ask for random `paths`: as fast as answers come, or `rate` a second.

    With a rate, latency counts from the moment at which a request was due, so that a server
    that stalls cannot hide it by being asked less.
    """
    receiver, sender = multiprocessing.Pipe(False)
    arguments = (sender, port, paths, seconds, connections, rate, seed)
    process = multiprocessing.Process(target=_worker, args=arguments)
    process.start()
    sender.close()
    result: Result = receiver.recv()
    process.join()
    return result


def _worker(sender, port, paths, seconds, connections, rate, seed) -> None:
    sender.send(_run(port, paths, seconds, connections, rate, seed))


def _run(port, paths, seconds, connections, rate, seed) -> Result:
    rng = np.random.default_rng(seed)
    requests = [f"GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for p in paths]
    selector, result = selectors.DefaultSelector(), Result()
    idle: list[socket.socket] = []
    due: dict[socket.socket, float] = {}
    buffers: dict[socket.socket, bytearray] = {}

    def connect() -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", port), timeout=60)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(sock, selectors.EVENT_READ)
        buffers[sock] = bytearray()
        return sock

    def ask(sock: socket.socket, at: float) -> None:
        due[sock] = at
        sock.sendall(requests[int(rng.integers(len(requests)))])

    def broken(sock: socket.socket, why: str) -> None:
        selector.unregister(sock)
        sock.close()
        if due.pop(sock, None) is not None:
            result.errors.append(why)
        elif sock in idle:
            idle.remove(sock)  # closed between requests, as a server may
        idle.append(connect())

    idle.extend(connect() for _ in range(connections))
    started = time.perf_counter()
    end, next_due = started + seconds, started
    while True:
        now = time.perf_counter()
        if now >= end and not due:
            break
        while idle and now < end and (rate is None or next_due <= now):
            ask(idle.pop(), now if rate is None else next_due)
            if rate is not None:
                next_due += float(rng.exponential(1 / rate))
        wait = None if rate is None or not idle else max(0.0, min(next_due, end) - now)
        if now >= end:
            wait = None
        for key, _ in selector.select(wait):
            sock = key.fileobj
            try:
                piece = sock.recv(1 << 16)
            except OSError as error:
                broken(sock, str(error))
                continue
            if not piece:
                broken(sock, "closed without an answer")
                continue
            buffer = buffers[sock]
            buffer += piece
            head = buffer.find(b"\r\n\r\n")
            if head < 0:
                continue
            at = buffer.lower().find(b"content-length: ", 0, head)
            length = int(buffer[at + 16 : buffer.find(b"\r\n", at)])
            if len(buffer) < head + 4 + length:
                continue
            if not buffer.startswith(b"HTTP/1.1 200"):
                result.errors.append(bytes(buffer[:200]).decode("utf-8", "replace"))
            result.bytes = len(buffer)
            result.latencies.append(1000 * (time.perf_counter() - due.pop(sock)))
            closing = b"connection: close" in buffer[:head].lower()
            buffer.clear()
            if closing:
                selector.unregister(sock)
                sock.close()
                sock = connect()
            idle.append(sock)
    result.seconds = time.perf_counter() - started
    return result
