"""Field types that several shapes share: ids, texts, attributes and moments."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

from service.messages import FIELDS


def refusal(kind: str, **facts: Any) -> PydanticCustomError:
    """The error of a field, by its name in :data:`service.messages.FIELDS`."""
    return PydanticCustomError(kind, FIELDS[kind].en, facts)


Id = Annotated[
    str,
    Field(
        min_length=1,
        max_length=256,
        # U+FFFD stands where bytes in a URL were no UTF-8: two ids must not meet there
        pattern=r"^[^\x00-\x1f\x7f\ufffd]+$",
        description="any printable text up to 256 characters: slashes, spaces, 中文 and emoji too",
    ),
]


def _free(value: str) -> str:
    if value == "bulk":
        raise refusal("taken")
    return value


ItemId = Annotated[Id, AfterValidator(_free), Field(json_schema_extra={"not": {"const": "bulk"}})]


def _whole(value: object) -> object:
    """JSON knows one kind of number: 10.0 is as whole as 10."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: to stand after the bounds of a number, which would else be lost to the schema
WHOLE = BeforeValidator(_whole)

#: characters of a text, and of all texts of a request: some ten seconds of a core
LONGEST = 1_000_000

Text = Annotated[
    str, Field(max_length=LONGEST, pattern=r"^[^\x00]*$", description="no NUL characters")
]

WithWords = Annotated[
    str,
    Field(max_length=LONGEST, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$", description="not blank"),
]

Kind = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]

Title = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


def _flat(value: object) -> object:
    if isinstance(value, list) and all(_is_scalar(v) for v in value):
        return value
    if _is_scalar(value):
        return value
    raise refusal("flat")


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | bool | int | float)


_SCALAR = {"type": ["string", "number", "boolean", "null"]}
Flat = Annotated[
    Any,
    BeforeValidator(_flat),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}),
]
Attributes = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=128)], Flat],
    Field(max_length=100, description="named values, or flat lists of values, to filter by"),
]


class _PastMoment:
    """JSON schema of a moment that has been: exact to the day the document is written.

    A schema that only said ``date-time`` would promise that next year is accepted.
    """

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        now = datetime.now(UTC)
        last = int(_end_of_day(now))
        return {
            "anyOf": [
                {"type": "string", "pattern": _before(now)},
                {"type": "number", "minimum": 0, "exclusiveMaximum": last},
                {"type": "number", "minimum": _MILLISECONDS, "exclusiveMaximum": last * 1000},
            ],
            "description": "RFC 3339 (without offset: UTC), a date, or Unix time in seconds or "
            "milliseconds; from 1970 to the end of today (UTC)",
        }


def _end_of_day(now: datetime) -> float:
    """Unix time of the next midnight: clocks differ by minutes, a day makes the future."""
    return (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(1)).timestamp()


_MILLISECONDS = 10**11  # as seconds this is the year 5138, so a number above it is milliseconds
_ANY_DAY = (
    r"((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)"
    r"|02-(0[1-9]|1\d|2[0-8]))"
)
_CLOCK = r"([Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?([Zz]|[+-](0\d|1[0-3]):[0-5]\d)?)?"


def _before(now: datetime) -> str:
    """Regular expression of the dates before `now`'s, with or without a time of day."""
    days = [rf"({_up_to(now.year - 1, 1970, 4)})-{_ANY_DAY}"]
    if now.month > 1:
        months = "|".join(f"{m:02d}" for m in range(1, now.month))
        days.append(rf"{now.year}-({months})-(0[1-9]|1\d|2[0-8])")
    if now.day > 1:
        of_month = "|".join(f"{d:02d}" for d in range(1, now.day))
        days.append(rf"{now.year}-{now.month:02d}-({of_month})")
    return f"^({'|'.join(days)}){_CLOCK}$"


def _up_to(last: int, first: int, width: int) -> str:
    return "|".join(f"{n:0{width}d}" for n in range(first, last + 1))


def parse_moment(value: object) -> float:
    """Unix time in seconds of an RFC 3339 text, a date, or a number (seconds or milliseconds).

    Examples
    --------
    >>> parse_moment("1970-01-02"), parse_moment("1970-01-01T08:00:00+08:00")
    (86400.0, 0.0)
    >>> parse_moment(1_600_000_000_000) == parse_moment(1_600_000_000)
    True
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refusal("moment_type")
    if isinstance(value, str):
        if not re.match(r"\d{4}-\d\d-\d\d", value):
            raise refusal("moment_format")
        try:
            moment = datetime.fromisoformat(value.upper())
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            seconds = moment.timestamp()
        except (ValueError, OverflowError):
            raise refusal("moment_calendar") from None
    else:
        seconds = float(value) / 1000 if value >= _MILLISECONDS else float(value)
    return seconds


def _parse_past(value: object) -> float:
    seconds = parse_moment(value)
    now = datetime.now(UTC)
    if seconds < 0:
        raise refusal("moment_early")
    if seconds >= _end_of_day(now):
        raise refusal("moment_future", now=now.isoformat("T", "seconds"))
    return seconds


def _parse_any(value: object) -> float:
    seconds = parse_moment(value)
    if not _EARLIEST <= seconds < _LATEST:
        raise refusal("moment_range")
    return seconds


_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC).timestamp() - 86400
_LATEST = datetime(2200, 1, 2, tzinfo=UTC).timestamp()

PastMoment = Annotated[float, BeforeValidator(_parse_past), _PastMoment()]
Moment = Annotated[
    float,
    BeforeValidator(_parse_any),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": rf"^(19\d\d|2[01]\d\d)-{_ANY_DAY}{_CLOCK}$"},
                {"type": "number", "minimum": _EARLIEST, "exclusiveMaximum": _LATEST},
                {"type": "number", "minimum": _MILLISECONDS, "exclusiveMaximum": _LATEST * 1000},
            ],
            "description": "RFC 3339, a date, or Unix time in seconds or milliseconds, in the "
            "years 1900 to 2199; may lie ahead",
        }
    ),
]


def iso(seconds: float) -> str:
    """RFC 3339 in UTC of a Unix time.

    Examples
    --------
    >>> iso(0.0)
    '1970-01-01T00:00:00Z'
    """
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.isoformat().replace("+00:00", "Z")
