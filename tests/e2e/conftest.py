"""The town of these tests: one simulator, one daemon with two brands, for all modules of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.living import wait_until
from tests.e2e.town import Town
from tests.kills.project import Project

SISTER = """[[brands]]
handle = "globex"
mode = "live"
playbooks = ["playbooks/globex.yaml"]
pace = "0s to 0s"

"""


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town") / "project"
    project = Project(folder, settings={"same_text_per_hour": "1000"})
    open_sister(project)
    with project:
        # All of this folder talk within minutes: at X's limit replies would be spread over the quarter.
        plenty = {"POST /2/tweets": {"user": 10_000, "app_day": 100_000}}
        project.tell("settings", {"keeps_exchanges": True, "limits": plenty})
        project.start()
        log = folder / "daemon.log"
        wait_until(lambda: "Ready." in log.read_text(encoding="utf-8"), "the daemon is ready")
        town = Town(project)
        yield town
        town.close()


def open_sister(project: Project) -> None:
    """A second brand of the same installation, with the same cards."""
    plan = (project.folder / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
    hers = plan.replace("brand: acme", "brand: globex").replace("playbook: team-plan", "playbook: globex")
    (project.folder / "playbooks" / "globex.yaml").write_text(hers, encoding="utf-8")
    settings = project.folder / "leadbot.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[[teams]]", SISTER + "[[teams]]", 1), encoding="utf-8")
