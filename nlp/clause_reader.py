"""Clauses of a sentence with their opinions: negation, degree, contrast, wishes.

The n-gram model knows which words praise and which complain; it cannot know what structure
does to them. An opinion is *sure* where structure or idiom decides it (没有浪费时间, 有点啰嗦,
挑不出毛病), and only then outvotes the model.
"""

from nlp.clauses import AFTER, BEFORE, CONCEDED, JUDGING, REACH, Clause, Opinion
from nlp.opinion_words import Mark, Sides, lexicon

PLAIN, IDIOM = 0.6, 0.8  # size of an opinion without a degree
TURNED = -0.8  # where words stand between; a direct negation turns the whole value
SLIGHT = 0.7
FAR = 12  # characters from an object to its quality
_OPENERS = "就是 只是 其实 实际 实际上 事实上 后来 直到 现在 总体 总之 整体来说 总的来说 唯一 结果"
_LEADING = frozenset(_OPENERS.split())  # contrast only where they open a later clause
_QUOTES = {"“": "”", '"': '"', "「": "」", "‘": "’", "『": "』", "'": "'"}
_GOOD_AS_DEGREE = frozenset("难贵烂差乱小长慢短少")
_FAILING = ("不了", "不到", "不起来")
_LACKING = ("不强", "不高", "不大", "不足", "不够", "不多", "欠缺")
_PACED = frozenset("讲说语节进播念课")  # 太快了 praises a delivery, not a lecture
_GAINED = frozenset("学收获到")
_QUALITIES = frozenset({"measures", "qualities"})
_REPROACHES = (
    *("还是", "还不", "还没", "还要", "还在", "总是", "老是", "又", "非要"),
    *("这么", "那么", "如此", "全是", "都是", "都不", "都没"),
    *("没讲", "没更", "不讲", "不更", "不给", "不让", "不早", "不说", "不解释", "不提供"),
)
_SOON = 8  # characters in which a reproach follows its why
_CUES = {"affirmers", "excess", "slight", "pervasive", "mocks", "thanks"}
_STEERING = frozenset(_CUES | {"doubts", "whys", "wishes", "changes", "conditions", "closings"})
_ENDS = frozenset({"", "了", *",。!?; "})
_NO_SIDES = Sides(frozenset(), frozenset())


