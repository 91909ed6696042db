"""The table of all keys of a playbook, made from the same models that read one. Text out, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from leadbot.flows import schema
from leadbot.flows.playbook import json_schema
from leadbot.flows.shared import SharedSheet

BEGIN, END = "<!-- keys: made by tools/make_keys.py -->", "<!-- end of keys -->"

_PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("A playbook", schema.PlaybookSheet),
    ("`start_when`", schema.StartWhen),
    ("One of `unless`", schema.Unless),
    ("One of `answers_first` or `faq`", schema.AnswerFirst),
    ("`limits`", schema.Limits),
    ("A card", schema.CardSheet),
    ("A shared card", schema.UseSheet),
    ("One of `answers`", schema.AnswerSheet),
    ("`only_if`", schema.OnlyIfSheet),
    ("`hand_off`", schema.HandOffSheet),
    ("One of `endings`", schema.EndingSheet),
    ("A line in variants", schema.VariantSheet),
    ("A test", schema.TestSheet),
    ("`expect`", schema.ExpectSheet),
    ("A file of shared cards", SharedSheet),
)


def tables() -> str:
    """All keys as Markdown, between the marks that the docs keep for them."""
    return "\n".join([BEGIN, *(line for name, model in _PARTS for line in _table(name, model)), END])


def with_tables(page: str) -> str:
    """A page with its tables made anew. Raises ValueError when it has no marks."""
    start, end = page.index(BEGIN), page.index(END) + len(END)
    return page[:start] + tables() + page[end:]


def editor_schema() -> dict[str, Any]:
    """What `schemas/playbook.v1.json` holds."""
    return json_schema()


def _table(name: str, model: type[BaseModel]) -> Iterator[str]:
    yield from ("", f"**{name}**", "", "| key | | what it says |", "|---|---|---|")
    for field, info in model.model_fields.items():
        wanted = "needed" if info.is_required() else ""
        yield f"| `{info.alias or field}` | {wanted} | {(info.title or '').replace('|', chr(92) + '|')} |"
