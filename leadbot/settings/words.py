"""How settings are written down: paces, hours of a week, holidays, reps. A ValueError tells the right way."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from leadbot.settings.table import LONGEST_S, seconds_in

_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIOD = re.compile(r"^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$")
_DAY_RANGE = re.compile(r"^\s*([a-z]{3})[a-z]*\s*(?:[-–]\s*([a-z]{3})[a-z]*)?\s+", re.IGNORECASE)

HOURS_EXAMPLE = (
    'write days and hours: "mon-fri 09:00-17:00" or ["mon-thu 09:00-12:00, 13:00-17:00", "fri 09:00-15:00"]'
)


def is_handle(text: str) -> bool:
    """Whether this can be an account's handle (without the @)."""
    return _HANDLE.fullmatch(text) is not None


def pace(value: Any) -> tuple[float, float]:
    """Least and most seconds: "20s to 90s", [20, 90] or 0."""
    wanted = 'write "20s to 90s", [20, 90] or 0'
    if isinstance(value, str):
        ends = [seconds_in(part) for part in re.split(r"\s+to\s+|\s*[-–]\s*", value)]
    elif isinstance(value, (list, tuple)) and all(_is_number(item) for item in value):
        ends = [float(item) for item in value]
    elif _is_number(value):
        ends = [float(value)]
    else:
        raise ValueError(wanted)
    if len(ends) not in (1, 2) or min(ends) < 0 or ends[0] > ends[-1]:
        raise ValueError(wanted + "; the least first")
    return ends[0], ends[-1]


def seconds(value: Any) -> float:
    """A duration: "12 h", or a plain number of seconds."""
    if isinstance(value, str):
        return seconds_in(value)
    if not _is_number(value) or value < 0:
        raise ValueError('write a number and a unit, such as "90s", "30 min", "12 h" or "2 days"')
    return float(value)


def some_seconds(value: Any) -> float:
    """A duration that is not nothing: at least a second."""
    found = seconds(value)
    if found < 1:
        raise ValueError('write a number and a unit, such as "15 min" or "3 days"; at least a second')
    return found


def quiet_hours(value: Any) -> tuple[int, int] | None:
    """Two times of day, which may wrap over midnight: "22:00-07:00"; "" for none."""
    if value == "":
        return None
    found = _PERIOD.match(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('write two times of day, such as "22:00-07:00", or "" for none')
    return _minute(found[1], found[2]), _minute(found[3], found[4])


def zone(value: Any) -> str:
    """A place's name in the tz database."""
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, TypeError, OSError):
        raise ValueError('write a zone of the tz database, such as "Europe/Berlin"') from None


def week(value: Any) -> tuple[tuple[int, int, int], ...]:
    """Periods of a week as (weekday, from minute, to minute)."""
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(HOURS_EXAMPLE)
    return tuple(sorted(period for part in parts for period in _day_periods(part)))


def _day_periods(text: str) -> list[tuple[int, int, int]]:
    days = _DAY_RANGE.match(text)
    if days is None or days[1].lower() not in _DAYS or (days[2] or "mon").lower() not in _DAYS:
        raise ValueError(HOURS_EXAMPLE)
    first = _DAYS.index(days[1].lower())
    last = _DAYS.index((days[2] or days[1]).lower())
    weekdays = range(first, last + 1) if first <= last else (*range(first, 7), *range(last + 1))
    periods = [_PERIOD.match(part) for part in text[days.end() :].split(",")]
    minutes = [(_minute(p[1], p[2]), _minute(p[3], p[4])) for p in periods if p]
    if len(minutes) < len(periods) or any(start >= end for start, end in minutes):
        raise ValueError(HOURS_EXAMPLE)
    return [(day, start, end) for day in weekdays for start, end in minutes]


def holidays(value: Any) -> tuple[date, ...]:
    """Days on which a team is away."""
    wanted = 'write days as ["2026-12-24", "2026-12-25"]'
    if not isinstance(value, list):
        raise ValueError(wanted)
    try:
        return tuple(day if isinstance(day, date) else date.fromisoformat(day) for day in value)
    except (ValueError, TypeError):
        raise ValueError(wanted) from None


def _minute(hour: str, minute: str) -> int:
    total = int(hour) * 60 + int(minute)
    if total > 24 * 60 or int(minute) > 59:
        raise ValueError(f"{hour}:{minute} is no time of day; write 00:00 to 24:00")
    return total


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and -LONGEST_S <= value <= LONGEST_S
