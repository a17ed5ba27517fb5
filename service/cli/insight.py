"""``zhiying insight``: what the data say of people, items and channels."""

import click

from service.cli.common import as_json, show
from service.config import Settings
from service.context import clock
from service.insight.audience import Asked
from service.messages import LANGUAGES, Language
from service.routes.insight import audience_out, profile_out, promotion_out, report_out
from service.schemas.insight import AudienceOut, ProfileOut, SegmentOut, TraitOut
from service.schemas.promotion import PromotionOut
from service.schemas.report import ReportOut
from service.services import Services

#: words of the printed answers, by the names of fields and verdicts
WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        **{"overall": "总体", "hours": "时间", "people": "人", "lift": "提升", "best": "前"},
        **{"better": "高于总体", "worse": "低于总体", "unclear": "", "not_enough": "证据不足"},
        **{"reviews": "条评论", "ratings": "人评分", "finished": "完成", "change": "建议"},
        **{"events": "次行为", "items": "个条目", "level": "水平", "sentiment": "评价"},
        **{"interests": "兴趣", "kinds": "形式", "lengths": "时长", "parts": "时段"},
        **{"devices": "设备", "regions": "地域"},
    },
    "en": {
        **{"overall": "overall", "hours": "hours", "people": "people", "lift": "lift"},
        **{"best": "best", "better": "above overall", "worse": "below overall", "unclear": ""},
        **{"not_enough": "too few people", "reviews": "reviews", "ratings": "people rated"},
        **{"finished": "finished", "change": "change", "events": "events", "items": "items"},
        **{"level": "level", "sentiment": "reviews", "interests": "interests", "kinds": "kinds"},
        **{"lengths": "lengths", "parts": "times", "devices": "devices", "regions": "regions"},
    },
}
in_language = click.option(
    "--language", default="zh", show_default=True, type=click.Choice(LANGUAGES)
)


@click.group("insight")
def command() -> None:
    """Portraits, audiences, reports and channels."""


@command.command("profile")
@click.argument("user")
@click.option("--features", is_flag=True, help="With the row of features.")
@in_language
@as_json
@click.pass_obj
def profile(
    settings: Settings, user: str, features: bool, language: Language, as_json: bool
) -> None:
    """用户画像: what the events of USER say of them."""
    zone = clock(None, settings.timezone)
    found = Services.build(settings).insight.profile(user, zone)
    out = profile_out(found, str(zone), language, features=features)
    show(out if as_json else _profile_as_text(out, language))


@command.command("audience")
@click.argument("item")
@click.option("-n", default=20, show_default=True, type=click.IntRange(0, 1_000_000))
@click.option("--share", default=0.1, show_default=True, type=click.FloatRange(0.0001, 0.5))
@in_language
@as_json
@click.pass_obj
def audience(
    settings: Settings, item: str, n: int, share: float, language: Language, as_json: bool
) -> None:
    """受众: who should see ITEM."""
    zone = clock(None, settings.timezone)
    asked = Asked(n, share, zone)
    found = Services.build(settings).insight.audience(item, asked)
    out = audience_out(item, found, str(zone), language)
    show(out if as_json else _audience_as_text(out, language))


@command.command("report")
@click.argument("item")
@click.option("--reviews", default=300, show_default=True, type=click.IntRange(0))
@in_language
@as_json
@click.pass_obj
def report(settings: Settings, item: str, reviews: int, language: Language, as_json: bool) -> None:
    """What the creators of ITEM should know."""
    zone = clock(None, settings.timezone)
    found = Services.build(settings).insight.report(item, zone=zone, n_reviews=reviews)
    out = report_out(item, found, str(zone), language)
    show(out if as_json else _report_as_text(out, language))


