"""``zhiying evaluate``."""

from pathlib import Path
from typing import Any

import click

from recommend import MODELS
from service import evaluation
from service.cli.common import PATH, as_json, percent, show


@click.group("evaluate")
def command() -> None:
    """Measure on held-out data."""


@command.command("recommend")
@click.option("--items", required=True, type=PATH)
@click.option("--interactions", required=True, type=PATH)
@click.option("--split", default="random", type=click.Choice(evaluation.SPLITS), show_default=True)
@click.option("--models", default=",".join(MODELS), show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--n", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option(
    "--merge",
    default="text_group",
    show_default=True,
    help="Items with the same value >= 0 of this field are one; '' merges none.",
)
@click.option("--min-value", type=float, help="Drop interactions of a lower value.")
@as_json
def evaluate_recommend(
    items: Path, interactions: Path, models: str, as_json: bool, **options: Any
) -> None:
    """Compare the models in one table: full ranking, seen items masked, 95 % intervals."""
    with percent("evaluate") as progress:
        result = evaluation.evaluate_recommend(
            items,
            interactions,
            models=[m for m in models.split(",") if m],
            progress=progress,
            **options,
        )
    show(result if as_json else evaluation.table(result))
