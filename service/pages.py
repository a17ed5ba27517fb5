"""Pages of HTML for people: packaged templates, escaped, without a script or another host."""

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


def brief_page(brief: BriefOut) -> str:
    """A brief to read on a screen or on paper."""
    return _environment().get_template("brief.html").render(brief=brief)
