"""What a circumstance favours, in words: who learns there, and what of an item they choose."""

from service.insight.channels import channels
from service.messages import Message, Remark

_PLACES: dict[str, Message] = {
    "device:phone": Message("on a phone", "用手机"),
    "device:computer": Message("on a computer", "用电脑"),
    "device:tablet": Message("on a tablet", "用平板"),
    "device:tv": Message("on a television", "用电视"),
    "device": Message("on {value}", "用{value}"),
    "region": Message("in {value}", "在{value}"),
    "channel": Message("coming from {value}", "从{value}来"),
    "part:清晨": Message("early in the morning", "清晨"),
    "part:上午": Message("in the morning", "上午"),
    "part:下午": Message("in the afternoon", "下午"),
    "part:晚间": Message("in the evening", "晚间"),
    "part:深夜": Message("late at night", "深夜"),
}
_TRAITS: dict[str, Message] = {
    "kind:course": Message("courses", "课程"),
    "kind:film": Message("films", "影片"),
    "kind:short_drama": Message("short dramas", "短剧"),
    "kind": Message("items of the kind {value}", "{value}类条目"),
    "length:短": Message("short ones", "篇幅短的内容"),
    "length:中": Message("ones of middle length", "中等篇幅的内容"),
    "length:长": Message("long ones", "篇幅长的内容"),
    "topic": Message("what is about {value}", "“{value}”类内容"),
}
_ANYTHING = Message("such items", "这类内容")


def favoured(field: str, value: str, trait: str | None, *, more: bool) -> Remark:
    """A circumstance and the trait of an item that is taken more, or less, in it.

    Examples
    --------
    >>> favoured("device", "phone", "length:短", more=True).say("zh")
    '用手机的学员更常选篇幅短的内容'
    >>> favoured("part", "晚间", None, more=False).say("en")
    'learners in the evening seldom choose such items'
    """
    name = channels().get(value) if field == "channel" else None
    where = _named(_PLACES, f"{field}:{value}", name)
    what = _ANYTHING if trait is None else _named(_TRAITS, trait)
    often = "often" if more else "seldom"
    return Remark(
        Message(
            f"learners {where.en} {often} choose {what.en}",
            f"{where.zh}的学员{'更常' if more else '较少'}选{what.zh}",
        )
    )


def _named(names: dict[str, Message], key: str, said: Message | None = None) -> Message:
    """The words of a ``field:value``, fit to stand in a message."""
    field, _, value = key.partition(":")
    found = names.get(key) or names.get(field) or Message("{value}", "{value}")
    said = said or Message(value, value)
    words = (found.en.format(value=said.en), found.zh.format(value=said.zh))
    return Message(*(w.replace("{", "{{").replace("}", "}}") for w in words))
