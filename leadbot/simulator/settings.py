"""The simulator's switches, changed at run time through `POST /_sim/settings`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


class SettingError(ValueError):
    """A switch that does not exist or a value it cannot take; the message says what would do."""


@dataclass(slots=True)
class SimSettings:
    """Every switch with its default. Durations are virtual seconds unless the comment says real."""

    summon_rule: bool = True
    implicit_mention_counts: bool = True
    summon_wording: str = "2026-07"
    duplicate_scope: str = "addressee"
    duplicate_window_s: float = 86_400.0
    duplicates_for_people: bool = False
    replies_editable: bool = True
    edit_window_s: float = 3_600.0
    edits_allowed: int = 5
    rate_limits: bool = True
    limits: dict[str, dict[str, int]] = field(default_factory=dict)
    keep_alive_s: float = 20.0  # real
    rule_activation_s: float = 0.0
    stream_mode: str = "refuse"
    ghost_s: float = 0.0  # real
    slow_reader_items: int = 10_000
    bill_includes: bool = False
    dm_needs_first_word: bool = True
    access: str = "self-serve"
    summon_title: str = ""
    gzip: bool = True
    unknown_fields: bool = False
    keeps_exchanges: bool = False
    credits_usd: float = 0.0
    post_reads_cap: int = 0
    conduct_length: int = 140
    dialog_limit: int = 4
    dialog_ends_s: float = 172_800.0
    in_flight_s: float = 30.0
    compliance_job_s: float = 0.0
    activity_offered: bool = True
    compliance_offered: bool = True

    @property
    def is_enterprise(self) -> bool:
        """Whether the app may do what self-serve apps may not: backfill, quotes, likes, cold replies."""
        return self.access == "enterprise"

    def change(self, changes: Mapping[str, Any]) -> None:
        """Takes all changes or, with SettingError, none of them."""
        checked = {name: self._checked(name, value) for name, value in changes.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """All switches and their values."""
        return asdict(self)

    def _checked(self, name: str, value: Any) -> Any:
        if name not in {f.name for f in fields(self)}:
            raise SettingError(
                f"there is no setting {name!r}; known: {', '.join(f.name for f in fields(self))}"
            )
        if name == "limits":
            return _limits(value)
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise SettingError(f"{name} is {value!r}; choose one of {', '.join(_CHOICES[name])}")
            return value
        return _number_or_switch(name, value, getattr(self, name))


_CHOICES: dict[str, tuple[str, ...]] = {
    "summon_wording": ("2026-07", "2026-05"),
    "duplicate_scope": ("addressee", "account"),
    "stream_mode": ("refuse", "kick"),
    "access": ("self-serve", "enterprise"),
    "summon_title": ("", "Authorization Error", "Forbidden"),
}


def _number_or_switch(name: str, value: Any, current: Any) -> Any:
    if isinstance(current, bool):
        if not isinstance(value, bool):
            raise SettingError(f"{name} is {value!r}; give true or false")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise SettingError(f"{name} is {value!r}; give a number of 0 or more")
    return type(current)(value)


def _limits(value: Any) -> dict[str, dict[str, int]]:
    good = isinstance(value, dict) and all(
        isinstance(per, dict)
        and set(per) <= {"app", "user", "app_day", "user_day"}
        and all(map(_is_count, per.values()))
        for per in value.values()
    )
    if not good:
        raise SettingError(
            'limits maps a route to counts, for example {"POST /2/tweets": {"user": 100, "app_day": 10000}}'
        )
    return {route: dict(per) for route, per in value.items()}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
