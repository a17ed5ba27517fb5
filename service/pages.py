"""Pages of HTML for people: packaged templates, escaped, that load nothing from elsewhere."""

from collections.abc import Iterable, Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.messages import Language
from service.messages import brief as said
from service.messages.language import listed
from service.schemas.brief import BriefOut

_TAGS: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def console_page() -> str:
    """The page where an editor pastes a text: its style and script are in it."""
    return _environment().get_template("console.html").render()


def brief_page(brief: BriefOut, language: Language) -> str:
    """A brief to read on a screen or on paper, around it words of the language it is in."""

    def say(name: str, **facts: object) -> str:
        return said.PAGE[name].say(language, **facts)

    def names(texts: Iterable[str]) -> str:
        return listed(texts, language)

    page = _environment().get_template("brief.html")
    return page.render(brief=brief, say=say, names=names, language=_TAGS[language])
