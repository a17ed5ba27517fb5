"""What is there is documented, and what is documented is there."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from service.cli import COMMANDS, main
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
        return [name]
    with click.Context(command) as context:
        found = {n: command.get_command(context, n) for n in command.list_commands(context)}
    return [full for n, c in found.items() if not c.hidden for full in commands(c, f"{name} {n}")]


@pytest.mark.parametrize("name", commands(main, "zhiying"))
def test_every_command_is_in_the_readme(name):
    assert f"`{name}" in read("README.md"), name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_its_own_help_says(name):
    command = main.get_command(click.Context(main), name)
    assert command.hidden == (COMMANDS[name] == "")
    assert (command.help or "").startswith(COMMANDS[name])


def test_help_loads_no_command():
    script = "import sys, service.cli; print(sorted(m for m in sys.modules if m in sys.argv))"
    heavy = ("flask", "jieba", "nlp", "numpy", "pydantic", "scipy", "sklearn", "sqlalchemy")
    found = subprocess.run(
        [sys.executable, "-c", script, *heavy], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_every_file_that_a_document_names_is_there():
    for document in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), (document, target)


def test_an_audit_that_looks_nothing_up_fails():
    [audit] = re.findall(r"bin/pip-audit (.+)$", read("Makefile"), re.M)
    assert "--strict" in audit


def read(name: str) -> str:
    return (ROOT / name).read_text()
