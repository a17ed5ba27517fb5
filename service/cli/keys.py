"""``zhiying keys``."""

import re
import time

import click

from service.cli.common import as_json, say, show
from service.config import Settings, check_rate
from service.fields import iso
from service.keys import SCOPES, KeyScope, NewKey, is_valid, new_key
from service.store import Store, StoredKey

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class _Duration(click.ParamType[float]):
    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, context: click.Context | None
    ) -> float:
        """Seconds of a text such as ``90d``."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d{1,6})([smhd])", str(value))
        if found is None:
            self.fail(f"found {value!r}, needs a number and s, m, h or d, such as 90d", param)
        return int(found[1]) * _UNITS[found[2]]


@click.group("keys")
def command() -> None:
    """Make, list, rotate and revoke API keys."""


@command.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="What it is for; may be repeated. admin includes the others.",
)
@click.option("--expires", type=_Duration(), help="Lifetime, such as 90d; endless if left out.")
@click.option("--rate", help="Requests it may make, such as 100/second, instead of the default.")
@as_json
@click.pass_obj
def create(
    settings: Settings,
    name: str,
    scopes: tuple[KeyScope, ...],
    expires: float | None,
    rate: str | None,
    as_json: bool,
) -> None:
    """Make a key called NAME and print it, this once.

    From the first key on, every request needs one, and the server may listen beyond loopback.
    """
    now = time.time()
    key = new_key(
        _name(name),
        scopes,
        now=now,
        expires_at=None if expires is None else now + expires,
        rate=None if rate is None else _rate(rate),
    )
    _store(settings).keys.add(key.stored)
    _show_new(key, as_json)


@command.command("list")
@as_json
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the keys: never their secrets, which are not kept."""
    keys = _store(settings).keys.all()
    if as_json:
        show([_shown(key) for key in keys])
        return
    for key in keys:
        row = _shown(key)
        ends = row["expires_at"] or "-"
        show(f"{key.id}  {row['state']:<8}  {key.scopes:<16}  ends {ends:<20}  {key.name}")


@command.command()
@click.argument("key_id")
@click.pass_obj
def revoke(settings: Settings, key_id: str) -> None:
    """End the key KEY_ID: within 2 seconds on every worker."""
    if not _store(settings).keys.revoke(key_id, time.time()):
        raise click.ClickException(f"no key {key_id!r}: see `zhiying keys list`")
    say(f"revoked {key_id}")


@command.command()
@click.argument("key_id")
@click.option(
    "--overlap",
    default="1h",
    show_default=True,
    type=_Duration(),
    help="How long the old key still works.",
)
@as_json
@click.pass_obj
def rotate(settings: Settings, key_id: str, overlap: float, as_json: bool) -> None:
    """Make a key like KEY_ID and print it; the old one ends after the overlap."""
    store, now = _store(settings), time.time()
    old = store.keys.get(key_id)
    if old is None or not is_valid(old, now):
        raise click.ClickException(f"no valid key {key_id!r}: see `zhiying keys list`")
    lifetime = None if old.expires_at is None else old.expires_at - old.created_at
    scopes = [scope for scope in SCOPES if scope in old.scopes.split(",")]
    key = new_key(
        old.name,
        scopes,
        now=now,
        expires_at=None if lifetime is None else now + lifetime,
        rate=old.rate,
    )
    store.keys.add(key.stored)
    store.keys.expire(key_id, now + overlap)
    _show_new(key, as_json)


def _store(settings: Settings) -> Store:
    store = Store(settings.url)
    store.upgrade()
    return store


def _name(name: str) -> str:
    if not (name.isprintable() and 0 < len(name) <= 128):
        raise click.BadParameter("needs 1 to 128 printable characters", param_hint="NAME")
    return name


def _rate(rate: str) -> str:
    try:
        return check_rate(rate)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--rate") from None


def _show_new(key: NewKey, as_json: bool) -> None:
    if as_json:
        show({"key": key.text, **_shown(key.stored)})
    else:
        show(key.text)
        say(f"key {key.stored.id} ({key.stored.scopes}): keep it now, it is not shown again")


def _shown(key: StoredKey) -> dict[str, object]:
    now = time.time()
    state = "valid" if is_valid(key, now) else "expired" if key.revoked_at is None else "revoked"
    return {
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes.split(","),
        "rate": key.rate,
        "state": state,
        "created_at": iso(key.created_at),
        "expires_at": None if key.expires_at is None else iso(key.expires_at),
    }
