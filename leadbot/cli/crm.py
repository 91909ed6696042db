"""``leadbot crm``: the keys of the CRM."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import click

from leadbot.cli.project import configure_logs, in_project
from leadbot.cli.words import say
from leadbot.errors import ConfigError, Problem
from leadbot.model.secret import Secret


@click.group()
def crm() -> None:
    """The CRM that warm leads go to."""


@crm.command()
@in_project
@click.option("--stdin", "from_stdin", is_flag=True, help="Read them from standard input, as TOML.")
def keys(folder: Path, from_stdin: bool) -> None:
    """Ask for the CRM's keys and keep them where the keys of accounts are, for you alone.

    They are never written on the command line. Keys in the environment or in secrets.toml win.
    """
    from leadbot import settings as config
    from leadbot.crm.registry import ADAPTERS
    from leadbot.settings import crm_secrets

    configure_logs("console", "error")
    settings, _ = config.read(folder, os.environ, with_keys=False)
    adapter = settings.crm.adapter
    entry = ADAPTERS.get(adapter)
    if entry is None or not entry.secrets:
        fix = "set crm.adapter in leadbot.toml first" if entry is None else "there is nothing to keep"
        raise ConfigError([Problem("crm.adapter", f'"{adapter}" needs no keys', fix, "no-keys")])
    given = _from_stdin(entry.secrets) if from_stdin else {name: _asked(name) for name in entry.secrets}
    odd = [name for name, secret in given.items() if not secret or not secret.is_sendable]
    if odd:
        fix = "copy it again, without anything around it"
        raise ConfigError([Problem(name, "is no key of a CRM", fix, "odd-key") for name in odd])
    say(f"Kept in {crm_secrets.keep(settings, given)}.")
    say("Next: leadbot doctor")


def _asked(name: str) -> Secret:
    return Secret(click.prompt(name.replace("_", " "), type=str, hide_input=True).strip())


def _from_stdin(names: tuple[str, ...]) -> dict[str, Secret]:
    example = f'write a line {names[0]} = "…"'
    try:
        found = tomllib.loads(sys.stdin.read())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ConfigError([Problem("stdin", "is not TOML", example, "not-toml")]) from None
    wrong = [name for name in names if not isinstance(found.get(name), str)]
    wrong += [name for name in found if name not in names]
    if wrong:
        known = f"{example}; known here: {', '.join(names)}"
        raise ConfigError(
            [Problem("stdin", f"{name} is missing or not asked for", known, "no-secrets") for name in wrong]
        )
    return {name: Secret(found[name].strip()) for name in names}