@command.command("promotion")
@click.argument("item")
@click.option("--share", default=0.1, show_default=True, type=click.FloatRange(0.0001, 0.5))
@in_language
@as_json
@click.pass_obj
def promotion(
    settings: Settings, item: str, share: float, language: Language, as_json: bool
) -> None:
    """发布与推广: where, when and to whom ITEM is best promoted."""
    zone = clock(None, settings.timezone)
    asked = Asked(0, share, zone)
    found = Services.build(settings).insight.promotion(item, asked)
    out = promotion_out(item, found, str(zone), language)
    show(out if as_json else _promotion_as_text(out, language))


def _promotion_as_text(out: PromotionOut, language: Language) -> str:
    say = WORDS[language]
    lines = [f"{out.item}  {say['overall']} {out.overall.mean:.1%}"]
    lines += [
        f"{c.name}  {c.rate.mean:.1%} ({c.rate.low:.1%}–{c.rate.high:.1%}) {say[c.verdict]}"
        for c in out.channels
    ]
    if out.timing is not None:
        hours = "  ".join(f"{hour}:00" for hour in out.timing.best_hours)
        lines.append(f"{say['hours']}  {hours}")
    lines += _segments(out.segments, language)
    return "\n".join(lines + _reasons(out.segments_reason, out.short_reason))


def _segments(segments: list[SegmentOut], language: Language) -> list[str]:
    say = WORDS[language]
    return [
        f"{s.label}  {s.size} {say['people']}  "
        f"{say['lift']} {s.lift:.2f} ({s.low:.2f}–{s.high:.2f})"
        for s in segments
    ]


def _reasons(*said: str | None) -> list[str]:
    return list(dict.fromkeys(reason for reason in said if reason))


def _report_as_text(out: ReportOut, language: Language) -> str:
    say = WORDS[language]
    lines = [
        f"{out.item}  {out.n_reviews} {say['reviews']}  {out.n_ratings} {say['ratings']}",
    ]
    for aspect in out.aspects:
        lines.append(f"{aspect.name} {aspect.polarity:+.2f} ({aspect.count} {say['reviews']})")
        lines += [
            f"    {q.polarity:+.2f}  {q.text}" for q in (*aspect.praise[:1], *aspect.blame[:1])
        ]
    if out.completion is not None:
        done = out.completion
        lines.append(
            f"{say['finished']}  {done.finished.mean:.0%}  {done.starters} {say['people']}"
        )
    lines += [f"{say['change']}  {change.text}" for change in out.changes]
    return "\n".join(lines + _reasons(out.short_reason))


def _audience_as_text(out: AudienceOut, language: Language) -> str:
    say = WORDS[language]
    lines = [f"{out.item}  {out.size or 0} / {out.n_users} {say['people']}"]
    lines += [
        f"{say['best']} {reach.share:.0%}  {say['lift']} {reach.lift:.2f} "
        f"({reach.low:.2f}–{reach.high:.2f})"
        for reach in out.lifts
    ]
    lines += _segments(out.segments, language)
    lines += [f"{user.score:8.4f}  {user.id}" for user in out.users]
    return "\n".join(lines + _reasons(out.segments_reason, out.short_reason))


def _profile_as_text(out: ProfileOut, language: Language) -> str:
    say = WORDS[language]
    lines = [
        f"{out.user}  {out.n_events} {say['events']}  {out.n_items} {say['items']} ({out.timezone})"
    ]
    if out.level is not None:
        level = out.level
        lines.append(
            f"{say['level']}  {out.level_label} {level.value:.1f} ({level.confidence:.2f})"
        )
    named = {
        "interests": out.interests,
        "kinds": out.kinds,
        "lengths": out.lengths,
        "parts": out.parts,
        "devices": out.devices,
        "regions": out.regions,
    }
    lines += [f"{say[name]}  {_traits(traits)}" for name, traits in named.items() if traits]
    if out.sentiment is not None:
        mood = out.sentiment
        lines.append(f"{say['sentiment']}  {mood.value:+.2f} ({mood.confidence:.2f})")
    return "\n".join(lines)


def _traits(traits: list[TraitOut]) -> str:
    return "  ".join(f"{t.label} {t.share:.2f} ({t.confidence:.2f})" for t in traits[:6])
