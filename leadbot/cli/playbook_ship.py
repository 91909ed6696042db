"""``leadbot playbook ship``, ``rollback`` and ``withdraw``: what is spoken changes here and nowhere else."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.playbook_diff import tell_changes
from leadbot.cli.playbook_files import brand_of, deck_of, read_source, reader, settings_without_keys
from leadbot.cli.playbook_versions import SHORT, by_version, named
from leadbot.cli.project import in_project, settings_in
from leadbot.cli.words import say
from leadbot.errors import ConfigError, PlaybookError, Problem

if TYPE_CHECKING:
    from leadbot.flows.cards import Playbook
    from leadbot.model import BrandId
    from leadbot.settings import Settings
    from leadbot.store import Store
    from leadbot.store.playbooks import StoredPlaybook

TAKES_AT_MOST_S = 5.0
"""How long we wait for a running daemon to say that it has taken a version; it looks each second."""

_brand = click.option("--brand", "handle", help="The account, if several have a playbook of that name.")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@in_project
def ship(files: tuple[Path, ...], folder: Path) -> None:
    """Publish the playbooks in FILES: once they are proved and their tests hold, the bot speaks them.

    A running daemon takes them within seconds; open dialogs finish on the version they began with. Nothing is
    published if anything is wrong in any of them.
    """
    from leadbot.app.look import brand_ids, open_store

    settings = settings_without_keys(folder)
    drafts = _checked(files, settings)
    with open_store(settings) as (store, _):
        ids = brand_ids(settings, store)
        for draft in drafts:
            live = _live(store, draft.brand, draft.name)
            if live is not None and live.version == draft.version:
                say(f"{draft.name}@{draft.version[:SHORT]} is live already.")
                continue
            _tell_what_changes(live, draft)
            store.playbooks.ship(draft, by=getpass.getuser(), brand_id=ids.get(draft.brand))
            say(f"@{draft.brand} speaks {draft.name}@{draft.version[:SHORT]} from now on.")
            _tell_taken(settings, draft.brand, draft.name, draft.version)


@click.command()
@click.argument("name")
@click.option("--to", "version", help="The version to go back to; the one before if left out.")
@_brand
@in_project
def rollback(name: str, version: str | None, handle: str | None, folder: Path) -> None:
    """Publish an earlier version of the playbook NAME again, as it was."""
    from leadbot.app.look import brand_ids, open_store

    settings = settings_in(folder, only_where=True)
    with open_store(settings) as (store, _):
        mine = named(store, name, handle)
        target = by_version(mine, version) if version else _one_before(mine)
        live = _live(store, target.brand, name)
        if live is not None and live.version == target.version:
            say(f"{name}@{target.version[:SHORT]} is live already.")
            return
        store.playbooks.ship(
            target, by=getpass.getuser(), brand_id=brand_ids(settings, store).get(target.brand)
        )
        say(f"@{target.brand} speaks {name}@{target.version[:SHORT]} again.")
        _tell_taken(settings, target.brand, name, target.version)


@click.command()
@click.argument("name")
@_brand
@in_project
def withdraw(name: str, handle: str | None, folder: Path) -> None:
    """Take the playbook NAME away at once: no dialog starts on it, and its open dialogs end at humans.

    For words that must not be said again. What is on its way is not said. `ship` or `rollback` bring it back.
    """
    from leadbot.app.look import brand_ids, open_store

    settings = settings_in(folder, only_where=True)
    with open_store(settings) as (store, _):
        brand = named(store, name, handle)[0].brand
        brand_id: BrandId | None = brand_ids(settings, store).get(brand)
        told = store.playbooks.withdraw(brand, name, by=getpass.getuser(), brand_id=brand_id)
        say(f"{name} is withdrawn: no dialog of @{brand} starts on it.")
        if _tell_taken(settings, brand, name, None):
            # A dialog may have begun in the second before the daemon knew.
            told = max(told, store.playbooks.withdraw(brand, name, by=getpass.getuser()))
    say(f"{told} open dialog{'s' if told != 1 else ''} on it end{'s' if told == 1 else ''} at a human.")


def _checked(files: Sequence[Path], settings: Settings) -> list[Playbook]:
    """The playbooks of files that may be published. Raises PlaybookError with all that is against it."""
    from leadbot.app.project import check_sources, shown_as
    from leadbot.flows.playbook import PlaybookSource

    sources: list[PlaybookSource] = []
    problems: list[Problem] = []
    for file in files:
        try:
            source = replace(read_source(file), file=shown_as(file.resolve(), settings.folder))
        except PlaybookError as error:
            problems += error.problems
            continue
        sources.append(source)
    found, faults = check_sources(sources, settings)
    problems += [*faults, *(problem for draft in found for problem in _not_listed(draft, settings))]
    if not problems:
        problems += [problem for draft in found for problem in _unproved(draft, settings)]
    if problems:
        raise PlaybookError(problems)
    return list(found)


def _not_listed(draft: Playbook, settings: Settings) -> list[Problem]:
    from leadbot.app.project import shown_as

    brand = next(one for one in settings.brands if one.facts.handle.lower() == draft.brand)
    if draft.file in [shown_as(file, settings.folder) for file in brand.playbooks]:
        return []
    what = f"is not among the playbooks of @{draft.brand} in leadbot.toml"
    fix = f'add "{draft.file}" there, so that the next start knows it too'
    return [Problem(draft.file, what, fix, "not-listed", draft.file)]


def _unproved(draft: Playbook, settings: Settings) -> list[Problem]:
    """What its proofs and the tests in its file say against it."""
    from leadbot.cli.playbook_test import differences
    from leadbot.flows.rehearse import run_tests
    from leadbot.flows.verify import verify

    verified = verify(draft, brand=brand_of(draft.brand, settings.folder), reader=reader())
    proofs = [_with_dialog(finding.problem, draft.file, finding.example) for finding in verified.findings]
    outcomes = run_tests(draft, deck_of(draft, settings.folder), reader())
    fix = f"`leadbot playbook test {draft.file}` shows the dialog"
    return proofs + [
        Problem(
            f"{draft.file}:{one.line}",
            f'the test "{one.name}" does not hold: {"; ".join(differences(one))}',
            fix,
            "test-failed",
            draft.file,
            one.line,
        )
        for one in outcomes
        if not one.passed
    ]


def _with_dialog(problem: Problem, file: str, example: object | None) -> Problem:
    """The problem, and where to see the dialog that shows it."""
    if example is None:
        return problem
    return replace(
        problem, fix=f"{problem.fix}; `leadbot playbook chat {file} --replay` plays a dialog that shows it"
    )


def _live(store: Store, brand: str, name: str) -> StoredPlaybook | None:
    return next((one for one in store.playbooks.live() if (one.brand, one.name) == (brand, name)), None)


def _one_before(mine: Sequence[StoredPlaybook]) -> StoredPlaybook:
    """What was live before what is live now; what was live last, if that was withdrawn."""
    if mine[0].withdrawn_at is not None:
        return mine[0]
    if len(mine) == 1:
        what = "there is no earlier version"
        raise ConfigError(
            [Problem(mine[0].name, what, "`leadbot playbook versions` lists all", "no-version")]
        )
    return mine[1]


def _tell_what_changes(live: StoredPlaybook | None, draft: Playbook) -> None:
    from leadbot.flows.difference import differences
    from leadbot.flows.playbook import PlaybookSource, restore

    if live is None:
        say(f"{draft.name} is new for @{draft.brand}.")
        return
    say(f"{draft.name}@{live.version[:SHORT]} -> {draft.name}@{draft.version[:SHORT]}")
    try:
        tell_changes(differences(restore(PlaybookSource(live.file, live.content)), draft))
    except PlaybookError:
        say("  what is live was written for an older leadbot, and can't be compared")


def _tell_taken(settings: Settings, brand: str, name: str, version: str | None) -> bool:
    """Wait until a running daemon speaks this version (None: nothing of that name). Whether one does."""
    from leadbot.app.doctor.work import health_in, is_running
    from leadbot.app.project import beside_database

    file = beside_database(settings, ".health.json")

    def health() -> Any:
        return health_in(file)

    if not is_running(health(), time.time()):
        say("No daemon is running; `leadbot run` will take it.")
        return False
    if _comes_true(lambda: _spoken(health(), brand).get(name) == version):
        say("The running daemon has taken it.")
        return True
    say("The running daemon has not said yet that it has taken it: see `leadbot status`.", err=True)
    return False


def _spoken(health: Any, brand: str) -> dict[str, str]:
    books = health.get("playbooks") or {}
    return next((found for handle, found in books.items() if handle.lower() == brand), {})


def _comes_true(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + TAKES_AT_MOST_S
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
