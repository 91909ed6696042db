"""Do warm leads buy? Plain words where the numbers carry them, and none where they do not."""

from __future__ import annotations

import pytest

from leadbot.cli.report import verdict_of
from leadbot.flows.buying import (
    Bin,
    Calibration,
    Fate,
    HandedOver,
    Verdict,
    by_chance,
    calibrate,
    interval,
)


def leads(*groups: tuple[float, int, int, int]) -> list[HandedOver]:
    """(warmth, won, lost, open) → leads."""
    return [
        HandedOver(warmth, fate)
        for warmth, won, lost, waiting in groups
        for fate, count in ((Fate.WON, won), (Fate.LOST, lost), (Fate.OPEN, waiting))
        for _ in range(count)
    ]


def test_warm_leads_that_buy_more_often_are_told_so() -> None:
    found = calibrate(leads((10, 1, 11, 0), (40, 10, 2, 0)))
    assert found.verdict is Verdict.WARMER_BUY
    assert [one.rate for one in found.bins] == [pytest.approx(1 / 12), pytest.approx(10 / 12)]
    assert verdict_of(found).startswith("Yes, warm leads buy more often: 10 of 12")


def test_a_scale_that_is_upside_down_is_told_too() -> None:
    found = calibrate(leads((10, 10, 2, 0), (40, 1, 11, 0)))
    assert found.verdict is Verdict.COLDER_BUY
    assert "wrong thing" in verdict_of(found)


def test_a_difference_that_chance_makes_is_none() -> None:
    found = calibrate(leads((10, 2, 4, 0), (40, 3, 3, 0)))
    assert found.verdict is Verdict.NO_DIFFERENCE
    assert found.chance == pytest.approx(1.0)


@pytest.mark.parametrize("groups", [(), ((10.0, 0, 0, 9),), ((10.0, 4, 0, 5), (40.0, 9, 9, 0))])
def test_of_fewer_than_five_on_a_side_nothing_is_said(
    groups: tuple[tuple[float, int, int, int], ...],
) -> None:
    found = calibrate(leads(*groups))
    assert found.verdict is Verdict.TOO_FEW
    assert verdict_of(found).startswith("Too early to say")


def test_leads_that_are_open_are_no_failures() -> None:
    with_open = calibrate(leads((10, 5, 5, 50), (40, 5, 0, 50)))
    assert [(one.won, one.lost, one.open, one.rate) for one in with_open.bins] == [
        (5, 5, 50, 0.5),
        (5, 0, 50, 1.0),
    ]


def test_no_rate_is_told_of_fewer_than_five() -> None:
    assert Bin(0, 1, 2, 2, 9).rate is None
    assert Bin(0, 1, 2, 2, 9).between is None
    assert Bin(0, 1, 2, 3, 0).rate == 0.4


def test_bins_hold_about_as_many_decided_leads_and_part_none_that_are_alike() -> None:
    many = leads(*((float(points), 1, 1, 1) for points in range(40)))
    assert [one.decided for one in calibrate(many).bins] == [20, 20, 20, 20]
    alike = calibrate(leads((30, 20, 20, 0), (31, 1, 0, 0)))
    assert [(one.low, one.high) for one in alike.bins] == [(30, 30), (31, 31)]


def test_fishers_exact_test_on_the_lady_tasting_tea() -> None:
    """Fisher 1935: three of four cups right, of eight: 17 of 70 one-sided, so 34 of 70 two-sided."""
    assert by_chance(3, 1, 1, 3) == pytest.approx(34 / 70)
    assert by_chance(4, 0, 0, 4) == pytest.approx(2 / 70)


def test_wilsons_interval_stays_within_its_bounds() -> None:
    assert interval(0, 10) == (0.0, pytest.approx(0.2775, abs=1e-3))
    assert interval(5, 10) == (pytest.approx(0.2366, abs=1e-3), pytest.approx(0.7634, abs=1e-3))


def test_a_calibration_of_nothing_is_no_fault() -> None:
    assert calibrate([]) == Calibration((), Verdict.TOO_FEW, None, None, None)
