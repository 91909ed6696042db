"""A project on disk: its settings and its playbooks, read together so that all faults are told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from leadbot import settings as config
from leadbot.app.shared_files import source_of
from leadbot.crm import fields as field_map
from leadbot.crm import registry
from leadbot.errors import ConfigError, Problem
from leadbot.flows import playbook as playbook_files
from leadbot.flows.cards import Playbook
from leadbot.model import SlotType
from leadbot.settings import BrandSettings, Settings


@dataclass(frozen=True, slots=True)
class Project:
    """Settings and their playbooks: all that can be known without a database and without X.

    faults: what is wrong in playbook files; those that have any are not among `playbooks`. A half-saved file
    must not keep anybody from pausing a brand or reading what came in (SCENARIOS 14).
    """

    settings: Settings
    playbooks: Mapping[str, tuple[Playbook, ...]]  # handle, lower case → in the brand's order
    faults: tuple[Problem, ...] = ()

    @property
    def health_file(self) -> Path:
        """Where a running daemon tells how it is."""
        return beside_database(self.settings, ".health.json")


def load_project(path: Path, env: Mapping[str, str]) -> Project:
    """Read leadbot.toml and its playbooks.

    Raises ConfigError when something is wrong in leadbot.toml, with everything that is wrong in either.
    """
    settings, problems = config.read(path, env)
    playbooks, faults = read_playbooks(settings)
    problems += crm_problems(settings, None if faults else playbooks)
    if problems:
        raise ConfigError([*problems, *faults])
    return Project(settings, playbooks, tuple(faults))


def read_playbooks(settings: Settings) -> tuple[dict[str, tuple[Playbook, ...]], list[Problem]]:
    """Every brand's playbooks, and every fault in their files."""
    files = list(dict.fromkeys(file for brand in settings.brands for file in brand.playbooks))
    sources, unreadable = _sources(files, settings.folder)
    found, problems = check_sources(sources, settings)
    by_brand = {
        brand.facts.handle.lower(): in_order(brand, found, settings.folder) for brand in settings.brands
    }
    return by_brand, [*unreadable, *problems]


def check_sources(
    sources: Sequence[playbook_files.PlaybookSource], settings: Settings
) -> tuple[tuple[Playbook, ...], tuple[Problem, ...]]:
    """Playbooks against the brands, teams and lists of the project."""
    teams = {team.name: team for brand in settings.brands for team in brand.facts.teams}
    return playbook_files.check(
        sources,
        brands=[brand.facts.handle.lower() for brand in settings.brands],
        teams=list(teams),
        lists=lists_of(settings.folder),
        reps={name: [rep.first_name for rep in team.reps] for name, team in teams.items()},
    )


def beside_database(settings: Settings, suffix: str) -> Path:
    """A file that belongs to the database: beside it if it is a file, else in the project's folder."""
    url = settings.database_url
    if url.startswith("sqlite"):
        return Path(url.partition(":///")[2] + suffix)
    parts = urlsplit(url)
    name = sha256(f"{parts.hostname}:{parts.port}{parts.path}".encode()).hexdigest()[:12]
    return settings.folder / f"leadbot-{name}{suffix}"


def in_order(brand: BrandSettings, found: Sequence[Playbook], folder: Path) -> tuple[Playbook, ...]:
    """The playbooks of a brand as its settings list their files."""
    order = [shown_as(file, folder) for file in brand.playbooks]
    own = [one for one in found if one.brand == brand.facts.handle.lower() and one.file in order]
    return tuple(sorted(own, key=lambda one: order.index(one.file)))


def shown_as(file: Path, folder: Path) -> str:
    """A file as people name it: from the project's folder."""
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _sources(
    files: Sequence[Path], folder: Path
) -> tuple[list[playbook_files.PlaybookSource], list[Problem]]:
    sources, problems = [], []
    for file in files:
        shown = shown_as(file, folder)
        try:
            text = file.read_bytes().decode("utf-8", errors="replace")
        except OSError as error:
            fix = "it should be a file that leadbot may read"
            what = f"cannot be read: {error.strerror}"
            if isinstance(error, FileNotFoundError):
                what, fix = "no file has this name", "leadbot init writes one to start from"
            problems.append(Problem(shown, what, fix, "no-playbook", shown))
            continue
        sources.append(source_of(shown, text, file.parent))
    return sources, problems


def lists_of(folder: Path) -> dict[str, frozenset[str]]:
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


def crm_problems(
    settings: Settings, playbooks: Mapping[str, Sequence[Playbook]] | None = None
) -> list[Problem]:
    """What is wrong with the CRM's settings. playbooks: whose cards the field map may name, if all are
    known.
    """
    found = []
    try:
        registry.build(settings.crm.adapter, settings.crm.options)
    except ConfigError as error:
        found = list(error.problems)
    if playbooks is not None:
        fields = settings.crm.options.get("fields", {})
        found += [one for one in field_map.problems(fields, cards_of(playbooks)) if one not in found]
    return found


def cards_of(playbooks: Mapping[str, Sequence[Playbook]]) -> dict[str, SlotType]:
    """What the cards of all playbooks learn, by name."""
    return {card.learn: card.type for theirs in playbooks.values() for one in theirs for card in one.cards}
