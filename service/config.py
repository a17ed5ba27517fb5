"""The environment, read once into one frozen object."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limits import parse
from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.messages import Language


def check_rate(rate: str) -> str:
    """The rate, if it can be read.

    Examples
    --------
    >>> check_rate("100/minute")
    '100/minute'
    """
    parse(rate)
    return rate


Rate = Annotated[str, AfterValidator(check_rate)]


def check_zone(name: str) -> str:
    """The name of a time zone, if there is one of that name.

    Examples
    --------
    >>> check_zone("Asia/Shanghai")
    'Asia/Shanghai'
    """
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no time zone {name!r}: needs a name such as Asia/Shanghai") from None


Zone = Annotated[str, AfterValidator(check_zone)]


class Settings(BaseSettings):
    """What an operator can decide; every field is read from ``ZHIYING_<NAME>``.

    Examples
    --------
    >>> Settings(home="/tmp/zhiying").url
    'sqlite:////tmp/zhiying/zhiying.db'
    >>> Settings(home="/tmp/zhiying", database_url="postgresql+psycopg://db/zhiying").url
    'postgresql+psycopg://db/zhiying'
    """

    model_config = SettingsConfigDict(env_prefix="ZHIYING_", frozen=True, extra="forbid")

    home: Annotated[Path, Field(description="folder of the database file and the models")] = Path(
        "zhiying-data"
    )
    database_url: Annotated[
        str | None, Field(description="SQLAlchemy URL; SQLite in `home` when empty")
    ] = None
    host: Annotated[str, Field(description="address to listen on; loopback only without keys")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Field(ge=0, le=65535, description="port; 0 lets the system choose")] = 8000
    workers: Annotated[int, Field(ge=1, le=256, description="web worker processes")] = 1
    threads: Annotated[
        int, Field(ge=1, le=256, description="requests of each worker at work at once")
    ] = 8
    max_body_bytes: Annotated[
        int, Field(ge=1024, description="largest JSON request; NDJSON streams have no limit")
    ] = 16_000_000
    max_line_bytes: Annotated[
        int, Field(ge=1024, description="longest line of an NDJSON stream")
    ] = 4_000_000
    bulk_batch_lines: Annotated[
        int, Field(ge=1, le=2000, description="most lines of a bulk request made durable together")
    ] = 500
    pack: Annotated[
        str, Field(description="domain pack: the name of a packaged one, or a folder")
    ] = "default"
    half_life_days: Annotated[
        float | None, Field(gt=0, description="events lose half their weight in this time")
    ] = None
    timezone: Annotated[
        Zone,
        Field(description="clock by which hours of learners are told: a name of the IANA list"),
    ] = "Asia/Shanghai"
    privacy_floor: Annotated[
        int, Field(ge=2, description="numbers of people are rounded to multiples of it")
    ] = 10
    quality_weight: Annotated[
        float,
        Field(ge=0, le=16, description="strength of the quality prior in lists; 0 is off"),
    ] = 0.0
    rate_limit: Annotated[
        Rate,
        Field(description="requests of each API key without a rate of its own, in each worker"),
    ] = "1000/second"
    failure_limit: Annotated[
        Rate, Field(description="requests without a valid key from one address, in each worker")
    ] = "60/minute"
    rate_storage: Annotated[
        str, Field(description="where requests are counted: memory:// or redis://host")
    ] = "memory://"
    trusted_proxies: Annotated[
        int,
        Field(ge=0, le=10, description="proxies in front whose X-Forwarded-For is believed"),
    ] = 0
    cors_origins: Annotated[
        str, Field(description="origins whose pages may read answers, comma-separated")
    ] = ""
    model_factors: Annotated[
        int, Field(ge=1, le=4096, description="most factors of a model; 4 bytes an item each")
    ] = 512
    lists_ahead: Annotated[
        int, Field(ge=0, description="users whose lists are made at each fit, last active first")
    ] = 100_000
    keep_models: Annotated[int, Field(ge=1, description="model versions kept for rollback")] = 3
    refit_every_s: Annotated[
        float | None, Field(ge=60, description="a refit this long after the one before")
    ] = None
    refit_after_events: Annotated[
        int | None, Field(ge=1, description="a refit after so many new events")
    ] = None
    drain_s: Annotated[
        int, Field(ge=1, le=3600, description="time for requests in flight when asked to stop")
    ] = 30
    client_timeout_s: Annotated[
        float, Field(gt=0, description="a client that is silent for so long is disconnected")
    ] = 30.0
    lang: Annotated[
        Language | None,
        Field(
            description="of sentences where `Accept-Language` does not decide: `zh` or `en`; "
            "unset, Chinese, and on the command line that of the locale"
        ),
    ] = None
    log_requests: Annotated[
        bool, Field(description="a line of the log for each answer: route, status, milliseconds")
    ] = False
    log_format: Annotated[
        Literal["text", "json"], Field(description="lines for people or for programs")
    ] = "text"
    telemetry: Annotated[
        bool, Field(description="send traces by OpenTelemetry; needs the extra `otel`")
    ] = False
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Field(description="lines to write")
    ] = "INFO"

    @property
    def url(self) -> str:
        """SQLAlchemy database URL in force."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'zhiying.db'}"

    @property
    def models(self) -> Path:
        """Folder of the model versions."""
        return self.home.absolute() / "models"

    @property
    def text_models(self) -> Path:
        """Folder of the text models that have names."""
        return self.home.absolute() / "text-models"
