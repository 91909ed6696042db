"""The small notations of a playbook: durations, ranges, points. Text in, numbers out."""

from __future__ import annotations

import re

from leadbot.flows.cards import Range

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_SHORT = {"s": "second", "sec": "second", "min": "minute", "h": "hour", "d": "day", "w": "week"}
_DURATION = re.compile(r"(\d{1,4}(?:\.\d{1,2})?) *(business +)?([a-z]+)")
_PACE_TO = re.compile(r"\s+to\s+")
_POINTS = re.compile(r"(\d{1,4})(?: +points?)?")
_NUMBER = r"\d{1,12}(?:\.\d{1,4})?"
_RANGE = re.compile(rf"({_NUMBER})?\.\.({_NUMBER})?")
_WITHIN = re.compile(r"within +(\d{1,4}) +(day|week|month)s?")
_DAYS = {"day": 1, "week": 7, "month": 30}


def seconds(text: str, *, business: bool = False) -> float:
    """Seconds of ``2 days``, ``12 h`` or, with `business`, ``30 business minutes``. Raises ValueError."""
    wanted = '"30 business minutes"' if business else '"2 days" or "12 h"'
    match = _DURATION.fullmatch(text.strip().lower())
    unit = _unit(match[3]) if match else ""
    if not match or not unit:
        raise ValueError(f'"{text}" is no length of time; write it like {wanted}')
    if bool(match[2]) is not business or (business and unit in ("day", "week")):
        raise ValueError(f'"{text}": a time like {wanted} is wanted here')
    result = float(match[1]) * _SECONDS[unit]
    if result <= 0:
        raise ValueError("a time longer than nothing is wanted here")
    return result


def pace(text: str) -> tuple[float, float]:
    """The least and the most seconds of ``20 s to 90 s``; ``30 s`` is both. Raises ValueError."""
    parts = _PACE_TO.split(text.strip())
    if len(parts) > 2:
        raise ValueError(f'"{text}" is no pace; write it like "20 s to 90 s"')
    least, most = seconds(parts[0]), seconds(parts[-1])
    if most < least:
        raise ValueError(f'"{text}": the shorter time comes first')
    return least, most


def _unit(word: str) -> str:
    word = _SHORT.get(word, word)
    singular = word.removesuffix("s")
    return singular if singular in _SECONDS else ""


def points(text: str | int) -> int:
    """The number of ``45 points``, ``45``. Raises ValueError."""
    match = _POINTS.fullmatch(str(text).strip().lower())
    if not match:
        raise ValueError(f'"{text}" is no number of points; write it like "45 points"')
    return int(match[1])


def number_range(text: str | int | float, *, is_count: bool) -> Range:
    """The numbers of ``1``, ``2..10``, ``11..`` or ``..5``.

    Both ends belong to a count, only the lower one to money. Raises ValueError.
    """
    written = str(text).strip().replace(" ", "").replace(",", "")
    if not isinstance(text, str) or re.fullmatch(_NUMBER, written):
        written = f"{written}..{written}"
    match = _RANGE.fullmatch(written)
    if not match or not (match[1] or match[2]):
        raise ValueError(f'"{text}" is no range; write it like 1, 2..10, 11.. or ..5')
    low = float(match[1] or 0)
    high = float(match[2]) if match[2] else None
    if is_count and not (low.is_integer() and (high is None or high.is_integer())):
        raise ValueError(f'"{text}": a count has whole numbers')
    if high is not None and (high < low or (high == low and not is_count)):
        raise ValueError(f'"{text}" holds nothing: the higher number comes second')
    return Range(low, high, include_high=is_count)


def days_within(text: str) -> int | None:
    """The days of ``within 90 days`` (a month counts 30); None when `text` is something else."""
    match = _WITHIN.fullmatch(text.strip().lower())
    return int(match[1]) * _DAYS[match[2]] if match else None
