"""``zhiying load``."""

from pathlib import Path

import click

from service.cli.common import PATH, add_events, as_json, put_items, put_users, say, show, spoken
from service.config import Settings
from service.export import KINDS
from service.files import count_lines, kind_of, read_events, read_items, read_users
from service.schemas.events import EVENT_TYPES
from service.services import Services


@click.command("load")
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option(
    "--type",
    "type_",
    default="enrol",
    type=click.Choice(EVENT_TYPES),
    help="Type of the events of a CSV file.",
)
@as_json
@click.pass_obj
def command(settings: Settings, files: tuple[Path, ...], type_: str, as_json: bool) -> None:
    """Load items, users and events (JSONL, as `export` writes them; events also CSV).

    In this order, whatever the order of the files. Loading a file again changes nothing.
    """
    services = Services.build(settings)
    counts = {"new": 0, "unchanged": 0, "refused": 0}
    kinds = {path: kind_of(path) for path in files}
    for path in sorted(files, key=lambda p: KINDS.index(kinds[p])):
        told = count_lines(path), path.name
        if kinds[path] == "items":
            fates = put_items(services, read_items(path), *told)
        elif kinds[path] == "users":
            fates = put_users(services, read_users(path), *told)
        else:
            fates = add_events(services, read_events(path, type_), *told)
        for fate in fates:
            counts[{201: "new", 200: "unchanged"}.get(fate.status, "refused")] += 1
            if fate.error is not None:
                say(f"{path.name}: {fate.error.say(spoken(settings))}")
    show(counts if as_json else "  ".join(f"{n}: {c}" for n, c in counts.items()))
