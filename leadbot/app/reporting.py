"""Reports over what happened: how people go through a playbook, and whether warm leads buy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from leadbot.errors import PlaybookError
from leadbot.flows import playbook as playbook_files
from leadbot.flows.buying import Calibration, Fate, HandedOver, calibrate
from leadbot.flows.cards import Playbook
from leadbot.flows.diagram import drawing
from leadbot.flows.funnel import Course, Funnel, funnels, overlay
from leadbot.model import BrandId, VersionId
from leadbot.ports import Clock
from leadbot.store import Store, reports
from leadbot.store.costs import costs

_log = structlog.get_logger()

_FATES = {"won": Fate.WON, "not_a_fit": Fate.LOST, "not_a_lead": Fate.LOST}
_TURNED_DOWN = "not_a_lead"


@dataclass(frozen=True, slots=True)
class BrandFunnel:
    """One brand. posts, people: heard in all; no playbook can be told for those who were left in peace."""

    handle: str
    posts: int
    people: int
    funnels: tuple[Funnel, ...]
    playbooks: Mapping[VersionId, Playbook] = field(default_factory=dict)

    def pictures(self) -> Iterator[tuple[str, str]]:
        """Each version's drawing with the counts on it, as (name of a file, SVG)."""
        for one in self.funnels:
            playbook = self.playbooks.get(one.version)
            if playbook is not None:
                name = f"{self.handle}-{one.playbook}-{one.version[:8]}.svg"
                yield name, drawing(playbook, overlay(one))


@dataclass(frozen=True, slots=True)
class BrandCalibration:
    """One brand, by two measures: points when handed over, and the warmth of the post it began with."""

    handle: str
    by_score: Calibration
    by_warmth: Calibration
    leads: int


def funnel_report(
    store: Store, clock: Clock, brands: Mapping[BrandId, str], *, days: int
) -> list[BrandFunnel]:
    """Of each brand, over so many UTC days. Raises TransientError."""
    since = first_moment(clock.now(), days)
    return [_funnel(store, clock, brand_id, handle, since, days) for brand_id, handle in brands.items()]


def calibration_report(
    store: Store, clock: Clock, brands: Mapping[BrandId, str], *, days: int
) -> list[BrandCalibration]:
    """Of each brand, over so many UTC days. Raises TransientError."""
    since = first_moment(clock.now(), days)
    found = []
    for brand_id, handle in brands.items():
        became = reports.handed_over(store.database, brand_id, since)
        by_score = [HandedOver(one.score, _fate(one)) for one in became]
        by_warmth = [HandedOver(one.warmth, _fate(one)) for one in became if one.warmth is not None]
        found.append(BrandCalibration(handle, calibrate(by_score), calibrate(by_warmth), len(became)))
    return found


def first_moment(now: datetime, days: int) -> datetime:
    """The beginning of the first of so many UTC days, today included."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def _fate(one: reports.Became) -> Fate:
    return _FATES.get(one.outcome or "", Fate.OPEN)


def _funnel(
    store: Store, clock: Clock, brand_id: BrandId, handle: str, since: datetime, days: int
) -> BrandFunnel:
    told = reports.dialogs(store.database, brand_id, since)
    playbooks = _playbooks(store, handle)
    courses = [_course(one, playbooks) for one in told.values() if one.spoken]
    cost = costs(store.database, clock.now(), days=days, handle=handle)
    reads = {
        each.playbook: each.reads_usd for one in cost if one.brand_id == brand_id for each in one.playbooks
    }
    posts, people = reports.people_heard(store.database, brand_id, since)
    return BrandFunnel(handle, posts, people, tuple(funnels(courses, playbooks, reads)), playbooks)


def _course(told: reports.Told, playbooks: Mapping[VersionId, Playbook]) -> Course:
    source, became = told.spoken[0].source, told.became
    playbook = playbooks.get(source.version)
    lines = {one.source.line for one in told.spoken if one.source.version == source.version}
    asked = {
        card.learn
        for card in (playbook.cards if playbook is not None else ())
        if card.ask.line in lines or (card.if_unclear is not None and card.if_unclear.line in lines)
    }
    is_lead = became is not None and became.score > 0
    outcome = became.outcome if became is not None else None
    is_taken = became is not None and (became.is_claimed or outcome is not None)
    return Course(
        source.playbook,
        source.version,
        frozenset(asked),
        tuple(told.answered),
        messages=len(told.spoken),
        usd=sum(one.usd for one in told.spoken),
        is_handed_over=is_lead,
        is_accepted=is_lead and is_taken and outcome != _TURNED_DOWN,
        is_won=is_lead and outcome == "won",
    )


def _playbooks(store: Store, handle: str) -> dict[VersionId, Playbook]:
    """Every version of a brand that can still be read."""
    return dict(_restored(store, handle.lower()))


def _restored(store: Store, handle: str) -> Iterable[tuple[VersionId, Playbook]]:
    for stored in store.playbooks.versions():
        if stored.brand != handle:
            continue
        try:
            source = playbook_files.PlaybookSource(stored.file, stored.content)
            yield stored.version, playbook_files.restore(source)
        except PlaybookError:
            _log.info("playbook.outdated", playbook=stored.name, version=stored.version)
