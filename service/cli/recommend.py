"""``zhiying recommend``."""

from typing import Any

import click

from service.cli.common import as_json, list_as_text, show
from service.config import Settings
from service.playing import situation
from service.routes.recommendations import recommendations_out
from service.services import Services
from service.serving import Wish


@click.command("recommend")
@click.argument("user")
@click.option("-n", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--explain", is_flag=True, help="Say why.")
@click.option("--device", help="What it will be played on, as events say it.")
@click.option("--region", help="Where the person is.")
@click.option("--referrer", help="From where the person came.")
@click.option("--hour", type=click.IntRange(0, 23), help="On the person's clock.")
@click.option("--minutes", type=click.FloatRange(0), help="Time for one sitting.")
@as_json
@click.pass_obj
def command(
    settings: Settings, /, user: str, n: int, explain: bool, as_json: bool, **where: Any
) -> None:
    """What is next for USER."""
    services = Services.build(settings)
    wish = Wish(n=n, explain=explain, situation=situation(**where))
    picks = services.serving.for_user(user, wish)
    out = recommendations_out(picks, explain)
    show(out if as_json else list_as_text(out))
