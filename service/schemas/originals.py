"""Shapes that keep what was sent, value for value, beside what is read of it."""

from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)

from service.fields import Id

Iri = Annotated[
    str,
    Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x20\x7f\ufffd]+$"),
]
#: an IRI or a name in another vocabulary, short enough to name an event or a user here
ShortIri = Annotated[Id, Field(pattern=r"^[^\x00-\x20\x7f\ufffd]+$")]


class Loose(BaseModel):
    """Base of what others define: fields that are not read here pass."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Kept(Loose):
    """A record that knows the object it was read from."""

    _raw: dict[str, Any] = PrivateAttr()

    @property
    def raw(self) -> dict[str, Any]:
        """What was sent."""
        return self._raw

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(value)
        if isinstance(value, dict):
            made._raw = value
        return made
