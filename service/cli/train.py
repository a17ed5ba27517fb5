"""``zhiying train``."""

from pathlib import Path

import click

from service.cli.common import PATH, as_json, percent, say, show
from service.config import Settings
from service.text_models import KINDS, Kind, check_name, write_model
from service.training import train


@click.command("train")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=PATH)
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder to write."
)
@click.option("--name", help="Install under this name, for the service and `analyze`.")
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2, 20))
@click.option("--seed", default=0, show_default=True, help="Of the folds.")
@as_json
@click.pass_obj
def command(
    settings: Settings,
    kind: Kind,
    file: Path,
    output: Path | None,
    name: str | None,
    folds: int,
    seed: int,
    as_json: bool,
) -> None:
    """Train a model of topics or sentiment on your own labelled texts.

    FILE has lines {"text", "label"}; of topics also {"text", "labels": [..]}, where a text has
    several, and labels that are paths (理学/数学). Sentiment labels: 1/0, pos/neg/neutral, or in
    full. The figures printed are of rows each model had not seen (folds); the model is then
    fitted on all.
    """
    folders = [f for f in (output, settings.text_models / check_name(name) if name else None) if f]
    if not folders:
        raise click.UsageError("say where the model goes: -o FOLDER, --name NAME, or both")
    with percent("train") as progress:
        trained = train(kind, file, folds=folds, seed=seed, progress=progress)
    for refused in trained.refused:
        say(f"not used: {refused}")
    for folder in folders:
        manifest = write_model(
            folder,
            trained.kind,
            trained.model,
            labels=trained.labels,
            figures=trained.figures,
            data=trained.data,
        )
    if as_json:
        show(
            {
                "kind": kind,
                "labels": manifest.labels,
                "data": {**manifest.data, "n_refused": len(trained.refused)},
                "figures": manifest.figures,
                "sha256": manifest.sha256,
                "folders": [str(folder) for folder in folders],
            }
        )
        return
    show(f"{kind}: {trained.data['n']} texts, {len(trained.refused)} lines not used")
    show(f"labels: {', '.join(trained.labels)}")
    show(
        f"held-out rows, {folds} folds: "
        + "  ".join(f"{n} {'-' if v is None else f'{v:.4f}'}" for n, v in trained.figures.items())
    )
    show("written to " + ", ".join(str(folder) for folder in folders))
