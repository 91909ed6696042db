"""Who gets a person, when the next one does, and why."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbot.flows import calendar, routing
from leadbot.flows.routing import Route, Stage, Turn, Waiting, Why
from leadbot.model import Rep, Team

MAYA, TOMAS, ADA = Rep("Maya", "Maya"), Rep("Tomás", "Tomás"), Rep("Ada", "Ada")
SPLIT = tuple((day, start * 60, end * 60) for day in range(7) for start, end in ((0, 4), (9, 12), (13, 17)))
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)  # 09:00 in Berlin


def team(*reps: Rep, zone: str = "UTC", hours: tuple[tuple[int, int, int], ...] = (), **more: object) -> Team:
    return Team("sales", reps or (MAYA, TOMAS), zone, hours, manager="Boss", **more)  # type: ignore[arg-type]


def waiting(of: Team | None, **more: object) -> Waiting:
    values: dict[str, object] = {
        "team_name": "sales",
        "brand": "acme",
        "said": frozenset(),
        "turns": (),
        "rep": "",
        "bond": None,
        "claim_within_s": 1800.0,
    }
    return Waiting(of, **{**values, **more})  # type: ignore[arg-type]


def first(of: Team, at: datetime = NOON, **more: object) -> Route:
    route = routing.next_route(waiting(of, **more), at)
    assert route is not None
    return route


def test_each_rep_has_their_turn_by_weight() -> None:
    heavy = Rep("Maya", "Maya", weight=2)
    turns: list[Turn] = []
    for _ in range(6):
        route = first(team(heavy, TOMAS), turns=tuple(turns))
        turns.append(Turn(route.rep, tuple(rep for rep, _ in route.passed)))
    assert [turn.rep for turn in turns] == ["Maya", "Tomás", "Maya"] * 2


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(1, 40))
def test_nobody_is_ever_a_whole_turn_from_their_share(weights: list[int], count: int) -> None:
    reps = [Rep(f"rep{n}", f"rep{n}", weight=weight) for n, weight in enumerate(weights)]
    turns: list[Turn] = []
    for _ in range(count):
        rep = routing.turn(reps, turns)
        assert rep is not None
        turns.append(Turn(rep.name, tuple(one.name for one in reps if one is not rep)))
    got = Counter(turn.rep for turn in turns)
    for rep in reps:
        assert abs(got[rep.name] - count * rep.weight / sum(weights)) < len(reps)


def test_who_comes_back_has_no_pile_to_catch_up_with() -> None:
    while_away = tuple(Turn("Maya", ()) for _ in range(30))
    turns = list(while_away)
    for _ in range(4):
        route = first(team(), turns=tuple(turns))
        turns.append(Turn(route.rep, tuple(rep for rep, _ in route.passed)))
    assert Counter(turn.rep for turn in turns[30:]) == {"Maya": 2, "Tomás": 2}


@pytest.mark.parametrize(
    ("more", "rep", "why"),
    [
        ({"rep": "Ada", "bond": Why.KNOWN}, "Ada", Why.KNOWN),
        ({"rep": "Ada", "bond": Why.NAMED}, "Ada", Why.NAMED),
        ({"rep": "Ada"}, "Maya", Why.TURN),
        ({"said": frozenset({("place", "berlin")})}, "Tomás", Why.TAKES),
        ({"brand": "Acme_ES"}, "Ada", Why.OWNS_BRAND),
        ({"brand": "acme_es", "said": frozenset({("place", "berlin")})}, "Tomás", Why.TAKES),
        ({"brand": "acme_es", "rep": "Maya", "bond": Why.KNOWN}, "Maya", Why.KNOWN),
    ],
)
def test_the_first_rule_that_fits_decides(more: dict[str, object], rep: str, why: Why) -> None:
    reps = (
        MAYA,
        Rep("Tomás", "Tomás", takes=(("place", "berlin"),)),
        Rep("Ada", "Ada", brands=("acme_es",)),
    )
    route = first(team(*reps), **more)
    assert (route.rep, route.why) == (rep, why)
    assert {name for name, _ in route.passed} == {"Maya", "Tomás", "Ada"} - {rep}


def test_who_is_away_when_the_team_is_next_in_is_left_out() -> None:
    off = Rep("Maya", "Maya", away=(date(2026, 11, 30),))
    office = tuple((day, 9 * 60, 17 * 60) for day in range(5))
    friday_night = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
    route = first(team(off, TOMAS, hours=office), friday_night)
    assert (route.rep, route.passed) == ("Tomás", (("Maya", Why.AWAY),))
    assert route.due_at == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    everybody_off = team(off, hours=office)
    assert first(everybody_off, friday_night).stage is Stage.TEAM


def test_weight_nought_gets_only_who_is_theirs() -> None:
    nobody_new = Rep("Maya", "Maya", weight=0, takes=(("place", "berlin"),))
    assert first(team(nobody_new, TOMAS)).passed == (("Maya", Why.NO_WEIGHT),)
    assert first(team(nobody_new, TOMAS), said=frozenset({("place", "berlin")})).rep == "Maya"


@pytest.mark.parametrize(
    ("at", "within_min", "due"),
    [
        # Berlin, split day 00-04, 09-12, 13-17.
        (datetime(2026, 11, 27, 10, 50, tzinfo=UTC), 30, datetime(2026, 11, 27, 12, 20, tzinfo=UTC)),
        # The clock jumps from 2 to 3 on 29 March: 00:30 and three hours of work are 09:30.
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), 180, datetime(2026, 3, 29, 7, 30, tzinfo=UTC)),
        # It falls back from 3 to 2 on 25 October: the hour counts once, so 00:30 and three hours are 03:30.
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), 180, datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
        # A holiday on the 28th.
        (datetime(2026, 11, 27, 15, 50, tzinfo=UTC), 30, datetime(2026, 11, 28, 23, 20, tzinfo=UTC)),
    ],
)
def test_claim_time_is_business_time_of_the_team(at: datetime, within_min: int, due: datetime) -> None:
    berlin = team(zone="Europe/Berlin", hours=SPLIT, holidays=(date(2026, 11, 28),))
    assert first(berlin, at, claim_within_s=within_min * 60.0).due_at == due


@given(
    st.integers(0, 3),
    st.lists(st.sampled_from([0, 1, 3]), min_size=4, max_size=4),
    st.integers(0, 275 * 24 * 60),
    st.floats(1, 7200),
    st.booleans(),
)
def test_everybody_ends_at_the_manager_at_last(
    size: int, weights: list[int], minute: int, within_s: float, has_hours: bool
) -> None:
    reps = tuple(Rep(f"rep{n}", "R", weight=weights[n]) for n in range(size))
    of = Team("sales", reps, "Europe/Berlin", SPLIT if has_hours else (), manager="Boss")
    past: list[Route] = []
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)
    while True:
        asked = waiting(of, claim_within_s=within_s, past=tuple((route.rep, route.stage) for route in past))
        route = routing.next_route(asked, now)
        if route is None:
            break
        past.append(route)
        now = route.due_at or now
        assert route.due_at is None or calendar.next_open(of, route.at) < route.due_at
    assert (past[-1].stage, past[-1].due_at) == (Stage.MANAGER, None)
    reps_asked = [route.rep for route in past if route.stage is Stage.REP]
    assert len(past) <= 4
    assert len(reps_asked) == len(set(reps_asked)) <= 2


def test_the_name_lines_say_is_always_the_same_and_follows_weights() -> None:
    of = team(Rep("Maya", "Maya", weight=3), TOMAS)
    names = [routing.named(of, "acme", (), NOON.date(), number).name for number in range(8)]
    assert Counter(names) == {"Maya": 6, "Tomás": 2}
    away = team(Rep("Maya", "Maya", away=(NOON.date(),)), TOMAS)
    assert routing.named(away, "acme", (), NOON.date(), 0).name == "Tomás"


def test_a_score_presses_half_as_much_after_each_half_life() -> None:
    day = timedelta(days=1).total_seconds()
    assert [routing.pressing(80, n * day) for n in (0, 1, 2)] == [80, 40, 20]
    assert routing.pressing(80, -5) == 80
