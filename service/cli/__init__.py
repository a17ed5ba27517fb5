"""The ``zhiying`` command: one module a command.

Results go to standard output, all else to standard error.

A new command is a module here, named as the command, with a click command (or group) called
``command``, and a line in `COMMANDS`.
"""

from pathlib import Path

import click

from service.cli.lazy import LazyGroup

#: command -> what ``zhiying --help`` says of it; the module is loaded only when it is called
COMMANDS = {
    "serve": "Serve HTTP until interrupted.",
    "demo": "Load the sample catalogue, fit, show what comes out, and serve it.",
    "analyze": "Analyse files, folders or standard input into JSON lines, CSV or Parquet.",
    "load": "Load items, users and events (JSONL, as `export` writes them; events also CSV).",
    "fit": "Fit the model on all that is stored and put it into service.",
    "recommend": "What is next for USER.",
    "brief": "A screen-adaptation brief of a stored ITEM, or of a text FILE.",
    "path": "Dated steps for USER to a goal.",
    "insight": "Portraits, audiences, reports and channels.",
    "evaluate": "Measure on held-out data.",
    "train": "Train a model of topics or sentiment on your own labelled texts.",
    "export": "Write all items, users and events into FOLDER, as JSON lines that `load` reads.",
    "keys": "Make, list, rotate and revoke API keys.",
    "backup": "Write everything that is stored to FILE, while the service goes on.",
    "restore": "Fill an empty service from FILE: its database and its models, or nothing at all.",
    "db": "Look after the database.",
    "work": "",  # hidden: the server starts it
}


@click.group(
    cls=LazyGroup,
    package=__name__,
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="zhiying")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the data.")
@click.option("--database-url", help="SQLAlchemy URL instead of SQLite in that folder.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of sentences.")
@click.pass_context
def main(
    context: click.Context, home: Path | None, database_url: str | None, lang: str | None
) -> None:
    """知影: analyse Chinese course text, and recommend from it.

    Settings come from ZHIYING_… variables (docs/settings.md); options win.
    """
    from service import logs
    from service.cli.common import overridden
    from service.config import Settings

    given = {"home": home, "database_url": database_url, "lang": lang}
    context.obj = overridden(Settings(), given)
    logs.configure(context.obj.log_level, context.obj.log_format)
