"""Checks that ask the CRM: keys, rights, and the fields leads are written into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leadbot.app.doctor.findings import Finding, green, red
from leadbot.app.project import cards_of
from leadbot.crm import registry
from leadbot.errors import ConfigError
from leadbot.flows.cards import Playbook
from leadbot.settings import Settings


def asked(
    settings: Settings, playbooks: Mapping[str, Sequence[Playbook]], *, offline: bool
) -> Iterator[Finding]:
    """What the CRM itself says. The folder of the file adapter has been looked at already."""
    name = settings.crm.adapter
    if name == "file":
        return
    if offline:
        yield green("crm", f"{name} is set up; it was not asked")
        return
    try:
        crm = registry.build(name, {**settings.crm.options, "cards": cards_of(playbooks)})
    except ConfigError:
        return  # told as a fault of the settings
    problems = crm.examine()
    for problem in problems:
        yield red("crm", f"{problem.where}: {problem.what}", problem.fix)
    if not problems:
        able = ", ".join(sorted(one.replace("_", " ") for one in crm.capabilities()))
        yield green("crm", f"{name} answers, and can {able}")
