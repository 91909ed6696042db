"""Playbook files as verbs get them: read, checked against the project we are in, with the reader at hand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadbot.errors import ConfigError, PlaybookError, Problem

if TYPE_CHECKING:
    from leadbot.flows.cards import Deck, Playbook
    from leadbot.flows.playbook import PlaybookSource
    from leadbot.model import Brand
    from leadbot.nlp import SpacyReader
    from leadbot.settings import Settings

HERE = Path(".")


def read_source(file: Path) -> PlaybookSource:
    """The text of a file. Raises PlaybookError when there is none."""
    from leadbot.app.shared_files import source_of

    try:
        return source_of(str(file), file.read_text(encoding="utf-8"), file.parent)
    except UnicodeDecodeError as error:
        what, cause = "is no UTF-8 text", error
        raise PlaybookError([Problem(str(file), what, "save it as UTF-8", "no-file", str(file))]) from cause
    except OSError as error:
        fix = "`leadbot playbook new NAME --from TEMPLATE` writes one to start from"
        raise PlaybookError([Problem(str(file), str(error.strerror), fix, "no-file", str(file))]) from error


def load_files(files: Sequence[Path]) -> tuple[Playbook, ...]:
    """The playbooks of some files. Raises PlaybookError with everything that is wrong in any of them."""
    from leadbot.flows import playbook as playbook_files

    sources: list[PlaybookSource] = []
    problems: list[Problem] = []
    for file in files:
        try:
            sources.append(read_source(file))
        except PlaybookError as error:
            problems += error.problems
    found, faults = playbook_files.check(sources, **known())
    if problems or faults:
        raise PlaybookError([*problems, *faults])
    return found


def load_file(file: Path) -> Playbook:
    """The playbook of one file. Raises PlaybookError."""
    return load_files([file])[0]


def deck_of(playbook: Playbook, folder: Path = HERE) -> Deck:
    """A deck with this playbook alone, for its brand and the brand's examples as the project has them.

    Outside of a project somebody called Sam is on the team, in office hours, so that lines read as they will.
    """
    from leadbot.flows.cards import Deck
    from leadbot.flows.stage import OFFICE_HOURS
    from leadbot.model import Brand, BrandId, Rep, Team
    from leadbot.nlp.brand_examples import file_of, read_brand_examples

    brand = brand_of(playbook.brand, folder)
    if brand is None:
        team = Team(playbook.hand_off.to, (Rep("Sam Reed", "Sam"),), hours=OFFICE_HOURS)
        return Deck(Brand(BrandId(""), playbook.brand, teams=(team,)), (playbook,))
    rows = read_brand_examples(file_of(folder, playbook.brand))
    return Deck(brand, (playbook,), examples=frozenset((row.text, row.label) for row in rows))


@cache
def reader() -> SpacyReader:
    """The reader that is installed; loading it takes a second."""
    from leadbot.nlp import load_reader

    return load_reader()


def brand_of(handle: str, folder: Path = HERE) -> Brand | None:
    """The brand as the project has it, with its own disclosure and teams."""
    settings = settings_here(folder)
    brands = settings.brands if settings else ()
    return next((one.facts for one in brands if one.facts.handle.lower() == handle), None)


def settings_here(folder: Path = HERE) -> Settings | None:
    """The settings of a project; None outside of one. Keys are left alone."""
    toml = folder / "leadbot.toml"
    if not toml.exists():
        return None
    from leadbot.settings import read

    return read(toml, os.environ, with_keys=False)[0]


def settings_without_keys(folder: Path) -> Settings:
    """The settings of a project; whoever writes playbooks needs no keys. Raises ConfigError."""
    from leadbot.cli.project import configure_logs
    from leadbot.settings import read

    configure_logs("console", "error")
    settings, problems = read(folder, os.environ, with_keys=False)
    if problems:
        raise ConfigError(problems)
    return settings


def known() -> dict[str, Any]:
    """Brands and teams of the project we are in; None (not checked) outside of one."""
    settings = settings_here()
    if settings is None:
        return {"brands": None, "teams": None}
    teams = {team.name: team for brand in settings.brands for team in brand.facts.teams}
    return {
        "brands": [brand.facts.handle.lower() for brand in settings.brands],
        "teams": list(teams),
        "reps": {name: [rep.first_name for rep in team.reps] for name, team in teams.items()},
    }
