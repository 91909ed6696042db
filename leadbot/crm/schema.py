"""Compares the field map with the fields a CRM really has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from leadbot.crm.fields import Kind, kind_of
from leadbot.errors import LeadbotError, PermanentError, Problem
from leadbot.model import SlotType

ANYTHING = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the CRM. kinds: what it can hold; type: what the CRM calls that."""

    name: str
    type: str
    kinds: frozenset[Kind]
    is_writable: bool = True
    is_unique: bool = False


def kinds_by_type(
    *, texts: Collection[str], numbers: Collection[str], times: Collection[str]
) -> dict[str, frozenset[Kind]]:
    """What each of a CRM's types can hold. A text holds everything."""
    return {
        **dict.fromkeys(texts, ANYTHING),
        **dict.fromkeys(numbers, frozenset({Kind.NUMBER})),
        **dict.fromkeys(times, frozenset({Kind.TIME})),
    }


def compare(
    fields: Mapping[str, str], cards: Mapping[str, SlotType], there: Iterable[Field], *, how_to_make: str
) -> list[Problem]:
    """Every line of the field map that the CRM will refuse. how_to_make: where its fields are made."""
    by_name = {field.name: field for field in there}
    found = []
    for ours, theirs in fields.items():
        field, where = by_name.get(theirs), f"crm.fields.{ours}"
        if field is None:
            near = get_close_matches(theirs, by_name, n=1)
            fix = (
                f'did you mean "{near[0]}"? Or make it: {how_to_make}' if near else f"make it: {how_to_make}"
            )
            found.append(Problem(where, f'the CRM has no field "{theirs}"', fix, "crm-no-field"))
        elif not field.is_writable:
            fix = "choose a field that may be edited, or let the user of leadbot edit it"
            found.append(Problem(where, f'"{theirs}" may not be written', fix, "crm-read-only"))
        elif (kind := kind_of(ours, cards)) not in field.kinds:
            what = f'"{theirs}" is a field for {field.type}, and {ours} is a {kind.value}'
            found.append(Problem(where, what, "choose a text field, or one of that kind", "crm-wrong-kind"))
    return found


def unanswered(error: LeadbotError, fixes: Mapping[str, str]) -> Problem:
    """A question of `examine` that failed, as a problem. fixes: reason → what to do."""
    reason = error.reason if isinstance(error, PermanentError) else ""
    otherwise = "check this machine's network and the address in the settings, then ask again"
    return Problem("crm", str(error), fixes.get(reason, otherwise), "crm-unanswered")
