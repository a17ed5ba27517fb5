"""``zhiying evaluate``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from recommend import MODELS
from service.cli.common import PATH, as_json, percent, show
from service.config import Settings
from service.evaluation import recommend as recommending
from service.evaluation import replay as replaying
from service.evaluation import tables, text_tables
from service.evaluation import text as reading
from service.packs import load_trade
from service.text_models import Kind

PICTURE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group("evaluate")
def command() -> None:
    """Measure on held-out data."""


def _picture(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse before hours of work what could not be drawn after them."""
    if path is not None:
        tables.require_plot()
        if path.suffix not in tables.PICTURES:
            needed = ", ".join(tables.PICTURES)
            raise click.BadParameter(f"found {path.name}: need a name in {needed}")
    return path


@command.command("recommend")
@click.option("--items", required=True, type=PATH)
@click.option("--interactions", required=True, type=PATH)
@click.option(
    "--split", default="random", type=click.Choice(recommending.SPLITS), show_default=True
)
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
@click.option(
    "--trials",
    "at_least",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Points each other model is tried at, at least, as far as its grid goes.",
)
@click.option("--shuffle-content", is_flag=True, help="Give each item the text of another.")
@click.option("--plot", type=PICTURE, callback=_picture, help="Draw it: .svg, .png or .pdf.")
@as_json
@click.pass_obj
def evaluate_recommend(
    settings: Settings,
    /,
    items: Path,
    interactions: Path,
    models: str,
    plot: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Compare the models in one table: full ranking, seen items masked, 95 % intervals.

    implicit-als and lightfm may be named too, with the extra `rivals`; lenskit-als, lenskit-knn
    and lenskit-slim, with the extra `lenskit`; `--plot` needs `plot`.
    Texts are read and events weighed as the pack in force says; INTERACTIONS may be events.
    """
    with percent("evaluate") as progress:
        result = recommending.evaluate_recommend(
            items,
            interactions,
            models=_names(models),
            trade=load_trade(settings.pack),
            progress=progress,
            **options,
        )
    if plot is not None:
        tables.plot(result, plot)
    show(result if as_json else tables.table(result))


@command.command("replay")
@click.argument("events", type=PATH)
@click.argument("lists", type=PATH)
@click.option("--n", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--days", default=7.0, show_default=True, type=click.FloatRange(0, min_open=True))
@as_json
def evaluate_replay(events: Path, lists: Path, n: int, days: float, as_json: bool) -> None:
    """What LISTS would have earned, from EVENTS whose impressions carry propensities.

    EVENTS as `zhiying export` writes them, LISTS as {"user", "items"} a line. Self-normalised
    inverse propensities: what was shown more often counts no more for it.
    """
    result = replaying.evaluate_replay(events, lists, n=n, days=days)
    show(result if as_json else replaying.as_text(result))


def _classification(function: Callable[..., None]) -> Callable[..., None]:
    """Options of the two tasks that compare classifiers."""
    for option in (
        click.option("--folds", default=5, show_default=True, type=click.IntRange(2, 20)),
        click.option("--test", type=PATH, help="Fit on FILE and judge on this file."),
        click.option("--model", help="A trained model, by name or folder, that takes part."),
    ):
        function = option(function)
    return function


def _common(task: text_tables.Task) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def declare(function: Callable[..., None]) -> Callable[..., None]:
        names = ",".join(reading.MODELS[task])
        for option in (
            click.argument("file", type=PATH),
            click.option("--models", default=names, show_default=True),
            click.option("--seed", default=0, show_default=True),
            as_json,
        ):
            function = option(function)
        return function

    return declare


_limit = click.option(
    "--limit",
    default=500,
    show_default=True,
    type=click.IntRange(1),
    help="Rows that SnowNLP is asked about: it is slow.",
)


@command.command()
@_common("sentiment")
@_classification
@_limit
@click.pass_obj
def sentiment(settings: Settings, /, **options: Any) -> None:
    """Sentiment of labelled texts: ours, SnowNLP, tf-idf with a linear SVM, majority."""
    _compare_classifiers("sentiment", settings, **options)


@command.command()
@_common("topics")
@_classification
@click.pass_obj
def topics(settings: Settings, /, **options: Any) -> None:
    """Topics of labelled texts: ours, tf-idf with a linear SVM, naive Bayes, majority.

    Where a text has several labels: micro and macro F1, whole sets, and their calibration.
    """
    _compare_classifiers("topics", settings, **options)


@command.command()
@_common("segmentation")
@_limit
def segmentation(file: Path, models: str, as_json: bool, **options: Any) -> None:
    """Words of gold sentences (words separated by spaces): ours, jieba, SnowNLP."""
    with percent("segmentation") as progress:
        result = reading.evaluate_segmentation(
            file, models=_names(models), progress=progress, **options
        )
    show(result if as_json else text_tables.table(result))


@command.command()
@_common("keywords")
@click.option("--n", default=5, show_default=True, type=click.IntRange(1, 20))
@click.option("--title", is_flag=True, help="Let the models read the titles too.")
def keywords(file: Path, models: str, as_json: bool, **options: Any) -> None:
    """Keywords of texts against their authors': ours, jieba's tf-idf and TextRank, tf-idf."""
    with percent("keywords") as progress:
        result = reading.evaluate_keywords(
            file, models=_names(models), progress=progress, **options
        )
    show(result if as_json else text_tables.table(result))


def _compare_classifiers(
    kind: Kind,
    settings: Settings,
    *,
    file: Path,
    models: str,
    model: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    with percent(kind) as progress:
        result = reading.evaluate_classification(
            kind,
            file,
            models=_names(models),
            model=None if model is None else _folder(settings, model),
            progress=progress,
            **options,
        )
    show(result if as_json else text_tables.table(result))


def _folder(settings: Settings, model: str) -> Path:
    """Folder of a model given by name or path; a name of the service's models wins."""
    named = settings.text_models / model
    return named if (named / "manifest.json").is_file() else Path(model)


def _names(models: str) -> list[str]:
    return [name for name in models.split(",") if name]
