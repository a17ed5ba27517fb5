"""What is there is documented, and what is documented is there."""

import re
from pathlib import Path

import click
import pytest

from service.cli import main
from service.config import Settings
from service.routes import build

ROOT = Path(__file__).parents[3]


def test_every_setting_is_documented_with_its_default():
    rows = dict(re.findall(r"^\| `(ZHIYING_\w+)` \| ([^|]+) \|", read("docs/settings.md"), re.M))
    assert set(rows) == {f"ZHIYING_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default is not None:
            assert f"`{field.default}`" == rows[f"ZHIYING_{name.upper()}"].strip(), name


def test_every_route_is_documented():
    rows = set(re.findall(r"^\| `(\w+ /[^`]*)` \|", read("docs/api.md"), re.M))
    assert rows == {f"{e.method} {e.path}" for e in build("0").endpoints}


def commands(command: click.Command, name: str) -> list[str]:
    if not isinstance(command, click.Group):
        return [] if command.hidden else [name]
    return [full for n, c in command.commands.items() for full in commands(c, f"{name} {n}")]


@pytest.mark.parametrize("name", commands(main, "zhiying"))
def test_every_command_is_in_the_readme(name):
    assert f"`{name}" in read("README.md"), name


def test_every_file_that_a_document_names_is_there():
    for document in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), (document, target)


def read(name: str) -> str:
    return (ROOT / name).read_text()
