"""Shapes of xAPI statements, as far as they are read; all else is kept as it came."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from service.fields import Id, PastMoment, Text
from service.schemas.base import In, Out
from service.schemas.originals import Iri, Kept, Loose, ShortIri

#: the verb that takes a statement back; no other has a meaning to the standard itself
VOIDED = "http://adlnet.gov/expapi/verbs/voided"

StatementId = Annotated[str, Field(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Account(Loose):
    """A person on a platform; `name` is the user's id here."""

    name: Id


class _Agent(Loose):
    objectType: Literal["Agent"] | None = None  # noqa: N815 - the standard's name


class AccountAgent(_Agent):
    """Somebody by account."""

    account: Account

    @property
    def user(self) -> str:
        """Id of the user."""
        return self.account.name


class MboxAgent(_Agent):
    """Somebody by address."""

    mbox: Annotated[
        str,
        Field(
            pattern=r"^mailto:[^\x00-\x20\x7f\ufffd@]+@[^\x00-\x20\x7f\ufffd@]+$", max_length=256
        ),
    ]

    @property
    def user(self) -> str:
        """Id of the user."""
        return self.mbox.removeprefix("mailto:")


class HashAgent(_Agent):
    """Somebody by the SHA-1 of an address."""

    mbox_sha1sum: Annotated[str, Field(pattern="^[0-9a-fA-F]{40}$")]

    @property
    def user(self) -> str:
        """Id of the user."""
        return self.mbox_sha1sum.lower()


class OpenIdAgent(_Agent):
    """Somebody by OpenID."""

    openid: ShortIri

    @property
    def user(self) -> str:
        """Id of the user."""
        return self.openid


_NAMED = {"account": "account", "mbox": "mbox", "mbox_sha1sum": "hash", "openid": "openid"}


def _agent_tag(value: object) -> str | None:
    found = [tag for name, tag in _NAMED.items() if _get(value, name) is not None]
    return "\x00" + found[0] if len(found) == 1 else None


def _get(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


Agent: TypeAlias = Annotated[
    Annotated[AccountAgent, Tag("\x00account")]
    | Annotated[MboxAgent, Tag("\x00mbox")]
    | Annotated[HashAgent, Tag("\x00hash")]
    | Annotated[OpenIdAgent, Tag("\x00openid")],
    Discriminator(
        _agent_tag,
        custom_error_type="agent",
        custom_error_message="agent",
    ),
]


class Verb(Loose):
    """What was done."""

    id: Iri = Field(json_schema_extra={"not": {"const": VOIDED}})


class Voided(Loose):
    """Of a statement that takes another one back."""

    id: Literal["http://adlnet.gov/expapi/verbs/voided"]


class Activity(Loose):
    """What it was done with; see `service.vocabularies.names_of` for its item."""

    objectType: Literal["Activity"] | None = None  # noqa: N815 - the standard's name
    id: Iri


class Score(Loose):
    """How well it was done."""

    scaled: Annotated[float, Field(ge=-1, le=1)] | None = None
    raw: Number | None = None
    min: Number | None = None
    max: Number | None = None


class Extensions(Loose):
    """What profiles say of a result: shares that were played, by their own scales."""

    # players round: a hundredth above all of it is all of it
    video_progress: Annotated[float, Field(ge=0, le=1.01)] | None = Field(
        None, alias="https://w3id.org/xapi/video/extensions/progress"
    )
    cmi5_progress: Annotated[float, Field(ge=0, le=101)] | None = Field(
        None, alias="https://w3id.org/xapi/cmi5/result/extensions/progress"
    )


class Result(Loose):
    """What came of it."""

    score: Score | None = None
    success: bool | None = None
    completion: bool | None = None
    response: Text | None = None
    duration: str | None = None
    extensions: Extensions | None = None


class Context(Loose):
    """Where it was done."""

    platform: Annotated[str, Field(max_length=1000)] | None = None
    language: Annotated[str, Field(max_length=100)] | None = None


class StatementIn(Kept):
    """A statement of xAPI 1.0 or 2.0 about one person and one activity."""

    id: StatementId | None = None
    actor: Agent
    verb: Verb
    object: Activity
    result: Result | None = None
    context: Context | None = None
    timestamp: PastMoment | None = None


class StatementRef(Loose):
    """Another statement."""

    objectType: Literal["StatementRef"]  # noqa: N815
    id: StatementId


class VoidingIn(Kept):
    """A statement that takes another one back: what that said counts nothing any more."""

    id: StatementId | None = None
    actor: Agent
    verb: Voided
    object: StatementRef
    timestamp: PastMoment | None = None


def _verb_tag(value: object) -> str:
    if isinstance(value, dict):
        verb = value.get("verb")
        return "\x00voiding" if _get(verb, "id") == VOIDED else "\x00said"
    return "\x00voiding" if isinstance(value, VoidingIn) else "\x00said"


OneStatement: TypeAlias = Annotated[
    Annotated[StatementIn, Tag("\x00said")] | Annotated[VoidingIn, Tag("\x00voiding")],
    Discriminator(_verb_tag),
]


def _many_tag(value: object) -> str:
    return "\x00many" if isinstance(value, list) else "\x00one"


#: one statement, or up to 10,000
StatementsIn: TypeAlias = Annotated[
    Annotated[OneStatement, Tag("\x00one")]
    | Annotated[list[OneStatement], Field(min_length=1, max_length=10_000), Tag("\x00many")],
    Discriminator(_many_tag),
]


class StatementPutQuery(In):
    """Which statement it is."""

    statementId: StatementId  # noqa: N815


class StatementQuery(In):
    """Which statement: exactly one of the two."""

    statementId: StatementId | None = Field(  # noqa: N815
        None, description="of a statement that was not voided"
    )
    voidedStatementId: StatementId | None = Field(  # noqa: N815
        None, description="of one that was"
    )


class AboutOut(Out):
    """What is spoken here."""

    version: list[str]
