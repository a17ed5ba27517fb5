"""The brief as it is answered: names and reasons in the language asked for, figures rounded."""

from collections.abc import Sequence
from typing import Any

from nlp import Beat, Named, Tone
from service.briefs import Brief, Comparable, mentors
from service.insight.labels import label
from service.messages import Language, Message, Remark
from service.messages import brief as said
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

#: sentences from which the difficulty of a text says whom it is for
_READABLE = 3
_N_PROPS, _N_NAMES, _N_GROUPS = 6, 6, 2


def brief_out(brief: Brief, language: Language) -> BriefOut:
    """The brief as it is answered, over HTTP and on the command line."""
    found, cast = brief.analysis, brief.cast
    characters = _characters(brief, language)
    tone = None
    if brief.tone is not None and found.sentiment is not None:
        tone = ToneOut(
            **_fields(brief.tone),
            text=_tone(brief.tone).say(language),
            arc=[round(v, 4) for v in found.sentiment.arc],
        )
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
            why=brief.form.why.say(language),
            topic=TopicRuleOut(**_fields(brief.topic)),
            figures=[FormFiguresOut(**_fields(f)) for f in brief.form.figures],
        ),
        length=LengthOut(
            minutes=[brief.length.low, brief.length.high],
            by=brief.length.by,
            why=brief.length.why.say(language),
        ),
        tone=tone,
        beats=[_beat(b, language) for b in brief.beats.found],
        characters=characters,
        setting=SettingOut(
            places=_named(cast.places),
            organisations=_named(cast.organisations),
            works=_named(cast.works),
            props=[TagOut(text=t.text, weight=t.weight) for t in found.tags[:_N_PROPS]],
        ),
        missing=_missing(brief, characters, language),
        comparable=[_comparable(c) for c in brief.comparable],
    )


def _tone(tone: Tone) -> Remark:
    return Remark(said.TONE, {"mood": said.MOODS[tone.mood], "shape": said.SHAPES[tone.shape]})


def _beat(beat: Beat, language: Language) -> BeatOut:
    point, why = beat.teaches, said.WHY[beat.cue].say(language)
    words = beat.words.strip(" ,，.。;；:：")
    if len(words) <= 12 and any(c.isalnum() for c in words):
        why = said.SEEN.say(language, why=why, words=words)
    return BeatOut(
        text=beat.text,
        start=beat.start,
        end=beat.end,
        beat=beat.name,
        label=said.BEATS[beat.name].say(language),
        role=beat.role,
        cue=CueOut(kind=beat.cue, text=beat.words),
        score=round(beat.score, 4),
        why=why,
        teaches=None if point is None else KeyPointOut(**_fields(point)),
    )


def _characters(brief: Brief, language: Language) -> list[CharacterOut]:
    def one(part: str, name: str, by: str, span: Named | None = None, **more: Any) -> CharacterOut:
        shown = None if span is None else NamedOut(**_fields(span))
        label = said.PARTS[part].say(language)
        return CharacterOut.model_validate(
            {"part": part, "label": label, "name": name, "by": by, "span": shown, **more}
        )

    cast, listed = brief.cast, []
    learners = [one("learner", n.text, "text", n) for n in cast.learners[:2]]
    difficulty, given = brief.analysis.difficulty, brief.attributes.get("level")
    if not learners and isinstance(given, int) and given in said.LEVELS:
        learners = [one("learner", said.LEVELS[given].say(language), "attribute")]
    elif not learners and difficulty is not None and brief.beats.n_sentences >= _READABLE:
        learners = [one("learner", said.LEVELS[difficulty.level].say(language), "level")]
    listed += learners
    for group in [g for g in brief.audience if g.low > 1][:_N_GROUPS]:  # surely more than usual
        who = said.OFTEN_TAKES if group.by == "profile" else said.OF_ATTRIBUTE
        name = who.say(language, group=label(group.name, language))
        listed.append(one("learner", name, "audience", share=round(group.share, 4)))
    listed += [one("mentor", n, "attribute") for n in mentors(brief.attributes)]
    listed += [one("person", n.text, "text", n) for n in cast.people[:_N_NAMES]]
    listed += [one("role", n.text, "text", n) for n in cast.roles[:_N_NAMES]]
    return listed


def _missing(
    brief: Brief, characters: Sequence[CharacterOut], language: Language
) -> list[MissingOut]:
    is_empty = not brief.beats.n_sentences
    lacks: list[tuple[str, Message, Remark]] = [
        (
            *(beat.name, said.BEATS[beat.name]),
            Remark(
                said.NO_SENTENCE if is_empty else said.NO_BEAT[beat.name], {"found": beat.found}
            ),
        )
        for beat in brief.beats.missing
    ]
    reasons = {
        "learner": None if any(c.part == "learner" for c in characters) else said.NO_LEARNER,
        "characters": None if _has_somebody(brief) else said.NO_CHARACTERS,
        "setting": said.NO_SETTING if not (brief.cast.places or brief.cast.organisations) else None,
        "tone": said.NO_SENTENCE if brief.tone is None else None,
        "comparable": brief.no_comparable,
    }
    lacks += [(part, said.PARTS[part], Remark(why)) for part, why in reasons.items() if why]
    return [
        MissingOut(part=part, label=label.say(language), why=why.say(language))
        for part, label, why in lacks
    ]


def _has_somebody(brief: Brief) -> bool:
    return bool(brief.cast.people or brief.cast.roles or mentors(brief.attributes))


def _comparable(found: Comparable) -> ComparableOut:
    film = found.film
    return ComparableOut(
        id=found.id,
        title=found.title,
        form=film.form or None,
        minutes=film.minutes,
        similarity=round(found.similarity, 4),
        viewings=film.viewings or None,
        completion=film.completion,
    )


def _named(names: tuple[Named, ...]) -> list[NamedOut]:
    return [NamedOut(**_fields(n)) for n in names[:_N_NAMES]]


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}
