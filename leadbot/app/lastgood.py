"""A playbook file with faults at a start: what its brand speaks instead (SCENARIOS 13 and 14).

A daemon starts again by itself, perhaps while an author saves half a file. Then every brand goes on: the one
with the broken file on the version that was live before, and everybody is told at each look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from leadbot.app.project import Project, check_sources, in_order, shown_as
from leadbot.errors import ConfigError
from leadbot.flows.cards import Playbook
from leadbot.flows.playbook import PlaybookSource
from leadbot.settings import BrandSettings, Settings
from leadbot.store.playbooks import StoredPlaybook

_log = structlog.get_logger()


def with_last_good(project: Project, stored: Sequence[StoredPlaybook]) -> Project:
    """The project with the last version that was live in the place of each file that has faults.

    stored: every version the database knows, newest first. Nothing takes the place of a file that is gone,
    was withdrawn or never was live: no dialog starts on it, and open ones finish. Raises ConfigError with all
    faults when a brand that never spoke lists one of them: its operator is there, and wants to know.
    """
    if not project.faults:
        return project
    settings, playbooks = project.settings, dict(project.playbooks)
    faulty = {problem.file for problem in project.faults}
    new = [brand for brand in settings.brands if not any(one.brand == _handle(brand) for one in stored)]
    helpless = {file for brand in new for file in _files(brand, settings) if file in faulty}
    if helpless:
        raise ConfigError([problem for problem in project.faults if problem.file in helpless])
    for brand in settings.brands:
        handle, files = _handle(brand), [file for file in _files(brand, settings) if file in faulty]
        mine = [one for one in stored if one.brand == handle]
        found = [one for file in files if (one := _last_good(file, mine, settings)) is not None]
        playbooks[handle] = in_order(brand, (*playbooks[handle], *found), settings.folder)
    kept = {one.file: one.version[:8] for each in playbooks.values() for one in each}
    for file in sorted(faulty):
        version = kept.get(file)
        instead = f"version {version} goes on" if version else "no dialog starts on it, open ones finish"
        _log.error("playbook.set_aside", file=file, instead=instead)
    return replace(project, playbooks=playbooks)


def _handle(brand: BrandSettings) -> str:
    return brand.facts.handle.lower()


def _files(brand: BrandSettings, settings: Settings) -> list[str]:
    return [shown_as(file, settings.folder) for file in brand.playbooks]


def _last_good(file: str, mine: Sequence[StoredPlaybook], settings: Settings) -> Playbook | None:
    newest = next((one for one in mine if one.file == file), None)
    if newest is None or newest.withdrawn_at is not None or not (settings.folder / file).exists():
        return None
    found, problems = check_sources([PlaybookSource(file, newest.content)], settings)
    return found[0] if found and not problems else None
