"""Loads playbooks: YAML text in, `cards.Playbook` values out, every fault of every file at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from leadbot.errors import PlaybookError, Problem
from leadbot.flows import faults, shared, yamltext
from leadbot.flows.cards import Playbook
from leadbot.flows.compile import compile_sheet
from leadbot.flows.linelint import LONGEST_NAME, Room, check_lines
from leadbot.flows.lint import check_playbook
from leadbot.flows.repair import repaired_sheet
from leadbot.flows.schema import CHARACTERS_CEILING, PlaybookSheet
from leadbot.flows.spoken import spoken_lines
from leadbot.flows.yamltext import YamlText
from leadbot.model import VersionId

__all__ = ["PlaybookSource", "check", "json_schema", "load", "restore", "version_of"]


@dataclass(frozen=True, slots=True)
class PlaybookSource:
    """A playbook as it was written. file: how problems name it. used: the files of shared cards it asks for,
    as it names them, and their texts. The text may also be what the database keeps: all of that in one.
    """

    file: str
    text: str
    used: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """The playbook and what it uses as one text: what is hashed and stored."""
        return shared.bundle(self.text, self.used)

    def unpacked(self) -> PlaybookSource:
        """With the parts of a stored text apart."""
        if self.used:
            return self
        text, used = shared.unbundle(self.text)
        return PlaybookSource(self.file, text, used)


def load(
    sources: Sequence[PlaybookSource],
    *,
    brands: Collection[str] | None,
    teams: Collection[str] | None,
    lists: Mapping[str, frozenset[str]] | None = None,
    reps: Mapping[str, Collection[str]] | None = None,
) -> tuple[Playbook, ...]:
    """The playbooks of `sources`, in order.

    brands: handles of leadbot.toml; teams: names of its teams; lists: name of a list → X user ids.
    None for one of them: not checked.
    reps: team → first names, for the longest name a line may hold (20 letters when not known).
    Raises PlaybookError with every problem of every file.
    """
    playbooks, problems = check(sources, brands=brands, teams=teams, lists=lists, reps=reps)
    if problems:
        raise PlaybookError(problems)
    return playbooks


def check(
    sources: Sequence[PlaybookSource],
    *,
    brands: Collection[str] | None,
    teams: Collection[str] | None,
    lists: Mapping[str, frozenset[str]] | None = None,
    reps: Mapping[str, Collection[str]] | None = None,
) -> tuple[tuple[Playbook, ...], tuple[Problem, ...]]:
    """As `load`, but the problems come back beside the playbooks that have none. Never raises."""
    playbooks: list[Playbook] = []
    problems: list[Problem] = []
    names: dict[str, str] = {}
    for source in map(PlaybookSource.unpacked, sources):
        text = yamltext.read(source.file, source.text)
        playbook = _playbook(source, text, lists=lists, brands=brands, teams=teams, reps=reps or {})
        if playbook is not None and playbook.name in names:
            what = f'another file has a playbook "{playbook.name}" already: {names[playbook.name]}'
            text.complain(("playbook",), "duplicate-playbook", what, "give one of them another name")
        if playbook is not None:
            names.setdefault(playbook.name, source.file)
        _tell_of_shared(source, text)
        problems += sorted(text.problems, key=lambda one: (one.file != source.file, one.line, one.column))
        if playbook is not None and not text.problems:
            playbooks.append(playbook)
    return tuple(playbooks), tuple(dict.fromkeys(problems))


def _tell_of_shared(source: PlaybookSource, text: YamlText) -> None:
    """Whoever looks at the playbook alone must see that it has faults, though they stand in another file."""
    elsewhere = sorted({problem.file for problem in text.problems} - {source.file})
    if elsewhere and all(problem.file != source.file for problem in text.problems):
        what = f"the cards it uses have problems: {', '.join(elsewhere)}"
        text.complain(("use",), "shared-file", what, "mend them there")


def restore(source: PlaybookSource, *, lists: Mapping[str, frozenset[str]] | None = None) -> Playbook:
    """A stored version, to speak or to finish open dialogs on. Not linted again: rules may get stricter.

    lists: as for `load`; one that is gone is empty.
    Raises PlaybookError when its keys can't be read any more.
    """
    source = source.unpacked()
    text = yamltext.read(source.file, source.text)
    if isinstance(text.data, dict):
        shared.merge(text, source.used)
    sheet = None if text.problems else _sheet(text)
    if sheet is None or text.problems:
        text.complain((), "outdated", "this version can't be read any more")
        raise PlaybookError(text.problems)
    return compile_sheet(sheet, text, source.content, version=version_of(source.content), lists=lists)


def version_of(text: str) -> VersionId:
    """The version of a playbook: the hash (SHA-256, hexadecimal) of its content."""
    return VersionId(sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def json_schema() -> dict[str, Any]:
    """JSON Schema of a playbook file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **PlaybookSheet.model_json_schema(by_alias=True),
    }


def _playbook(
    source: PlaybookSource,
    text: YamlText,
    *,
    lists: Mapping[str, frozenset[str]] | None,
    brands: Collection[str] | None,
    teams: Collection[str] | None,
    reps: Mapping[str, Collection[str]],
) -> Playbook | None:
    """The playbook of a file, as far as it can be understood; problems are added to `text`."""
    if not isinstance(text.data, dict):
        if not text.problems:
            what = "there is no playbook in this file"
            text.complain((), "empty", what, "begin with `playbook: ` and a name")
        return None
    is_whole = shared.merge(text, source.used)
    check_lines(spoken_lines(text.data), text, _room(text.data, reps))
    sheet = _sheet(text) if is_whole else None
    if sheet is None:
        return None
    playbook = compile_sheet(sheet, text, source.content, version=version_of(source.content), lists=lists)
    check_playbook(playbook, text, brands=brands, teams=teams)
    return playbook


def _sheet(text: YamlText) -> PlaybookSheet | None:
    """The sheet of a file; with problems told, the sheet that was meant; None when that can't be guessed."""
    try:
        return PlaybookSheet.model_validate(text.data)
    except ValidationError as error:
        faults.explain(error, text)
        return repaired_sheet(text, error)


def _room(data: dict[str, Any], reps: Mapping[str, Collection[str]]) -> Room:
    limits = data.get("limits")
    characters = limits.get("characters") if isinstance(limits, dict) else None
    sane = (
        isinstance(characters, int)
        and not isinstance(characters, bool)
        and 0 < characters <= CHARACTERS_CEILING
    )
    plan = data.get("hand_off")
    team = plan.get("to") if isinstance(plan, dict) else None
    names = reps.get(team, ()) if isinstance(team, str) else ()
    longest = max(names, key=len, default="W" * LONGEST_NAME)
    brand = data.get("brand")
    handle = brand.removeprefix("@")[:15] if isinstance(brand, str) else "W" * 15
    return Room(int(characters) if sane and characters else 140, longest, handle)
