"""What a circumstance favours, in words: who learns there, and what of an item they choose."""

from collections.abc import Mapping

from service.insight.labels import named
from service.messages import Message, Remark
from service.messages import reasons as said


def favoured(field: str, value: str, trait: str | None, *, more: bool) -> Remark:
    """A circumstance and the trait of an item that is taken more, or less, in it.

    Without a trait that tells it, what the item is not.

    Examples
    --------
    >>> favoured("device", "phone", "length:短", more=True).say("zh")
    '用手机的学员更常选篇幅短的内容'
    >>> favoured("channel", "kol", "kind:film", more=False).say("en")
    'learners coming from a KOL choose films less often than others'
    >>> favoured("part", "晚间", None, more=False).say("zh")
    '晚间的学员更常选其他类型的内容'
    """
    place = _named(said.PLACES, field, value, value)
    if trait is None:
        return Remark(said.ELSE_LESS if more else said.ELSE_MORE, {"place": place})
    name, _, of = trait.partition(":")
    what = _named(said.TRAITS, name, of, named(of))
    return Remark(said.CONTEXT_MORE if more else said.CONTEXT_LESS, {"place": place, "trait": what})


def _named(
    names: Mapping[str, Message], field: str, value: str, told: str | Message
) -> Message | Remark:
    return names.get(f"{field}:{value}") or Remark(names[field], {"value": told})