class ClauseReader:
    """Takes the marks of a sentence in order; the state is that of the clause being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known = lexicon()
        self.clauses: list[Clause] = []
        self.mocked = self.contrasted = False
        self.clause = Clause(0)
        self._reset()

    def _open(self, start: int) -> None:
        self.clause = Clause(start)
        if self.touched:
            self._reset()

    def _reset(self) -> None:
        self.touched = False  # whether a mark told anything of the clause
        self.negators: list[int] = []  # where each ends
        self.affirmed = self.excess = self.slight = self.pervasive = self.scaled = -99
        self.scale = 1.0
        self.removing = False
        self.wish = self.change = self.condition = self.closing = ""
        self.doubted = False  # 难道
        self.asked_why = 0  # where 为什么 ends
        self.missed = False  # something unwanted was named
        self.sides, self.named = _NO_SIDES, 0  # of the object, and its end

    def close(self, end: int) -> None:
        """End the clause."""
        clause = self.clause
        clause.end = end
        if self.touched:
            self._conclude(clause, end)
        if end > clause.start:
            self.clauses.append(clause)

    def _conclude(self, clause: Clause, end: int) -> None:
        """What the marks of a clause say together."""
        if (self.wish and self.change) or (self.condition and self.closing):
            # What is wished for is not there: 清楚 in 希望讲清楚一点 is no praise.
            clause.opinions = [o for o in clause.opinions if o.value < 0]
            clause.opinions.append(Opinion(-PLAIN, True, clause.start, end))
        elif self.wish == "最好" and not clause.opinions:  # 这门最好, but 最好划下重点
            praised = self.text.startswith(("最好的", "最好了"), max(0, end - 3))
            value = IDIOM if praised or self.text.endswith("最好", 0, end) else -PLAIN
            clause.opinions.append(Opinion(value, True, clause.start, end))
        if self.doubted and not clause.opinions:
            clause.opinions.append(Opinion(-PLAIN, True, clause.start, end))
        elif self.asked_why and self._is_reproach(end):
            clause.opinions = clause.opinions or [Opinion(-PLAIN * SLIGHT, True, clause.start, end)]
            for opinion in clause.opinions:
                opinion.sure |= opinion.value < 0
        if self.text.endswith("是什么", 0, end) and self.text.find("不是", clause.start, end) >= 0:
            for opinion in clause.opinions:  # 这不是浪费时间是什么
                opinion.value = -opinion.value

    def _is_reproach(self, end: int) -> bool:
        """怎么还不更新, 为什么总是卡: a why that wants no answer."""
        asked = self.text[self.asked_why : min(end, self.asked_why + _SOON)]
        return any(word in asked for word in _REPROACHES)

    def take(self, mark: Mark) -> None:
        """Take the next mark."""
        kinds = mark.kinds
        if "stop" in kinds:
            self.close(mark.start)
            self._open(mark.end)
            return
        if "contrasts" in kinds or "concessions" in kinds:
            self._weigh(mark)
        self.touched = True
        if kinds & _STEERING:
            self._steer(mark)
        if kinds & JUDGING:
            self._judge(mark)
        elif kinds & _QUALITIES and not self._measure_object(mark):
            self._measure(mark)
        elif "wanted" in kinds or "unwanted" in kinds:
            self._lack(mark)
        if "objects" in kinds:
            self.sides, self.named = self.known.objects[mark.text], mark.end
        if "removers" in kinds:
            self.removing = not self._is_turned(mark)
        if "gone" in kinds:
            self._vanish(mark)
        if "degrees" in kinds:
            near = mark.start - self.scaled <= 1
            self.scale = self.known.degrees[mark.text] * (self.scale if near else 1.0)
            self.scaled = mark.end
        if "negators" in kinds and not self._is_denial(mark):
            self.negators.append(mark.end)

    def _is_denial(self, mark: Mark) -> bool:
        """Turn the opinion before 一点…都没有 and say whether there was one."""
        said = self.text[self.clause.start : mark.start]
        opinions = self.clause.opinions
        if not (opinions and said.endswith(("都", "也")) and {"一", "任", "丝"} & set(said)):
            return False
        opinions[-1].value *= TURNED
        opinions[-1].sure = True
        return True

    def _weigh(self, mark: Mark) -> None:
        clause = self.clause
        at_start = mark.start - clause.start <= 2
        if "concessions" in mark.kinds:
            if at_start:
                clause.weight = CONCEDED
            return
        if mark.text in _LEADING and not (at_start and self.clauses):
            return
        if not self.clauses and not clause.opinions and mark.text != "却":
            return  # nothing stands before it
        if clause.opinions and not at_start and mark.text not in "却反而":
            self.close(mark.start)
            self._open(mark.start)
        for before in self.clauses:
            before.weight = min(before.weight, BEFORE)
        self.clause.weight = AFTER
        self.contrasted = True

    def _steer(self, mark: Mark) -> None:
        kinds = mark.kinds
        if "affirmers" in kinds:
            self.affirmed = mark.end
        if "excess" in kinds:
            self.excess = mark.end
        if "slight" in kinds:
            self.slight = mark.end
        if "pervasive" in kinds:
            self.pervasive = mark.end
            ends = mark.text == "太多" and self.text[mark.end : mark.end + 1] in _ENDS
            if ends and not _GAINED & set(self.text[self.clause.start : mark.start]):
                self._add(-PLAIN, True, mark)  # 作业太多, but 学到的太多了
        if "mocks" in kinds:
            self.mocked = True
        if "thanks" in kinds:
            self.clause.thanks = True
        if "doubts" in kinds:
            self.doubted = True
        if "whys" in kinds:
            self.asked_why = mark.end
        if "wishes" in kinds:
            self.wish = mark.text
        if "changes" in kinds and (self.wish or not self.change):
            self.change = mark.text
        if "conditions" in kinds:
            self.condition = mark.text
        if "closings" in kinds:
            self.closing = mark.text

    def _active(self, mark: Mark) -> list[int]:
        # 了 ends what a negation says: 不用尝了不好吃. A negator also reaches what the next one
        # reaches: 没有一个学生不满意.
        found: list[int] = []
        limit = mark.start
        for end in reversed(self.negators):
            if limit - end > REACH or "了" in self.text[end:limit]:
                break
            found.append(end)
            limit = end
        return found

    def _is_turned(self, mark: Mark) -> bool:
        return len(self._active(mark)) % 2 == 1

    def _direct(self, mark: Mark) -> bool:
        gap = self.text[self.negators[-1] : mark.start]
        return len(gap) <= 1 or all(ch in self.known.transparent for ch in gap)

    def _judge(self, mark: Mark) -> None:
        kinds = mark.kinds
        after = self.text[mark.end : mark.end + 3]
        if mark.text == "好" and after[:1] in _GOOD_AS_DEGREE:
            return  # a degree here
        sure = bool(kinds & {"praise", "blame"})
        value = IDIOM if sure else PLAIN
        if kinds & {"blame", "negative"}:
            value = -value
        if mark.start - self.scaled <= 2:
            value *= self.scale
        if mark.start - self.slight <= 1 and value < 0:
            value, sure = value * SLIGHT, True
        elif mark.start == self.excess and value < 0:
            sure = True  # 太贵
        active = self._active(mark)
        if after.startswith(_FAILING) or after.removeprefix("性").startswith(_LACKING):
            value, sure = value * TURNED, True  # 享受不了, 实用性不强
        elif active:
            direct = self._direct(mark)
            if len(active) % 2 == 1:
                value *= -1.0 if direct else TURNED
            sure = sure or direct or len(active) > 1
        elif 0 <= mark.start - self.affirmed <= REACH:
            sure = True
        elif self.removing and value < 0:
            value, sure = -value, True
        opened = self.text[mark.start - 1 : mark.start]
        if (
            value > 0
            and opened
            and self.text[mark.end : mark.end + 1] == _QUOTES.get(opened, "none")
        ):
            value, sure, self.mocked = -IDIOM, True, True
        self._add(value, sure, mark)

    def _measure_object(self, mark: Mark) -> bool:
        """声音…很小, 水平不高: a quality that is a fault of the object, or praises it, if any."""
        good, bad = self.sides
        if mark.start - self.named > FAR or mark.text not in good | bad:
            return False
        value = PLAIN * (self.scale if mark.start - self.scaled <= 1 else 1.0)
        if mark.text in good:
            turned = self._is_turned(mark)
            self._add(-value if turned else value, True, mark)
        elif mark.start - self.slight <= 1:
            self._add(-PLAIN * SLIGHT, True, mark)
        elif not self._is_turned(mark):  # 声音不小 says little
            self._add(-value, True, mark)
        return True

    def _measure(self, mark: Mark) -> None:
        """太快, 有点长, 不够深, 快了点: too much or too little of a quality."""
        if "measures" not in mark.kinds:
            return
        after = self.text[mark.end : mark.end + 3]
        over = mark.start - self.excess <= 1 or after[:2] in {"了点", "了些"} or after == "了一点"
        lacking = self.text[max(0, mark.start - 2) : mark.start] == "不够"
        if over or lacking or mark.start - self.slight <= 1 or after == "了一些":
            hurried = mark.text != "快" or after[:1] not in {"了", "啦"}
            if not hurried and not _PACED & set(self.text[: mark.start]):
                return
            turned = not lacking and self._is_turned(mark)  # 不太快 says little
            if not turned:
                mild = not over and not lacking
                self._add(-PLAIN * (SLIGHT if mild else 1.0), True, mark)

    def _lack(self, mark: Mark) -> None:
        sign = 1.0 if "wanted" in mark.kinds else -1.0
        if sign < 0:
            self.missed = True
        if self._is_turned(mark):
            if not (sign < 0 and self.clause.opinions and self.clause.opinions[-1].value < 0):
                self._add(-sign * PLAIN, self._direct(mark), mark)
        elif sign < 0 and self.removing:
            self._add(PLAIN, True, mark)
        elif sign < 0 and mark.start - self.pervasive <= 2:
            self._add(-PLAIN, True, mark)

    def _vanish(self, mark: Mark) -> None:
        bad = [o for o in self.clause.opinions if o.value < 0]
        for opinion in bad:
            opinion.value, opinion.sure = -opinion.value, True
        if self.missed and not bad:
            self._add(PLAIN, True, mark)
        elif not bad:
            self.removing = True  # 解决了 stands before what it removes, too

    def _add(self, value: float, sure: bool, mark: Mark) -> None:
        opinion = Opinion(max(-1.0, min(1.0, value)), sure, mark.start, mark.end)
        self.clause.opinions.append(opinion)
        if self.negators and self.text[mark.end : mark.end + 1] not in {"、", "和", "也", "或"}:
            self.negators = []  # a negation is spent on what it turns
