"""A brand's own examples, ``examples/<brand>.yaml``: posts in a person's own words with the right label.

No post of X stands in them: X's guidelines forbid training on harvested posts. `leadbot nlp correct` adds
to the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from leadbot.errors import ConfigError, Problem
from leadbot.flows import yamltext
from leadbot.flows.yamltext import YamlText
from leadbot.model import Intent
from leadbot.nlp.examples import Example
from leadbot.nlp.text import said

__all__ = ["FOLDER", "ExampleSheet", "file_of", "parse", "read_brand_examples"]

FOLDER = "examples"  # in the project's folder
MOST_WORDS = 280  # characters of an example; a post has no more
MOST = 1000  # examples of a brand


class ExampleRow(BaseModel):
    """One example. corrects: the id of the post that was read wrongly; its words are not kept."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_WORDS)]
    label: Annotated[Intent, Field(strict=False)]
    corrects: str | None = Field(default=None, pattern=r"^\d{1,20}$")


class ExampleSheet(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    examples: list[ExampleRow] = Field(max_length=MOST)


def file_of(folder: Path, brand: str) -> Path:
    """Where a brand's examples are. folder: of the project; brand: its handle."""
    return folder / FOLDER / f"{brand.lstrip('@').lower()}.yaml"


def read_brand_examples(file: Path) -> list[Example]:
    """The examples of one brand; none if there is no file. Raises ConfigError with all that is wrong."""
    if not file.exists():
        return []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(file), f"can't read it: {error}", "save it as UTF-8")]) from error
    examples, problems = parse(str(file), text)
    if problems:
        raise ConfigError(problems)
    return examples


def parse(file: str, text: str) -> tuple[list[Example], list[Problem]]:
    """The examples in `text`, and everything that is wrong with it, with line and column."""
    found = yamltext.read(file, text)
    if found.data in (None, {"examples": None}) and not found.problems:
        return [], []  # comments at most
    if found.problems:
        return [], found.problems
    try:
        sheet = ExampleSheet.model_validate(found.data)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            _explain(dict(fault), found)
        return [], found.problems
    return _examples(sheet, found), found.problems


def _examples(sheet: ExampleSheet, found: YamlText) -> list[Example]:
    examples: list[Example] = []
    seen: dict[str, tuple[int, Intent]] = {}
    for index, row in enumerate(sheet.examples):
        bare = said(row.text).bare
        if not bare:
            found.complain(("examples", index, "text"), "no-words", "there are no words in it")
        first = seen.setdefault(bare, (index, row.label))
        if bare and first[0] != index:
            line = found.place(("examples", first[0])).line
            same = "the same label" if first[1] == row.label else f"the label {first[1].value}"
            what = f"the same text stands in line {line} with {same}"
            found.complain(("examples", index, "text"), "duplicate-example", what, "keep one of them")
        if ("examples", index, "text") in found.cut:
            what = "the text ends at the #: YAML takes the rest for a comment"
            found.complain(("examples", index, "text"), "cut-text", what, 'put the text in quotes: "..."')
        examples.append(Example(row.text, row.label))
    return examples


def _explain(fault: dict[str, Any], found: YamlText) -> None:
    path = tuple(fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        keys = "examples" if len(path) == 1 else "text, label and corrects"
        found.complain(path, "unknown-key", f"`{path[-1]}` is no key here", f"the keys here: {keys}")
    elif kind == "missing":
        found.complain(path, "missing-key", f"`{path[-1]}` is missing", 'write: {text: "…", label: support}')
    elif kind == "string_pattern_mismatch":
        found.complain(path, "kind", "a post id is wanted here", 'digits in quotes: "1993001"')
    elif kind == "enum":
        fix = f"one of {', '.join(intent.value for intent in Intent)}"
        found.complain(path, "unknown-label", f'"{fault["input"]}" is no label', fix)
    elif kind in ("model_type", "list_type"):
        fix = 'begin with `examples:` and write a line `- {text: "…", label: support}` for each'
        found.complain(path, "kind", "this is no list of examples", fix)
    else:
        what = f"{path[-1]}: {fault['msg'][0].lower()}{fault['msg'][1:]}"
        found.complain(path, "kind", what, 'put it in quotes: "..."' if kind == "string_type" else "")
