"""``zhiying fit``."""

import click

from service.cli.common import as_json, fitted, show
from service.config import Settings
from service.services import Services


@click.command("fit")
@click.option("--auto", is_flag=True, help="Choose the parameters on a validation split.")
@click.option("--warm", is_flag=True, help="Start from the factors of the model in service.")
@as_json
@click.pass_obj
def command(settings: Settings, auto: bool, warm: bool, as_json: bool) -> None:
    """Fit the model on all that is stored and put it into service."""
    manifest = fitted(Services.build(settings), auto=auto, warm=warm)
    if as_json:
        show(manifest)
    else:
        show(f"{manifest.version}: {manifest.n_users} users × {manifest.n_items} items")
