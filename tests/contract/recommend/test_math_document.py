"""The document of the equations is true where it can be run, and says where each is computed."""

import ast
import importlib
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "math.md").read_text("utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)
SOURCES = [*(ROOT / "nlp").glob("*.py"), *(ROOT / "recommend").glob("*.py")]


def claims(snippet):
    """Expressions of a snippet, with the number that the comment behind each claims."""
    lines = snippet.splitlines()
    for node in ast.parse(snippet).body:
        claim = re.search(r"#\s*(-?[\d.]+(?:e-?\d+)?)\s*$", lines[node.end_lineno - 1])
        yield node, claim[1] if claim and isinstance(node, ast.Expr) else None


def test_there_are_snippets_and_they_claim_something():
    found = [claim for snippet in SNIPPETS for _, claim in claims(snippet) if claim]
    assert len(found) >= 2


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_runs_and_prints_what_it_claims(snippet):
    names = {"np": np, "csr_array": csr_array}
    for node, claim in claims(snippet):
        if claim is None:
            exec(compile(ast.Module([node], []), "docs/math.md", "exec"), names)
            continue
        value = eval(compile(ast.Expression(node.value), "docs/math.md", "eval"), names)
        if "e-" in claim:  # rounding: its size is meant, not its digits
            assert abs(value) < 100 * float(claim)
        else:
            half_a_digit = 0.5 * 10.0 ** -len(claim.partition(".")[2])
            assert value == pytest.approx(float(claim), abs=1.01 * half_a_digit)


def test_every_equation_that_the_code_cites_is_in_the_document():
    there = {int(number) for number in re.findall(r"^\((\d+)\)", TEXT, re.M)}
    for source in SOURCES:
        for cited in re.findall(
            r"equations? \(?(\d+)\)?(?: and (\d+))?", source.read_text("utf-8")
        ):
            assert {int(number) for number in cited if number} <= there, (source.name, cited)


def test_the_equations_are_numbered_in_order_and_once():
    numbers = [int(number) for number in re.findall(r"^\((\d+)\)", TEXT, re.M)]
    assert [n for i, n in enumerate(numbers) if n not in numbers[:i]] == list(
        range(1, max(numbers) + 1)
    )


def test_every_source_that_the_document_names_is_there():
    for name in re.findall(r"`((?:nlp|recommend|tests|docs)/[\w/.-]+)`", TEXT):
        assert (ROOT / name).exists(), name


REFERENCES = sorted(set(re.findall(r"`((?:nlp|recommend|service)(?:\.\w+)+)`", TEXT)))


@pytest.mark.parametrize("name", REFERENCES)
def test_whatever_is_said_to_compute_an_equation_is_there(name):
    """The longest importable module, then attributes: functions, classes, methods, properties."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        break
    for attribute in parts[cut:]:
        found = getattr(found, attribute)
    assert callable(found) or isinstance(found, property) or hasattr(found, "attrname")


def test_every_equation_says_what_computes_it():
    parts = re.split(r"^\((\d+)\)", TEXT, flags=re.M)
    for number, text in zip(parts[1::2], parts[2::2], strict=True):
        text = text.partition("\n## ")[0]
        assert re.search(r"[Cc]omputed by\s+`(?:nlp|recommend|service)\.", text), number
