"""Who of a team gets a person, when the next one does, and why: pure rules over the log of routes.

A person goes to one rep, after the claim time to one other, then to the whole team, at last to the manager
with an alarm. Each step's time is business time of the team, so nothing runs out while nobody is in
(docs/routing.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from leadbot.flows import calendar
from leadbot.model import Rep, Team

HALF_LIFE_S = 24 * 3600.0
"""A warm person is half as pressing after a day without contact. Ours, for want of a measured one: the
odds of qualifying a lead fall within hours (Oldroyd et al., Harvard Business Review, March 2011).
"""


class Stage(StrEnum):
    """Who is asked: one rep, the whole team, the manager."""

    REP = "rep"
    TEAM = "team"
    MANAGER = "manager"


class Why(StrEnum):
    """Why somebody was chosen, or passed over."""

    KNOWN = "they know each other"
    NAMED = "the person was told this name"
    OWNS_BRAND = "owns the account"
    TAKES = "takes people with this answer"
    TURN = "their turn"
    NOT_CLAIMED = "nobody claimed in time"
    NO_TEAM = "no such team, or nobody in it"
    AWAY = "away that day"
    TRIED = "had their time"
    NO_WEIGHT = "weight 0"
    NOT_THEIRS = "belongs to somebody else"
    NOT_THEIR_TURN = "not their turn"


@dataclass(frozen=True, slots=True)
class Route:
    """One step of a handoff. step: from 1; rep: empty for the whole team. passed: (rep, why not).

    due_at: when the next step comes unless somebody claims; None: this is the last.
    """

    step: int
    stage: Stage
    team: str
    rep: str
    why: Why
    passed: tuple[tuple[str, Why], ...]
    at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody got a person by turn; others: who could have."""

    rep: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person nobody has claimed.

    said: (card, answer). turns: earlier ones of this team, oldest first, from the log. rep: whom the core
    chose; bond: KNOWN or NAMED if that is binding, else None. past: (rep, stage) of the steps so far.
    """

    team: Team | None
    team_name: str
    brand: str
    said: frozenset[tuple[str, str]]
    turns: Sequence[Turn]
    rep: str
    bond: Why | None
    claim_within_s: float | None
    past: tuple[tuple[str, Stage], ...] = ()


def next_route(waiting: Waiting, at: datetime) -> Route | None:
    """The step that comes now; None after the last."""
    team, step = waiting.team, len(waiting.past) + 1
    stage = _stage(waiting)
    if stage is None:
        return None
    if team is None or not team.reps:
        return Route(step, Stage.MANAGER, waiting.team_name, "", Why.NO_TEAM, (), at, None)
    if stage is Stage.MANAGER:
        return Route(step, stage, team.name, team.manager, Why.NOT_CLAIMED, (), at, None)
    within_s = waiting.claim_within_s if waiting.claim_within_s is not None else team.claim_within_s
    due_at = calendar.add_business_seconds(team, at, within_s)
    if stage is Stage.REP:
        rep, why, passed = _choose(waiting, team, at)
        if rep is not None:
            return Route(step, stage, team.name, rep.name, why, passed, at, due_at)
        return Route(step, Stage.TEAM, team.name, "", why, passed, at, due_at)
    return Route(step, Stage.TEAM, team.name, "", Why.NOT_CLAIMED, (), at, due_at)


def _stage(waiting: Waiting) -> Stage | None:
    """What comes after the steps so far: two reps, the team, the manager, nothing."""
    stages = [stage for _, stage in waiting.past]
    if Stage.MANAGER in stages:
        return None
    if Stage.TEAM in stages:
        return Stage.MANAGER
    is_alone = waiting.team is not None and len(waiting.team.reps) < 2
    return Stage.REP if not stages or (len(stages) == 1 and not is_alone) else Stage.TEAM


def _choose(
    waiting: Waiting, team: Team, at: datetime
) -> tuple[Rep | None, Why, tuple[tuple[str, Why], ...]]:
    """The rep, why, and why not each of the others. None: everybody is away or was tried."""
    day = calendar.local_date(team.zone, calendar.next_open(team, at))
    passed = {rep.name: Why.AWAY for rep in team.reps if day in rep.away}
    passed |= {rep: Why.TRIED for rep, _ in waiting.past if rep}
    free = [rep for rep in team.reps if rep.name not in passed]
    bound = next((rep for rep in free if rep.name == waiting.rep), None) if waiting.bond else None
    if bound is not None and waiting.bond is not None:
        return bound, waiting.bond, _passed(team, bound, passed, Why.NOT_THEIRS)
    owners, why = _owners(free, waiting.brand, waiting.said)
    among = [rep for rep in owners if rep.weight > 0] or (owners if why is not Why.TURN else [])
    passed |= {rep.name: Why.NOT_THEIRS for rep in free if rep not in owners}
    passed |= {rep.name: Why.NO_WEIGHT for rep in owners if rep not in among}
    chosen = turn(among, waiting.turns)
    if chosen is None:
        return None, Why.NOT_CLAIMED if waiting.past else Why.AWAY, _passed(team, None, passed, Why.AWAY)
    return chosen, why, _passed(team, chosen, passed, Why.NOT_THEIR_TURN)


def _passed(
    team: Team, chosen: Rep | None, known: Mapping[str, Why], else_: Why
) -> tuple[tuple[str, Why], ...]:
    others = [rep.name for rep in team.reps if rep is not chosen]
    return tuple((name, known.get(name, else_)) for name in others)


def _owners(reps: Sequence[Rep], brand: str, said: Collection[tuple[str, str]]) -> tuple[list[Rep], Why]:
    """Whose this person is by an answer, else by the account, else everybody's turn."""
    if takers := [rep for rep in reps if any(one in said for one in rep.takes)]:
        return takers, Why.TAKES
    if owners := [rep for rep in reps if brand.lower() in rep.brands]:
        return owners, Why.OWNS_BRAND
    return list(reps), Why.TURN


def turn(reps: Sequence[Rep], log: Iterable[Turn]) -> Rep | None:
    """Whose turn it is, by smooth weighted round-robin (as nginx balances servers): each turn gives everybody
    who could have had it their weight and takes all of it from who got it; the most credit comes next, of
    equals the first in leadbot.toml. Who was away or is new neither gains nor loses by it.
    """
    if not reps:
        return None
    weights = {rep.name: max(rep.weight, 1) for rep in reps}
    credit = dict.fromkeys(weights, 0)
    for one in log:
        present = [name for name in (one.rep, *one.others) if name in weights]
        for name in present:
            credit[name] += weights[name]
        if one.rep in weights:
            credit[one.rep] -= sum(weights[name] for name in present)
    return max(reps, key=lambda rep: credit[rep.name] + weights[rep.name])


def named(team: Team, brand: str, said: Collection[tuple[str, str]], day: date, number: int) -> Rep:
    """Whom lines may name before anybody counts turns: the same for the same person, number, answers and day.
    Spread by weight.
    """
    present = [rep for rep in team.reps if day not in rep.away] or list(team.reps)
    owners, _ = _owners(present, brand, said)
    among = [rep for rep in owners for _ in range(rep.weight)] or owners
    return among[number % len(among)]


def pressing(score: float, since_contact_s: float, half_life_s: float = HALF_LIFE_S) -> float:
    """What a score counts for in ordering after so long without contact: half after each half-life. The score
    of the receipt itself stays.
    """
    return float(score * 0.5 ** (max(since_contact_s, 0.0) / half_life_s))
