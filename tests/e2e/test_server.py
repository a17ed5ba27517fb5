"""The service as its users have it: processes, sockets, kills."""

import socket
import threading
import time
from contextlib import closing

import orjson
import pytest
import requests

from service import sample
from service.openapi import OrjsonProvider
from service.store import Store

from .conftest import Server

NDJSON = {"Content-Type": "application/x-ndjson"}


def ndjson(rows) -> bytes:
    return b"".join(OrjsonProvider.encode(row) + b"\n" for row in rows)


def post_lines(server: Server, path: str, rows) -> list[dict]:
    response = requests.post(server.url + path, data=ndjson(rows), headers=NDJSON, timeout=120)
    response.raise_for_status()
    return [orjson.loads(line) for line in response.content.splitlines()]


def refit(server: Server) -> dict:
    job = requests.post(server.url + "/v1/jobs", json={"kind": "refit"}, timeout=30).json()
    deadline = time.monotonic() + 90
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
        job = requests.get(f"{server.url}/v1/jobs/{job['id']}", timeout=30).json()
    assert job["state"] == "succeeded", job
    return job["result"]


def recommended(server: Server, user: str, **query) -> list[dict]:
    # a new connection each time, so that any worker may be the one that answers
    response = requests.get(
        f"{server.url}/v1/users/{user}/recommendations", params=query, timeout=30
    )
    assert response.status_code == 200, response.text
    return response.json()["items"]


