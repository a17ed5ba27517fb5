"""Sentences that state and instruct, in nobody's voice: no opinion, whatever their words."""

import re
from collections.abc import Sequence

from nlp.clauses import JUDGING
from nlp.opinion_words import Mark

_OPENING = 12  # characters in which an exposition says what it does
_PERSONAL = ("很", "挺", "真", "太", "超", "非常")  # 很好的学习体验
_TAIL = "。.;,!的了吧啊呀啦哦"
_JOINS = frozenset("的与和及、")
# 长江是亚洲第一长河: a copula, a scope no buyer has, a rank that measures, and what is ranked
_SCOPES = (
    "世界|全球|全国|我国|中国|[亚欧非美]洲|大洋洲|[一-鿿]国|地球|宇宙|太阳系|自然界|人类|生物|动物"
    "|植物|人体|历史上|[夏商周秦汉唐宋元明清]代|[夏商周秦汉唐宋元明清]朝|古代|近代|现代|当代|已知|现存"
)
_RANKS = (
    "第[一二三四五六七八九十]|最为?(?:大|小|长|短|高|低|深|浅|早|晚|古老|悠久|快|慢|重|轻|广|远|多|少"
    "|热|冷|硬|丰富|完整|常见|主要|重要|著名)|著名|知名|首[个座部次位]"
)
_RANKED = re.compile(
    rf"(?:是|为|成为|位居|居)[^,.。;!?]{{0,8}}?(?:{_SCOPES})[^,.。;!?]{{0,12}}?(?:{_RANKS})的?[^,.。;!?的了]"
)
_POINTED = ("这", "那", "他", "她", "它", "此")  # 这是国内最大的网课: somebody judges what he has

# what a review speaks of: 请把声音调大 asks a seller, 请将报告上传 instructs
_REVIEWED = re.compile(
    "课(?![本题程])|老师|讲(?!义)|买|卖|客服|学员|视频|音[质量]|更新|商家|店|房间|酒店|快递|外卖|质量|价格|物流"
    "|味道|服务员|一[点些下]|尽快|早点"
)
_LAW = re.compile(
    "《[^《》]{2,30}》(?:的)?第[一二三四五六七八九十百零0-9]+[条款章]|当事人|(?:须|不得)[在于由经持按]"
)
_NAMING = re.compile(
    "称之?为|称作|叫[做作]|定义为|记[为作]|简称|是指|指的是|我们称|当且仅当|应[在于由经按]"
)
_DOING = (
    "点击|双击|单击|右击|打开|下载|安装|卸载|运行|输入|选择|选中|勾选|拖动|复制|粘贴|新建|保存|登录|提交|上传"
    "|执行|调用|导入|导出|求(?!助|求)|计算|证明|设(?![计施备])|令(?!人)|将|把"
)
_STEP = re.compile(
    rf"(?:[0-9]+[.、]|第[一二三四五六七八九十]步[,:]?)?(?:首先|然后|接着|最后|再|先)?[,]?(?:{_DOING})"
    "|请(?:在|于|将|把|按|从|用|先|勿|使用|参考|参见|阅读|完成|回答|注意|选择|输入|点击|打开)"
)
_COOKING = re.compile("焯水|焖煮?|翻炒|[小中大文]火|腌制|切[成片丝丁块]|少许|[0-9]克|炖|打散")
_CLAIM = re.compile("(?:^如果|^若|^当)[^,]{2,},[^,]*(?:就会|则|将会)|,(?:因此|因而|从而|故|则)")
_HAPPENED = frozenset("了过吗呢吧")  # 点击了没反应: something that happened to somebody


def states(text: str, kinds: frozenset[str]) -> bool:
    """Say whether the form of a sentence is that of a law, a definition, a step or a deduction.

    Parameters
    ----------
    text : str
        The sentence in normal form.
    kinds : frozenset of str
        What its expressions may be, as `nlp.opinion_words.scan` found them.

    Examples
    --------
    >>> [states(text, frozenset()) for text in ("双击图标,选择导出", "见《民法典》第八条")]
    [True, True]
    """
    if _LAW.search(text):
        return True
    if text.startswith(_POINTED) or _REVIEWED.search(text):
        return False
    if _CLAIM.search(text) and not kinds & {"praise", "blame", "wishes"}:
        return not _HAPPENED & set(text)
    if "voices" in kinds or kinds & JUDGING or _HAPPENED & set(text):
        return False
    return any(form(text) for form in (_NAMING.search, _STEP.match, _COOKING.search))


def tells_what_is_taught(text: str, marks: Sequence[Mark], kinds: frozenset[str]) -> bool:
    """Say whether a sentence tells what is taught: 本章介绍…, or a heading like …的理论.

    `kinds` are those of all marks.
    """
    words = [mark for mark in marks if "stop" not in mark.kinds]
    if "voices" in kinds or any(m.text.startswith(_PERSONAL) for m in words):
        return False
    ends = joined = False
    if words:
        last = words[-1]
        ends = not text[last.end :].strip(_TAIL)
        joined = text[last.start - 1 : last.start] in _JOINS
        if ends and last.kinds & JUDGING and not joined:
            return False  # 知识点讲解透彻, but 兴起与失败
    if "exposition" in kinds and "了" not in text:
        first = next(mark for mark in words if "exposition" in mark.kinds)
        if first.start <= _OPENING:
            return True
    if _is_ranked(text, kinds):
        return True
    is_head = ends and "heads" in words[-1].kinds
    return is_head and not kinds & {"praise", "blame", "negators"}


def _is_ranked(text: str, kinds: frozenset[str]) -> bool:
    """Say whether a sentence states a rank in the world: a fact, whatever the superlative."""
    if text.startswith(_POINTED) or kinds & {"praise", "blame", "negative"}:
        return False
    return _RANKED.search(text) is not None
