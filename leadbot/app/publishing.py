"""What is published and what is not: files are drafts, the database holds what is spoken (SCENARIOS 13, 14).

A playbook nobody has published yet goes live as its file stands when the daemon starts, so that a new project
speaks at once. From then on only ``leadbot playbook ship`` changes its words: a daemon that is started anew,
perhaps while an author saves half a file, goes on with what was published, and everybody who looks is told.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import structlog

from leadbot import settings as config
from leadbot.app.project import Project, check_sources, lists_of, shown_as
from leadbot.errors import ConfigError, PlaybookError
from leadbot.flows import playbook as playbook_files
from leadbot.flows.cards import Playbook
from leadbot.flows.playbook import PlaybookSource
from leadbot.model import VersionId
from leadbot.settings import BrandSettings, Settings
from leadbot.store import Store
from leadbot.store.playbooks import StoredPlaybook

_log = structlog.get_logger()

_DOES_NOT_FIT = frozenset({"unknown-brand", "unknown-team", "unknown-list"})
"""Faults of a published version that are none of its words: the project around it has changed."""


class Standing(StrEnum):
    """How a playbook's file stands to what is published."""

    LIVE = "live"
    NEW = "new"  # never published: goes live when the daemon starts
    CHANGED = "changed"  # another version is live
    WITHDRAWN = "withdrawn"  # nothing of that name is live


@dataclass(frozen=True, slots=True)
class FileStanding:
    """One file of a brand. live: the version that is spoken in its name, if one is."""

    handle: str
    playbook: Playbook
    standing: Standing
    live: VersionId | None

    @property
    def told(self) -> str:
        """What an author should know, or nothing."""
        file, name = self.playbook.file, self.playbook.name
        publish = f"`leadbot playbook ship {file}` publishes it"
        if self.standing is Standing.CHANGED and self.live is not None:
            return f"{file} differs from what @{self.handle} speaks ({name} {self.live[:8]}): {publish}"
        if self.standing is Standing.WITHDRAWN:
            return f"{name} is withdrawn, so no dialog starts on it: {publish} again"
        return ""


def standings(project: Project, stored: Sequence[StoredPlaybook]) -> list[FileStanding]:
    """How every file without faults stands. stored: every version the database knows, newest first."""
    return [
        _standing(handle, playbook, [s for s in stored if (s.brand, s.name) == (handle, playbook.name)])
        for handle, playbooks in project.playbooks.items()
        for playbook in playbooks
    ]


def _standing(handle: str, playbook: Playbook, mine: Sequence[StoredPlaybook]) -> FileStanding:
    if not mine:
        return FileStanding(handle, playbook, Standing.NEW, None)
    newest = mine[0]
    if newest.withdrawn_at is not None:
        return FileStanding(handle, playbook, Standing.WITHDRAWN, None)
    is_same = newest.version == playbook.version
    return FileStanding(handle, playbook, Standing.LIVE if is_same else Standing.CHANGED, newest.version)


def begin(project: Project, store: Store) -> None:
    """At a start: publish what is new, retire what is gone, tell what differs.

    Raises ConfigError with all faults when a brand that never spoke lists a faulty file: its operator is
    there, and wants to know.
    """
    stored = store.playbooks.versions()
    _refuse_helpless(project, stored)
    for one in standings(project, stored):
        if one.standing is Standing.NEW:
            store.playbooks.ship(one.playbook)
            _log.info("playbook.published", playbook=one.playbook.name, version=one.playbook.version[:8])
        elif one.told:
            _log.warning("playbook.not_published", told=one.told)
    _follow_files(project, store)
    for file in sorted({problem.file for problem in project.faults}):
        _log.error("playbook.set_aside", file=file, instead="what was published before goes on")


def _refuse_helpless(project: Project, stored: Sequence[StoredPlaybook]) -> None:
    faulty = {problem.file for problem in project.faults}
    spoke = {one.brand for one in stored}
    new = [brand for brand in project.settings.brands if _handle(brand) not in spoke]
    helpless = {file for brand in new for file in _files(brand, project.settings) if file in faulty}
    if helpless:
        raise ConfigError([problem for problem in project.faults if problem.file in helpless])


def _follow_files(project: Project, store: Store) -> None:
    """A file that was renamed is the same playbook; one that is gone, or listed no more, starts nothing."""
    folder = project.settings.folder
    for brand in project.settings.brands:
        files = {playbook.name: playbook.file for playbook in project.playbooks[_handle(brand)]}
        listed = [file for file in _files(brand, project.settings) if (folder / file).exists()]
        for live in store.playbooks.live():
            if live.brand != _handle(brand):
                continue
            if live.name in files:
                store.playbooks.note_file(live.brand, live.name, files[live.name])
            elif live.file not in listed:
                store.playbooks.retire(live.brand, live.name)


def spoken(brand: BrandSettings, settings: Settings, store: Store) -> tuple[Playbook, ...]:
    """The playbooks a brand starts dialogs on: the published versions, in the order of leadbot.toml.

    One that names a team, a list or an account the project has no more is left out and told.
    """
    live = [one for one in store.playbooks.live() if one.brand == _handle(brand)]
    order = _files(_now(brand, settings), settings)
    in_order = sorted(live, key=lambda one: order.index(one.file) if one.file in order else len(order))
    return tuple(playbook for one in in_order if (playbook := _fitting(one, settings)) is not None)


def _now(brand: BrandSettings, settings: Settings) -> BrandSettings:
    """The brand with the files that leadbot.toml lists now: one may have come since the daemon started."""
    try:
        fresh, problems = config.read(settings.folder, os.environ, with_keys=False)
    except ConfigError:
        return brand
    same = [one for one in fresh.brands if _handle(one) == _handle(brand)]
    return same[0] if same and not problems else brand


def _fitting(stored: StoredPlaybook, settings: Settings) -> Playbook | None:
    source = PlaybookSource(stored.file, stored.content)
    _, problems = check_sources([source], settings)
    misfits = [problem for problem in problems if problem.rule in _DOES_NOT_FIT]
    if misfits:
        _log.error("playbook.does_not_fit", playbook=stored.name, why=str(misfits[0]))
        return None
    return _restored(stored, lists_of(settings.folder))


def in_use(handle: str, settings: Settings, store: Store) -> dict[VersionId, Playbook]:
    """The versions open dialogs of a brand began with, so that they can finish on them."""
    lists = lists_of(settings.folder)
    found = {one.version: _restored(one, lists) for one in store.playbooks.in_use() if one.brand == handle}
    return {version: playbook for version, playbook in found.items() if playbook is not None}


def _restored(stored: StoredPlaybook, lists: Mapping[str, frozenset[str]]) -> Playbook | None:
    try:
        return playbook_files.restore(PlaybookSource(stored.file, stored.content), lists=lists)
    except PlaybookError as error:
        why = str(error.problems[0])
        _log.error("playbook.outdated", playbook=stored.name, version=stored.version, why=why)
        return None


def _handle(brand: BrandSettings) -> str:
    return brand.facts.handle.lower()


def _files(brand: BrandSettings, settings: Settings) -> list[str]:
    return [shown_as(file, settings.folder) for file in brand.playbooks]
