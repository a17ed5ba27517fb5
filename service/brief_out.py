"""The brief as it is answered: names and reasons in Chinese, figures rounded for reading."""

from typing import Any

from nlp import Beat, Named
from service.briefs import Brief, Comparable, mentors
from service.schemas.brief import (
    BeatOut,
    BriefOut,
    CharacterOut,
    ComparableOut,
    CueOut,
    FormFiguresOut,
    FormOut,
    KeyPointOut,
    LengthOut,
    MissingOut,
    NamedOut,
    SettingOut,
    ToneOut,
    TopicRuleOut,
)
from service.schemas.items import TagOut

LABELS = {"hook": "开场钩子", "conflict": "冲突", "turn": "推进", "resolution": "结局"}
PARTS = {"learner": "学习者视角", "mentor": "引路人", "person": "人物", "role": "人物身份"}
_N_PROPS, _N_NAMES, _N_GROUPS = 6, 6, 2
WHY = {
    "question": "提出问题",
    "wonder": "请观众设想",
    "surprise": "出人意料",
    "problem": "说出许多人的难处",
    "claim": "断言",
    "opening": "开篇一句，不谈课程本身",
    "contrast": "转折",
    "misconception": "误区",
    "difficulty": "困难",
    "danger": "风险",
    "opposition": "对立",
    "negation": "否定",
    "step": "步骤",
    "example": "例子",
    "definition": "定义",
    "matter": "讲授的内容",
    "key_point": "要点",
    "outcome": "学完之后",
    "conclusion": "结论",
    "ability": "能做到什么",
    "end": "结尾",
    "insight": "领悟",
}
_LEVELS = {
    1: "零基础的初学者",
    2: "有些基础的初学者",
    3: "有基础的学习者",
    4: "进阶学习者",
    5: "专业人士",
}


def brief_out(brief: Brief) -> BriefOut:
    """The brief as it is answered, over HTTP and on the command line."""
    found, cast = brief.analysis, brief.cast
    tone = None
    if brief.tone is not None and found.sentiment is not None:
        tone = ToneOut(**_fields(brief.tone), arc=[round(v, 4) for v in found.sentiment.arc])
    return BriefOut(
        id=brief.id,
        title=brief.title,
        version=brief.version,
        analysis_version=found.version,
        pack=brief.pack,
        form=FormOut(
            form=brief.form.form,
            others=list(brief.form.others),
            by=brief.form.by,
            why=brief.form.why,
            topic=TopicRuleOut(**_fields(brief.topic)),
            figures=[FormFiguresOut(**_fields(f)) for f in brief.form.figures],
        ),
        length=LengthOut(
            minutes=[brief.length.low, brief.length.high], by=brief.length.by, why=brief.length.why
        ),
        tone=tone,
        beats=[_beat(b) for b in brief.beats.found],
        characters=_characters(brief),
        setting=SettingOut(
            places=_named(cast.places),
            organisations=_named(cast.organisations),
            works=_named(cast.works),
            props=[TagOut(text=t.text, weight=t.weight) for t in found.tags[:_N_PROPS]],
        ),
        missing=_missing(brief),
        comparable=[_comparable(c) for c in brief.comparable],
    )


def _beat(beat: Beat) -> BeatOut:
    point = beat.teaches
    is_word = len(beat.words) <= 12 and any(c.isalnum() for c in beat.words)
    seen = f"“{beat.words}”" if is_word else ""
    return BeatOut(
        text=beat.text,
        start=beat.start,
        end=beat.end,
        beat=beat.name,
        label=LABELS[beat.name],
        role=beat.role,
        cue=CueOut(kind=beat.cue, text=beat.words),
        score=round(beat.score, 4),
        why=WHY[beat.cue] + seen,
        teaches=None if point is None else KeyPointOut(**_fields(point)),
    )


def _characters(brief: Brief) -> list[CharacterOut]:
    cast, listed = brief.cast, []
    learners = [CharacterOut(**_as("learner", n.text, "text", n)) for n in cast.learners[:2]]
    difficulty, given = brief.analysis.difficulty, brief.attributes.get("level")
    if not learners and isinstance(given, int) and given in _LEVELS:
        learners = [CharacterOut(**_as("learner", _LEVELS[given], "attribute"))]
    elif not learners and difficulty is not None:
        learners = [CharacterOut(**_as("learner", _LEVELS[difficulty.level], "level"))]
    listed += learners
    listed += [
        CharacterOut(**_as("learner", f"常学{s.name}的人", "audience"), share=round(s.share, 4))
        for s in [s for s in brief.audience if s.low > 1][:_N_GROUPS]  # surely more than usual
    ]
    listed += [CharacterOut(**_as("mentor", n, "attribute")) for n in mentors(brief.attributes)]
    listed += [CharacterOut(**_as("person", n.text, "text", n)) for n in cast.people[:_N_NAMES]]
    listed += [CharacterOut(**_as("role", n.text, "text", n)) for n in cast.roles[:_N_NAMES]]
    return listed


def _as(part: str, name: str, by: str, span: Named | None = None) -> dict[str, Any]:
    shown = None if span is None else NamedOut(**_fields(span))
    return {"part": part, "label": PARTS[part], "name": name, "by": by, "span": shown}


def _missing(brief: Brief) -> list[MissingOut]:
    missing = [
        MissingOut(part=m.name, label=LABELS[m.name], why=m.reason) for m in brief.beats.missing
    ]
    if not (brief.cast.people or brief.cast.roles or mentors(brief.attributes)):
        missing.append(MissingOut(part="characters", label="人物", why="文本没有提到人物"))
    if not (brief.cast.places or brief.cast.organisations):
        missing.append(MissingOut(part="setting", label="场景", why="文本没有提到地点或机构"))
    if brief.tone is None:
        missing.append(MissingOut(part="tone", label="基调", why="文本里没有句子"))
    if brief.no_comparable is not None:
        missing.append(MissingOut(part="comparable", label="参考作品", why=brief.no_comparable))
    return missing


def _comparable(found: Comparable) -> ComparableOut:
    film = found.film
    return ComparableOut(
        id=found.id,
        title=found.title,
        form=film.form or None,
        minutes=film.minutes,
        similarity=round(found.similarity, 4),
        viewings=film.viewings,
        completion=film.completion,
    )


def _named(names: tuple[Named, ...]) -> list[NamedOut]:
    return [NamedOut(**_fields(n)) for n in names[:_N_NAMES]]


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}
