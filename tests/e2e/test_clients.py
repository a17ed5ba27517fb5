"""Clients that send slowly, read slowly, or never end keep nobody else waiting."""

import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from service.config import Settings

from .conftest import Server
from .test_operations import workers
from .test_server import post_lines, raw

#: more than a worker has threads for work, fewer than it has threads in all
MANY = 40


@pytest.fixture
def one(tmp_path) -> Iterator[Server]:
    """A server of one worker: nobody else can answer in its place."""
    server = Server(Settings(home=tmp_path), workers=1)
    yield server
    server.stop()


@pytest.fixture
def connect(one) -> Iterator[Callable[[bytes], socket.socket]]:
    """Opens a connection, and sends so much on it."""
    host, port = one.url.removeprefix("http://").split(":")
    with ExitStack() as stack:

        def opened(sent: bytes, receive_bytes: int | None = None) -> socket.socket:
            connection = stack.enter_context(socket.socket())
            connection.settimeout(30)
            if receive_bytes is not None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            connection.connect((host, int(port)))
            connection.sendall(sent)
            return connection

        yield opened


def answers_at_once(server: Server) -> bool:
    began = time.monotonic()
    answer = requests.get(server.url + "/livez", timeout=60)
    return answer.status_code == 200 and time.monotonic() - began < 10


def processor_s(server: Server) -> float:
    """Processor time of the worker so far."""
    [pid] = workers(server)
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_bodies_that_come_slowly_take_no_turn_from_others(one, connect):
    head = b"POST /v1/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n"
    for n in range(MANY):
        connect(head % (b"analyze" if n % 2 else b"events/bulk") + b"{")
    time.sleep(0.5)
    assert answers_at_once(one)
    whole = requests.post(one.url + "/v1/analyze", json={"text": "导数。"}, timeout=60)
    assert whole.status_code == 200


def test_answers_that_are_read_slowly_take_no_turn_from_others(one, connect):
    rows = [{"id": f"i{n}", "attributes": {"notes": "x" * 4000}} for n in range(4_000)]
    assert len(post_lines(one, "/v1/items/bulk", rows)) == len(rows)
    query = b"GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n"
    slow = [connect(query, 2048) for _ in range(12)]
    got = [connection.recv(12) for connection in slow]  # each is longer than the system holds
    assert sorted(got) == [b"HTTP/1.1 200"] * 8 + [b"HTTP/1.1 503"] * 4
    time.sleep(1)
    assert answers_at_once(one)
    assert requests.get(one.url + "/v1/items?n=1", timeout=20).status_code == 200


def test_clients_that_do_not_end_a_connection_keep_nobody_waiting(one, connect):
    for _ in range(MANY):
        connect(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answers_at_once(one)  # two seconds for each of them if they are waited for


def test_connections_that_are_kept_open_leave_room_for_others(one, connect):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2000:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(2000, hard), hard))
    for _ in range(1100):  # more than a worker holds
        connect(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answers_at_once(one)


def test_a_worker_that_may_open_no_more_files_goes_on(one, connect):
    assert answers_at_once(one)
    [pid] = workers(one)
    n_open = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (n_open + 20, n_open + 20))
    for _ in range(MANY):
        connect(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answers_at_once(one)
    assert workers(one) == [pid]


def test_bodies_sent_before_the_answer_are_not_taken_for_heads(one, connect):
    head = b"POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    for n in (5_000, 80_000):  # the parser has the head, the socket the rest of the body
        body = b'{"text": "%s"}' % (b"a" * n)
        request = head % len(body) + body
        connection = connect(head % 13 + b'{"text": "a"}' + request * 3)
        got = b""
        while got.count(b"HTTP/1.1 200 ") < 4:
            piece = connection.recv(1 << 16)
            assert piece, got[-200:]
            got += piece


def test_a_head_that_ends_too_soon_ends_its_connection_and_costs_nothing(one, connect):
    ended = [connect(b"GET /livez HTT") for _ in range(MANY)]
    time.sleep(0.5)
    before_s = processor_s(one)
    for connection in ended:
        connection.shutdown(socket.SHUT_WR)
    assert [connection.recv(100) for connection in ended] == [b""] * MANY
    assert processor_s(one) - before_s < 1.0  # a core is busy for each second else


def test_a_head_without_end_is_refused_when_it_is_too_long(one, connect):
    line = connect(b"GET /" + b"a" * 70_000)
    assert line.recv(100).startswith(b"HTTP/1.1 414 ")
    fields = connect(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 70_000)
    assert fields.recv(100).startswith(b"HTTP/1.1 431 ")


def test_a_body_that_is_said_to_be_too_long_is_refused_before_it_comes(one, connect):
    head = b"POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Length: 17000000\r\n\r\n"
    assert connect(head).recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_refused_upload_gets_its_answer(one):
    body = b"x" * 20_000_000
    for _ in range(5):
        answer = requests.post(one.url + "/v1/events", data=body, timeout=60)
        assert answer.status_code == 413


def test_old_and_pipelined_requests_are_answered(one):
    head = b"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
    post = b"POST /v1/analyze?include=tags HTTP/1.1\r\n" + head + b'\r\n{"text":"a"}'
    got = raw(one, post * 3 + b"GET /livez HTTP/1.0\r\n\r\n")
    assert got.count(b" 200 OK\r\n") == 4
    expects = b"POST /v1/analyze HTTP/1.1\r\nExpect: 100-continue\r\n" + head + b'\r\n{"text":"a"}'
    assert raw(one, expects).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
