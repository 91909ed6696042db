"""Keeps handoffs moving: the first rep, after the claim time the next, the team, at last the manager."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import structlog

from leadbot.errors import LeadbotError
from leadbot.flows import routing
from leadbot.flows.cards import Deck
from leadbot.flows.routing import Route, Waiting, Why
from leadbot.model import Brand, BrandId, Notify, Team
from leadbot.ports import Clock
from leadbot.store import Store
from leadbot.store.routes import Unclaimed

_log = structlog.get_logger()

LOOKS_EVERY_S = 2.0
"""Real seconds between two looks: a read of what is open."""


@dataclass(frozen=True, slots=True)
class Routing:
    """One a process. decks: brand id → its teams. reachable: (team, rep) who have a channel of their own."""

    store: Store
    decks: Mapping[BrandId, Deck]
    clock: Clock
    reachable: Collection[tuple[str, str]] = frozenset()

    def run(self, stop: threading.Event) -> None:
        """Look until `stop`."""
        while not stop.is_set():
            try:
                self.step()
            except LeadbotError as error:
                _log.warning("routing.waited", why=str(error))
            stop.wait(LOOKS_EVERY_S)

    def step(self) -> int:
        """Take every step that is due. Returns how many were taken. Raises TransientError."""
        taken = 0
        for one in self.store.routes.due(self.decks):
            brand = self.decks[one.brand_id].brand
            route = routing.next_route(self._waiting(one, brand), self.clock.now())
            if route is None or not self.store.routes.take(one, route, self._notice(one, route)):
                continue
            taken += 1
            _log.info("handoff.routed", key=one.key, rep=route.rep, stage=route.stage, why=route.why.value)
        self._tell_of_unclaimed()
        return taken

    def _waiting(self, one: Unclaimed, brand: Brand) -> Waiting:
        team = _team(brand, one.team)
        return Waiting(
            team=team,
            team_name=one.team,
            brand=brand.handle,
            said=frozenset((answer.card, answer.answer) for answer in one.story.answers),
            turns=self.store.routes.turns(one.team),
            rep=one.rep,
            bond=_bond(one, team),
            claim_within_s=one.claim_within_s,
            past=tuple((route.rep, route.stage) for route in one.routes),
        )

    def _notice(self, one: Unclaimed, route: Route) -> Notify | None:
        """The team was told by the core already, so the first step tells a rep who has a channel alone."""
        if route.step == 1 and (route.team, route.rep) not in self.reachable:
            return None
        labels = tuple(f"{line.card}={line.answer} {line.points:+d}" for line in one.story.receipt)
        subject = f"{one.story.score} points" if labels else one.story.reason.replace("_", " ")
        news = "" if route.step == 1 else f", {route.why.value}"
        key = f"{one.key}:route:{route.step}"
        return Notify(key, route.team, subject + news, labels, rep=route.rep, handoff_key=one.key)

    def _tell_of_unclaimed(self) -> None:
        waiting = self.store.routes.at_the_manager()
        for brand_id, deck in self.decks.items():
            key, count = f"handoffs.unclaimed:{brand_id}", waiting.get(brand_id, 0)
            if not count:
                self.store.alarms.clear(key)
                continue
            who = "one person" if count == 1 else f"{count} people"
            what = f"{who} of @{deck.brand.handle} waited for a rep, and nobody has claimed them"
            fix = "claim them on the desk; `leadbot handoffs why` tells who was asked"
            self.store.alarms.raise_alarm(key, what=what, fix=fix, brand_id=brand_id)


def _team(brand: Brand, name: str) -> Team | None:
    return next((team for team in brand.teams if team.name == name), None)


def _bond(one: Unclaimed, team: Team | None) -> Why | None:
    """What binds the person to the rep the core chose: that they spoke before, or that they were told."""
    if not one.rep or one.routes:
        return None
    if one.conversation.last_rep == one.rep:
        return Why.KNOWN
    rep = next((rep for rep in team.reps if rep.name == one.rep), None) if team else None
    is_told = rep is not None and any(rep.first_name in text for text in one.told)
    return Why.NAMED if is_told else None
