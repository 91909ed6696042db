"""Finds every line a playbook may say, whether or not the rest of the file is sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from leadbot.flows.yamltext import Path

# Keys whose plain text is spoken or listened for: a comment behind it has eaten words ("ask: about #shoes").
SPOKEN_KEYS = frozenset(
    {
        "ask",
        "goal",
        "if_unclear",
        "mentions_any",
        "said_contains",
        "say",
        "say_after_hours",
        "say_if_asked_for",
        "small_talk",
        "sounds_like",
        "them",
        "when_sounds_like",
    }
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line in all its wordings, each with its path.

    may_be_first: it can open a dialog, and then the disclosure stands before it (any card can be the first,
    when the ones above are known already). knows_rep: a rep has been chosen.
    """

    path: Path
    wordings: tuple[tuple[Path, str], ...]
    link: bool = False
    may_be_first: bool = False
    knows_rep: bool = False
    is_after_hours: bool = False
    is_small_talk: bool = False
    is_asked: bool = False  # asks for an answer: `ask` and `if_unclear`


def spoken_lines(data: Any) -> Iterator[Spoken]:
    """Every line in the data of a file, from top to bottom; what has no sensible shape is passed over."""
    root = _map(data)
    for key in ("answers_first", "faq"):
        for i, item in enumerate(_list(root.get(key))):
            yield _line(item, (key, i, "say"), may_be_first=True)
    for i, card in enumerate(_list(root.get("cards"))):
        yield _line(card, ("cards", i, "ask"), may_be_first=True, is_asked=True)
        yield _line(card, ("cards", i, "if_unclear"), is_asked=True)
    plan = root.get("hand_off")
    yield _line(plan, ("hand_off", "say"), may_be_first=True, knows_rep=True)
    yield _line(plan, ("hand_off", "say_after_hours"), may_be_first=True, knows_rep=True, is_after_hours=True)
    yield _line(plan, ("hand_off", "say_if_asked_for"), may_be_first=True, knows_rep=True)
    for name, ending in _map(root.get("endings")).items():
        yield _line(ending, ("endings", name, "say"), may_be_first=True)
    yield _line(root, ("small_talk",), may_be_first=True, is_small_talk=True)


def _line(owner: Any, path: Path, **about: bool) -> Spoken:
    keys = _map(owner)
    value = keys.get(str(path[-1]))
    return Spoken(path, tuple(_texts(value, path)), link=keys.get("link") is True, **about)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str) and value != "nothing":
        yield path, value
    for index, item in enumerate(_list(value)):
        if isinstance(item, str):
            yield (*path, index), item
    for name, wordings in _map(_map(value).get("variants")).items():
        yield from _texts(wordings, (*path, "variants", name))


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
