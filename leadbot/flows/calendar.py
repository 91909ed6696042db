"""Hours, holidays and quiet nights as pure functions of a moment.

Elapsed durations are UTC and need nothing of this. Business minutes and quiet hours follow the wall clock of
the team's or brand's zone. On the night the clock jumps forward the skipped minutes are not counted, on the
night it falls back the repeated hour counts once (SCENARIOS 24): a local minute is mapped to its first UTC
moment, and a span is measured between two such moments on the wall clock.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from leadbot.model import Team

DAY_MINUTES = 24 * 60
SEARCH_DAYS = 400  # a team that is never open within a year is taken to be always open
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of this IANA name; settings have checked it."""
    return ZoneInfo(name)


def local_date(zone: str, at: datetime) -> date:
    """The day it is there."""
    return at.astimezone(zone_of(zone)).date()


def moment(zone: str, day: date, minute: int) -> datetime:
    """The UTC moment of a local minute (0..1440). A minute that the clock skips is the moment of the jump;
    one that it repeats is its first.
    """
    tz = zone_of(zone)
    day, minute = day + timedelta(days=minute // DAY_MINUTES), minute % DAY_MINUTES
    local = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=tz)
    at = local.astimezone(UTC)
    if at.astimezone(tz).replace(tzinfo=None) == local.replace(tzinfo=None):
        return at
    return _jump_before(tz, at)


def _jump_before(tz: ZoneInfo, at: datetime) -> datetime:
    """The last moment up to `at` at which the offset of the zone changed (looked for within a day, to the
    second).
    """
    low, high = at - timedelta(days=1), at
    offset = high.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(tz).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def _periods(team: Team, day: date) -> list[tuple[datetime, datetime]]:
    """When the team is in on that local day, earliest first."""
    if day in team.holidays:
        return []
    spans = sorted(
        (start, end) for weekday, start, end in team.hours if weekday == day.weekday() and start < end
    )
    found = [(moment(team.zone, day, start), moment(team.zone, day, end)) for start, end in spans]
    return [(start_at, end_at) for start_at, end_at in found if start_at < end_at]


def is_open(team: Team, at: datetime) -> bool:
    """Whether somebody is in. A team without hours always is."""
    if not team.hours:
        return local_date(team.zone, at) not in team.holidays
    return any(start <= at < end for start, end in _periods(team, local_date(team.zone, at)))


def next_open(team: Team, at: datetime) -> datetime:
    """The next moment somebody is in; `at` itself when somebody is, or when the team never opens."""
    if is_open(team, at):
        return at
    today = local_date(team.zone, at)
    for ahead in range(SEARCH_DAYS):
        day = today + timedelta(days=ahead)
        if not team.hours:
            if day not in team.holidays:
                return max(at, moment(team.zone, day, 0))
            continue
        for start, end in _periods(team, day):
            if end > at:
                return max(start, at)
    return at


def back_at_words(team: Team, at: datetime) -> str:
    """When they are back, as a line may say it: "today at 9:00", "tomorrow at 9:00", "Monday at 9:00", "on 7
    January at 9:00". Empty while they are in.
    """
    opens_at = next_open(team, at)
    if opens_at <= at:
        return ""
    local = opens_at.astimezone(zone_of(team.zone))
    days = (local.date() - local_date(team.zone, at)).days
    clock = f"{local.hour}:{local.minute:02d}"
    if days <= 1:
        return f"{('today', 'tomorrow')[days]} at {clock}"
    if days < 7:
        return f"{WEEKDAYS[local.weekday()]} at {clock}"
    return f"on {local.day} {local.strftime('%B')} at {clock}"


def add_business_seconds(team: Team, at: datetime, seconds: float) -> datetime:
    """The moment when so many seconds of the team's hours have passed. Always open: plain elapsed time."""
    if not team.hours and not team.holidays:
        return at + timedelta(seconds=seconds)
    left = timedelta(seconds=max(seconds, 0.0))
    today = local_date(team.zone, at)
    for ahead in range(SEARCH_DAYS):
        for start, end in _open_periods(team, today + timedelta(days=ahead)):
            begins_at = max(start, at)
            span = _counted(team.zone, begins_at, end)
            if span <= timedelta(0):
                continue
            if left <= span:
                return _after(team.zone, begins_at, left)
            left -= span
    return at + timedelta(seconds=seconds)


def _open_periods(team: Team, day: date) -> list[tuple[datetime, datetime]]:
    if team.hours:
        return _periods(team, day)
    if day in team.holidays:
        return []
    return [(moment(team.zone, day, 0), moment(team.zone, day, DAY_MINUTES))]


def _folds(zone: str, start: datetime, end: datetime) -> tuple[datetime, timedelta] | None:
    """If the clock falls back between the two: when the repeated stretch begins, and how long it is."""
    tz = zone_of(zone)
    if end <= start:
        return None
    before, after = start.astimezone(tz).utcoffset(), end.astimezone(tz).utcoffset()
    if before is None or after is None or after >= before:
        return None
    return _jump_before(tz, end), before - after


def _counted(zone: str, start: datetime, end: datetime) -> timedelta:
    """The length of a period with a repeated hour counted once."""
    fold = _folds(zone, start, end)
    return end - start - (fold[1] if fold else timedelta(0))


def _after(zone: str, start: datetime, span: timedelta) -> datetime:
    """The moment `span` of counted time after `start`; the repeated stretch passes uncounted."""
    plain = start + span
    fold = _folds(zone, start, plain + timedelta(hours=3))
    if fold and plain > fold[0]:
        return plain + fold[1]
    return plain


def quiet_until(quiet_hours: tuple[int, int] | None, zone: str, at: datetime) -> datetime | None:
    """The end of the quiet hours `at` lies in, else None. Quiet hours may wrap over midnight."""
    if quiet_hours is None or quiet_hours[0] == quiet_hours[1]:
        return None
    start, end = quiet_hours
    local = at.astimezone(zone_of(zone))
    minute, today = local.hour * 60 + local.minute, local.date()
    if start < end:
        return _later(zone, today, end, at) if start <= minute < end else None
    if minute >= start:
        return _later(zone, today + timedelta(days=1), end, at)
    return _later(zone, today, end, at) if minute < end else None


def _later(zone: str, day: date, minute: int, at: datetime) -> datetime:
    """The first moment after `at` when the wall clock of that day has reached `minute`.

    In the repeated hour the first such moment may be past already; then its twin is meant.
    """
    first = moment(zone, day, minute)
    if first > at:
        return first
    tz = zone_of(zone)
    twin = (
        datetime.combine(day, time(minute // 60 % 24, minute % 60), tzinfo=tz).replace(fold=1).astimezone(UTC)
    )
    return twin if twin > at else first + timedelta(minutes=1)