def test_the_sample_catalogue_from_loading_to_lists_on_every_worker(server):
    items = sample.catalogue()
    events = list(sample.learners(items, n=120))
    assert {a["status"] for a in post_lines(server, "/v1/items/bulk", items)} == {201}
    assert {a["status"] for a in post_lines(server, "/v1/events/bulk", events)} == {201}
    result = refit(server)
    assert (result["n_users"], result["n_items"]) == (120, len(items))

    # an event is in the next answer, whichever worker gives it
    for n in range(10):
        item = items[n * 7].id
        event = {"user": f"new{n}", "item": item, "type": "enrol"}
        assert requests.post(server.url + "/v1/events", json=event, timeout=30).status_code == 201
        for _ in range(4):
            got = recommended(server, f"new{n}", n=200)
            assert item not in {i["id"] for i in got}
            assert got[0]["source"] != "popularity"

    # an item is recommendable in the next request, whichever worker gives it
    for n in range(10):
        body = {"title": items[n].title, "text": items[n].text}
        put = requests.put(f"{server.url}/v1/items/copy{n}", json=body, timeout=30)
        assert put.status_code == 201
        user = f"fan{n}"
        event = {"user": user, "item": items[n].id, "type": "enrol"}
        requests.post(server.url + "/v1/events", json=event, timeout=30)
        for _ in range(4):
            got = [i["id"] for i in recommended(server, user, n=10)]
            assert f"copy{n}" in got

    # deleted on one worker, gone on all
    assert requests.delete(server.url + "/v1/items/copy0", timeout=30).status_code == 204
    for _ in range(8):
        assert "copy0" not in {i["id"] for i in recommended(server, "fan0", n=500)}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_lists_go_on_while_a_model_is_swapped(server):
    items = sample.catalogue()[:60]
    post_lines(server, "/v1/items/bulk", items)
    post_lines(server, "/v1/events/bulk", list(sample.learners(items, n=60)))
    failures, models, done = [], set(), threading.Event()

    def ask() -> None:
        with requests.Session() as session:
            while not done.is_set():
                url = f"{server.url}/v1/users/学员001/recommendations"
                response = session.get(url, timeout=30)
                if response.status_code != 200:
                    failures.append(response.text)
                models.add(response.json().get("model"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    fitted = [refit(server)["model"] for _ in range(2)]
    time.sleep(0.3)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(fitted) <= models


def test_what_was_answered_survives_a_kill_and_sending_it_again_duplicates_nothing(server):
    items = sample.catalogue()[:100]
    post_lines(server, "/v1/items/bulk", items)
    lines = [
        {"user": f"u{n % 97}", "item": items[n % 89].id, "type": "view", "value": n}
        for n in range(12_000)
    ]
    answered: list[str] = []
    stop = threading.Event()

    def send() -> None:
        for start in range(0, len(lines), 1200):
            if stop.is_set():
                return
            try:
                part = post_lines(server, "/v1/events/bulk", lines[start : start + 1200])
            except requests.RequestException:
                return
            answered.extend(a["id"] for a in part if a["status"] == 201)

    for _ in range(3):
        sender = threading.Thread(target=send)
        sender.start()
        before = len(answered)
        while len(answered) < before + 600 and sender.is_alive():
            time.sleep(0.005)
        server.kill()
        stop.set()
        sender.join()
        stop.clear()
        server.start()
        store = Store(server.settings.url)
        stored = set(store.events.ids())
        store.close()
        assert set(answered) <= stored

    again = post_lines(server, "/v1/events/bulk", lines)
    assert {a["status"] for a in again} == {200, 201}
    assert {a["id"] for a in again if a["status"] == 200} >= set(answered)
    third = post_lines(server, "/v1/events/bulk", lines)
    assert {a["status"] for a in third} == {200}
    store = Store(server.settings.url)
    assert store.events.count() == len(lines)
    store.close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_worker_that_outlives_its_master_loses_nothing(server):
    items = sample.catalogue()[:50]
    post_lines(server, "/v1/items/bulk", items)
    lines = [{"user": f"u{n}", "item": items[n % 50].id, "type": "view"} for n in range(4000)]

    def slowly():
        for start in range(0, len(lines), 500):
            yield ndjson(lines[start : start + 500])
            time.sleep(0.3)

    answers: list[dict] = []

    def send() -> None:
        response = requests.post(
            server.url + "/v1/events/bulk", data=slowly(), headers=NDJSON, timeout=60
        )
        answers.extend(orjson.loads(line) for line in response.content.splitlines())

    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(1.0)
    server.process.kill()
    time.sleep(0.5)
    with closing(Store(server.settings.url)) as other:  # another process that comes and goes
        other.events.count()
    sender.join()
    with closing(Store(server.settings.url)) as store:
        stored = set(store.events.ids())
    assert {a["id"] for a in answers} <= stored
    server.kill()
    server.start()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_client_that_sends_all_before_it_reads_is_served(server):
    rows = [{"id": f"i{n}"} for n in range(20_000)]
    assert len(post_lines(server, "/v1/items/bulk", rows)) == len(rows)


def raw(server: Server, request: bytes) -> bytes:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_body_that_breaks_off_is_refused(server):
    for path, type_ in (("/v1/analyze", "application/json"), ("/v1/items/bulk", "text/plain")):
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type_}\r\n".encode()
        short = raw(server, head + b'Content-Length: 100\r\n\r\n{"id": "a"}\n')
        chunk = raw(server, head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")
        for answer in (short, chunk):
            assert answer.startswith(b"HTTP/1.1 400"), answer
    for target, status in (("/v1/items?kind=课程", 400), ("/v1/items?kind=" + "a" * 9000, 414)):
        head, _, body = raw(server, f"GET {target} HTTP/1.1\r\n\r\n".encode()).partition(
            b"\r\n\r\n"
        )
        assert head.startswith(b"HTTP/1.1 %d " % status), head
        assert b"Content-Type: application/problem+json" in head
        assert orjson.loads(body)["status"] == status
    assert requests.get(server.url + "/v1/items/a", timeout=30).status_code == 404


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_it_stops_when_asked_and_keeps_everything(server):
    post_lines(server, "/v1/items/bulk", [{"id": "a", "title": "t"}])
    assert server.stop() == 0
    server.start()
    assert requests.get(server.url + "/v1/items/a", timeout=30).json()["title"] == "t"
