"""``zhiying demo``."""

import click

from service import sample
from service.cli.common import (
    add_events,
    announce,
    fitted,
    list_as_text,
    overridden,
    put_items,
    put_users,
    say,
    show,
    spoken,
)
from service.cli.insight import group_as_text
from service.cli.path import path_as_text
from service.config import Settings
from service.insight.audience import SHARE, Asked
from service.messages import terminal
from service.messages.language import listed
from service.playing import situation
from service.routes.insight import segment_out
from service.routes.paths import path_out
from service.routes.recommendations import recommendations_out
from service.schemas.events import EventIn
from service.schemas.items import ItemLine
from service.schemas.paths import PathIn
from service.server import serve
from service.services import Services
from service.wishes import Wish

SAMPLE_ITEM = "course-edu-001"


@click.command("demo")
@click.option("--port", type=int)
@click.option("--serve/--no-serve", "then_serve", default=True, help="Serve at the end.")
@click.option(
    "--learners",
    "n_learners",
    default=sample.LEARNERS,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Simulated learners; equal numbers give equal events.",
)
@click.pass_obj
def command(settings: Settings, port: int | None, then_serve: bool, n_learners: int) -> None:
    """Load the sample catalogue, fit, show what comes out, and serve it."""
    settings = overridden(settings, {"port": port})
    services = Services.build(settings)
    items = sample.catalogue()
    put_items(services, items, len(items), "items")
    events = list(sample.learners(items, n=n_learners))
    done = [*events, *sample.exercises(items, events)]
    add_events(services, done, len(done), "events")
    people = list(sample.people(items, events))
    put_users(services, people, len(people), "learners")
    manifest = fitted(services)
    told = {"version": manifest.version, "users": manifest.n_users, "items": manifest.n_items}
    say(terminal.FITTED.say(spoken(settings), **told))
    _show_example(services, _sample_user(events), next(i for i in items if i.id == SAMPLE_ITEM))
    if then_serve:
        services.store.close()
        serve(settings, on_ready=announce)


def _sample_user(events: list[EventIn]) -> str:
    """The first learner with enough of a history to say something, and not too much to read.

    Among few learners there may be none: the first of all then.
    """
    taken: dict[str, set[str]] = {}
    for event in events:
        taken.setdefault(event.user, set()).add(event.item)
    return min(taken, key=lambda user: not 5 <= len(taken[user]) <= 8)


def _show_example(services: Services, user: str, item: ItemLine) -> None:
    language = spoken(services.settings)

    def tell(name: str, told: str) -> None:
        show(f"{terminal.DEMO[name].say(language, user=user)}  {told}")

    analysis = services.analyzer.analyze(item.text, title=item.title)
    show(f"\n《{item.title}》\n{item.text}\n")
    tell("tags", "  ".join(f"{t.text} {t.weight:.2f}" for t in analysis.tags[:8]))
    subjects = (f"{t.label} {t.probability:.2f}" for t in analysis.topics["subject"][:3])
    tell("topics", "  ".join(subjects) or "–")
    if analysis.sentiment is not None:
        mood = terminal.SENTIMENTS[analysis.sentiment.label].say(language)
        tell("sentiment", f"{mood} {analysis.sentiment.polarity:.2f}")
    for point in analysis.key_points[:3]:
        tell("key_point", f"[{point.role}] {point.text}")
    log = services.store.events.of_user(user)
    names = [services.store.items.get(i) for i in dict.fromkeys(log.item)]
    show("")
    tell("taken", listed([i.title for i in names if i is not None], language))
    tell("recommended", "")
    picks = services.serving.for_user(user, Wish(n=5, explain=True))
    show(list_as_text(recommendations_out(picks, True, language), language))
    show("")
    tell("tonight", "")
    tonight = situation("phone", None, None, 21, 30)
    picks = services.serving.for_user(user, Wish(n=5, explain=True, situation=tonight))
    show(list_as_text(recommendations_out(picks, True, language), language))
    show("")
    tell("path", "")
    wanted = PathIn.model_validate({"goal": "机器学习", "minutes_per_week": 300})
    show(path_as_text(path_out(services, user, wanted, language), language))
    show("")
    tell("audience", f"《{item.title}》")
    asked = Asked(0, SHARE, services.serving.zone)
    found = services.insight.audience(item.id, asked)
    for group in found.segments[:3]:
        show(f"     {group_as_text(segment_out(group, language), language)}")
    if found.segments_reason is not None:
        show(f"     {found.segments_reason.say(language)}")
