"""``zhiying db``."""

import click

from service.cli.common import as_json, show
from service.config import Settings
from service.store import Store


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command()
@as_json
@click.pass_obj
def upgrade(settings: Settings, as_json: bool) -> None:
    """Bring the schema to this program's version."""
    revision = Store(settings.url).upgrade()
    show({"revision": revision} if as_json else revision)
