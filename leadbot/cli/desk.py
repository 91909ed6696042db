"""``leadbot desk``: the reps' web page, and who may use it."""

from __future__ import annotations

import json
import secrets
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.project import as_json_option, configure_logs, in_project, settings_in
from leadbot.cli.words import say

if TYPE_CHECKING:
    from leadbot.store.desk_access import DeskAccess

ROLES = ("rep", "marketer", "operator")


@click.group(invoke_without_command=True)
@in_project
@click.option("--host", help="Where to listen; this machine alone if left out.")
@click.option("--port", type=click.IntRange(0, 65535), help="8788 if left out; 0 takes a free one.")
@click.pass_context
def desk(context: click.Context, folder: Path, host: str | None, port: int | None) -> None:
    """Serve the reps' web page until Ctrl-C. `leadbot desk user add NAME` lets somebody in."""
    if context.invoked_subcommand is not None:
        return
    from leadbot.app.desk import desk_of
    from leadbot.app.look import open_store

    settings = settings_in(folder)
    configure_logs(settings.log_format, settings.log_level)
    stop = threading.Event()
    with (
        open_store(settings) as (store, clock),
        desk_of(settings, store, clock, host=host, port=port) as (server, address),
    ):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        say(f"The desk is at {address.url}. Ctrl-C stops it.", err=True)
        if not store.desk_access.users():
            say("Nobody may sign in yet: leadbot desk user add NAME --role rep", err=True)
        server.run(stop)


@desk.group()
def user() -> None:
    """Who may sign in, and what they may do."""


@user.command("add")
@in_project
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="rep", show_default=True)
@click.option("--brand", "handles", multiple=True, help="Only this account; may be given several times.")
@click.option("--print", "prints", is_flag=True, help="Make a password and print it once; nothing is asked.")
def add_user(folder: Path, name: str, role: str, handles: tuple[str, ...], prints: bool) -> None:
    """Let NAME in. A rep is called here as in the teams of leadbot.toml, so that people return to them."""
    from leadbot.app.look import brands_named, open_store
    from leadbot.desk.passwords import hash_password
    from leadbot.store.desk_access import Role

    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise click.UsageError("write the name as people know it, 100 letters at most")
    settings = settings_in(folder)
    with open_store(settings) as (store, _):
        brands = list(brands_named(settings, store, handles)) if handles else []
        _must_be_new(store.desk_access, name)
        password = _password(prints=prints)
        hashed = hash_password(password)
        store.desk_access.add_user(name, Role(role), password=hashed, brands=brands, now=_now())
    say(f"{name} may sign in as {role}.")
    if prints:
        say(f"Password, shown this once: {password}")


@user.command("password")
@in_project
@click.argument("name")
@click.option("--print", "prints", is_flag=True, help="Make a password and print it once; nothing is asked.")
def new_password(folder: Path, name: str, prints: bool) -> None:
    """Give NAME another password. Wherever they are signed in they are signed out."""
    from leadbot.app.look import open_store
    from leadbot.desk.passwords import hash_password

    with open_store(settings_in(folder)) as (store, _):
        _must_be_known(store.desk_access, name)
        password = _password(prints=prints)
        store.desk_access.change_user(name, password=hash_password(password), now=_now())
    say(f"{name} has a new password.")
    if prints:
        say(f"Password, shown this once: {password}")


@user.command("remove")
@in_project
@click.argument("name")
def remove_user(folder: Path, name: str) -> None:
    """NAME may not sign in any more, and is signed out at once. What they did stays in the log."""
    from leadbot.app.look import open_store

    with open_store(settings_in(folder)) as (store, _):
        _must_be_known(store.desk_access, name)
        store.desk_access.change_user(name, is_disabled=True, password="", now=_now())
    say(f"{name} may not sign in any more.")


@user.command("list")
@in_project
@as_json_option
def list_users(folder: Path, as_json: bool) -> None:
    """Who may sign in, and as what."""
    from leadbot.app.look import open_store

    with open_store(settings_in(folder)) as (store, _):
        users = store.desk_access.users()
        handles = {mark.brand_id: mark.handle for mark in store.desk_queue.brands()}
    if as_json:
        rows = [
            {
                "name": one.name,
                "role": one.role.value,
                "brands": sorted(handles.get(brand, brand) for brand in one.brands),
                "may_sign_in": not one.is_disabled,
            }
            for one in users
        ]
        say(json.dumps(rows, ensure_ascii=False))
        return
    for one in users:
        brands = ", ".join(f"@{handles.get(brand, brand)}" for brand in sorted(one.brands)) or "all accounts"
        say(f"{one.name}  {one.role.value}  {brands}{'  may not sign in' if one.is_disabled else ''}")
    if not users:
        say("Nobody yet: leadbot desk user add NAME --role rep")


@desk.command("link")
@in_project
@click.argument("name")
@click.option("--minutes", type=click.IntRange(1, 1440), default=15, show_default=True)
def link(folder: Path, name: str, minutes: int) -> None:
    """Print a link that signs NAME in once, for as long as it lasts."""
    from leadbot.app.desk import address_of
    from leadbot.app.look import open_store

    settings = settings_in(folder)
    with open_store(settings) as (store, _):
        _must_be_known(store.desk_access, name)
        found = store.desk_access.user(name)
        assert found is not None, "it was there a moment ago"
        token = store.desk_access.make_pass(found, now=_now(), lasts=timedelta(minutes=minutes))
    say(f"{address_of(settings).url}/sign-in/once/{token}")


def _password(*, prints: bool) -> str:
    from leadbot.desk.passwords import LEAST_LENGTH

    if prints:
        return secrets.token_urlsafe(12)
    found: str = click.prompt(
        f"Password ({LEAST_LENGTH} characters or more)", hide_input=True, confirmation_prompt="Once more"
    )
    if len(found) < LEAST_LENGTH:
        raise click.UsageError(f"a password needs {LEAST_LENGTH} characters or more")
    return found


def _must_be_new(access: DeskAccess, name: str) -> None:
    from leadbot.errors import ConfigError, Problem

    if access.user(name) is not None:
        fix = "`leadbot desk user password` gives another password; `… remove` shuts the door"
        raise ConfigError([Problem(name, "is there already", fix, "user-exists")])


def _must_be_known(access: DeskAccess, name: str) -> None:
    from leadbot.errors import ConfigError, Problem

    if access.user(name) is None:
        fix = "`leadbot desk user list` shows who is"
        raise ConfigError([Problem(name, "is nobody known here", fix, "no-user")])


def _now() -> datetime:
    return datetime.now(UTC)
