"""Pages of HTML for people: packaged templates, escaped, that load nothing from elsewhere."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.schemas.brief import BriefOut


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


def brief_page(brief: BriefOut) -> str:
    """A brief to read on a screen or on paper."""
    return _environment().get_template("brief.html").render(brief=brief)
