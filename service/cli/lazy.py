"""A group of commands that are imported when they are called, so that help is instant."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """Commands by name, each in a module of its own; the project's errors become one line.

    Parameters
    ----------
    package : str
        Package of the modules. Command ``a-b`` is ``command`` of its module ``a_b``.
    summaries : mapping of str to str
        What the list of commands says of each, in this order. A command without is hidden.
    """

    def __init__(
        self, *args: Any, package: str, summaries: Mapping[str, str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.package, self.summaries = package, summaries

    def list_commands(self, context: click.Context) -> list[str]:
        """Names of the commands, hidden ones left out."""
        return [name for name, summary in self.summaries.items() if summary]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Load a command; ``None`` if there is none of that name."""
        if name not in self.summaries:
            return None
        module = importlib.import_module(f"{self.package}.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, self.summaries[n]) for n in self.list_commands(context)])

    def invoke(self, context: click.Context) -> Any:
        """Call the command; an error of the project ends it with one line and status 1."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own, and a reader that has seen enough
        except Exception as error:
            sentence = _sentence(error, context.obj)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error


def _sentence(error: Exception, settings: Any) -> str | None:
    """What to tell about an expected error; ``None`` of any other."""
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from nlp import NlpError
    from recommend import RecommendError
    from service.errors import InvalidRequestError, ServiceError
    from service.messages import DEFAULT

    if isinstance(error, ValidationError | ServiceError):
        from service.cli.common import spoken
        from service.config import Settings

        # the settings themselves may be what is wrong
        language = spoken(settings) if isinstance(settings, Settings) else DEFAULT
        known = error if isinstance(error, ServiceError) else InvalidRequestError.of(error)
        fields = [(field.pointer.strip("/"), field.say(language)) for field in known.errors]
        # of fields that do not fit, the sentence only says that there are some
        is_list = isinstance(known, InvalidRequestError) and fields
        said = [] if is_list else [known.say(language)]
        return "; ".join([*said, *(f"{n}: {text}" for n, text in fields if text not in said)])
    if isinstance(error, NlpError | RecommendError | SQLAlchemyError | OSError):
        return str(error)
    return None
