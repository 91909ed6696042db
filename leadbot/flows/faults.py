"""Says in plain words what does not fit the schema, with the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from leadbot.flows.schema import PlaybookSheet, VariantSheet
from leadbot.flows.yamltext import Path, YamlText

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map of names",
    "model_type": "a map of keys",
}
_LIMITS = {
    "less_than_equal": ("the most is {le}", "le"),
    "greater_than_equal": ("the least is {ge}", "ge"),
    "string_too_long": ("the most is {max_length} characters", "max_length"),
    "string_too_short": ("it must not be empty", "min_length"),
    "too_long": ("the most is {max_length} items", "max_length"),
    "too_short": ("there must be at least {min_length}", "min_length"),
}
# Keys that people look for here but that belong somewhere else.
_ELSEWHERE = {
    "quiet_hours": "quiet_hours are set for the whole brand in leadbot.toml; take them out here",
    "disclosure": "the engine puts the brand's disclosure first by itself; take it out here",
    "version": "the version is the hash of the file; take it out here",
    "variants": "several wordings in a list are varied by themselves; write a list",
}
_MARKUP = "a name is one word of small letters, digits, - and _"


def nearest(word: object, known: Collection[str]) -> str:
    """A hint: ``did you mean "x"?``, or what there is to choose from; "" when there is nothing."""
    close = get_close_matches(str(word).lower(), sorted(known), n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return "choose from: " + ", ".join(sorted(known)) if known else ""


def explain(error: ValidationError, text: YamlText) -> None:
    """Add every fault that pydantic found to the problems of `text`."""
    for fault in error.errors(include_url=False):
        _explain_one(dict(fault), text)


def _explain_one(fault: Mapping[str, Any], text: YamlText) -> None:
    path: Path = tuple(part for part in fault["loc"] if not str(part).startswith("["))
    kind = fault["type"]
    name = _spoken_name(path)
    context = fault.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(path[-1])
        fix = _ELSEWHERE.get(key) or nearest(key, keys_at(path[:-1]))
        text.complain(path, "unknown-key", f"`{key}` is no key here", fix)
    elif kind == "missing":
        text.complain(path, "missing-key", f"`{path[-1]}` is missing{_in(path)}", _title_at(path))
    elif kind in _WANTED:
        got = _shown(fault.get("input"))
        fix = f'write "{fault.get("input")}" in quotes' if kind == "string_type" and _is_number(fault) else ""
        text.complain(path, "kind", f"{name}: {_WANTED[kind]} is wanted here, not {got}", fix)
    elif kind == "literal_error":
        known = re.findall(r"'([^']+)'", context.get("expected", ""))
        text.complain(
            path,
            "unknown-word",
            f"{name}: {_shown(fault.get('input'))} is not known",
            _word_fix(fault, known),
        )
    elif kind in _LIMITS:
        text.complain(path, "limit", f"{name}: {_LIMITS[kind][0].format(**context)}")
    elif kind == "string_pattern_mismatch":
        text.complain(
            path, "name", f"{name}: {_shown(fault.get('input'))} can't be used here", _pattern_fix(context)
        )
    else:
        text.complain(path, "value", f"{name}: {fault['msg']}")


def _word_fix(fault: Mapping[str, Any], known: list[str]) -> str:
    if fault.get("input") in ("email", "phone"):
        return "e-mail and phone are never asked for in public; a rep asks later"
    return nearest(fault.get("input"), known)


def _pattern_fix(context: Mapping[str, Any]) -> str:
    pattern = str(context.get("pattern", ""))
    if pattern == r"\S":
        return "write some words, or take it out"
    if "A-Z]{3}" in pattern:
        return "three capital letters, such as USD"
    return "an X handle, such as acme" if "@?" in pattern else _MARKUP


def _is_number(fault: Mapping[str, Any]) -> bool:
    return isinstance(fault.get("input"), (int, float))


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f'"{value[:40]}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "a map of keys"


def _spoken_name(path: Path) -> str:
    names = [part for part in path if isinstance(part, str)]
    return f"`{names[-1]}`" if names else "the file"


def _in(path: Path) -> str:
    return f" in {_spoken_name(path[:-1])}" if len(path) > 1 else ""


def _annotation_at(path: Path) -> Any:
    """The model that describes `path`; lists and maps of names are stepped through."""
    annotation: Any = PlaybookSheet
    for part in path:
        annotation = _bare(annotation)
        origin = get_origin(annotation)
        if origin in (list, dict):
            annotation = get_args(annotation)[-1]
        elif origin is UnionType or origin is Union:
            annotation = _field_annotation(VariantSheet, str(part))
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation = _field_annotation(annotation, str(part))
        else:
            return None
    return _bare(annotation)


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _field_annotation(model: type[BaseModel], key: str) -> Any:
    for name, info in model.model_fields.items():
        if key in (name, info.alias):
            return info.annotation
    return None


def keys_at(path: Path) -> list[str]:
    """The keys that may stand in the map at `path`."""
    model = _annotation_at(path)
    if get_origin(model) in (Union, UnionType):
        model = VariantSheet
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def _title_at(path: Path) -> str:
    model = _annotation_at(path[:-1])
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ""
    titles = {info.alias or name: info.title or "" for name, info in model.model_fields.items()}
    return titles.get(str(path[-1]), "")
