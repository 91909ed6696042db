"""The field map: which of our facts and answers stands in which field of the CRM (``[crm.fields]``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from leadbot.errors import Problem
from leadbot.model import Answer, Lead, SlotType, SlotValue
from leadbot.model.redaction import DELETED

Value = str | float | datetime | None
"""What a field is set to. None: nothing is known."""


class Kind(StrEnum):
    """What a field must be able to hold."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something we know of every lead."""

    kind: Kind
    of: Callable[[Lead], Value]


FACTS: Mapping[str, Fact] = {
    "name": Fact(Kind.TEXT, lambda lead: lead.name or f"@{lead.username}"),
    "username": Fact(Kind.TEXT, lambda lead: lead.username),
    "profile_url": Fact(Kind.TEXT, lambda lead: profile_url(lead)),
    "external_key": Fact(Kind.TEXT, lambda lead: lead.external_key),
    "brand": Fact(Kind.TEXT, lambda lead: lead.brand_handle),
    "permalink": Fact(Kind.TEXT, lambda lead: lead.permalink),
    "score": Fact(Kind.NUMBER, lambda lead: lead.score),
    "receipt": Fact(Kind.TEXT, lambda lead: "\n".join(_receipt(lead)) or None),
    "consent_words": Fact(Kind.TEXT, lambda lead: lead.consent_words or None),
    "consent_at": Fact(Kind.TIME, lambda lead: lead.consent_at),
    "question": Fact(Kind.TEXT, lambda lead: lead.question or None),
    "reason": Fact(Kind.TEXT, lambda lead: lead.reason or None),
}
"""What may stand on the left in ``[crm.fields]`` besides answers to cards."""

GROUPS = ("answer", "value", "words")
"""``answer.CARD``: the playbook's label; ``value.CARD``: its normal form, 40; ``words.CARD``: theirs."""

_NUMBERS = frozenset({SlotType.COUNT, SlotType.MONEY})


def mapped(lead: Lead, fields: Mapping[str, str]) -> dict[str, Value]:
    """The CRM's fields and what they are set to. Those of which nothing is known stay as they are, unless
    words have left X (`lead.cleans`): then they are emptied.
    """
    found = {field: value_of(lead, ours) for ours, field in fields.items()}
    return {field: value for field, value in found.items() if value is not None or lead.cleans}


def value_of(lead: Lead, ours: str) -> Value:
    """One fact, or one answer."""
    if ours in FACTS:
        return FACTS[ours].of(lead)
    group, _, card = ours.partition(".")
    answer = next((one for one in lead.answers if one.card == card), None)
    if answer is None:
        return None
    if group == "answer":
        return answer.answer
    return answer.words if group == "words" else _normal(answer)


def kind_of(ours: str, cards: Mapping[str, SlotType]) -> Kind:
    """What the field must hold. cards: what the playbooks' cards learn, by name."""
    if ours in FACTS:
        return FACTS[ours].kind
    group, _, card = ours.partition(".")
    return Kind.NUMBER if group == "value" and cards.get(card) in _NUMBERS else Kind.TEXT


def profile_url(lead: Lead) -> str:
    """The person on X, whatever their handle is today."""
    return f"https://x.com/i/user/{lead.external_key.removeprefix('x:')}"


def problems(fields: Mapping[str, Any], cards: Iterable[str] | None = None) -> list[Problem]:
    """What is wrong in a field map by itself. cards: those of the playbooks, if they are known already."""
    known_cards = None if cards is None else sorted(set(cards))
    found = []
    for ours, field in fields.items():
        where = f"crm.fields.{ours}"
        if not isinstance(field, str) or not field.strip():
            found.append(Problem(where, "names no field", f'write {ours} = "field_of_the_crm"', "crm-field"))
        elif fault := _unknown(ours, known_cards):
            found.append(Problem(where, *fault, "crm-fact"))
    twice = {field for field in fields.values() if list(fields.values()).count(field) > 1}
    for field in sorted(one for one in twice if isinstance(one, str)):
        what = f'two of our facts go into "{field}"'
        found.append(Problem("crm.fields", what, "give each a field of its own", "crm-field"))
    return found


def flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """``value.team = "x"`` as TOML reads it (a table in a table), by whole names."""
    found: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, Mapping) and name in GROUPS:
            found |= {f"{name}.{card}": field for card, field in value.items()}
        else:
            found[name] = value
    return found


def _unknown(ours: str, cards: list[str] | None) -> tuple[str, str] | None:
    group, dot, card = ours.partition(".")
    if ours in FACTS or (dot and group in GROUPS and (cards is None or card in cards)):
        return None
    if dot and group in GROUPS:
        what, known = f'no card of your playbooks learns "{card}"', [f"{group}.{one}" for one in cards or ()]
    else:
        what, known = f'leadbot knows nothing called "{ours}"', [*FACTS, *(f"{one}.CARD" for one in GROUPS)]
    near = get_close_matches(ours, known, n=1)
    return what, f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(known) or 'no cards'}"


def _normal(answer: Answer) -> Value:
    """40, 2026-12-01, yes: for fields that are counted and sorted by. What left X leaves in this form too."""
    if answer.words == DELETED:
        return None
    return None if answer.value is None else _plain(answer.value)


def _plain(value: SlotValue) -> Value:
    if value.type in _NUMBERS:
        return value.low if value.low is not None else value.high
    if value.value is not None:
        return value.value
    return value.bucket.value if value.bucket is not None else value.words


def _receipt(lead: Lead) -> list[str]:
    return [f"{line.points:+d} {line.card} = {line.answer}: “{line.words}”" for line in lead.receipt]
