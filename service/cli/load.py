"""``zhiying load``."""

from pathlib import Path

import click

from service.cli.common import PATH, add_events, as_json, put_items, say, show
from service.config import Settings
from service.files import count_lines, is_items, read_events, read_items
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
    """Load items (JSONL) and events (JSONL, or CSV with user,item) into the store.

    Files of items first. Loading a file again changes nothing.
    """
    services = Services.build(settings)
    counts = {"new": 0, "unchanged": 0, "refused": 0}
    for path in sorted(files, key=lambda p: not is_items(p)):
        if is_items(path):
            fates = put_items(services, read_items(path), count_lines(path), path.name)
        else:
            fates = add_events(services, read_events(path, type_), count_lines(path), path.name)
        for fate in fates:
            counts[{201: "new", 200: "unchanged"}.get(fate.status, "refused")] += 1
            if fate.error is not None:
                say(f"{path.name}: {fate.error.detail}")
    show(counts if as_json else "  ".join(f"{n}: {c}" for n, c in counts.items()))
