"""``leadbot brand``: what an account may do, and who decided so. Its keys: `leadbot.cli.accounts`."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli import accounts
from leadbot.cli.brake import pause_brands, resume_brands
from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import in_one_line, say

if TYPE_CHECKING:
    from leadbot.model import Mode

MODES = ("watch", "draft", "live")


@click.group()
def brand() -> None:
    """Accounts: their keys, their mode, their pause, and the log of who changed them."""


for command in (accounts.add, accounts.list_accounts, accounts.remove):
    brand.add_command(command)


@brand.command()
@in_project
@click.argument("handle")
@click.argument("mode", required=False, type=click.Choice(MODES))
@click.option("--confirm", help="For scripts: the handle typed back, which raising asks for.")
def mode(folder: Path, handle: str, mode: str | None, confirm: str | None) -> None:
    """Show how much the bot of @HANDLE may do, or set it: watch (listens only), draft (a person approves
    each reply) or live (speaks).

    Raising asks for the handle typed back. Lowering works at once and asks nothing. Both take effect in a
    running daemon within a second, and `leadbot brand log` shows who did it.
    """
    from leadbot.app.look import brands_named, modes_in_force, open_store
    from leadbot.errors import ConfigError, PermanentError, Problem
    from leadbot.model import Mode

    settings = settings_in(folder)
    with open_store(settings) as (store, _):
        ((brand_id, name),) = brands_named(settings, store, [handle]).items()
        now = modes_in_force(settings, store).get(name, Mode.WATCH)
        if mode is None:
            say(f"@{name} is in mode {now}: {_MEANS[now.value]}.")
            return
        wanted = Mode(mode)
        if wanted.is_above(now):
            _have_typed_back(name, now, wanted, confirm)
        store.brands.name_if_new({brand_id: name})
        began_as = next((b.facts.mode for b in settings.brands if b.facts.handle.lower() == name), Mode.WATCH)
        try:
            before = store.brands.set_mode(
                brand_id, wanted, by=getpass.getuser(), began_as=began_as, seen=now
            )
        except PermanentError as error:
            fix = f"`leadbot brand log {name}` tells who; then run this again"
            raise ConfigError(
                [Problem(f"@{name}", f"nothing was changed: {error}", fix, "mode-changed")]
            ) from error
    say(f"@{name}: {before} -> {wanted}. The bot {_MEANS[mode]}.")
    if before.is_above(wanted):
        became = "drafts" if wanted is Mode.DRAFT else "tasks (`leadbot tasks list`)"
        say(f"Replies that had not left become {became}.")


_MEANS = {
    "watch": "listens and decides, and says nothing",
    "draft": "writes replies that wait for a person (`leadbot drafts list`)",
    "live": "speaks in public",
}


def _have_typed_back(name: str, now: Mode, wanted: Mode, confirm: str | None) -> None:
    """Raises ConfigError unless the handle was typed back."""
    from leadbot.errors import ConfigError, Problem

    typed = confirm
    if typed is None:
        say(f"@{name} would go from {now} to {wanted}: the bot {_MEANS[wanted.value]}.")
        typed = click.prompt(f"Type @{name} to go on", default="", show_default=False)
    if typed.strip().lstrip("@").lower() != name:
        what = f'"{typed.strip()}" is not @{name}; nothing was changed, it stays in mode {now}'
        fix = f"type the handle back, or give --confirm @{name}"
        raise ConfigError([Problem("confirmation", what, fix, "not-confirmed")])


@brand.command()
@in_project
@click.argument("handle", required=False)
@as_json_option
def log(folder: Path, handle: str | None, as_json: bool) -> None:
    """Who changed what, and when: modes, pauses, playbooks, posts. Of @HANDLE or of all accounts."""
    from leadbot.app.look import brands_named, open_store

    settings = settings_in(folder)
    with open_store(settings) as (store, _):
        chosen = next(iter(brands_named(settings, store, [handle])), None) if handle else None
        items = store.brand_log.items(chosen)
    if as_json:
        say(json.dumps([asdict(item) for item in items], default=str, ensure_ascii=False))
        return
    for item in items:
        # Versions of playbooks are long; their beginning names them.
        is_version = item.what.value in ("ship", "withdraw")
        states = (one[:8] if is_version else one for one in (item.before, item.after))
        change = " -> ".join(filter(None, states))
        told = "  ".join(filter(None, (item.what.value, change, item.subject, in_one_line(item.why))))
        say(f"{item.at:%Y-%m-%d %H:%M:%S} UTC  @{item.brand}  by {item.by}  {told}")
    if not items:
        say("Nothing was changed yet.")


@brand.command()
@in_project
@click.argument("handle")
@click.option("--why", required=True, help="Shown wherever the pause is shown.")
def pause(folder: Path, handle: str, why: str) -> None:
    """Nothing leaves for @HANDLE from now on, also after a restart. As `leadbot pause --brand`."""
    pause_brands(folder, [handle], every=False, reason=why)


@brand.command()
@in_project
@click.argument("handle")
def resume(folder: Path, handle: str) -> None:
    """Lift the pause of @HANDLE: what is fresh is answered, what is old becomes a task. As `leadbot resume
    --answer fresh`.
    """
    from leadbot.app.resuming import Wishes

    resume_brands(folder, [handle], wishes=Wishes())
