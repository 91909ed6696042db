"""What the README shows is what leadbot does."""

from __future__ import annotations

import re
from pathlib import Path

from leadbot.flows import playbook as playbook_files
from leadbot.flows.cards import Playbook
from leadbot.settings.scaffold import write_project

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def demo_playbook(folder: Path) -> Playbook:
    write_project(folder, "acme", name="Acme")
    text = (folder / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
    return playbook_files.load(
        [playbook_files.PlaybookSource("team-plan.yaml", text)], brands=None, teams=None
    )[0]


def test_the_receipt_in_the_readme_points_at_the_lines_of_the_demo_s_playbook(tmp_path: Path) -> None:
    playbook = demo_playbook(tmp_path / "shop")
    points_at = {answer.line: answer.points for card in playbook.cards for answer in card.answers}
    shown = re.findall(r"\+(\d+)  “[^”]+” +team-plan@(\w{8}) line (\d+)", README)
    assert len(shown) == 3
    for points, version, line in shown:
        assert playbook.version.startswith(version)
        assert points_at[int(line)] == int(points)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_two_commands_of_the_readme_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in ("demo", "test", "check", "bench"):
        assert f"make {name}" in README
        assert re.search(rf"(?m)^{name}:", makefile)
