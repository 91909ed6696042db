"""Lists of people who must not be written to, as files: CSV or JSON of numeric X ids.

Every bad line is told at once with its number; a list with one bad line changes nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from leadbot.crm.sheet import harmless
from leadbot.errors import ConfigError, Problem
from leadbot.model import BrandId, PersonId
from leadbot.store.suppressions import Stop

COLUMNS = ("id", "brand", "reason", "at")
REASON = "imported"
MOST_REASON = 200

_ID = re.compile(r"[0-9]{1,19}")
_ROUNDED = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    values: Mapping[str, Any]


def read(name: str, content: bytes, brands: Mapping[str, BrandId]) -> list[Stop]:
    """The people a file names, once for each of `brands` (handle, lower case → id), or for the brand a line
    names. Raises ConfigError with every bad line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([_problem(name, 1, "is not a text in UTF-8", "save it as UTF-8")]) from None
    problems: list[Problem] = []
    lines = _json_lines(name, text, problems) if text.lstrip()[:1] in ("[", "{") else _csv_lines(text)
    stops = [stop for line in lines for stop in _stops(name, line, brands, problems)]
    if not stops and not problems:
        problems.append(_problem(name, 1, "names nobody", "write one numeric X id on each line"))
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: problem.line))
    return stops


def as_csv(stops: Sequence[Stop], handles: Mapping[BrandId, str]) -> str:
    """A list that `read` takes back, for spreadsheets."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in (_shown(stop, handles) for stop in stops):
        writer.writerow([harmless(row[column]) for column in COLUMNS])
    return text.getvalue()


def as_json(stops: Sequence[Stop], handles: Mapping[BrandId, str]) -> str:
    """A list that `read` takes back, one person a line."""
    rows = ",\n".join(json.dumps(_shown(stop, handles), ensure_ascii=False) for stop in stops)
    return f"[\n{rows}\n]\n" if rows else "[]\n"


def _shown(stop: Stop, handles: Mapping[BrandId, str]) -> dict[str, str]:
    at = stop.at.astimezone(UTC).isoformat() if stop.at else ""
    brand = handles.get(stop.brand_id, str(stop.brand_id))
    return {"id": stop.person_id, "brand": brand, "reason": stop.reason, "at": at}


def _csv_lines(text: str) -> Iterator[_Line]:
    """With a header that has `id`, by its columns; else ids in the first column."""
    reader = csv.reader(io.StringIO(text, newline=""))
    columns: Sequence[str] = ("id",)
    for count, cells in enumerate(reader):
        named = [cell.strip().lower() for cell in cells]
        if not count and "id" in named:
            columns = named
        elif any(named):
            yield _Line(reader.line_num, dict(zip(columns, cells, strict=False)))


def _json_lines(name: str, text: str, problems: list[Problem]) -> Iterator[_Line]:
    """A JSON list, or one JSON value a line: ids, or objects with the names of COLUMNS."""
    decoder = json.JSONDecoder()
    at = len(text) - len(text.lstrip())
    at += text[at : at + 1] == "["
    while at < len(text):
        if text[at].isspace() or text[at] in ",]":
            at += 1
            continue
        number = text.count("\n", 0, at) + 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            fix = 'write a list such as ["2244994945"], ids in quotes'
            problems.append(_problem(name, number, "is not JSON from here on", fix))
            return
        yield _Line(number, value if isinstance(value, dict) else {"id": value})


def _stops(name: str, line: _Line, brands: Mapping[str, BrandId], problems: list[Problem]) -> Iterator[Stop]:
    before = len(problems)
    person_id = _person_id(name, line, problems)
    reason = _reason(name, line, problems)
    at = _at(name, line, problems)
    targets = _targets(name, line, brands, problems)
    if len(problems) == before:
        for brand_id in targets:
            yield Stop(brand_id, PersonId(str(int(person_id))), reason, at)


def _person_id(name: str, line: _Line, problems: list[Problem]) -> str:
    value = line.values.get("id")
    text = str(value).strip().removeprefix("'") if isinstance(value, (str, int)) else ""
    if isinstance(value, bool) or not _ID.fullmatch(text) or not int(text):
        what = f'"{text[:40] or value}" is no X id'
        fix = "write the numeric id of the account, 1 to 19 digits"
        if _ROUNDED.fullmatch(text):
            fix = "a spreadsheet has rounded this number: take it from the source again, as text"
        elif text.startswith("@"):
            fix = "handles change hands; write the numeric id (`leadbot suppress add` looks up known handles)"
        problems.append(_problem(name, line.number, what, fix))
    return text


def _reason(name: str, line: _Line, problems: list[Problem]) -> str:
    value = line.values.get("reason") or REASON
    text = " ".join(str(value).split()).removeprefix("'")
    if not isinstance(value, str) or len(text) > MOST_REASON:
        fix = f"write a text of at most {MOST_REASON} characters, or leave it out"
        problems.append(_problem(name, line.number, "its reason cannot be kept", fix))
    return text


def _at(name: str, line: _Line, problems: list[Problem]) -> datetime | None:
    value = line.values.get("at")
    if value in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        fix = "write it as 2026-11-22T10:15:00Z, or leave it out"
        problems.append(_problem(name, line.number, f'"{str(value)[:40]}" is no time', fix))
        return None


def _targets(name: str, line: _Line, brands: Mapping[str, BrandId], problems: list[Problem]) -> list[BrandId]:
    value = line.values.get("brand")
    if value in (None, ""):
        return list(brands.values())
    brand_id = brands.get(str(value).strip().lstrip("@").lower())
    if brand_id is None:
        fix = f"chosen here: {', '.join('@' + handle for handle in brands)}; --all takes every account"
        problems.append(_problem(name, line.number, f'brand "{str(value)[:40]}" is not among them', fix))
        return []
    return [brand_id]


def _problem(name: str, line: int, what: str, fix: str) -> Problem:
    return Problem(f"{name}:{line}", what, fix, "suppression-list", name, line)
