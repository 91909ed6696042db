"""Cards that several playbooks of one brand share.

    use: [cards/sizes.yaml]      # in the playbook: files beside it or in a folder below
    cards:
      - use: team_size           # the card of that name from one of these files

A file of shared cards names its brand, and no other brand's playbook may use it. What is used becomes part of
the playbook: of its version, and of the text that is stored, so that an open dialog finishes on it whatever
becomes of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field, ValidationError

from leadbot.flows import faults, yamltext
from leadbot.flows.schema import Handle, Sheet, Slug
from leadbot.flows.yamltext import Path, YamlText

_HEADER = "#leadbot-bundle 1 "


class SharedSheet(Sheet):
    """A file of shared cards."""

    shared: Slug = Field(title="Name of the collection")
    brand: Handle = Field(title="The only account whose playbooks may use it")
    cards: list[dict[str, Any]] = Field(min_length=1, max_length=60, title="Cards, as in a playbook")


def bundle(text: str, used: Mapping[str, str]) -> str:
    """A playbook and the files it uses as one text; a playbook that uses none is its own text."""
    if not used:
        return text
    parts = [("", text), *sorted(used.items())]
    header = json.dumps([[name, len(part)] for name, part in parts])
    return f"{_HEADER}{header}\n" + "".join(part for _, part in parts)


def unbundle(content: str) -> tuple[str, dict[str, str]]:
    """The text and the used files of a bundle. A text that is none comes back as it is."""
    header, _, rest = content.partition("\n")
    if not header.startswith(_HEADER):
        return content, {}
    try:
        parts: dict[str, str] = {}
        for name, length in json.loads(header.removeprefix(_HEADER)):
            parts[name], rest = rest[:length], rest[length:]
        return parts.pop(""), parts
    except (KeyError, TypeError, ValueError):
        return content, {}


def names_in(text: str) -> tuple[str, ...]:
    """The files a playbook asks for that may be read: relative, and not above the playbook's folder."""
    data = yamltext.read("", text).data
    return tuple(name for _, name in _asked_for(data) if is_below(name))


def is_below(name: str) -> bool:
    """Whether a path leads to a file beside the playbook or in a folder below it."""
    parts = name.split("/")
    return not name.startswith("/") and ".." not in parts and "\\" not in name and ":" not in name


def merge(text: YamlText, used: Mapping[str, str]) -> bool:
    """Put the cards that are used in their places, each known by where it really stands.

    Returns whether all were found; what is wrong is added to the problems of `text`.
    """
    found: dict[str, tuple[Path, YamlText]] = {}
    problems = len(text.problems)
    for path, name in _asked_for(text.data):
        _collect(text, path, name, used, found)
    cards = text.data.get("cards")
    for index, card in enumerate(cards if isinstance(cards, list) else ()):
        if isinstance(card, dict) and "use" in card:
            _put(text, index, card, found)
    return len(text.problems) == problems


def _asked_for(data: Any) -> Iterator[tuple[Path, str]]:
    use = data.get("use") if isinstance(data, dict) else None
    if isinstance(use, str):
        yield ("use",), use
    for index, name in enumerate(use if isinstance(use, list) else ()):
        if isinstance(name, str):
            yield ("use", index), name


def _collect(
    text: YamlText, path: Path, name: str, used: Mapping[str, str], found: dict[str, tuple[Path, YamlText]]
) -> None:
    if not is_below(name):
        fix = "write its path from this playbook's folder, such as cards/sizes.yaml"
        text.complain(path, "shared-file", f'"{name}" is not beside this playbook or below it', fix)
        return
    if name not in used:
        fix = "its path begins at this playbook's folder"
        text.complain(path, "shared-file", f'there is no file "{name}" that can be read', fix)
        return
    folder = text.file.rpartition("/")[0]
    shared = yamltext.read(f"{folder}/{name}" if folder else name, used[name])
    if _is_for(text, path, shared, name):
        for index, card in enumerate(shared.data["cards"]):
            found.setdefault(str(card.get("learn")), (("cards", index), shared))
    for problem in shared.problems:
        text.add(problem)


def _is_for(text: YamlText, path: Path, shared: YamlText, name: str) -> bool:
    """Whether a file is a sound file of shared cards of this playbook's brand."""
    try:
        sheet = SharedSheet.model_validate(shared.data if shared.data is not None else {})
    except ValidationError as error:
        if not shared.problems:
            faults.explain(error, shared)
        return False
    ours = str(text.data.get("brand", "")).removeprefix("@").lower()
    theirs = sheet.brand.removeprefix("@").lower()
    if ours != theirs:
        what = f'"{name}" belongs to {theirs}, and this playbook speaks for {ours}'
        text.complain(path, "wrong-brand", what, "use cards of the same brand only")
    return ours == theirs and not shared.problems


def _put(text: YamlText, index: int, card: dict[str, Any], found: dict[str, tuple[Path, YamlText]]) -> None:
    path: Path = ("cards", index)
    name = str(card["use"])
    extra = sorted(card.keys() - {"use"})
    if extra:
        fix = "a shared card is used as it stands; write the card out to change it"
        text.complain((*path, extra[0]), "unknown-key", f"`{extra[0]}` can't stand beside `use`", fix)
        return
    if name not in found:
        fix = faults.nearest(name, found) or "name a file of shared cards under `use:` at the top"
        text.complain((*path, "use"), "unknown-card", f'no file that is used has a card "{name}"', fix)
        return
    start, shared = found[name]
    text.data["cards"][index] = shared.data["cards"][start[1]]
    text.places[path] = replace(shared.places[start], file=shared.file)
    for known, place in shared.places.items():
        if known[:2] == start:
            text.places[(*path, *known[2:])] = replace(place, file=shared.file)
    text.cut += [(*path, *cut[2:]) for cut in shared.cut if cut[:2] == start]
