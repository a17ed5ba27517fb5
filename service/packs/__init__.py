"""Domain packs: what differs from one trade to the next, as data files."""

from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.fields import refusal


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _ordered(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        raise refusal("span", low=span[0], high=span[1])
    return span


Form = Annotated[str, Field(min_length=1, max_length=32)]
Forms = Annotated[tuple[Form, ...], Field(min_length=1)]
Span = Annotated[
    tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]], AfterValidator(_ordered)
]


class FormRules(_Part):
    """Which form a film of some topic takes, and how long it is.

    Attributes
    ----------
    taxonomy : str
        Whose labels the rules are of; a rule holds for all labels below its own.
    attribute : str
        Attribute of an item that names such a label and wins over the analysis.
    rules : mapping of label to forms
        The first is the one advised where nothing is known of completion.
    otherwise : tuple of str
        Forms where the topic is unsure.
    minutes : mapping of form to span
        Usual length; every form has one.
    kinds : tuple of str
        Kinds of items that are films, whatever their form.
    """

    taxonomy: str
    attribute: str
    rules: dict[str, Forms]
    otherwise: Forms
    minutes: dict[Form, Span]
    kinds: tuple[str, ...]


class Pack(_Part):
    """What differs from one trade to the next."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    title: str
    forms: FormRules


def read_pack(name: str) -> Pack:
    """A packaged pack.

    Examples
    --------
    >>> read_pack("default").forms.rules["健康生活"]
    ('微电影', '情景剧')
    """
    return Pack.model_validate_json(files("service.packs").joinpath(f"{name}.json").read_bytes())
