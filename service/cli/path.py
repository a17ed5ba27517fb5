"""``zhiying path``."""

from typing import Any

import click
from pydantic import ValidationError

from service.cli.common import as_json, show, spoken
from service.config import Settings
from service.errors import InvalidRequestError
from service.messages import Language, terminal
from service.routes.paths import path_out
from service.schemas.paths import PathIn, PathOut
from service.services import Services


@click.command("path")
@click.argument("user")
@click.option("--goal", "goals", required=True, multiple=True, help="Item id or words; repeatable.")
@click.option("--minutes", default=120, show_default=True, type=click.IntRange(1, 10_080))
@click.option("--start", help="First day; today by default.")
@click.option("--weeks", type=click.IntRange(1, 520), help="At most so many.")
@click.option("-n", default=20, show_default=True, type=click.IntRange(1, 200))
@click.option("--kind", multiple=True, help="What words may lead to and what may be added.")
@as_json
@click.pass_obj
def command(
    settings: Settings,
    /,
    user: str,
    goals: tuple[str, ...],
    minutes: int,
    kind: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Dated steps for USER to a goal."""
    asked = {
        "goal": goals[0] if len(goals) == 1 else list(goals),
        "minutes_per_week": minutes,
        "kind": list(kind),
        **{name: value for name, value in options.items() if value is not None},
    }
    try:
        wanted = PathIn.model_validate(asked)
    except ValidationError as error:
        raise InvalidRequestError.of(error, value=asked) from None
    language = spoken(settings)
    out = path_out(Services.build(settings), user, wanted, language)
    show(out if as_json else path_as_text(out, language))


def path_as_text(out: PathOut, language: Language) -> str:
    """A path for reading."""
    lines = []
    for step in out.steps:
        lines.append(
            f"{step.step:>3}  {step.starts} – {step.ends}  {step.minutes:>5.0f}′"
            f"  {step.title or step.id}"
        )
        lines.extend(f"     {why.text}" for why in step.why)
    lines.extend(
        terminal.MASTERED.say(language, title=found.title or found.id, mastery=found.mastery)
        for found in out.mastered
    )
    if out.reason is not None:
        lines.append(out.reason.text)
    return "\n".join(lines)
