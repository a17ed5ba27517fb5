"""``zhiying insight``: what the data say of people, items and channels."""

import click

from service.cli.common import as_json, show
from service.config import Settings
from service.context import clock
from service.insight.audience import Asked
from service.messages import Language
from service.routes.insight import audience_out, profile_out, promotion_out, report_out
from service.schemas.insight import AudienceOut, ProfileOut, TraitOut
from service.schemas.promotion import PromotionOut
from service.schemas.report import ReportOut
from service.services import Services

_VERDICTS = {"better": "高于总体", "worse": "低于总体", "usual": "", "not_enough": "证据不足"}


@click.group("insight")
def command() -> None:
    """Portraits, audiences, reports and channels."""


@command.command("profile")
@click.argument("user")
@click.option("--features", is_flag=True, help="With the row of features.")
@as_json
@click.pass_obj
def profile(settings: Settings, user: str, features: bool, as_json: bool) -> None:
    """用户画像: what the events of USER say of them."""
    zone = clock(None, settings.timezone)
    found = Services.build(settings).insight.profile(user, zone)
    out = profile_out(found, str(zone), features=features)
    show(out if as_json else _profile_as_text(out))


@command.command("audience")
@click.argument("item")
@click.option("-n", default=20, show_default=True, type=click.IntRange(0, 1_000_000))
@click.option("--share", default=0.1, show_default=True, type=click.FloatRange(0.0001, 0.5))
@as_json
@click.pass_obj
def audience(settings: Settings, item: str, n: int, share: float, as_json: bool) -> None:
    """受众: who should see ITEM."""
    zone = clock(None, settings.timezone)
    asked = Asked(n, share, settings.privacy_floor, zone)
    out = audience_out(item, Services.build(settings).insight.audience(item, asked), str(zone))
    show(out if as_json else _audience_as_text(out))


@command.command("report")
@click.argument("item")
@click.option("--reviews", default=300, show_default=True, type=click.IntRange(0))
@click.option("--language", default="zh", show_default=True, type=click.Choice(["zh", "en"]))
@as_json
@click.pass_obj
def report(settings: Settings, item: str, reviews: int, language: Language, as_json: bool) -> None:
    """What the creators of ITEM should know."""
    zone = clock(None, settings.timezone)
    found = Services.build(settings).insight.report(
        item, zone=zone, floor=settings.privacy_floor, n_reviews=reviews
    )
    out = report_out(item, found, str(zone), language)
    show(out if as_json else _report_as_text(out))


@command.command("promotion")
@click.argument("item")
@click.option("--share", default=0.1, show_default=True, type=click.FloatRange(0.0001, 0.5))
@click.option("--language", default="zh", show_default=True, type=click.Choice(["zh", "en"]))
@as_json
@click.pass_obj
def promotion(
    settings: Settings, item: str, share: float, language: Language, as_json: bool
) -> None:
    """发布与推广: where, when and to whom ITEM is best promoted."""
    zone = clock(None, settings.timezone)
    asked = Asked(0, share, settings.privacy_floor, zone)
    found = Services.build(settings).insight.promotion(item, asked)
    out = promotion_out(item, found, str(zone), language)
    show(out if as_json else _promotion_as_text(out))


def _promotion_as_text(out: PromotionOut) -> str:
    lines = [f"{out.item}  总体 {out.overall.mean:.1%}"]
    lines += [
        f"{c.name}  {c.rate.mean:.1%}（{c.rate.low:.1%}–{c.rate.high:.1%}）{_VERDICTS[c.verdict]}"
        for c in out.channels
    ]
    if out.timing is not None:
        lines.append("时间  " + "、".join(f"{hour} 点" for hour in out.timing.best_hours))
    lines += [f"人群  {s.name}，提升 {s.lift:.2f}" for s in out.segments]
    return "\n".join(lines + ([out.short_reason] if out.short_reason else []))


def _report_as_text(out: ReportOut) -> str:
    lines = [f"{out.item}  {out.n_reviews} 条评论，{out.n_ratings} 个评分"]
    for aspect in out.aspects:
        lines.append(f"{aspect.name} {aspect.polarity:+.2f}（{aspect.count} 条）")
        lines += [
            f"    {q.polarity:+.2f}  {q.text}" for q in (*aspect.praise[:1], *aspect.blame[:1])
        ]
    if out.completion is not None:
        lines.append(f"完成  {out.completion.finished.mean:.0%}，{out.completion.starters} 人")
    return "\n".join(lines + [f"建议  {change.text}" for change in out.changes])


def _audience_as_text(out: AudienceOut) -> str:
    lines = [f"{out.item}  {out.size or 0} 人，共 {out.n_users} 人"]
    lines += [
        f"前 {reach.share:.0%}  提升 {reach.lift:.2f}（{reach.low:.2f}–{reach.high:.2f}）"
        for reach in out.lifts
    ]
    lines += [f"{s.name}  {s.size} 人，提升 {s.lift:.2f}" for s in out.segments]
    lines += [f"{user.score:8.4f}  {user.id}" for user in out.users]
    return "\n".join(lines + ([out.short_reason] if out.short_reason else []))


def _profile_as_text(out: ProfileOut) -> str:
    lines = [f"{out.user}  {out.n_events} 次行为，{out.n_items} 个条目（{out.timezone}）"]
    if out.level is not None:
        lines.append(f"水平  {out.level_name} {out.level.value:.1f}（{out.level.confidence:.2f}）")
    named = {
        "兴趣": out.interests,
        "形式": out.kinds,
        "时长": out.lengths,
        "时段": out.parts,
        "设备": out.devices,
        "地域": out.regions,
    }
    lines += [f"{name}  {_traits(traits)}" for name, traits in named.items() if traits]
    if out.sentiment is not None:
        lines.append(f"评价  {out.sentiment.value:+.2f}（{out.sentiment.confidence:.2f}）")
    return "\n".join(lines)


def _traits(traits: list[TraitOut]) -> str:
    return "  ".join(f"{t.name} {t.share:.2f}（{t.confidence:.2f}）" for t in traits[:6])
