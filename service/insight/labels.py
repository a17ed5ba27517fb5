"""Names of topics, levels, kinds and circumstances as somebody reads them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from service.messages import Language

#: joins the parts of a name, from what matters most to details
JOINT = " · "


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    raw: dict[str, Any] = orjson.loads(
        files("service.insight").joinpath("labels.json").read_bytes()
    )
    return {language: raw[language] for language in ("en", "zh")}


def label(name: str, language: Language) -> str:
    """A name in that language: without its taxonomy, its parts joined.

    Words that are not known, those of a platform's own taxonomy, stay as they are.

    Examples
    --------
    >>> label("domain:职业技能/会计财税", "zh"), label("domain:职业技能/会计财税", "en")
    ('职业技能 · 会计财税', 'Professional skills · Accounting and tax')
    >>> label("教育 · 数学 · 初级", "en"), label("phone", "zh"), label("city=杭州", "zh")
    ('Education · Mathematics · beginner', '手机', '城市：杭州')
    """
    attribute, is_attribute, value = name.partition("=")
    if is_attribute:
        between = "：" if language == "zh" else ": "
        return f"{label(attribute, language)}{between}{label(value, language)}"
    taxonomy, has_taxonomy, topic = name.partition(":")
    words = _words()[language]
    parts = (topic if has_taxonomy and taxonomy else name).replace(JOINT, "/").split("/")
    return JOINT.join(words.get(part, part) for part in parts)
