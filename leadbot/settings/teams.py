"""``[[teams]]``: who takes over, when they are in, who gets whom, where they are told (docs/routing.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from leadbot.model import Rep, Team
from leadbot.model.secret import Secret
from leadbot.settings import words
from leadbot.settings.table import Table
from leadbot.settings.values import Channel

KNOWN = ("name", "brand", "zone", "hours", "holidays", "claim_within", "manager", "notify", "reps")
"""Keys of a team."""

REP_KNOWN = ("name", "first_name", "weight", "brands", "takes", "away", "notify")
"""Keys of a rep."""

_REFERENCE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_HEAVIEST = 1000


def team(table: Table) -> Team:
    """One team; what is wrong is noted."""
    name = table.text("name")
    if not name:
        fix = 'write name = "inside-sales", as playbooks call it'
        table.fault("name", "a team needs a name", fix, rule="no-name")
    if "reps" not in table.values:
        fix = 'write reps = [{name = "Maya Lindqvist"}]'
        table.fault("", f'team "{name}" has nobody in it', fix, rule="no-reps")
    _judge_notify(table)
    return Team(
        name=name,
        reps=_reps(table),
        zone=table.parsed("zone", "UTC", words.zone),
        hours=table.parsed("hours", (), words.week),
        holidays=table.parsed("holidays", (), words.holidays),
        claim_within_s=table.parsed("claim_within", Team("", ()).claim_within_s, words.some_seconds),
        manager=table.text("manager").strip(),
    )


def _judge_notify(table: Table) -> None:
    try:
        _references(table.values.get("notify", []))
    except ValueError as error:
        what = "notify names no environment variable"  # the value may be a token: not a word of it
        table.fault("notify", what, str(error), rule="secret-in-file")


def channels(tables: Sequence[Table], env: Mapping[str, str] | None) -> tuple[Channel, ...]:
    """Where teams and reps are told. env None: nobody looks for the addresses."""
    found = []
    for table in tables:
        name = table.text("name")
        found += [_channel(name, "", one, env) for one in _names(table.values.get("notify"))]
        for rep in _tables(table.values.get("reps")):
            who = str(rep.get("name", "")).strip()
            found += [_channel(name, who, one, env) for one in _names(rep.get("notify"))]
    return tuple(dict.fromkeys(found))


def _channel(team_name: str, rep: str, name: str, env: Mapping[str, str] | None) -> Channel:
    return Channel(team_name, rep, name, Secret((env or {}).get(name, "").strip()))


def _names(value: Any) -> tuple[str, ...]:
    try:
        return () if value is None else _references(value)
    except ValueError:
        return ()  # noted by `team`


def _tables(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _reps(table: Table) -> tuple[Rep, ...]:
    value = table.values.get("reps", [])
    wanted = 'write reps = [{name = "Maya Lindqvist"}], at least one'
    if "reps" in table.values and (not isinstance(value, list) or not value):
        table.fault("reps", f"reps is {value!r}", wanted, rule="cannot-read")
        return ()
    found: list[Rep] = []
    for item in value:
        try:
            found.append(_rep(item))
        except (ValueError, TypeError) as error:
            table.fault("reps", "a rep cannot be read", str(error), rule="cannot-read")
    names = [rep.name for rep in found]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        table.fault("reps", f'"{twice}" stands here twice', "keep one", rule="twice")
    return tuple(found)


def _rep(item: Any) -> Rep:
    values = {"name": item} if isinstance(item, str) else item
    name = values.get("name") if isinstance(values, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise ValueError('write reps = [{name = "Maya Lindqvist"}], at least one')
    for key in set(values) - set(REP_KNOWN):
        near = get_close_matches(key, REP_KNOWN, n=1)
        fix = f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(REP_KNOWN)}"
        raise ValueError(f'{name}: unknown setting "{key}"; {fix}')
    _references(values.get("notify", []))
    return Rep(
        name.strip(),
        str(values.get("first_name") or name.split()[0]),
        weight=_weight(values.get("weight", 1)),
        brands=tuple(brand.lstrip("@").lower() for brand in _texts(values.get("brands", []), "brands")),
        takes=_takes(values.get("takes", {})),
        away=_away(values.get("away", [])),
    )


def _weight(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _HEAVIEST:
        raise ValueError(f"write weight = 2, a whole number from 0 to {_HEAVIEST}")
    return value


def _texts(value: Any, key: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f'write {key} = ["…", "…"]')
    return value


def _takes(value: Any) -> tuple[tuple[str, str], ...]:
    wanted = 'write takes = {place = ["berlin", "hamburg"]}: a card of the playbook and its answers'
    if not isinstance(value, dict):
        raise ValueError(wanted)
    found = []
    for card, answers in value.items():
        answers = [answers] if isinstance(answers, str) else answers
        if not isinstance(answers, list) or not all(isinstance(item, str) for item in answers):
            raise ValueError(wanted)
        found += [(card, answer) for answer in answers]
    return tuple(found)


def _away(value: Any) -> tuple[date, ...]:
    """Days, and first to last day of longer times: "2026-12-20 to 2027-01-03"."""
    wanted = 'write away = ["2026-12-24", "2026-12-27 to 2027-01-03"]'
    days: list[date] = []
    if not isinstance(value, list):
        raise ValueError(wanted)
    for item in value:
        try:
            ends = (
                [item, item]
                if isinstance(item, date)
                else [date.fromisoformat(part.strip()) for part in item.split(" to ")]
            )
        except (ValueError, AttributeError):
            raise ValueError(wanted) from None
        if len(ends) > 2 or not 0 <= (ends[-1] - ends[0]).days <= 366:
            raise ValueError(wanted)
        days += [date.fromordinal(n) for n in range(ends[0].toordinal(), ends[-1].toordinal() + 1)]
    return tuple(days)


def _references(value: Any) -> tuple[str, ...]:
    """Names of environment variables in "env:NAME". The address itself holds a token: it is never shown."""
    items = [value] if isinstance(value, str) else value
    wanted = 'write notify = ["env:LEADBOT_SALES_SLACK"] and put the address into that variable'
    if not isinstance(items, list):
        raise ValueError(wanted)
    found = []
    for item in items:
        match = _REFERENCE.fullmatch(item) if isinstance(item, str) else None
        if match is None:
            raise ValueError(wanted)
        found.append(match[1])
    return tuple(found)
