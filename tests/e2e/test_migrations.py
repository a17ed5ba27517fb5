"""A database of every earlier schema, with rows in it, is brought up to date and serves.

``tests/schemas/REVISION.json`` holds a database as that revision left it. A new migration
needs a file for the revision before it: ``python -m tests.schemas REVISION`` writes it.
"""

from contextlib import closing
from pathlib import Path

import orjson
import pytest
from alembic.script import ScriptDirectory

from service.app import create_app
from service.config import Settings
from service.services import Services
from service.store import Store, _migrations
from tests.schemas import FOLDER, fill

REVISIONS = [s.revision for s in ScriptDirectory.from_config(_migrations()).walk_revisions()][::-1]


def test_every_earlier_schema_has_its_rows():
    assert REVISIONS[-1] == Store.head()
    kept = {path.stem for path in Path(FOLDER).glob("*.json")}
    assert set(REVISIONS[:-1]) <= kept <= set(REVISIONS)


@pytest.mark.parametrize("revision", sorted(p.stem for p in Path(FOLDER).glob("*.json")))
def test_an_earlier_schema_is_migrated_with_all_its_rows(bare_settings: Settings, revision):
    settings = bare_settings
    tables = orjson.loads((FOLDER / f"{revision}.json").read_bytes())
    with closing(Store(settings.url)) as store:
        assert store.upgrade(revision) == revision
        fill(store, tables)
    services = Services.build(settings)  # as every start does
    assert services.store.revision() == Store.head()
    client = create_app(settings, services).test_client()
    alive = [row for row in tables["items"] if not row["deleted"]]
    assert {i["id"] for i in client.get("/v1/items").get_json()["items"]} == {
        r["id"] for r in alive
    }
    assert set(services.store.events.ids()) == {row["id"] for row in tables["events"]}
    taken = {row["item"] for row in tables["events"] if row["user"] == "小林"}
    listed = client.get("/v1/users/小林/recommendations?n=100").get_json()["items"]
    assert taken.isdisjoint(i["id"] for i in listed)
    services.store.close()
