"""``zhiying insight``: what the data say of people, items and channels."""

import click

from service.cli.common import as_json, show, spoken
from service.config import Settings
from service.context import clock
from service.insight.audience import Asked
from service.messages import Language, terminal
from service.messages.language import listed
from service.routes.insight import audience_out, profile_out, promotion_out, report_out
from service.schemas.insight import AudienceOut, ProfileOut, SegmentOut, TraitOut
from service.schemas.promotion import ChannelOut, PromotionOut
from service.schemas.report import ReportOut
from service.services import Services


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
    language = spoken(settings)
    out = profile_out(found, str(zone), language, features=features)
    show(out if as_json else _profile_as_text(out, language))


@command.command("audience")
@click.argument("item")
@click.option("-n", default=20, show_default=True, type=click.IntRange(0, 1_000_000))
@click.option("--share", default=0.1, show_default=True, type=click.FloatRange(0.0001, 0.5))
@as_json
@click.pass_obj
def audience(settings: Settings, item: str, n: int, share: float, as_json: bool) -> None:
    """受众: who should see ITEM."""
    zone = clock(None, settings.timezone)
    asked = Asked(n, share, zone)
    found = Services.build(settings).insight.audience(item, asked)
    language = spoken(settings)
    out = audience_out(item, found, str(zone), language)
    show(out if as_json else _audience_as_text(out, language))


@command.command("report")
@click.argument("item")
@click.option("--reviews", default=300, show_default=True, type=click.IntRange(0))
@as_json
@click.pass_obj
def report(settings: Settings, item: str, reviews: int, as_json: bool) -> None:
    """What the creators of ITEM should know."""
    zone = clock(None, settings.timezone)
    found = Services.build(settings).insight.report(item, zone=zone, n_reviews=reviews)
    language = spoken(settings)
    out = report_out(item, found, str(zone), language)
    show(out if as_json else _report_as_text(out, language))


@command.command("promotion")
@click.argument("item")
@click.option("--share", default=0.1, show_default=True, type=click.FloatRange(0.0001, 0.5))
@as_json
@click.pass_obj
def promotion(settings: Settings, item: str, share: float, as_json: bool) -> None:
    """发布与推广: where, when and to whom ITEM is best promoted."""
    zone = clock(None, settings.timezone)
    asked = Asked(0, share, zone)
    found = Services.build(settings).insight.promotion(item, asked)
    language = spoken(settings)
    out = promotion_out(item, found, str(zone), language)
    show(out if as_json else _promotion_as_text(out, language))


def _promotion_as_text(out: PromotionOut, language: Language) -> str:
    lines = [f"{out.item}  {terminal.OVERALL.say(language, rate=out.overall.mean)}"]
    lines += [_channel(channel, language) for channel in out.channels]
    if out.timing is not None:
        lines.append(
            terminal.HOURS.say(language, hours=listed(map(str, out.timing.best_hours), language))
        )
    groups = (group_as_text(segment, language) for segment in out.segments)
    lines += [terminal.GROUP.say(language, group=group) for group in groups]
    return "\n".join(lines + _reasons(out.segments_reason, out.short_reason))


def _channel(channel: ChannelOut, language: Language) -> str:
    verdict, rate = terminal.VERDICTS[channel.verdict].say(language), channel.rate
    if rate is None:
        told = terminal.USUAL.say(language, rate=channel.usual)
    else:
        told = f"{rate.mean:.1%}  {rate.low:.1%}–{rate.high:.1%}"
    return f"{channel.name}  {told}  {verdict}".rstrip()


def group_as_text(group: SegmentOut, language: Language) -> str:
    """A group of an audience, its lift with its interval."""
    lift = {"lift": group.lift, "low": group.low, "high": group.high}
    return terminal.SEGMENT.say(language, name=group.label, size=group.size, **lift)


def _reasons(*said: str | None) -> list[str]:
    return list(dict.fromkeys(reason for reason in said if reason))


def _report_as_text(out: ReportOut, language: Language) -> str:
    lines = [
        terminal.REPORT.say(language, item=out.item, reviews=out.n_reviews, ratings=out.n_ratings)
    ]
    for aspect in out.aspects:
        lines.append(f"{aspect.label} {aspect.polarity:+.2f} ({aspect.count})")
        lines += [
            f"    {q.polarity:+.2f}  {q.text}" for q in (*aspect.praise[:1], *aspect.blame[:1])
        ]
    if out.months:
        months = listed((f"{m.month} {m.polarity:+.2f} ({m.n})" for m in out.months), language)
        lines.append(terminal.MONTHS.say(language, months=months))
    if out.trend is not None:
        facts = {name: getattr(out.trend, name) for name in ("change", "low", "high")}
        lines.append(terminal.TRENDS[out.trend.direction].say(language, **facts))
    if out.completion is not None:
        done = out.completion
        facts = {"share": done.finished.mean, "n": done.starters}
        lines.append(terminal.COMPLETION.say(language, **facts))
    lines += [terminal.ADVICE.say(language, text=c.text) for c in out.changes]
    return "\n".join(lines + _reasons(out.short_reason))


def _audience_as_text(out: AudienceOut, language: Language) -> str:
    lines = [terminal.AUDIENCE.say(language, item=out.item, size=out.size or 0, n=out.n_users)]
    lines += [
        terminal.REACH.say(language, share=r.share, lift=r.lift, low=r.low, high=r.high)
        for r in out.lifts
    ]
    lines += [group_as_text(segment, language) for segment in out.segments]
    lines += [f"{user.score:8.4f}  {user.id}" for user in out.users]
    return "\n".join(lines + _reasons(out.segments_reason, out.short_reason))


def _profile_as_text(out: ProfileOut, language: Language) -> str:
    facts = {"user": out.user, "events": out.n_events, "items": out.n_items, "zone": out.timezone}
    lines = [terminal.PORTRAIT.say(language, **facts)]
    if out.level is not None:
        name = terminal.LEVEL.say(language)
        lines.append(
            f"{name}  {out.level_label} {out.level.value:.1f} ({out.level.confidence:.2f})"
        )
    named = {
        "interests": out.interests,
        "kinds": out.kinds,
        "forms": out.forms,
        "lengths": out.lengths,
        "parts": out.parts,
        "devices": out.devices,
        "regions": out.regions,
    }
    lines += [
        f"{terminal.TRAITS[name].say(language)}  {_traits(traits)}"
        for name, traits in named.items()
        if traits
    ]
    if out.sentiment is not None:
        mark = out.sentiment
        lines.append(f"{terminal.MARKS.say(language)}  {mark.value:+.2f} ({mark.confidence:.2f})")
    return "\n".join(lines + _reasons(out.short_reason))


def _traits(traits: list[TraitOut]) -> str:
    return "  ".join(f"{t.label} {t.share:.2f} ({t.confidence:.2f})" for t in traits[:6])
