"""What several commands share: options, printing, progress, and writing to the store."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import click
from tqdm import tqdm

from service.config import Settings
from service.fitting import refit_as
from service.messages import DEFAULT, LANGUAGES, Language, terminal
from service.messages.language import listed
from service.models import Manifest
from service.openapi import OrjsonProvider
from service.pipeline import Fate
from service.schemas.recommendations import RecommendationsOut
from service.schemas.users import UserLine
from service.services import Services
from service.store import StoredUser

T = TypeVar("T")

BATCH = 500
PATH = click.Path(exists=True, dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def overridden(settings: Settings, given: dict[str, Any]) -> Settings:
    """The settings, with the options that were given."""
    chosen = {name: value for name, value in given.items() if value is not None}
    return Settings.model_validate(settings.model_dump() | chosen)


def spoken(settings: Settings) -> Language:
    """The language of what is printed: of ``--lang``, the settings, the locale; else Chinese.

    Examples
    --------
    >>> spoken(Settings(lang="en"))
    'en'
    """
    if settings.lang is not None:
        return settings.lang
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    return next((known for known in LANGUAGES if locale.startswith(known)), DEFAULT)


def say(text: str) -> None:
    """Tell the person at the terminal something that is no result."""
    click.echo(text, err=True)


def show(value: Any) -> None:
    """Print a result: text as it is, anything else as JSON."""
    click.echo(value if isinstance(value, str) else OrjsonProvider.encode(value).decode())


def announce(address: str) -> None:
    """Say where the server listens."""
    say(f"知影 listens on {address}   documentation: {address}/docs/")


def bar(rows: Iterable[T], total: int, name: str) -> Iterable[T]:
    """The rows, counted on a terminal."""
    return tqdm(rows, total=total, desc=name, disable=None, file=sys.stderr)


class percent:  # noqa: N801
    """A progress bar that is told a share in [0, 1], for the length of a block."""

    def __init__(self, name: str) -> None:
        self.bar = tqdm(total=100, desc=name, disable=None, file=sys.stderr)

    def __enter__(self) -> Callable[[float], None]:
        return self._move

    def _move(self, share: float) -> None:
        self.bar.update(round(100 * share) - self.bar.n)

    def __exit__(self, *_: object) -> None:
        self.bar.close()


def put_items(services: Services, items: Iterable[Any], total: int, name: str) -> list[Fate]:
    """Analyse and store items, with a progress bar."""
    return _in_batches(services.pipeline.put_items, items, total, name)


def add_events(services: Services, events: Iterable[Any], total: int, name: str) -> list[Fate]:
    """Store events, with a progress bar."""
    add = services.pipeline.add_events
    return _in_batches(lambda batch: add(batch, repeatable=True), events, total, name)


def put_users(services: Services, users: Iterable[UserLine], total: int, name: str) -> list[Fate]:
    """Store users, with a progress bar."""

    def put(batch: list[UserLine]) -> list[Fate]:
        rows = [StoredUser(u.id, u.attributes, time.time()) for u in batch]
        changed = services.store.users.put_all(rows)
        return [Fate(r.id, 201 if c else 200) for r, c in zip(rows, changed, strict=True)]

    return _in_batches(put, users, total, name)


def _in_batches(
    write: Callable[[list[T]], list[Fate]], rows: Iterable[T], total: int, name: str
) -> list[Fate]:
    fates: list[Fate] = []
    rows = iter(bar(rows, total, name))
    while batch := list(islice(rows, BATCH)):
        fates.extend(write(batch))
    return fates


def fitted(services: Services, *, auto: bool = False, warm: bool = False) -> Manifest:
    """Fit with a progress bar; see :func:`service.fitting.refit_as`."""
    with percent("fit") as progress:
        return refit_as(
            services.settings,
            services.store,
            services.models,
            auto=auto,
            warm=warm,
            progress=progress,
        )


def list_as_text(
    out: RecommendationsOut, language: Language, title: Callable[[str], str] = str
) -> str:
    """A list of recommendations for reading; `title` names an item by its id."""
    lines = []
    for item in out.items:
        drawn = terminal.DRAWN.say(language, propensity=item.propensity) if item.explored else ""
        name = item.title or item.id
        lines.append(f"{item.rank:>3}  {item.score:8.4f}  {item.source:<10}  {name}{drawn}")
        lines.extend(
            f"     {reason.contribution:+8.4f}  {reason.text}" for reason in item.reasons or ()
        )
        if item.lacks:
            names = listed(map(title, item.lacks), language)
            lines.append(f"     {terminal.LACKS.say(language, names=names)}")
    if out.short_reason:
        lines.append(out.short_reason)
    return "\n".join(lines) or terminal.NOTHING.say(language)
