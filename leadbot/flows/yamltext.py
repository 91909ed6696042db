"""Reads YAML 1.2 into plain values and remembers where each of them stands.

Less than YAML on purpose: what surprises people who are not programmers (tags, aliases, merge keys,
directives, several documents, repeated keys) is refused with a word about what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from leadbot.errors import Problem

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
MAX_VALUES = 5000

Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?[0-9]{0,15}\.[0-9]{1,15}")
_COMMENT_AFTER = re.compile(r"[ \t]+#")
_LINE_END = re.compile(r"\r\n|\n|\r")  # as YAML 1.2 counts lines; str.splitlines knows more of them
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_QUOTE_IT = 'put the text in quotes: "..."'

# What the parser says → what an author can do about it.
_FIXES = (
    ("mapping values are not allowed", f"a colon with a space behind it starts a new key; {_QUOTE_IT}"),
    ("'\\t'", "indent with spaces, not with tabs"),
    ("cannot start any token", f"this sign means something in YAML; {_QUOTE_IT}"),
    ("while scanning a quoted scalar", "close the quotes"),
    ("unknown escape", "in double quotes a backslash is special; use single quotes"),
    ("flow", f"close the bracket, or {_QUOTE_IT}"),
    (
        "block",
        f"check the indentation of this line; a line with {{{{ }}}} or a colon needs quotes: {_QUOTE_IT}",
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: 1-based line and column. file: empty in the file that is read."""

    line: int
    column: int
    file: str = ""


@dataclass(slots=True)
class YamlText:
    """A file as plain values (dict, list, str, int, float, bool, None) and where they stand.

    places: path → place of the key, or of the item of a list.
    cut: paths of plain texts with a comment right behind them.
    """

    file: str
    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    cut: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _told: set[Problem] = field(default_factory=set, repr=False)

    def place(self, path: Path) -> Place:
        """Where `path` stands, or the nearest thing round it that does stand somewhere."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))

    def complain(self, path: Path, rule: str, what: str, fix: str = "") -> None:
        """Add a problem at `path`; the same problem at the same place counts once."""
        self.complain_at(self.place(path), rule, what, fix)

    def complain_at(self, place: Place, rule: str, what: str, fix: str = "") -> None:
        """Add a problem at a place."""
        file = place.file or self.file
        where = f"{file}:{place.line}:{place.column}"
        self.add(Problem(where, what, fix, rule, file, place.line, place.column))

    def add(self, problem: Problem) -> None:
        """Add a problem; the same one counts once."""
        if problem not in self._told:
            self._told.add(problem)
            self.problems.append(problem)


class _TooMuch(Exception):
    """Nested too deep, or too many values: reading on is not worth it."""


def read(file: str, text: str) -> YamlText:
    """Read `text`. Never raises: what is wrong is in `problems`; `data` is None if nothing could be read."""
    result = YamlText(file)
    if not _is_readable(result, text):
        return result
    builder = _Builder(result, _LINE_END.split(text))
    try:
        result.data = builder.document(YAML(typ="safe", pure=True).parse(text))
    except _TooMuch:
        pass
    except YAMLError as error:
        _explain(result, error)
    except (AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # The parser lets these through on some damaged files; for the author it is the same: not YAML.
        result.complain((), "yaml", f"this is no YAML: {error}")
    return result


def _is_readable(result: YamlText, text: str) -> bool:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        result.complain((), "yaml", "this is not text", "save the file as UTF-8")
        return False
    if size > MAX_BYTES:
        what = f"the file has {size} bytes; the most is {MAX_BYTES}"
        result.complain((), "too-big", what, "split it into two playbooks")
        return False
    return True


def _explain(result: YamlText, error: YAMLError) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    said = " ".join(
        part for part in (getattr(error, "context", None), getattr(error, "problem", None)) if part
    )
    if not said:
        result.complain_at(
            place, "yaml", "there are signs in this file that are no text", "save the file as UTF-8"
        )
        return
    fix = next((fix for sign, fix in _FIXES if sign in said), _QUOTE_IT)
    result.complain_at(place, "yaml", f"this is no YAML: {said}", fix)


class _Builder:
    """Builds values from parser events, one at a time, so that a hostile file is given up early."""

    def __init__(self, result: YamlText, lines: list[str]) -> None:
        self._result = result
        self._lines = lines
        self._values = 0

    def document(self, events: Iterator[Any]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._check_document(event, documents)
            elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent)):
                value = self._value(event, events, ())
                data = value if documents == 1 else data
        return data

    def _check_document(self, event: Any, documents: int) -> None:
        if documents > 1:
            self._refuse(
                event, "yaml", "a second document starts here", "one playbook a file: take out the ---"
            )
        if event.version or event.tags:
            self._refuse(
                event, "directive", "directives (lines that start with %) are not read", "take the line out"
            )

    def _value(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        self._values += 1
        if self._values > MAX_VALUES or len(path) > MAX_DEPTH:
            self._refuse(
                event, "too-big", "the file is nested too deep or holds too many values", "make it simpler"
            )
            raise _TooMuch
        self._refuse_specials(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event, path) if isinstance(event, ScalarEvent) else None

    def _mapping(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_event in events:
            if isinstance(key_event, MappingEndEvent):
                break
            key = self._key(key_event, events, path)
            inner = (*path, key)
            is_new = key not in mapping
            if is_new:
                self._result.places[inner] = _place(key_event)
            value = self._value(next(events), events, inner)
            if is_new:
                mapping[key] = value
            else:
                first = self._result.places[inner].line
                fix = f"keep one of them; the first is in line {first}"
                self._refuse(key_event, "duplicate-key", f"`{key}` is here twice", fix)
        return mapping

    def _key(self, event: Any, events: Iterator[Any], path: Path) -> str:
        if not isinstance(event, ScalarEvent):
            self._value(event, events, (*path, ""))
            fix = f"a key is one word; a line with {{{{ }}}} needs quotes: {_QUOTE_IT}"
            self._refuse(event, "yaml", "a list or a map can't be a key", fix)
            return ""
        self._refuse_specials(event)
        if event.value == "<<":
            self._refuse(event, "merge-key", "merge keys (<<) are not read", "write the keys out")
        return str(event.value)

    def _sequence(self, events: Iterator[Any], path: Path) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            inner = (*path, len(items))
            self._result.places[inner] = _place(event)
            items.append(self._value(event, events, inner))
        return items

    def _scalar(self, event: Any, path: Path) -> Any:
        text = str(event.value)
        if event.style is not None:
            return text
        if self._has_comment_behind(event):
            self._result.cut.append(path)
        return _plain(text)

    def _has_comment_behind(self, event: Any) -> bool:
        line, column = event.end_mark.line, event.end_mark.column
        return line < len(self._lines) and bool(_COMMENT_AFTER.match(self._lines[line], column))

    def _refuse_specials(self, event: Any) -> None:
        if isinstance(event, AliasEvent):
            self._refuse(event, "alias", "aliases (*name) are not read", f"write it out, or {_QUOTE_IT}")
            return
        if event.anchor is not None:
            self._refuse(event, "alias", "anchors (&name) are not read", f"take it out, or {_QUOTE_IT}")
        if event.tag is not None:
            self._refuse(event, "tag", f"tags ({event.tag}) are not read", f"take it out, or {_QUOTE_IT}")

    def _refuse(self, event: Any, rule: str, what: str, fix: str) -> None:
        self._result.complain_at(_place(event), rule, what, fix)


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
