"""``python -m tests.schemas REVISION``: a small database of the newest schema, as that file.

Run it with the last program of a revision, before the next migration is written.
"""

import sys
import tempfile
from typing import Any

import orjson
from sqlalchemy import MetaData, select

from nlp import Analyzer
from service import sample
from service.pipeline import Pipeline
from service.store import Store
from tests.schemas import FOLDER


def main(revision: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        store = Store(f"sqlite:///{home}/zhiying.db")
        if store.upgrade() != revision:
            sys.exit(f"this program writes schema {store.revision()}, not {revision}")
        items = sample.catalogue()[:6]
        pipeline = Pipeline(store, Analyzer.default())
        pipeline.put_items(items)
        store.items.delete(items[5].id)
        events = [e for e in sample.learners(sample.catalogue(), n=40) if e.item in _ids(items[:5])]
        named = [e.model_copy(update={"user": "小林"}) for e in events[:3]]
        pipeline.add_events([*events[:30], *named], repeatable=True)
        job = store.jobs.queue("refit", {"auto": False})
        store.jobs.claim()
        store.jobs.fail(job.id, "an example")
        found, tables = MetaData(), {}
        with store.read() as connection:
            found.reflect(connection)
            for table in found.sorted_tables:
                if table.name != "alembic_version":
                    rows: Any = connection.execute(select(table)).mappings()
                    tables[str(table.name)] = [{str(k): v for k, v in r.items()} for r in rows]
        store.close()
    path = FOLDER / f"{revision}.json"
    path.write_bytes(orjson.dumps(tables, option=orjson.OPT_INDENT_2) + b"\n")
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in tables.items())
    sys.stdout.write(f"{path}: {counts}\n")


def _ids(items: list[Any]) -> set[str]:
    return {item.id for item in items}


if __name__ == "__main__":
    main(sys.argv[1])
