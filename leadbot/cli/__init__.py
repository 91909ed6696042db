"""The command ``leadbot``. Importing this costs click only: a verb's file is imported when it is used."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

VERBS: dict[str, tuple[str, str]] = {
    "demo": ("leadbot.cli.demo:demo", "Watch it work on this machine: no account, no network."),
    "init": ("leadbot.cli.init:init", "Write a commented project that runs as it is."),
    "simulator": ("leadbot.cli.simulator:simulator", "Serve a local X, to try a project out."),
    "run": ("leadbot.cli.run:run", "Listen and answer: the daemon."),
    "check": ("leadbot.cli.run:check", "Check leadbot.toml, the playbooks and the database."),
    "doctor": ("leadbot.cli.doctor:doctor", "Find what is wrong, at X too, each with its fix."),
    "status": ("leadbot.cli.status:status", "How many were heard, answered, handed over; what waits."),
    "spend": ("leadbot.cli.spend:spend", "What X cost by day, playbook and qualified lead."),
    "report": ("leadbot.cli.report:report", "How people go through playbooks; whether warm leads buy."),
    "alarms": ("leadbot.cli.alarms:alarms", "What is wrong right now, and what to do."),
    "handoffs": ("leadbot.cli.handoffs:handoffs", "The people handed over, and why."),
    "trace": ("leadbot.cli.trace:trace", "Why somebody was treated as they were, and what was not done."),
    "crm": ("leadbot.cli.crm:crm", "The keys of the CRM that warm leads go to."),
    "tasks": (
        "leadbot.cli.tasks:tasks",
        "What else waits for a person: replies that were not sent, and why.",
    ),
    "drafts": ("leadbot.cli.drafts:drafts", "Replies that wait for a person's approval."),
    "teams": ("leadbot.cli.teams:teams", "Whether teams and reps can be told."),
    "desk": ("leadbot.cli.desk:desk", "The reps' web page, and who may use it."),
    "pause": ("leadbot.cli.brake:pause", "The brake: nothing leaves from now on."),
    "resume": ("leadbot.cli.brake:resume", "Lift a pause, and decide about those who waited."),
    "veto": ("leadbot.cli.retract:veto", "Stop what is about to be said."),
    "retract": ("leadbot.cli.retract:retract", "Delete a post of the bot that should not have been said."),
    "brand": ("leadbot.cli.brand:brand", "Accounts: their keys, what they may do, and who changed that."),
    "suppress": ("leadbot.cli.suppress:suppress", "People who must not be written to."),
    "purge": ("leadbot.cli.purge:purge", "Remove everything people told an account, for good."),
    "playbook": ("leadbot.cli.playbook:playbook", "Write, prove, try and ship playbooks."),
    "nlp": ("leadbot.cli.nlp:nlp", "What the reader makes of a text, and how well."),
    "replay-posts": ("leadbot.cli.replay:replay_posts", "Play recorded conversations into the local X."),
}
"""Every verb: where it lives, and its line in the help. Lines are told here so that help imports nothing."""


class LazyGroup(click.Group):
    """A group that knows its verbs by name and imports one when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order in which a newcomer meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's file."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and with the nearest verb when there is none of that name."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], VERBS, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            ctx.fail(f'There is no command "{args[0]}".{hint}')
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="leadbot", message="leadbot %(version)s")
@click.option("--debug", is_flag=True, help="Show the whole traceback if leadbot itself fails.")
def cli(debug: bool) -> None:
    """leadbot tells buying interest from chatter on a brand's X account, asks a few short questions and hands
    warm leads to people.

    New here? Start with: leadbot demo
    """


def main() -> None:
    """Run the command line. Exit codes: 0 all well, 1 it failed, 2 the input needs a fix."""
    sys.exit(call(sys.argv[1:]))


def call(args: list[str]) -> int:
    """Run one command line and answer its exit code; every error is told plainly, in one place."""
    try:
        code = cli.main(args, prog_name="leadbot", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (`leadbot … | head`): nothing to tell, and nobody to tell it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        return _tell(error, debug="--debug" in args)


def _tell(error: Exception, *, debug: bool) -> int:
    """Say what went wrong and who acts next."""
    from leadbot.cli.words import say
    from leadbot.errors import ConfigError, LeadbotError, PlaybookError

    if isinstance(error, (ConfigError, PlaybookError)):
        count = len(error.problems)
        click.echo(f"{count} thing{'s' if count != 1 else ''} to fix:\n", err=True)
        for problem in error.problems:
            say(f"{problem}\n", err=True)
        return 2
    if debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, LeadbotError):
        say(f"leadbot stopped: {error}", err=True)
        return 1
    say(f"leadbot stopped by a fault of its own: {type(error).__name__}: {error}", err=True)
    click.echo("Please report it, with what `leadbot --debug …` prints (docs/cli.md).", err=True)
    return 1
