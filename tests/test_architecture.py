"""The house keeps its walls: import contract, and nothing that must not be in a public repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT_FILES = {".py", ".md", ".toml", ".yaml", ".sh", ".cfg", ".ini", ".mako"}


def project_files() -> list[Path]:
    folders = ["leadbot", "tests", "docs", "playbooks", "bench", "tools"]
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in TEXT_FILES]


def test_every_import_points_downward() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_path_of_one_machine_stands_in_the_tree() -> None:
    pattern = re.compile("/(home|root|work|tmp)" + "/[a-z]")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in project_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_lock_file_pins_every_dependency_with_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)==\S+.*\\$", lock, flags=re.MULTILINE)
    assert {"tweepy", "spacy", "sqlmodel", "jinja2", "click", "pytest"} <= set(pinned)
    assert "://" not in lock
    assert lock.count("--hash=sha256:") >= len(pinned)
