"""``leadbot suppress``: people who must not be written to. No verb takes anybody off that list."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import in_one_line, say

if TYPE_CHECKING:
    from leadbot.model import BrandId
    from leadbot.store import Store

of_brand: Callable[[Any], Any] = click.option("--brand", "handle", help="For this account only.")
of_all: Callable[[Any], Any] = click.option(
    "--all", "every", is_flag=True, help="For every account of the project."
)


@click.group()
def suppress() -> None:
    """People who must not be written to. Only their own "start" takes them off the list."""


@suppress.command("list")
@in_project
@of_brand
@as_json_option
def list_suppressed(folder: Path, handle: str | None, as_json: bool) -> None:
    """Who is on the list, since when and why."""
    with _chosen(folder, handle, every=handle is None) as (store, brands):
        found = store.suppressions.all(list(brands.values()))
    handles = {brand_id: name for name, brand_id in brands.items()}
    if as_json:
        rows = [{**asdict(one), "brand": handles[one.brand_id]} for one in found]
        say(json.dumps(rows, default=str, ensure_ascii=False))
        return
    for one in found:
        who = f"@{one.username}" if one.username else "somebody"
        since = f"{one.at:%d %b %Y}" if one.at else ""
        brand = handles[one.brand_id]
        say(f"{one.person_id}  {who}  by @{brand} since {since}: {in_one_line(one.reason)}")
    if not found:
        say("Nobody is on the list.")


@suppress.command("add")
@in_project
@of_brand
@of_all
@click.option("--why", default="added by hand", help="Shown in the list.")
@click.argument("people", nargs=-1, required=True)
def add(folder: Path, handle: str | None, every: bool, why: str, people: tuple[str, ...]) -> None:
    """PEOPLE (X ids, or handles that are known here) are never written to again, from this moment on."""
    from leadbot.errors import ConfigError, Problem
    from leadbot.model import PersonId
    from leadbot.store.suppressions import Stop

    with _chosen(folder, handle, every=every) as (store, brands):
        problems, ids = [], []
        for who in people:
            found = store.queries.find_person(who)
            if found is not None:
                ids.append(found.person.id)
            elif who.isascii() and who.isdigit() and 0 < int(who) < 10**19:
                ids.append(PersonId(str(int(who))))
            else:
                fix = "write the numeric X id; only handles of people who wrote to you are known here"
                problems.append(Problem(who, "is not known here", fix, "unknown-person"))
        if problems:
            raise ConfigError(problems)
        stops = [Stop(brand_id, one, why) for brand_id in brands.values() for one in ids]
        added = store.suppressions.add(stops, by=getpass.getuser())
    _tell(added.new, added.known, added.lifted_since)


@suppress.command("import")
@in_project
@of_brand
@of_all
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_file(folder: Path, handle: str | None, every: bool, file: Path) -> None:
    """Everybody in FILE (CSV or JSON of X ids) is never written to again. One bad line: nothing is done."""
    from leadbot.app import stoplist

    with _chosen(folder, handle, every=every) as (store, brands):
        stops = stoplist.read(file.name, file.read_bytes(), brands)
        added = store.suppressions.add(stops, by=getpass.getuser())
    _tell(added.new, added.known, added.lifted_since)


@suppress.command("export")
@in_project
@of_brand
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", help="csv if left out.")
def export(folder: Path, handle: str | None, kind: str) -> None:
    """Print the list as a file that `leadbot suppress import` takes back."""
    from leadbot.app import stoplist

    with _chosen(folder, handle, every=handle is None) as (store, brands):
        found = store.suppressions.all(list(brands.values()))
    handles = {brand_id: name for name, brand_id in brands.items()}
    click.echo((stoplist.as_csv if kind == "csv" else stoplist.as_json)(found, handles), nl=False)


def _tell(new: int, known: int, lifted_since: int) -> None:
    say(f"{new} put on the list, {known} stood there already.")
    if lifted_since:
        say(f'{lifted_since} said "start" after that stop and stay off it.')


@contextmanager
def _chosen(folder: Path, handle: str | None, *, every: bool) -> Iterator[tuple[Store, dict[str, BrandId]]]:
    """The database, and the accounts meant: handle, lower case → id."""
    from leadbot.app.look import brand_ids, open_store
    from leadbot.errors import ConfigError, Problem

    settings = project_in(folder).settings
    own = [brand.facts.handle.lower() for brand in settings.brands]
    with open_store(settings) as (store, _):
        known = brand_ids(settings, store)
        ids = {name: known[name] for name in own if name in known}
        if handle is not None:
            ids = {name: one for name, one in ids.items() if name == handle.lstrip("@").lower()}
        elif not every and len(own) > 1:
            fix = f"add --all, or --brand with one of {', '.join(own)}"
            raise ConfigError([Problem("--brand", "this project has several accounts", fix, "which-brand")])
        if not ids:
            fix = f"known: {', '.join('@' + name for name in known) or 'none; run `leadbot run` once'}"
            raise ConfigError([Problem(handle or "brands", "no id is known of it", fix, "unknown-brand")])
        yield store, ids
