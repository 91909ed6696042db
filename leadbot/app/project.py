"""A project on disk: its settings and its playbooks, read together so that all faults are told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from leadbot import settings as config
from leadbot.crm import registry
from leadbot.errors import ConfigError, Problem
from leadbot.flows import playbook as playbook_files
from leadbot.flows.cards import Playbook
from leadbot.settings import BrandSettings, Settings


@dataclass(frozen=True, slots=True)
class Project:
    """Settings and their playbooks: all that can be known without a database and without X."""

    settings: Settings
    playbooks: Mapping[str, tuple[Playbook, ...]]  # handle, lower case → in the brand's order

    @property
    def health_file(self) -> Path:
        """Where a running daemon tells how it is."""
        return beside_database(self.settings, ".health.json")


def load_project(path: Path, env: Mapping[str, str]) -> Project:
    """Read leadbot.toml and its playbooks. Raises ConfigError with everything that is wrong in them."""
    settings, problems = config.read(path, env)
    playbooks, faults = read_playbooks(settings)
    problems += faults
    problems += _crm_problems(settings)
    if problems:
        raise ConfigError(problems)
    return Project(settings, playbooks)


def read_playbooks(settings: Settings) -> tuple[dict[str, tuple[Playbook, ...]], list[Problem]]:
    """Every brand's playbooks, and every fault in their files."""
    files = list(dict.fromkeys(file for brand in settings.brands for file in brand.playbooks))
    teams = {team.name: team for brand in settings.brands for team in brand.facts.teams}
    sources, unreadable = _sources(files, settings.folder)
    found, problems = playbook_files.check(
        sources,
        brands=[brand.facts.handle.lower() for brand in settings.brands],
        teams=list(teams),
        lists=_lists(settings.folder),
        reps={name: [rep.first_name for rep in team.reps] for name, team in teams.items()},
    )
    by_brand = {
        brand.facts.handle.lower(): _in_order(brand, found, settings.folder) for brand in settings.brands
    }
    return by_brand, [*unreadable, *problems]


def beside_database(settings: Settings, suffix: str) -> Path:
    """A file that belongs to the database: beside it if it is a file, else in the project's folder."""
    url = settings.database_url
    if url.startswith("sqlite"):
        return Path(url.partition(":///")[2] + suffix)
    parts = urlsplit(url)
    name = sha256(f"{parts.hostname}:{parts.port}{parts.path}".encode()).hexdigest()[:12]
    return settings.folder / f"leadbot-{name}{suffix}"


def _in_order(brand: BrandSettings, found: Sequence[Playbook], folder: Path) -> tuple[Playbook, ...]:
    order = [_shown(file, folder) for file in brand.playbooks]
    own = [one for one in found if one.brand == brand.facts.handle.lower() and one.file in order]
    return tuple(sorted(own, key=lambda one: order.index(one.file)))


def _shown(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _sources(
    files: Sequence[Path], folder: Path
) -> tuple[list[playbook_files.PlaybookSource], list[Problem]]:
    sources, problems = [], []
    for file in files:
        shown = _shown(file, folder)
        try:
            text = file.read_bytes().decode("utf-8", errors="replace")
        except OSError as error:
            fix = "it should be a file that leadbot may read"
            problems.append(Problem(shown, f"cannot be read: {error.strerror}", fix, "no-playbook"))
            continue
        sources.append(playbook_files.PlaybookSource(shown, text))
    return sources, problems


def _lists(folder: Path) -> dict[str, frozenset[str]]:
    """CSV files of the project by name: X user ids in the first column."""
    return {
        file.name: frozenset(
            cell
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
            if (cell := line.split(",")[0].strip().strip('"')).isdigit()
        )
        for file in sorted(folder.glob("*.csv"))
        if file.is_file()
    }


def _crm_problems(settings: Settings) -> list[Problem]:
    try:
        registry.build(settings.crm.adapter, settings.crm.options)
    except ConfigError as error:
        return list(error.problems)
    return []
