"""What a list made ahead costs beside a constant answer, in one process without sockets.

``python -m benchmarks.list_path HOME [rounds]``, HOME as for `benchmarks.load`. The two take turns,
so that each finds the caches as the other left them; tenth percentiles are told beside medians, for
machines that do other work as well.
"""

import io
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask, Response

from service.app import create_app
from service.config import Settings
from service.services import Services

WARM_UP = 200


def ask(app: Flask, path: str, query: str = "") -> bytes:
    """The answer to a GET from this machine."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "RAW_URI": f"{path}?{query}",
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    answer = app.wsgi_app(environ, lambda *_: None)
    body = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    return body


def main(home: Path, rounds: int = 3000) -> None:
    services = Services.build(Settings(home=home))
    app = create_app(services.settings, services)
    body = b""
    app.add_url_rule("/constant", "constant", lambda: Response(body, mimetype="application/json"))
    rng = np.random.default_rng(0)
    users = [user.id for user in services.store.users.page(20_000)]
    body = ask(app, f"/v1/users/{users[0]}/recommendations", "n=10")
    took: dict[str, list[float]] = {"constant": [], "list of 10": []}
    for n in range(WARM_UP + rounds):
        user = users[int(rng.integers(len(users)))]
        paths = (("/constant", ""), (f"/v1/users/{user}/recommendations", "n=10"))
        for times, (path, query) in zip(took.values(), paths, strict=True):
            began = time.perf_counter()
            ask(app, path, query)
            if n >= WARM_UP:
                times.append(1e6 * (time.perf_counter() - began))
    for name, times in took.items():
        print(f"{name}: {np.quantile(times, 0.1):.0f} µs, median {np.median(times):.0f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
