"""``zhiying recommend``."""

import click

from service.cli.common import as_json, list_as_text, show
from service.config import Settings
from service.routes.recommendations import recommendations_out
from service.services import Services
from service.serving import Wish


@click.command("recommend")
@click.argument("user")
@click.option("-n", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--explain", is_flag=True, help="Say why.")
@as_json
@click.pass_obj
def command(settings: Settings, user: str, n: int, explain: bool, as_json: bool) -> None:
    """What is next for USER."""
    services = Services.build(settings)
    picks = services.serving.for_user(user, Wish(n=n, explain=explain))
    out = recommendations_out(picks, explain)
    show(out if as_json else list_as_text(out))
