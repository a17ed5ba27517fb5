"""An app on each database, and a catalogue small enough to know by heart."""

from collections.abc import Iterator

import orjson
import pytest
from flask.testing import FlaskClient

from service import live
from service.app import create_app
from service.config import Settings
from service.fitting import refit
from service.services import EXTENSION, Services

TEXTS = {
    "calculus": ("微积分入门", "极限、导数与积分的定义，导数是函数的变化率，用定积分求面积。"),
    "algebra": ("线性代数", "矩阵、向量空间与特征值，矩阵的特征值分解与线性方程组求解。"),
    "analysis": ("数学分析", "极限的严格定义，导数与积分的证明，函数的连续性与级数收敛。"),
    "cooking": ("家常菜", "红烧肉的做法，先焯水再小火慢炖，食材、火候与调味的搭配。"),
    "baking": ("烘焙基础", "面团发酵与烤箱温度，面包和蛋糕的做法，食材与火候要点。"),
    "soup": ("煲汤", "老火汤的食材搭配，小火慢炖两小时，火候与调味。"),
}
MATHS, FOOD = ("calculus", "algebra", "analysis"), ("cooking", "baking", "soup")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds another model active waits until it is loaded, on a slow machine as well."""
    monkeypatch.setattr(live, "SWAP_WAIT_S", 60.0)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    services = Services.build(settings)
    yield services
    services.store.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    app = create_app(services.settings, services)
    assert app.extensions[EXTENSION] is services
    return app.test_client()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """One app for all tests of a module that ask for what is refused, or only read."""
    services = Services.build(Settings(home=tmp_path_factory.mktemp("home")))
    yield create_app(services.settings, services).test_client()
    services.store.close()


def ndjson(rows: list[object]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def lines_of(response) -> list[dict]:
    return [orjson.loads(line) for line in response.data.splitlines()]


@pytest.fixture
def stocked(client: FlaskClient) -> FlaskClient:
    """Six items, forty learners who like maths or food; nothing is fitted yet."""
    items = [{"id": i, "title": t, "text": x} for i, (t, x) in TEXTS.items()]
    events = [
        {"id": f"e{u}-{i}", "user": f"u{u}", "item": i, "type": "enrol"}
        for u in range(40)
        for n, i in enumerate(FOOD if u % 2 else MATHS)
        if n != u % 3
    ]
    for path, rows in (("items", items), ("events", events)):
        response = client.post(
            f"/v1/{path}/bulk", data=ndjson(rows), content_type="application/x-ndjson"
        )
        assert {line["status"] for line in lines_of(response)} == {201}
    return client


@pytest.fixture
def fitted(stocked: FlaskClient, services: Services) -> FlaskClient:
    """The same with a model in service."""
    refit(services.store, services.models)
    return stocked
