"""``zhiying work``: what the server starts when a job waits."""

import click

from service.config import Settings
from service.jobs import work_off


@click.command("work", hidden=True)
@click.pass_obj
def command(settings: Settings) -> None:
    """Work off the queue of jobs; the server starts this."""
    work_off(settings)
