"""``zhiying export``."""

from pathlib import Path

import click

from service.cli.common import as_json, show
from service.config import Settings
from service.export import KINDS, export
from service.store import Store


@click.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@as_json
@click.pass_obj
def command(settings: Settings, folder: Path, as_json: bool) -> None:
    """Write all items, users and events into FOLDER, as JSON lines that `load` reads.

    An earlier export in FOLDER is replaced, each file when its successor is whole.
    """
    store = Store(settings.url)
    store.upgrade()
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for kind in KINDS:
        draft = folder / f".{kind}.jsonl.draft"
        counts[kind] = 0
        with draft.open("wb") as file:
            for line in export(store, (kind,)):
                file.write(line)
                counts[kind] += 1
        draft.replace(folder / f"{kind}.jsonl")
    store.close()
    show(counts if as_json else "  ".join(f"{kind}: {n}" for kind, n in counts.items()))
