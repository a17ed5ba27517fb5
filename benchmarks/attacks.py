"""What no client should send: bad requests of every kind, from the routes of the document."""

import random
import re
import socket
import string
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

import orjson

from service.routes import build
from tests.e2e.conftest import Server

MARKER = "MARKER课文秘密"
ENDPOINTS = build("0").endpoints
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW")
TYPES = ("application/json", "application/x-ndjson", "text/plain", "application/xml", "", "a/b;c=")


@dataclass
class Attack:
    """What was sent by one attacker, and what came of it."""

    server: Server
    key: str
    rng: random.Random
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def run(self, n: int) -> None:
        kinds = [k for k in dir(self) if k.startswith("kind_")]
        for _ in range(n):
            kind = self.rng.choice(kinds)
            outcome = self.ask(*getattr(self, kind)())
            self.sent[kind.removeprefix("kind_"), outcome] += 1

    def ask(
        self, head: str, headers: dict[str, str], body: bytes, share: float | None = None
    ) -> str:
        """Status of the answer, or how the connection ended; only a `share` may be sent."""
        host, port = self.server.url.removeprefix("http://").split(":")
        headers = {"Host": f"{host}:{port}", "Connection": "close", **headers}
        lines = "".join(f"{n}: {v}\r\n" for n, v in headers.items())
        raw = f"{head} HTTP/1.1\r\n{lines}\r\n".encode("utf-8", "surrogateescape") + body
        try:
            with socket.create_connection((host, int(port)), timeout=60) as connection:
                with suppress(BrokenPipeError, ConnectionResetError):  # answered before it read all
                    connection.sendall(raw if share is None else raw[: int(share * len(raw))])
                    if share is not None:
                        connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        except OSError as error:
            return type(error).__name__
        if not answer:
            return "closed"
        status = answer[9:12].decode("ascii", "replace")
        if status == "500" or (MARKER.encode() in answer and status[:1] not in "24"):
            self.broken.append(f"{head[:200]} -> {answer[:600].decode('utf-8', 'replace')}")
        return status

    def target(self, *methods: str) -> str:
        """Method and path of some route, one of these methods if any are named."""
        fitting = [e for e in ENDPOINTS if not methods or e.method in methods]
        endpoint = self.rng.choice(fitting)
        path = re.sub(r"<[^>]+>", lambda _: quote(self.id(), safe=""), endpoint.rule)
        method = endpoint.method if self.rng.random() < 0.95 else self.rng.choice(METHODS)
        return f"{method} {path}"

    def id(self) -> str:
        return self.rng.choice(
            (
                *(f"victim-{self.rng.randrange(12)}", "学员001", MARKER, "a/b", "../../etc/passwd"),
                *(
                    "x" * 300,
                    "%00",
                    "\x1f",
                    "😀",
                    "",
                    " ",
                    "bulk",
                    "a\nb",
                    "';DROP TABLE events;--",
                ),
            )
        )

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", **more}

    def sized(self, body: bytes, **more: str) -> tuple[dict[str, str], bytes]:
        type_ = self.rng.choice(TYPES[:1] * 20 + TYPES)
        more = {"Content-Length": str(len(body)), "Content-Type": type_, **more}
        return self.headers(**more), body

    def value(self, depth: int = 0) -> object:
        """Any JSON."""
        pick = self.rng.randrange(9 if depth < 4 else 7)
        if pick == 7:
            return [self.value(depth + 1) for _ in range(self.rng.randrange(4))]
        if pick == 8:
            names = ("id", "user", "item", "type", "text", "title", "attributes", "value", "events")
            chosen = self.rng.sample(names, self.rng.randrange(6))
            return {n: self.value(depth + 1) for n in chosen}
        simple = (None, True, -1, 1e308, MARKER, self.id(), self.rng.random())
        return simple[pick]

    def kind_malformed_json(self):
        whole = orjson.dumps({"text": MARKER, "value": self.value()})
        at = self.rng.randrange(len(whole))
        junk = self.rng.choice((b"", b"}", b'"', b"\x00", b"\xff", b"NaN", b"[" * 2000))
        return self._post(whole[:at] + junk + whole[at + self.rng.randrange(2) :])

    def kind_wrong_types(self):
        return self._post(orjson.dumps(self.value()))

    def kind_broken_encoding(self):
        text = orjson.dumps({"text": MARKER}).decode()
        how = self.rng.choice(("gbk", "utf-16", "utf-8-sig", "big5hkscs"))
        return self._post(text.encode(how, "replace"))

    def kind_broken_lines(self):
        lines = [orjson.dumps(self.value()) for _ in range(self.rng.randrange(1, 30))]
        lines.insert(
            self.rng.randrange(len(lines)), self.rng.choice((b"{", b"\xff\xfe", b"", b"[]"))
        )
        path = self.rng.choice(("/v1/events/bulk", "/v1/items/bulk", "/v1/analyze/stream"))
        type_ = {"Content-Type": "application/x-ndjson"}
        return (f"POST {path}", *self.sized(b"\n".join(lines), **type_))

    def kind_huge_body(self):
        if self.rng.random() < 0.9:  # the rest is only said to be huge
            head = self.headers(**{"Content-Length": str(10 ** self.rng.randrange(8, 30))})
            return self.target("POST"), head, b'{"text": "' + b"x" * 1000, 1.0
        return self._post(b'{"text": "' + b"x" * 17_000_000 + b'"}')

    def kind_unknown_ids(self):
        return self.target(), *self.sized(b"")

    def kind_odd_methods(self):
        return f"{self.rng.choice(METHODS)} {self.target().partition(' ')[2]}", *self.sized(b"{}")

    def kind_odd_queries(self):
        names = ("n", "kind", "attribute", "seen", "explain", "cursor", "exclude", "by", "what")
        query = "&".join(
            f"{self.rng.choice(names)}={quote(str(self.value()), safe='')}" for _ in range(3)
        )
        return f"{self.target('GET')}?{query}", self.headers(), b""

    def kind_odd_headers(self):
        name = self.rng.choice(
            ("If-Match", "If-None-Match", "Idempotency-Key", "Accept-Language", "Accept-Encoding",
             "Content-Encoding", "X-Request-ID", "Range", "Expect", "Origin", "Cookie")
        )  # fmt: skip
        junk = "".join(self.rng.choices(string.printable[:95], k=self.rng.randrange(60)))
        return self.target(), *self.sized(b"{}", **{name: junk})

    def kind_wrong_keys(self):
        wrong = self.rng.choice((self.key[:-1] + "x", "x" * 5000, MARKER, "", self.key + " " + "y"))
        return self.target(), {"X-API-Key": wrong.encode().decode("latin-1")}, b""

    def kind_broken_framing(self):
        head = self.rng.choice(
            (
                {"Transfer-Encoding": "chunked"},
                {"Content-Length": "-1"},
                {"Content-Length": "abc"},
                {"Content-Length": "5", "Transfer-Encoding": "chunked"},
            )
        )
        body = self.rng.choice(
            (b"zz\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"ffffffffff\r\n", MARKER.encode())
        )
        return self.target("POST"), self.headers(**head), body, 1.0

    def kind_cut_off(self):
        head, body = self.sized(orjson.dumps({"text": MARKER * 50}))
        return self.target("POST"), head, body, self.rng.random()

    def _post(self, body: bytes):
        return self.target("POST", "PUT", "PATCH"), *self.sized(body)
