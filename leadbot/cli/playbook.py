"""``leadbot playbook``: the verbs of a marketer's round, each in a file of its own."""

from __future__ import annotations

from importlib import import_module

import click


class PlaybookVerbs(click.Group):
    """Imports a verb when it is used: most of them need neither the reader nor a database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a marketer's round."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's file."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


VERBS = {
    "new": "leadbot.cli.playbook_new:new",
    "show": "leadbot.cli.playbook_show:show",
    "check": "leadbot.cli.playbook_check:check",
    "chat": "leadbot.cli.playbook_chat:chat",
    "test": "leadbot.cli.playbook_test:try_tests",
    "replay": "leadbot.cli.playbook_replay:replay",
    "versions": "leadbot.cli.playbook_versions:versions",
    "diff": "leadbot.cli.playbook_diff:diff",
    "ship": "leadbot.cli.playbook_ship:ship",
    "rollback": "leadbot.cli.playbook_ship:rollback",
    "withdraw": "leadbot.cli.playbook_ship:withdraw",
}
"""Where each verb lives."""


@click.group(cls=PlaybookVerbs)
def playbook() -> None:
    """Write, prove, try and ship playbooks."""
