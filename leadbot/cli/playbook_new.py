"""``leadbot playbook new``: a playbook to start from, with the brand's own handle in it."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from leadbot.cli.playbook_files import settings_here
from leadbot.cli.words import say
from leadbot.errors import ConfigError, Problem
from leadbot.settings.scaffold import write_schema

_HANDLE = re.compile(r"@?\w{1,15}", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@click.command("new")
@click.argument("name", required=False)
@click.option("--from", "template", help="The playbook to start from; left out, all are listed.")
@click.option("--brand", "handle", help="The account that will speak; the project's own if it has one.")
def new(name: str | None, template: str | None, handle: str | None) -> None:
    """Write playbooks/NAME.yaml from a template that ships with leadbot. Nothing is ever overwritten."""
    templates = {file.name.removesuffix(".yaml"): file for file in _templates()}
    if template is None or name is None:
        _list(templates)
        return
    problems = _problems(name, template, templates)
    speaker = (handle or _only_brand() or "").removeprefix("@")
    if not _HANDLE.fullmatch(speaker):
        what = f'"{speaker}" is no handle' if speaker else "which account will speak?"
        problems.append(Problem("--brand", what, "name it: --brand HANDLE", "handle"))
    file = Path("playbooks") / f"{name}.yaml"
    if file.exists():
        problems.append(
            Problem(str(file), "is there already", "choose another name; nothing was written", "exists")
        )
    if problems:
        raise ConfigError(problems)
    text = _named(templates[template].read_text(encoding="utf-8"), name, speaker.lower(), _only_team(speaker))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    write_schema(Path())
    say(f"  wrote {file}, for @{speaker.lower()}")
    say("\nChange the facts and the words, then:")
    say(f"  leadbot playbook check {file}    # all that is wrong, with line and fix")
    say(f"  leadbot playbook chat {file}     # talk to it")


def _templates() -> list[Traversable]:
    """The playbooks that ship with leadbot."""
    folder = files("leadbot").joinpath("templates", "playbooks")
    return sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda one: one.name
    )


def _list(templates: dict[str, Traversable]) -> None:
    say("Start from one of these:")
    for name, file in templates.items():
        text = file.read_text(encoding="utf-8")
        goal = re.search(r'^goal: "?(.*?)"?$', text, re.MULTILINE)
        say(f"  {name:15} {goal[1] if goal else ''}")
    say("\nleadbot playbook new NAME --from TEMPLATE")


def _problems(name: str, template: str, templates: dict[str, Traversable]) -> list[Problem]:
    problems = []
    if not _NAME.fullmatch(name):
        fix = "small letters, digits, - and _, at most 40"
        problems.append(Problem("NAME", f'"{name}" is no name of a playbook', fix, "name"))
    if template not in templates:
        from leadbot.flows.faults import nearest

        fix = nearest(template, templates) or "choose from: " + ", ".join(templates)
        problems.append(Problem("--from", f'there is no template "{template}"', fix, "template"))
    return problems


def _named(text: str, name: str, handle: str, team: str | None) -> str:
    """The template in the name of this playbook, brand and team."""
    brand = re.search(r"^brand: (\w+)", text, re.MULTILINE)
    old = brand[1] if brand else "your_handle"
    text = re.sub(r"^playbook: .*$", f"playbook: {name}", text, count=1, flags=re.MULTILINE)
    text = re.sub(rf"^brand: {old}", f"brand: {handle}", text, count=1, flags=re.MULTILINE)
    text = text.replace(f"@{old} ", f"@{handle} ")
    if team is not None:
        text = re.sub(r"^(  to: )[\w-]+", rf"\g<1>{team}", text, count=1, flags=re.MULTILINE)
    return text


def _only_brand() -> str | None:
    settings = settings_here()
    handles = [brand.facts.handle for brand in settings.brands] if settings else []
    return handles[0] if len(handles) == 1 else None


def _only_team(handle: str) -> str | None:
    """The team of that brand, if there is no choice; else the template's stays, and `check` tells."""
    settings = settings_here()
    brands = settings.brands if settings else ()
    teams = [
        team.name for one in brands if one.facts.handle.lower() == handle.lower() for team in one.facts.teams
    ]
    return teams[0] if len(teams) == 1 else None
