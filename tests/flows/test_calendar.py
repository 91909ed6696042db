"""Hours, holidays and quiet nights, on the nights when the clock is changed above all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from leadbot.flows import calendar
from leadbot.model import Rep, Team

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
OFFICE = tuple((day, 9 * 60, 17 * 60) for day in range(5))


def team(
    *, zone: str = BERLIN, hours: tuple[tuple[int, int, int], ...] = OFFICE, holidays: tuple[date, ...] = ()
) -> Team:
    return Team("inside-sales", (Rep("Mia Winter", "Mia"),), zone, hours, holidays)


def utc(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        (utc(11, 25, 7, 59), False),
        (utc(11, 25, 8, 0), True),
        (utc(11, 25, 15, 59), True),
        (utc(11, 25, 16, 0), False),
        (utc(11, 28, 10, 0), False),
        (utc(7, 1, 7, 0), True),
    ],
)
def test_a_team_is_in_by_its_own_wall_clock(at: datetime, open_: bool) -> None:
    assert calendar.is_open(team(), at) is open_


def test_a_team_without_hours_is_always_in_but_on_holidays() -> None:
    christmas = team(hours=(), holidays=(date(2026, 12, 25),))
    assert calendar.is_open(christmas, utc(12, 24, 22, 59))
    assert not calendar.is_open(christmas, utc(12, 24, 23, 0))
    assert calendar.next_open(christmas, utc(12, 25, 5)) == utc(12, 25, 23, 0)
    assert calendar.back_at_words(christmas, utc(12, 25, 5)) == "tomorrow at 0:00"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (utc(11, 25, 10), ""),
        (utc(11, 25, 5), "today at 9:00"),
        (utc(11, 25, 17), "tomorrow at 9:00"),
        (utc(11, 27, 16, 5), "Monday at 9:00"),
        (utc(11, 28, 10), "Monday at 9:00"),
        (utc(11, 29, 10), "tomorrow at 9:00"),
    ],
)
def test_the_words_name_the_day_they_are_really_back(at: datetime, words: str) -> None:
    assert calendar.back_at_words(team(), at) == words


def test_holidays_are_skipped_and_a_far_day_has_a_date() -> None:
    holidays = tuple(date(2026, 12, 24) + timedelta(days=day) for day in range(12))
    assert calendar.back_at_words(team(holidays=holidays), utc(12, 23, 17)) == "on 5 January at 9:00"


def test_a_team_that_never_opens_promises_nothing() -> None:
    never = team(hours=((0, 600, 600),))
    assert calendar.next_open(never, utc(11, 25)) == utc(11, 25)
    assert calendar.back_at_words(never, utc(11, 25)) == ""
    assert calendar.add_business_seconds(never, utc(11, 25), 60) == utc(11, 25, 0, 1)


def test_business_minutes_run_in_hours_only() -> None:
    half_an_hour = calendar.add_business_seconds(team(), utc(11, 27, 15, 50), 30 * 60)
    assert half_an_hour == utc(11, 30, 8, 20)  # ten minutes on Friday, twenty on Monday
    assert calendar.add_business_seconds(team(hours=()), utc(11, 28, 1), 60) == utc(11, 28, 1, 1)
    assert calendar.add_business_seconds(team(), utc(11, 28, 1), 0) == utc(11, 30, 8)


def test_skipped_minutes_are_no_business_minutes() -> None:
    night_shift = team(hours=((6, 0, 6 * 60),))  # Sunday 00:00 to 06:00
    # 29 March 2026: 02:00 to 03:00 does not exist, so the shift is five hours long.
    start = utc(3, 28, 23)
    assert calendar.add_business_seconds(night_shift, start, 5 * 3600) == utc(3, 29, 4)
    assert calendar.add_business_seconds(night_shift, start, 5 * 3600 + 60) == utc(4, 4, 22, 1)


def test_a_repeated_hour_counts_once() -> None:
    night_shift = team(hours=((6, 0, 6 * 60),))
    # 25 October 2026: 02:00 to 03:00 happens twice; the shift counts six hours though seven pass.
    start = utc(10, 24, 22)
    assert calendar.add_business_seconds(night_shift, start, 2 * 3600) == utc(10, 25, 0)
    assert calendar.add_business_seconds(night_shift, start, 6 * 3600) == utc(10, 25, 5)
    assert calendar.add_business_seconds(night_shift, start, 6 * 3600 + 60) == utc(10, 31, 23, 1)


@pytest.mark.parametrize(
    ("zone", "at", "until"),
    [
        (BERLIN, utc(3, 28, 22, 30), utc(3, 29, 5)),  # the short night: 07:00 summer time
        (BERLIN, utc(10, 24, 21, 30), utc(10, 25, 6)),  # the long one: 07:00 winter time
        (NEW_YORK, utc(3, 8, 4), utc(3, 8, 11)),
        (NEW_YORK, utc(11, 1, 4), utc(11, 1, 12)),
        (LORD_HOWE, utc(4, 4, 13), utc(4, 4, 20, 30)),  # half an hour back
        (BERLIN, utc(11, 25, 12), None),
        (BERLIN, utc(11, 25, 6), None),
        (BERLIN, utc(11, 25, 5, 59), utc(11, 25, 6)),
    ],
)
def test_quiet_hours_wrap_over_midnight_and_over_the_clock_change(
    zone: str, at: datetime, until: datetime | None
) -> None:
    assert calendar.quiet_until((22 * 60, 7 * 60), zone, at) == until


def test_quiet_hours_that_end_in_the_skipped_hour_end_at_the_jump() -> None:
    assert calendar.quiet_until((22 * 60, 2 * 60 + 30), BERLIN, utc(3, 28, 23)) == utc(3, 29, 1)


def test_quiet_hours_that_end_in_the_repeated_hour_always_lie_ahead() -> None:
    quiet = (22 * 60, 2 * 60 + 30)
    assert calendar.quiet_until(quiet, BERLIN, utc(10, 25, 0, 10)) == utc(10, 25, 0, 30)
    again = utc(10, 25, 1, 10)  # 02:10 for the second time
    assert calendar.quiet_until(quiet, BERLIN, again) == utc(10, 25, 1, 30)


def test_no_quiet_hours_are_none() -> None:
    assert calendar.quiet_until(None, BERLIN, utc(11, 25)) is None
    assert calendar.quiet_until((60, 60), BERLIN, utc(11, 25)) is None


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE])
@pytest.mark.parametrize(
    "day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 11, 1), date(2026, 3, 8)]
)
def test_local_minutes_never_run_backwards(zone: str, day: date) -> None:
    moments = [calendar.moment(zone, day, minute) for minute in range(0, 1441, 5)]
    assert moments == sorted(moments)
    assert moments[-1] == calendar.moment(zone, day + timedelta(days=1), 0)


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE])
def test_a_quiet_night_always_ends_ahead(zone: str) -> None:
    start = utc(10, 24)
    for step in range(0, 10 * 24 * 60, 7):
        at = start + timedelta(minutes=step)
        until = calendar.quiet_until((22 * 60, 2 * 60 + 15), zone, at)
        assert until is None or at < until <= at + timedelta(hours=6)
