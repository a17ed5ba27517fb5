"""Names of topics, levels, kinds and circumstances as somebody reads them."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from service.messages import LANGUAGES, Language, Message

#: joins the parts of a name, from what matters most to details
JOINT = " · "


#: a range of numbers as `recommend.attributes` writes it; it includes its lower end
_RANGE = re.compile(r"(-?\d[\d.e+-]*?)?\.\.(-?\d[\d.e+-]*)?")
_BELOW = Message("under {high}", "不足 {high}")
_FROM = Message("{low} and over", "{low} 及以上")


def _range(value: str, language: Language) -> str:
    found = _RANGE.fullmatch(value)
    if found is None or not any(found.groups()):
        return value
    low, high = found.groups()
    if low and high:
        return f"{low}–{high}"
    return _BELOW.say(language, high=high) if high else _FROM.say(language, low=low)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    raw: dict[str, Any] = orjson.loads(
        files("service.insight").joinpath("labels.json").read_bytes()
    )
    return {language: raw[language] for language in LANGUAGES}


def label(name: str, language: Language) -> str:
    """A name in that language: without its taxonomy, its parts joined.

    Words that are not known, those of a platform's own taxonomy, stay as they are.

    Examples
    --------
    >>> label("domain:职业技能/会计财税", "zh"), label("domain:职业技能/会计财税", "en")
    ('职业技能 · 会计财税', 'Professional skills · Accounting and tax')
    >>> label("教育 · 数学 · 初级", "en"), label("phone", "zh"), label("city=杭州", "zh")
    ('Education · Mathematics · beginner', '手机', '城市：杭州')
    >>> label("age=..21", "zh"), label("age=21..28", "en"), label("age=60..", "zh")
    ('年龄：不足 21', 'age: 21–28', '年龄：60 及以上')
    """
    attribute, is_attribute, value = name.partition("=")
    if is_attribute:
        between = "：" if language == "zh" else ": "
        return f"{label(attribute, language)}{between}{label(_range(value, language), language)}"
    taxonomy, has_taxonomy, topic = name.partition(":")
    words = _words()[language]
    parts = (topic if has_taxonomy and taxonomy else name).replace(JOINT, "/").split("/")
    return JOINT.join(words.get(part, part) for part in parts)


def named(name: str) -> Message:
    """The same in every language, to stand in a sentence.

    Examples
    --------
    >>> named("occupation").say("zh"), named("{x}").say("en")
    ('职业', '{x}')
    """
    said = {
        language: label(name, language).replace("{", "{{").replace("}", "}}")
        for language in LANGUAGES
    }
    return Message(said["en"], said["zh"])
