"""``leadbot brand add``, ``list`` and ``remove``: accounts and their keys."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.project import as_json_option, configure_logs, in_project
from leadbot.cli.words import say
from leadbot.errors import ConfigError, Problem
from leadbot.model.secret import Secret

if TYPE_CHECKING:
    from leadbot.app.holding import Holding

PORT = 8723


class Terminal:
    """The person at the keyboard. confirm: the handle typed back beforehand, for scripts."""

    def __init__(self, *, confirm: str = "", is_silent: bool = False) -> None:
        self._confirm, self._is_silent = confirm, is_silent

    def tell(self, line: str) -> None:
        """Show a line."""
        say(line)

    def ask(self, what: str) -> str:
        """An answer in clear."""
        return self._confirm or click.prompt(what, type=str)

    def ask_secret(self, what: str, *, may_be_empty: bool = False) -> Secret:
        """An answer that is not shown. With --stdin there is nobody to ask."""
        if self._is_silent and may_be_empty:
            return Secret()
        if self._is_silent:
            fix = f'add a line {what.replace(" ", "_")} = "…"'
            raise ConfigError([Problem("stdin", f"there is no {what}", fix, "no-secrets")])
        return Secret(
            click.prompt(
                what, type=str, hide_input=True, default="" if may_be_empty else None, show_default=False
            ).strip()
        )


@click.command()
@in_project
@click.argument("handle")
@click.option("--oauth1", "kind", flag_value="oauth1", help="Four keys that do not expire.")
@click.option("--oauth2", "kind", flag_value="oauth2", help="Sign in by a browser; tokens renew themselves.")
@click.option("--client-id", default="", help="OAuth 2.0: the app's Client ID (no secret).")
@click.option("--confidential", is_flag=True, help="OAuth 2.0: the app has a Client Secret; it is asked for.")
@click.option("--port", default=PORT, show_default=True, help="OAuth 2.0: where the browser comes back to.")
@click.option(
    "--paste", is_flag=True, help="OAuth 2.0: paste the browser's address, on a machine without one."
)
@click.option("--stdin", "from_stdin", is_flag=True, help="Read secrets from standard input, as TOML.")
@click.option("--confirm", default="", help="The handle typed back beforehand, for scripts.")
def add(
    folder: Path, handle: str, kind: str | None, client_id: str, confidential: bool, port: int, paste: bool,
    from_stdin: bool, confirm: str,
) -> None:  # fmt: skip
    """Sign in as @HANDLE, check with X that the keys are its own, and keep them.

    Secrets are asked for, or read from standard input (--stdin) or the environment; they are never written on
    the command line. A new account starts in mode "watch". Asking X whose keys these are costs $0.010.
    """
    from leadbot.app import adding
    from leadbot.app.look import open_clock
    from leadbot.keys import Kind

    configure_logs("console", "error")
    if paste and from_stdin:
        raise click.UsageError("--paste asks a person, so it does not go with --stdin.")
    handle = handle.removeprefix("@")
    settings = adding.lenient(folder, os.environ)
    given = _from_stdin() if from_stdin else _from_environment(handle)
    chosen = Kind(kind or ("oauth2" if client_id or not set(adding.OAUTH1_KEYS) <= set(given) else "oauth1"))
    how = adding.How(
        kind=chosen, client_id=client_id, is_confidential=confidential, port=port, pastes=paste, given=given
    )
    terminal = Terminal(confirm=confirm, is_silent=from_stdin)
    with open_clock(settings) as clock:
        added = adding.add(settings, folder / "leadbot.toml", handle, how, terminal, clock)
    say(f"Kept in {added.where}.")
    if added.appended:
        say(f'leadbot.toml has a new [[brands]] for @{handle}, in mode "watch".')
    if any(one.facts.handle.lower() == handle.lower() and one.secrets.may_speak for one in settings.brands):
        say("Mind: keys in the environment or in secrets.toml are still there, and they win.")
    say(f"Next: leadbot doctor {handle}")


@click.command("list")
@in_project
@as_json_option
def list_accounts(folder: Path, as_json: bool) -> None:
    """The accounts, with which keys each speaks, until when, and its mode. Never a secret."""
    from leadbot import settings as config
    from leadbot.app.holding import about_keys, holdings

    configure_logs("console", "error")
    settings, problems = config.read(folder, os.environ)
    held, faults = holdings(settings), about_keys(problems)
    if as_json:
        say(json.dumps([one.as_json() for one in held], ensure_ascii=False))
    else:
        for one in held:
            _show(one)
    if faults:
        raise ConfigError(faults)


def _show(one: Holding) -> None:
    say(f"@{one.handle} ({one.id or 'id not known yet'}), mode {one.mode}")
    say(f"  {one.kind} from {one.where}{'' if one.has_stream else '; no bearer token for the stream'}")
    if one.expires_at is not None:
        until = f"{one.expires_at:%Y-%m-%d %H:%M} UTC"
        say(f"  scopes {' '.join(one.scopes)}; token until {until}, {one.renewal}")


@click.command()
@in_project
@click.argument("handle")
@click.option("--revoke", is_flag=True, help="Have X end the tokens of OAuth 2.0 first.")
@click.option("--confirm", default="", help="The handle typed back beforehand, for scripts.")
def remove(folder: Path, handle: str, revoke: bool, confirm: str) -> None:
    """Forget the keys of @HANDLE. What was heard and said stays, and so does its [[brands]] table."""
    from leadbot.app import adding

    configure_logs("console", "error")
    handle, terminal = handle.removeprefix("@"), Terminal(confirm=confirm)
    settings = adding.lenient(folder, os.environ)
    typed = terminal.ask(f"Type {handle} to forget its keys").strip().lstrip("@")
    if typed.lower() != handle.lower():
        raise adding.NotTypedBack("nothing was forgotten: the handle was not typed back")
    if not adding.remove(settings, handle, terminal, revokes=revoke):
        fix = "leadbot brand list shows which are kept"
        raise ConfigError([Problem(f"@{handle}", "no keys are kept for this account", fix, "no-keys")])
    say(f"The keys of @{handle} are forgotten. Keys of OAuth 1.0a can be ended on X's developer page alone.")


def _from_environment(handle: str) -> dict[str, Secret]:
    from leadbot.app.adding import GIVEN

    names = {name: f"LEADBOT_{handle.upper()}_{name.upper()}" for name in GIVEN}
    return {name: Secret(os.environ[key]) for name, key in names.items() if os.environ.get(key)}


def _from_stdin() -> dict[str, Secret]:
    """Secrets as TOML: ``consumer_key = "…"`` and so on, one a line."""
    from leadbot.app.adding import GIVEN

    example = 'write lines such as consumer_key = "…"'
    try:
        found = tomllib.loads(sys.stdin.read())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ConfigError([Problem("stdin", "is not TOML", example, "not-toml")]) from None
    problems = [
        Problem("stdin", f'"{name}" is not asked for', f"known here: {', '.join(GIVEN)}", "unknown-key")
        for name in found
        if name not in GIVEN
    ]
    problems += [
        Problem("stdin", f"{name} is no text", example, "wrong-type")
        for name, value in found.items()
        if name in GIVEN and not isinstance(value, str)
    ]
    if problems:
        raise ConfigError(problems)
    return {name: Secret(value) for name, value in found.items()}
