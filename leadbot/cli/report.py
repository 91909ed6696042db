"""``leadbot report``: how people go through the playbooks, and whether warm leads buy."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import in_one_line, say
from leadbot.errors import ConfigError, Problem

if TYPE_CHECKING:
    from leadbot.app.reporting import BrandCalibration, BrandFunnel
    from leadbot.flows.buying import Bin, Calibration
    from leadbot.flows.funnel import Funnel

_brand = click.option("--brand", multiple=True, help="One account (several); all of them if left out.")
_days = click.option(
    "--days", type=click.IntRange(1, 3660), default=90, show_default=True, help="UTC days, today included."
)


@click.group()
def report() -> None:
    """How people go through the playbooks, and whether warm leads buy."""


@report.command()
@in_project
@_brand
@_days
@click.option(
    "--draw",
    "pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also draw each version with its counts: SVG files in this folder.",
)
@as_json_option
def funnel(folder: Path, brand: tuple[str, ...], days: int, pictures: Path | None, as_json: bool) -> None:
    """Heard, begun, each card asked and answered, handed over, accepted, won: by playbook and version.

    With what somebody handed over cost. No rate is told of fewer than five. What was heard longer ago than
    privacy.keep_days has left the database and is not counted.
    """
    from leadbot.app.look import brands_named, open_store
    from leadbot.app.reporting import funnel_report

    settings = settings_in(folder)
    with open_store(settings) as (store, clock):
        brands = brands_named(settings, store, brand, all_of_them=not brand)
        found = funnel_report(store, clock, brands, days=days)
    drawn = [] if pictures is None else _draw(found, pictures)
    if as_json:
        say(
            json.dumps({"days": days, "brands": [_funnels_as_json(one) for one in found]}, ensure_ascii=False)
        )
        return
    for one in found:
        for line in _funnels_told(one, days):
            say(line)
    for file in drawn:
        say(f"Drawn: {file}")


@report.command()
@in_project
@_brand
@_days
@as_json_option
def calibration(folder: Path, brand: tuple[str, ...], days: int, as_json: bool) -> None:
    """Do warm leads buy? What leads were worth when handed over, beside what became of them.

    Leads still open, or put off until later, are no failures. No rate is told of fewer than five.
    """
    from leadbot.app.look import brands_named, open_store
    from leadbot.app.reporting import calibration_report

    settings = settings_in(folder)
    with open_store(settings) as (store, clock):
        brands = brands_named(settings, store, brand, all_of_them=not brand)
        found = calibration_report(store, clock, brands, days=days)
    if as_json:
        told = [_calibrations_as_json(one) for one in found]
        say(json.dumps({"days": days, "brands": told}, ensure_ascii=False))
        return
    for one in found:
        say(f"@{one.handle}: {one.leads} leads handed over in {_span(days)}")
        for measure, each in (("points", one.by_score), ("warmth of the first post", one.by_warmth)):
            for line in _calibration_told(measure, each):
                say(line)


def _draw(found: Iterable[BrandFunnel], folder: Path) -> list[Path]:
    """Raises ConfigError when the folder cannot be written."""
    drawn = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in found:
            for name, picture in one.pictures():
                (folder / name).write_text(picture, encoding="utf-8")
                drawn.append(folder / name)
    except OSError as error:
        fix = "name a folder that can be written"
        raise ConfigError(
            [Problem(str(folder), f"cannot be written: {error.strerror}", fix, "no-folder")]
        ) from None
    return drawn


def _funnels_told(one: BrandFunnel, days: int) -> Iterable[str]:
    yield f"@{one.handle}: {one.posts} posts of {one.people} people heard in {_span(days)}"
    if not one.funnels:
        yield "  no dialog began"
    for each in one.funnels:
        yield from _funnel_told(each)


def _funnel_told(one: Funnel) -> Iterable[str]:
    price = "no lead yet" if one.per_lead_usd is None else f"${one.per_lead_usd:.3f} a lead"
    yield f"  {in_one_line(one.playbook)}@{one.version[:8]}: ${one.usd:.3f}, {price}"
    yield _row("begun", one.started, None)
    for card in one.cards:
        yield _row(f"asked {card.card}", card.asked, one.started)
        yield _row(f"answered {card.card}", card.answered, one.started)
        if card.answers:
            yield "          " + ", ".join(f"{name} {count}" for name, count in card.answers.items())
    yield _row("handed over", one.handed_over, one.started)
    yield _row("accepted by a rep", one.accepted, one.handed_over)
    yield _row("won", one.won, one.accepted)


def _row(what: str, count: int, of: int | None) -> str:
    from leadbot.flows.funnel import rate

    share = rate(count, of) if of is not None else None
    told = f"  {share:4.0%} of {of}" if share is not None else ""
    return f"    {count:>5}  {in_one_line(what)}{told}"


def _calibration_told(measure: str, one: Calibration) -> Iterable[str]:
    yield f"  by {measure}"
    for each in one.bins:
        yield f"    {_range(each):>12}  {_rate_told(each)}"
    yield f"    {verdict_of(one)}"


def _range(one: Bin) -> str:
    return f"{one.low:.3g}" if one.low == one.high else f"{one.low:.3g} to {one.high:.3g}"


def _rate_told(one: Bin) -> str:
    waiting = f", {one.open} still open" if one.open else ""
    if one.rate is None or one.between is None:
        return f"{one.won} won, {one.lost} not{waiting}; too few for a rate"
    low, high = one.between
    return f"{one.rate:.0%} won ({one.won} of {one.decided}{waiting}; likely {low:.0%} to {high:.0%})"


def verdict_of(one: Calibration) -> str:
    """The verdict in a sentence."""
    from leadbot.flows.buying import LEAST, Verdict

    if one.colder is None or one.warmer is None or one.chance is None:
        decided = sum(each.decided for each in one.bins)
        return f"Too early to say: {decided} decided, and {LEAST} are needed in each half that is compared."
    halves = (
        f"{one.warmer.won} of {one.warmer.decided} of the warmer half bought, "
        f"{one.colder.won} of {one.colder.decided} of the colder"
    )
    match one.verdict:
        case Verdict.WARMER_BUY:
            return f"Yes, warm leads buy more often: {halves}."
        case Verdict.COLDER_BUY:
            return f"No, the colder ones buy more often: {halves}. The points tell the wrong thing."
        case _:
            often = f"Chance alone does that {_percent(one.chance)} of the time."
            return f"No difference to be seen: {halves}. {often}"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "less than 1%"


def _funnels_as_json(one: BrandFunnel) -> dict[str, Any]:
    from leadbot.flows.funnel import rate

    return {
        "brand": one.handle,
        "heard": {"posts": one.posts, "people": one.people},
        "playbooks": [
            {
                **asdict(each),
                "per_lead_usd": each.per_lead_usd,
                "rates": {
                    "handed_over": rate(each.handed_over, each.started),
                    "accepted": rate(each.accepted, each.handed_over),
                    "won": rate(each.won, each.accepted),
                },
            }
            for each in one.funnels
        ],
    }


def _calibrations_as_json(one: BrandCalibration) -> dict[str, Any]:
    return {
        "brand": one.handle,
        "leads": one.leads,
        "by_score": _calibration_as_json(one.by_score),
        "by_warmth": _calibration_as_json(one.by_warmth),
    }


def _calibration_as_json(one: Calibration) -> dict[str, Any]:
    return {
        "verdict": one.verdict.value,
        "says": verdict_of(one),
        "chance": one.chance,
        "bins": [{**asdict(each), "rate": each.rate, "between": each.between} for each in one.bins],
    }


def _span(days: int) -> str:
    return "today" if days == 1 else f"{days} days"
