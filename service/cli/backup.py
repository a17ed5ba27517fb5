"""``zhiying backup``."""

from pathlib import Path

import click

from service.backup import write_backup
from service.cli.common import as_json, show
from service.config import Settings
from service.models import ModelDirectory
from service.store import Store


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@click.pass_obj
def command(settings: Settings, file: Path, as_json: bool) -> None:
    """Write everything that is stored to FILE, while the service goes on.

    The file is read again and checked before this returns. It holds what learners did: keep
    it as you keep the database.
    """
    contents = write_backup(file, Store(settings.url), ModelDirectory(settings.models))
    show(contents if as_json else contents.summary())
