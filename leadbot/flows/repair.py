"""Reads a damaged sheet as it was surely meant, so that its other problems can be told in the same go.

Nothing repaired ever goes live: what was repaired has been told, and a playbook with problems is no playbook.
"""

from __future__ import annotations

import re
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from leadbot.flows.faults import keys_at
from leadbot.flows.schema import PlaybookSheet
from leadbot.flows.yamltext import Path, YamlText

_MOST_FAULTS = 50  # more than that is no slip of the pen
# Parts whose loss makes nothing else look wrong.
_EXPENDABLE = frozenset({"goal", "limits", "tests"})
# What stands in for a value nobody can read, and makes nothing else look wrong.
_STAND_INS = {"warmth_at_least": 0.5, "claim_within": "30 business minutes", "talked_within": "30 days"}


def repaired_sheet(text: YamlText, error: ValidationError) -> PlaybookSheet | None:
    """The sheet with slips of the pen mended and harmless parts left out; None when that is not enough."""
    faults = error.errors(include_url=False)
    if not isinstance(text.data, dict) or len(faults) > _MOST_FAULTS:
        return None
    data = deepcopy(text.data)
    for fault in faults:
        _mend(data, dict(fault), text)
    data.setdefault("goal", "not known")
    try:
        return PlaybookSheet.model_validate(data)
    except ValidationError:
        return None


def _mend(data: dict[str, Any], fault: dict[str, Any], text: YamlText) -> None:
    path: Path = tuple(part for part in fault["loc"] if not str(part).startswith("["))
    if path[0] in _EXPENDABLE:
        data.pop(path[0], None)
        return
    owner = _owner(data, path)
    if not isinstance(owner, dict):
        return
    key = str(path[-1])
    if fault["type"] == "extra_forbidden":
        _rename(owner, path, text)
    elif fault["type"] == "literal_error":
        known = re.findall(r"'([^']+)'", fault.get("ctx", {}).get("expected", ""))
        owner[key] = _near(str(fault["input"]), known) or owner.get(key)
    elif key in _STAND_INS:
        owner[key] = _STAND_INS[key]


def _rename(owner: dict[str, Any], path: Path, text: YamlText) -> None:
    value = owner.pop(str(path[-1]), None)
    meant = _near(str(path[-1]), [key for key in keys_at(path[:-1]) if key not in owner])
    if not meant:
        return
    owner[meant] = value
    for known, place in list(text.places.items()):
        if known[: len(path)] == path:
            text.places.setdefault((*path[:-1], meant, *known[len(path) :]), place)


def _near(word: str, known: list[str]) -> str:
    return next(iter(get_close_matches(word.lower(), known, n=1, cutoff=0.6)), "")


def _owner(data: Any, path: Path) -> Any:
    for part in path[:-1]:
        try:
            data = data[part]
        except (IndexError, KeyError, TypeError):
            return None
    return data
