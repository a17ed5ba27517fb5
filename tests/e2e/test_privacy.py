"""Marker strings go in through every door, and none is in a log or, once erased, on the disk."""

import os
import socket
import threading
import time
from pathlib import Path

import pytest
import requests

from service.keys import new_key
from service.store import Store

from .conftest import Server
from .test_server import NDJSON, ndjson

TEXT, TITLE, USER = "标记课文甲乙丙MARKERTEXT", "MARKERTITLE标题", "MARKERUSER学员/一"


def test_no_key_text_or_person_is_in_the_log_and_an_erased_person_is_nowhere(settings, monkeypatch):
    store = Store(settings.url)
    store.upgrade()
    key = new_key("gateway", ["admin"], now=time.time())
    store.keys.add(key.stored)
    monkeypatch.setenv("ZHIYING_LOG_LEVEL", "DEBUG")
    server = Server(settings)
    try:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {key.text}"
        items = [{"id": f"i{n}", "title": TITLE, "text": TEXT * 3} for n in range(12)]
        events = [
            {"user": f"u{n % 30}", "item": f"i{n % 12}", "type": "enrol", "text": TEXT}
            for n in range(300)
        ]
        mine = [
            {
                "user": USER,
                "item": f"i{n % 5}",
                "type": "play",
                "value": 0.5,
                "time": n,
                "text": TEXT,
            }
            for n in range(400)
        ]
        mixed = [row for pair in zip(events + events, mine, strict=False) for row in pair]
        for path, rows in (("items", items), ("events", mixed)):
            url = f"{server.url}/v1/{path}/bulk"
            answer = session.post(url, data=ndjson(rows), headers=NDJSON, timeout=60)
            assert answer.status_code == 200
        user = f"{server.url}/v1/users/{requests.utils.quote(USER, safe='')}"
        session.put(user, json={"attributes": {"name": USER}}, timeout=30)
        job = session.post(server.url + "/v1/jobs", json={"kind": "refit"}, timeout=30).json()
        while job["state"] in ("queued", "running"):
            time.sleep(0.1)
            job = session.get(f"{server.url}/v1/jobs/{job['id']}", timeout=30).json()
        for path in ("", "/recommendations?explain=true", "/events"):
            assert session.get(user + path, timeout=30).status_code == 200
        bad = {"text": TEXT, "user": USER, "type": TITLE, "oops": key.text}
        for path in ("/v1/events", "/v1/analyze", f"/v1/items/{TITLE}"):
            session.post(server.url + path, json=bad, timeout=30)
            session.put(server.url + path, json=bad, timeout=30)
        requests.get(server.url + "/v1/items", headers={"X-API-Key": key.text + "x"}, timeout=30)
        requests.get(server.url + f"/v1/items?api_key={key.text}", timeout=30)

        assert session.delete(user, timeout=30).status_code == 204
        for _ in range(8):  # whichever worker answers
            with requests.Session() as other:
                other.headers["Authorization"] = f"Bearer {key.text}"
                assert other.get(user, timeout=30).status_code == 404
                found = other.get(user + "/recommendations", timeout=30).json()["items"]
                assert {i["source"] for i in found} == {"popularity"}
        needle = USER.encode()
        files = [p for p in Path(settings.home).rglob("*") if p.is_file()]
        assert files
        assert [
            p for p in files if needle in p.read_bytes() or b"MARKERUSER" in p.read_bytes()
        ] == []
    finally:
        server.stop()
        store.close()
    log = "\n".join(server.log)
    assert len(server.log) > 3
    for marker in ("MARKER", "标记课文", key.text.split("_", 2)[2], key.text):
        assert marker not in log


def test_a_server_with_a_key_listens_beyond_loopback(settings):
    store = Store(settings.url)
    store.upgrade()
    store.keys.add(new_key("k", ["read"], now=time.time()).stored)
    store.close()
    server = Server(settings.model_copy(update={"host": "0.0.0.0"}))
    try:
        assert requests.get(server.url + "/v1/items", timeout=30).status_code == 401
    finally:
        server.stop()


def test_a_body_that_trickles_is_given_up_and_others_are_served(settings, monkeypatch):
    monkeypatch.setenv("ZHIYING_CLIENT_TIMEOUT_S", "1")
    server = Server(settings)
    host, port = server.url.removeprefix("http://").split(":")
    head = f"POST /v1/analyze HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
    answers = []

    def trickle() -> None:
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(head.encode() + b'Content-Length: 1000\r\n\r\n{"text": "')
            answers.append(connection.recv(65536))

    threads = [threading.Thread(target=trickle) for _ in range(6)]
    try:
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        assert requests.get(server.url + "/livez", timeout=10).status_code == 200
        for thread in threads:
            thread.join(20)
        assert len(answers) == 6
        assert all(a.startswith(b"HTTP/1.1 408") for a in answers), answers[0][:200]
        assert not [line for line in server.log if "request failed" in line]
    finally:
        server.stop()


@pytest.mark.parametrize("variable", ["ZHIYING_RATE_LIMIT", "ZHIYING_FAILURE_LIMIT"])
def test_a_rate_that_is_none_stops_the_start(settings, variable):
    import subprocess
    import sys

    run = subprocess.run(
        [sys.executable, "-m", "service", "db", "upgrade"],
        env=os.environ | {variable: "much", "ZHIYING_HOME": str(settings.home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    assert variable.removeprefix("ZHIYING_").lower() in run.stderr
