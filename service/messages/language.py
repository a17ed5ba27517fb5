"""A sentence in each language, and the words of our own that stand in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
#: of who asks for none
DEFAULT: Language = "zh"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in each language, with the names of its facts in braces."""

    en: str
    zh: str

    def say(self, language: Language, **facts: Any) -> str:
        """The sentence with its facts in place: texts, lists of them (tuples), or sentences.

        Examples
        --------
        >>> Message("no {what} {name!r}", "没有{what} {name!r}").say("zh", what="item", name="a")
        "没有条目 'a'"
        """
        told = {name: _told(name, fact, language) for name, fact in facts.items()}
        return (self.zh if language == "zh" else self.en).format(**told)


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence of an answer with its facts, to be said when it is known who asked."""

    message: Message
    facts: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: Language) -> str:
        """The sentence in that language.

        Examples
        --------
        >>> Remark(Message("below {n}", "少于 {n}"), {"n": 10}).say("zh")
        '少于 10'
        """
        return self.message.say(language, **self.facts)


def listed(names: Iterable[str], language: Language) -> str:
    """Names one after another.

    Examples
    --------
    >>> listed(["a", "b"], "zh"), listed(["a", "b"], "en")
    ('a、b', 'a, b')
    """
    return ("、" if language == "zh" else ", ").join(names)


def _told(name: str, fact: Any, language: Language) -> Any:
    if isinstance(fact, Message | Remark):
        return fact.say(language)
    if isinstance(fact, tuple):
        return listed(map(str, fact), language)
    if language == "zh" and name in _OURS and isinstance(fact, str):
        return WORDS.get(fact, fact)
    return fact


#: facts that are words of our own; all others are somebody else's
_OURS = ("what", "where", "source", "limit")

#: our own words that stand in a sentence as facts
WORDS: dict[str, str] = {
    "item": "条目",
    "user": "用户",
    "job": "任务",
    "goal": "学习目标",
    "statement": "语句",
    "weeks": "周数",
    "steps": "步数",
    "model": "模型",
    "topics model": "主题模型",
    "sentiment model": "情感模型",
    "body": "请求体",
    "line": "这一行",
    "query": "查询参数",
    "path": "路径",
}
