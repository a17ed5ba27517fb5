"""``zhiying serve``."""

from typing import Any

import click

from service.cli.common import announce, overridden
from service.config import Settings
from service.server import serve


@click.command("serve")
@click.option("--host")
@click.option("--port", type=int)
@click.option("--workers", type=int)
@click.option("--threads", type=int)
@click.option("--pack", help="Domain pack: a name or a folder.")
@click.pass_obj
def command(settings: Settings, /, **given: Any) -> None:
    """Serve HTTP until interrupted."""
    serve(overridden(settings, given), on_ready=announce)
