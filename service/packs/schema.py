"""The shape of ``pack.json``."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from service.fields import refusal
from service.schemas.events import EVENT_TYPES

#: taxonomies that every analysis has
PACKAGED = ("subject", "domain")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _ordered(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        raise refusal("span", low=span[0], high=span[1])
    return span


def _free(name: str) -> str:
    if name in PACKAGED:
        raise refusal("pack_name", taken=", ".join(PACKAGED))
    return name


def _known_type(name: str) -> str:
    if name not in EVENT_TYPES:
        raise refusal("pack_event", types=", ".join(EVENT_TYPES))
    return name


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Word = Annotated[str, Field(min_length=1, max_length=32)]
Words = tuple[Word, ...]
Forms = Annotated[Words, Field(min_length=1)]
Span = Annotated[
    tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]], AfterValidator(_ordered)
]
Weight = Annotated[float, Field(ge=-10, le=10)]


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
    rules: dict[Word, Forms]
    otherwise: Forms
    minutes: dict[Word, Span]
    kinds: Words

    @model_validator(mode="after")
    def _every_form_has_a_length(self) -> "FormRules":
        for forms in (*self.rules.values(), self.otherwise):
            for form in forms:
                if form not in self.minutes:
                    raise refusal("form_length", form=form)
        return self


class Topics(_Part):
    """A taxonomy of the pack: its name in analyses, and the folder of its trained model."""

    name: Annotated[Name, AfterValidator(_free)]
    folder: Annotated[str, Field(pattern=r"^[\w-]+$")]


class AspectRules(_Part):
    """Sides of a course that reviews judge; see `nlp.AspectWords`."""

    terms: Annotated[dict[Word, Annotated[Words, Field(min_length=1)]], Field(min_length=1)]
    nouns: Words = ()
    yielding: Words = ()
    ignored: Words = ()
    people: Words = ()
    weak: Words = ()


class EventWeight(_Part):
    """What a type of event says, where it is not as usual; see `recommend.EventKind`."""

    weight: Weight | None = None
    slope: Weight | None = None


class Pack(_Part):
    """What differs from one trade to the next."""

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=64)]
    topics: Topics | None = None
    aspects: AspectRules | None = None
    forms: FormRules
    event_weights: dict[Annotated[str, AfterValidator(_known_type)], EventWeight] = {}

    @model_validator(mode="after")
    def _rules_are_of_a_taxonomy(self) -> "Pack":
        known = (*PACKAGED, *(() if self.topics is None else (self.topics.name,)))
        if self.forms.taxonomy not in known:
            raise refusal("pack_taxonomy", known=", ".join(known), found=self.forms.taxonomy)
        return self
