"""``zhiying restore``."""

from pathlib import Path

import click

from service.cli.common import as_json, show
from service.config import Settings
from service.models import ModelDirectory
from service.restore import restore_backup
from service.store import Store


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@click.pass_obj
def command(settings: Settings, file: Path, as_json: bool) -> None:
    """Fill an empty service from FILE: its database and its models, or nothing at all.

    Hashes and counts are checked first. SQLite and PostgreSQL read each other's backups.
    """
    contents = restore_backup(file, Store(settings.url), ModelDirectory(settings.models))
    show(contents if as_json else contents.summary())
