"""``zhiying recommend``."""

from typing import Any

import click

from service.cli.common import as_json, list_as_text, show, spoken
from service.config import Settings
from service.filters import Filter
from service.playing import situation
from service.routes.recommendations import lacking_of, recommendations_out
from service.services import Services
from service.wishes import Wish

SHARE = click.FloatRange(0, 1)


class _FilterType(click.ParamType):  # type: ignore[type-arg]
    name = "filter"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Filter:
        try:
            return Filter.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command("recommend")
@click.argument("user")
@click.option("-n", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--kind", "kinds", multiple=True, help="Only this kind; may be repeated.")
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    type=_FilterType(),
    help="Only items with this, as level:1|2 or 'price<=99'; all must hold.",
)
@click.option("--exclude", multiple=True, help="Never this item; may be repeated.")
@click.option("--seen", type=click.Choice(["exclude", "allow"]), default="exclude")
@click.option("--diversity", type=SHARE, default=0.0, help="0: plain order, 1: only difference.")
@click.option("--explore", type=SHARE, default=0.0, help="Share of places for little-known items.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Of the draw of --explore.")
@click.option("--explain", is_flag=True, help="Say why.")
@click.option("--device", help="What it will be played on, as events say it.")
@click.option("--region", help="Where the person is.")
@click.option("--referrer", help="From where the person came.")
@click.option("--hour", type=click.IntRange(0, 23), help="On the person's clock.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Time for one sitting.")
@as_json
@click.pass_obj
def command(
    settings: Settings,
    /,
    user: str,
    n: int,
    kinds: tuple[str, ...],
    attributes: tuple[Filter, ...],
    exclude: tuple[str, ...],
    seen: str,
    diversity: float,
    explore: float,
    seed: int | None,
    explain: bool,
    as_json: bool,
    **where: Any,
) -> None:
    """What is next for USER."""
    wish = Wish(
        n=n,
        kinds=kinds,
        attributes=attributes,
        exclude=exclude,
        exclude_seen=seen == "exclude",
        explain=explain,
        diversity=diversity,
        explore=explore,
        seed=seed,
        situation=situation(**where),
    )
    language, services = spoken(settings), Services.build(settings)
    picks = services.serving.for_user(user, wish)
    lacking = lacking_of(services.planner, picks) if explain else None
    out = recommendations_out(picks, explain, language, lacking)

    def title(item: str) -> str:
        found = services.store.items.get(item)
        return found.title if found is not None and found.title else item

    show(out if as_json else list_as_text(out, language, title))
